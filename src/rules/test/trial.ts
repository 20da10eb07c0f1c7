// Rules put to their tests: each piece of code as a file that only the rule in question looks at, and what the matches then say.
// Pure.
import { parseDocument } from 'yaml';
import { quoted } from '../../config.ts';
import { engineOf, type RuleDoc } from '../document.ts';
import { type FileProblem, fileProblem } from '../file/problem.ts';
import { extensionOf } from '../language.ts';
import { ruleIdOf } from '../rule-finding.ts';
import type { RuleTest } from './cases.ts';

export interface Trial {
  /** Id of the document. */
  rule: string;
  /** Of the file that holds the code, relative to the folder of all; a name of our own. */
  file: string;
  code: string;
  /** Whether the rule must match in it. */
  isInvalid: boolean;
  /** Where the test says so. */
  path: string;
  line: number;
}

export interface Trials {
  trials: Trial[];
  /** What the engine runs, each rule on its own cases alone. */
  rules: { id: string; text: string; fix: null }[];
  /** Rules with a test. */
  tested: RuleDoc[];
  untested: RuleDoc[];
  /** Notes: tests of rules that are not there. */
  problems: FileProblem[];
}

export interface TestFailure {
  path: string;
  line: number;
  /** As `ruleIdOf` says. */
  rule: string;
  what: string;
}

/** `documents`: the rules to test; only ast-grep's are. `known`: ids of rules that are there and not to be tested. */
export function trialsOf(
  documents: readonly RuleDoc[],
  tests: readonly RuleTest[],
  known: ReadonlySet<string> = new Set(),
): Trials {
  const found: Trials = { trials: [], rules: [], tested: [], untested: [], problems: [] };
  const byId = Map.groupBy(tests, ({ id }) => id);
  const ids = new Set(known);
  const own = documents.filter((rule) => engineOf(rule) === 'ast_grep' && rule.astGrepQuery !== null && !rule.polyglot);
  for (const [number, rule] of own.entries()) {
    const id = ruleIdOf(rule);
    ids.add(id);
    const folder = `rule${number}`;
    const trials = (byId.get(id) ?? [])
      .flatMap((test) => casesOf(test))
      .map((one, index) => ({
        ...one,
        rule: rule.id,
        file: `${folder}/case${index}.${extensionOf(rule.languages?.[0] ?? '')}`,
      }));
    if (trials.length === 0) {
      found.untested.push(rule);
      continue;
    }
    found.tested.push(rule);
    found.trials.push(...trials);
    found.rules.push({ id: rule.id, text: confined(rule.astGrepQuery ?? '', folder), fix: null });
  }
  found.problems = tests
    .filter(({ id }) => !ids.has(id))
    .map(({ id, path, line }) => fileProblem('no-such-rule', path, line, `there is no rule ${quoted(id)} to test`));
  return found;
}

function casesOf({ valid, invalid, path }: RuleTest): Omit<Trial, 'rule' | 'file'>[] {
  const of = (cases: RuleTest['valid'], isInvalid: boolean) =>
    cases.map(({ code, line }) => ({ code, isInvalid, path, line }));
  return [...of(valid, false), ...of(invalid, true)];
}

/** As in ast-grep's own tests a rule is not asked which files of a repository it is for. */
function confined(text: string, folder: string): string {
  const document = parseDocument(text, { uniqueKeys: false });
  document.set('files', [`${folder}/**`]);
  document.delete('ignores');
  return document.toString({ lineWidth: 0 });
}

const shownMax = 60;

/** null: the rule does what the test says. */
export function failureOf(trial: Trial, rule: RuleDoc, matches: boolean): TestFailure | null {
  if (matches === trial.isInvalid) return null;
  const [first = '', ...more] = trial.code.trim().split('\n');
  const cut = first.length > shownMax || more.length > 0;
  const code = quoted(cut ? `${first.slice(0, shownMax)}…` : first);
  const what = trial.isInvalid ? `missed: no match in invalid code ${code}` : `false alarm in valid code ${code}`;
  return { path: trial.path, line: trial.line, rule: ruleIdOf(rule), what };
}
