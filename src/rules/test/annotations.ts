// Semgrep's form of a rule's test: code with comments that say on which line after them a rule must match, and on which not.
// Pure.

/** `todoruleid`: the rule should match and does not yet; `todook`: it matches and should not. Both are no failure. */
export type Expectation = 'ruleid' | 'ok' | 'todoruleid' | 'todook';

export interface Annotation {
  /** Semgrep's id of the rule. */
  rule: string;
  expectation: Expectation;
  /** 1-based: the line after the comment, or after several of them. */
  line: number;
}

export interface Failure {
  rule: string;
  line: number;
  /** `missed`: expected and not matched. `unexpected`: matched and not expected. */
  kind: 'missed' | 'unexpected';
}

const comment = /(?:#|\/\/|\/\*|<!--|\(\*|--|;|%)\s?(todoruleid|todook|ruleid|ok):\s*(.*)$/;

export function readAnnotations(text: string): Annotation[] {
  const lines = text.split(/\r?\n/);
  const found: Annotation[] = [];
  lines.forEach((content, index) => {
    const [, expectation, rest] = comment.exec(content) ?? [];
    if (expectation === undefined || rest === undefined) return;
    let next = index + 1;
    while (next < lines.length && comment.test(lines[next] ?? '')) next += 1;
    for (const rule of idsIn(rest)) found.push({ rule, expectation: expectation as Expectation, line: next + 1 });
  });
  return found;
}

/** `a, b -->`: what ends the comment is no id. `deepok:` and the like are for an engine that is not used here. */
function idsIn(rest: string): string[] {
  if (/^(deep|pro)(ok|ruleid)\s*:/.test(rest)) return [];
  return rest
    .replace(/(\*\/|-->|\*\)).*$/, '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => /^[\w.-]+$/.test(id));
}

/** What is not as `annotations` say. `matched`: the first lines of the rule's matches in the same file. */
export function failuresOf(rule: string, annotations: readonly Annotation[], matched: readonly number[]): Failure[] {
  const own = annotations.filter((annotation) => annotation.rule === rule);
  const linesOf = (...expectations: Expectation[]) =>
    new Set(own.filter(({ expectation }) => expectations.includes(expectation)).map(({ line }) => line));
  const found = new Set(matched);
  const missed = [...linesOf('ruleid')].filter((line) => !found.has(line));
  const allowed = linesOf('ruleid', 'todoruleid', 'todook');
  const unexpected = [...found].filter((line) => !allowed.has(line));
  return [
    ...missed.map((line) => ({ rule, line, kind: 'missed' as const })),
    ...unexpected.map((line) => ({ rule, line, kind: 'unexpected' as const })),
  ].sort((a, b) => a.line - b.line);
}
