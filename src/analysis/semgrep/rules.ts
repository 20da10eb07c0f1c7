// The team's Semgrep rules as the configuration that Semgrep reads: parsed and refused by the same code as rule files, so that
// nothing in them reaches the network or an interpreter, and sorted into runs in which no two have the same id.
import { problemLine } from '../../rules/file/problem.ts';
import { readSemgrep } from '../../rules/file/semgrep.ts';
import { readYaml } from '../../rules/file/yaml.ts';

export interface SemgrepRule {
  /** Ours, unique in a request. */
  id: string;
  /** A complete Semgrep file with this rule alone. */
  text: string;
}

export interface LoadedRule {
  id: string;
  /** Semgrep's, which comments name; other rules may have the same. */
  name: string;
  languages: string[];
  /** As JSON, which Semgrep reads much faster than YAML. */
  json: string;
}

export interface FailedRule {
  rule: string;
  message: string;
}

export function loadRules(rules: readonly SemgrepRule[]): { loaded: LoadedRule[]; failed: FailedRule[] } {
  const loaded: LoadedRule[] = [];
  const failed: FailedRule[] = [];
  for (const rule of rules) {
    const found = load(rule);
    if (typeof found === 'string') failed.push({ rule: rule.id, message: found });
    else loaded.push(found);
  }
  return { loaded, failed };
}

/** What is wrong with it, where it is a text. */
function load({ id, text }: SemgrepRule): LoadedRule | string {
  const { documents, problems } = readYaml('rule', new TextEncoder().encode(text));
  const [document] = documents;
  if (problems[0] !== undefined) return problemLine(problems[0]);
  const value = document?.value;
  if (typeof value !== 'object' || value === null || !('rules' in value) || document === undefined) {
    return 'this is no list of Semgrep rules';
  }
  const [written, ...more] = readSemgrep('rule', document);
  if (written === undefined || more.length > 0 || documents.length > 1) return 'there must be one rule in the text';
  if ('code' in written) return problemLine(written);
  // Metadata comes back with every result, and nobody reads it there.
  const { metadata, ...rest } = (value.rules as Record<string, unknown>[])[0] ?? {};
  return { id, name: written.id, languages: written.languages, json: JSON.stringify(rest) };
}

/** The n-th rule of a name goes into the n-th run. */
export function runsOf(rules: readonly LoadedRule[]): LoadedRule[][] {
  const seen = new Map<string, number>();
  const runs: LoadedRule[][] = [];
  for (const rule of rules) {
    const index = seen.get(rule.name) ?? 0;
    seen.set(rule.name, index + 1);
    const run = runs[index] ?? [];
    run.push(rule);
    runs[index] = run;
  }
  return runs;
}

export function configurationOf(rules: readonly LoadedRule[]): string {
  return `{"rules":[${rules.map(({ json }) => json).join(',')}]}`;
}
