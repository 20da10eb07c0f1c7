// Rules, the trace of a file and problems of rule files for people at a terminal.
import { styleText } from 'node:util';
import { count } from '../../review/markdown.ts';
import { type RuleDoc, type RuleEnforcement, recommendedPack } from '../../rules/document.ts';
import type { UtilityRule } from '../../rules/file/ast-grep.ts';
import type { FileProblem } from '../../rules/file/problem.ts';
import { problemLine } from '../../rules/file/problem.ts';
import { languageOf, runsOn } from '../../rules/language.ts';
import type { Resolution } from '../../rules/resolve.ts';
import { printable } from '../printable.ts';

type Style = Parameters<typeof styleText>[0];

const enforcementStyle: Record<RuleEnforcement, Style> = { block: 'red', warn: 'yellow', suggest: 'cyan' };
const none = 'No rules: put ast-grep or Semgrep YAML below .driftline/rules.\n';

function painter(color: boolean) {
  return (style: Style, text: string) => (color ? styleText(style, text, { validateStream: false }) : text);
}

/** One rule written for several languages is one entry. */
export function listText(rules: readonly RuleDoc[], color: boolean): string {
  if (rules.length === 0) return none;
  const paint = painter(color);
  const groups = [...Map.groupBy(rules, sameInOtherLanguages).values()];
  const entries = groups.map((same) => {
    const [rule] = same as [RuleDoc];
    const facts = [
      rule.scope,
      ...(rule.pathGlob === null ? [] : [`files ${rule.pathGlob}`]),
      ...(rule.branch === null ? [] : [`branch ${rule.branch}`]),
      ...(rule.status === 'active' ? [] : [rule.status]),
      ...new Set(same.flatMap(({ languages }) => languages ?? [])),
      rule.engine === 'semgrep' ? 'Semgrep' : 'ast-grep',
    ];
    return [
      heading(rule, rule.enforcement, paint),
      `           ${printable(facts.join(', '))}`,
      ...[...new Set(same.map(placeOf))].map((place) => `           ${paint('dim', place)}`),
    ].join('\n');
  });
  return `${entries.join('\n')}\n${count(groups.length, 'rule')}\n`;
}

function sameInOtherLanguages(rule: RuleDoc): string {
  const { key, title, scope, pathGlob, branch, status, enforcement, engine } = rule;
  return JSON.stringify([key, title, scope, pathGlob, branch, status, enforcement, engine]);
}

/** The file, the rules that apply, each with its reason, then those that do not. */
export function explainText(
  path: string,
  { rules: resolved, trace }: Resolution,
  documents: readonly RuleDoc[],
  color: boolean,
): string {
  if (documents.length === 0) return none;
  const paint = painter(color);
  const byId = new Map(documents.map((rule) => [rule.id, rule]));
  const enforcements = new Map(resolved.map(({ rule, enforcement }) => [rule.id, enforcement]));
  const lines = [
    `${paint('bold', printable(path))}: ${resolved.length} of ${count(documents.length, 'rule')} ${resolved.length === 1 ? 'applies' : 'apply'}`,
  ];
  for (const entry of trace) {
    const rule = byId.get(entry.ruleId);
    if (rule === undefined) continue;
    lines.push('', heading(rule, enforcements.get(rule.id) ?? null, paint), `           ${printable(entry.sentence)}`);
    if (entry.applies && runsOn(rule, path) === false) {
      const written = (rule.languages ?? []).join(', ');
      lines.push(
        `           ${printable(`Finds nothing here: it is written for ${written}, and the file is ${languageOf(path)}.`)}`,
      );
    }
    lines.push(`           ${paint('dim', placeOf(rule))}`);
  }
  return `${lines.join('\n')}\n`;
}

interface Validated {
  documents: readonly RuleDoc[];
  utilities: readonly UtilityRule[];
  problems: readonly FileProblem[];
}

export function validateText({ documents, utilities, problems }: Validated, color: boolean): string {
  const paint = painter(color);
  const lines = problems.map((problem) =>
    printable(`${problem.level === 'note' ? 'note: ' : ''}${problemLine(problem)}`),
  );
  const refused = problems.filter(({ level }) => level === 'refused').length;
  const sound = [count(documents.length, 'sound rule')];
  if (utilities.length > 0) sound.push(count(utilities.length, 'utility rule'));
  const verdict = refused === 0 ? paint('green', 'nothing refused') : paint('red', `${count(refused, 'problem')}`);
  return `${[...lines, `${sound.join(', ')}; ${verdict}`].join('\n')}\n`;
}

/** `null`: it does not apply. */
function heading(rule: RuleDoc, enforcement: RuleEnforcement | null, paint: ReturnType<typeof painter>): string {
  const word = (enforcement ?? '-').padEnd(7);
  const painted = enforcement === null ? paint('dim', word) : paint(enforcementStyle[enforcement], word);
  const title = rule.title === rule.key ? '' : `  ${rule.title}`;
  return `  ${painted}  ${paint('bold', printable(rule.key))}${printable(title)}`;
}

function placeOf({ fileRef, id, createdBy }: RuleDoc): string {
  if (fileRef !== null) return printable(`${fileRef.path}:${fileRef.line}`);
  // The file in the pack; what follows it is the language.
  const inPack = createdBy === recommendedPack ? /^file:(.*)#[^#]*$/.exec(id)?.[1] : undefined;
  return printable(inPack ?? id);
}
