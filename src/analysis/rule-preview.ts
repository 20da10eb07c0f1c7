// A change that edits rules is judged by the rules of its base; this says what its own rules will do once they are merged:
// what is wrong with them, whether they do what their tests say, and how often they match in this change and on the base
// branch (RUL-404g). The findings of the preview gate nothing.
import type { Report, RuleReview } from '../finding.ts';
import { count } from '../review/markdown.ts';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { editedRules } from '../rules/edited.ts';
import { problemLine } from '../rules/file/problem.ts';
import { ruleIdOf } from '../rules/rule-finding.ts';
import { documentIdOf } from '../rules/rule-set.ts';
import { isTestFile } from '../rules/test/cases.ts';
import { trialsOf } from '../rules/test/trial.ts';
import type { ChangeRequest } from './engine.ts';
import { effectOnBase } from './rule-effect.ts';
import type { TeamRules } from './rule-source.ts';
import { nPlusOneOff, runTrials } from './rule-trial.ts';
import { type Asked, type RuleDeps, runRules } from './team-rules.ts';

type Preview = NonNullable<RuleReview['preview']>;

/** Whether the change edits what `preview` looks at. `rules`: those of the base. */
export function editsRules(report: Report, rules: Pick<TeamRules, 'folders' | 'testFolders'>): boolean {
  const isBelow = (path: string, folders: readonly string[]) => folders.some((folder) => path.startsWith(`${folder}/`));
  return changedPaths(report).some(
    (path) =>
      path === 'sgconfig.yml' || isBelow(path, rules.folders) || (isTestFile(path) && isBelow(path, rules.testFolders)),
  );
}

function changedPaths({ files }: Pick<Report, 'files'>): string[] {
  return files.flatMap(({ path, basePath }) => [path, basePath ?? path]);
}

/** `head`: the rules that the head has, with their tests. `request`: that of the review, `report` what came of it. */
export async function preview(
  deps: RuleDeps,
  request: ChangeRequest,
  asked: Asked,
  { head, report }: { head: TeamRules; report: Pick<Report, 'files'> },
): Promise<Preview> {
  const { onProgress: _, ...quiet } = request;
  const { history: _history, ...asker } = asked;
  const ofHead: Asked = { ...asker, rules: { ...head, report: 'all' }, withoutFixes: true };
  const ran = await runRules(deps, { ...quiet, levels: nPlusOneOff }, ofHead);
  const wrong = head.problems.filter(({ level }) => level === 'refused');
  const problems: Preview['problems'] = wrong.map(({ path, line, what, cure }) => ({
    path,
    line,
    message: `${what}. ${cure}.`,
  }));
  for (const { id, reason } of ran.wrong) {
    const place = head.documents.find((rule) => rule.id === documentIdOf(id))?.fileRef;
    if (place) problems.push({ path: place.path, line: place.line, message: reason });
  }
  const edited = editedRules(asked.rules, head);
  const refused = new Set(ran.wrong.map(({ id }) => documentIdOf(id)));
  const working = edited.filter(({ id }) => !refused.has(id));
  const countable = working.filter((rule) => whyIdle(rule, head) === null);
  const onBase = await effectOnBase(deps, quiet, ofHead, countable);
  const tests = await testsOf(deps, { head, edited: working, changed: new Set(changedPaths(report)), request });
  const lines = working.map((rule) => effectOf(rule, asked.rules.documents, ran.report, head, onBase.words));
  return {
    problems,
    effects: [...lines, ...removed(asked.rules.documents, head.documents)],
    testFailures: tests.failures,
    notices: [...tests.notices, ...onBase.notices],
  };
}

/** Of an attacker's tests, and beside a review that people wait for. */
const testBounds = { maxCases: 2_000, timeoutMs: 20_000 };

interface Testing {
  head: TeamRules;
  edited: readonly RuleDoc[];
  /** Paths that the change touches: a rule whose tests are edited is tested too. */
  changed: ReadonlySet<string>;
  request: Pick<ChangeRequest, 'signal'>;
}

async function testsOf(deps: RuleDeps, { head, edited, changed, request }: Testing) {
  const { tests, problems } = head.tests ?? { tests: [], problems: [] };
  const editedTests = new Set(tests.filter(({ path }) => changed.has(path)).map(({ id }) => id));
  const written = head.documents.filter(({ fileRef }) => fileRef !== null);
  const documents = written.filter((rule) => edited.includes(rule) || editedTests.has(ruleIdOf(rule)));
  const { rules, tested, untested, ...plan } = trialsOf(documents, tests, new Set(written.map(ruleIdOf)));
  const trials = plan.trials.slice(0, testBounds.maxCases);
  const { utilities } = head;
  const { timeoutMs } = testBounds;
  const { signal } = request;
  const result = await runTrials(deps.engine, { trials, rules, documents, utilities, timeoutMs, signal });
  const left = result.left + plan.trials.length - trials.length;
  const failures: Preview['testFailures'] = [
    ...problems.map(({ path, line, what, cure }) => ({ path, line, message: `${what}. ${cure}.` })),
    ...result.failures.map(({ path, line, rule, what }) => ({ path, line, message: `${rule} ${what}` })),
  ];
  const notices = plan.problems.filter(({ path }) => changed.has(path)).map(problemLine);
  const none = count(untested.length, 'rule');
  if (tested.length > 0) {
    const without = untested.length === 0 ? '' : `, ${none} without a test`;
    const outcome = failures.length === 0 ? 'as expected' : count(failures.length, 'failure');
    const ran = `${count(tested.length, 'rule')} with ${count(trials.length - result.left, 'case')}`;
    notices.unshift(`Tests of these rules: ${ran}${without}: ${outcome}.`);
  } else if (untested.length > 0) {
    notices.unshift(`Tests of these rules: none for ${none}.`);
  }
  if (left > 0)
    notices.push(`${count(left, 'case')} of these tests were not run: there are too many, or they take too long.`);
  return { failures, notices };
}

function effectOf(
  rule: RuleDoc,
  base: readonly RuleDoc[],
  report: Report,
  head: TeamRules,
  onBase: ReadonlyMap<string, string>,
): string {
  const id = ruleIdOf(rule);
  const verb = base.some((one) => one.id === rule.id) ? 'is changed' : 'is new';
  const start = `${id} ${verb} (${rule.enforcement}):`;
  const idle = whyIdle(rule, head);
  if (idle !== null) return `${start} ${idle}.`;
  return `${start} it matches ${matchesHere(id, report)}; ${onBase.get(id) ?? 'not counted on the base branch'}.`;
}

/** Why a rule will do nothing; null: it will. */
function whyIdle(rule: RuleDoc, { levels }: Pick<TeamRules, 'levels'>): string | null {
  if (rule.status !== 'active') return `its status is ${rule.status}, so it will not run`;
  if (engineOf(rule) === 'none') return 'nothing runs it';
  return levels[ruleIdOf(rule)] === 'off' && !rule.locked ? 'the configuration switches it off' : null;
}

function matchesHere(id: string, { findings, ruleReview }: Report): string {
  const lost = ruleReview?.notEvaluated.find(({ ruleId }) => ruleId === id);
  if (lost !== undefined) return `nobody knows what in the files of this change (${lost.reason.replace(/\.$/, '')})`;
  const found = findings.filter(({ ruleId }) => ruleId === id);
  if (found.length === 0) return 'nothing in the files of this change';
  const fresh = found.filter(({ newness }) => newness === 'new' || newness === 'caused').length;
  return `${count(found.length, 'place')} in the files of this change, ${fresh} of them new`;
}

function removed(base: readonly RuleDoc[], head: readonly RuleDoc[]): string[] {
  const after = new Set(head.map((rule) => rule.id));
  const gone = base.filter((rule) => rule.origin === 'file' && !after.has(rule.id));
  return gone.map((rule) => `${ruleIdOf(rule)} is removed: it judges this change for the last time.`);
}
