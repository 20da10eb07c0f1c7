// `driftline rules test`: whether the rules of a working tree do what their tests say, in ast-grep's form and in Semgrep's.
import type { TeamRules } from '../analysis/rule-source.ts';
import { runTrials } from '../analysis/rule-trial.ts';
import { UserError } from '../errors.ts';
import { count } from '../review/markdown.ts';
import type { RuleDoc } from '../rules/document.ts';
import type { FileProblem } from '../rules/file/problem.ts';
import { ruleIdOf } from '../rules/rule-finding.ts';
import { type TestFailure, trialsOf } from '../rules/test/trial.ts';
import { commandEngine } from './engine.ts';
import { printable } from './printable.ts';
import { testSemgrepRules } from './semgrep-test.ts';

const timeoutMs = 600_000;

export interface Tested {
  /** Rules with a test. */
  tested: number;
  /** Rules without one, by their keys. */
  untested: string[];
  failures: TestFailure[];
  /** Notes about tests that test nothing. */
  problems: FileProblem[];
  /** Why Semgrep's rules could not be tested. */
  notRun: string | null;
}

/** `root` is absolute. `filter`: a regular expression for ids of rules. */
export async function testRules(root: string, rules: TeamRules, filter?: string): Promise<Tested> {
  const wanted = wantedBy(filter);
  const written = rules.documents.filter(({ fileRef }) => fileRef !== null);
  const documents = written.filter((rule) => wanted(ruleIdOf(rule)));
  const tests = (rules.tests?.tests ?? []).filter(({ id }) => wanted(id));
  const { trials, tested, untested, ...plan } = trialsOf(documents, tests, new Set(written.map(ruleIdOf)));
  const { utilities } = rules;
  const ran = await runTrials(commandEngine(), { trials, rules: plan.rules, documents, utilities, timeoutMs });
  if (ran.left > 0) {
    throw new UserError('tests-not-run', `${count(ran.left, 'case')} could not be run within ${timeoutMs / 1000} s`);
  }
  const semgrep = await semgrepOf(root, documents);
  return {
    tested: tested.length + semgrep.tested,
    untested: [...untested.map(({ key }) => key), ...semgrep.untested],
    failures: [...ran.failures, ...semgrep.failures],
    problems: plan.problems,
    notRun: semgrep.notRun,
  };
}

/** Without Semgrep the others have still been tested. */
async function semgrepOf(root: string, documents: readonly RuleDoc[]) {
  try {
    return { ...(await testSemgrepRules(root, documents)), notRun: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { tested: 0, untested: [], failures: [], notRun: error.message };
  }
}

function wantedBy(filter: string | undefined): (id: string) => boolean {
  if (filter === undefined) return () => true;
  try {
    const regex = new RegExp(filter, 'u');
    return (id) => regex.test(id);
  } catch {
    throw new UserError('unknown-option', `--filter ${JSON.stringify(filter)} is no regular expression`);
  }
}

export function testText({ tested, untested, failures }: Tested): string {
  const lines = failures.map(({ path, line, rule, what }) => printable(`${path}:${line}: ${rule} ${what}`));
  const without = untested.length === 0 ? '' : `; ${count(untested.length, 'rule')} without a test`;
  const verdict = failures.length === 0 ? 'as expected' : count(failures.length, 'failure');
  return `${[...lines, `${count(tested, 'rule')} tested${without}: ${verdict}`].join('\n')}\n`;
}
