// A change or a folder with the team's rules: the addon runs N+1 detection and ast-grep's rules on one parse, Semgrep its own
// as a process, and one judgement makes findings of their matches. The command line and the App both come through here.
import type { Report, RuleReview } from '../finding.ts';
import { byPlace } from '../review/select.ts';
import type { RuleDoc } from '../rules/document.ts';
import { problemLine } from '../rules/file/problem.ts';
import { judgeMatches, levelOf, resolveFor, runnableRules } from '../rules/judge.ts';
import { isRecommended, recommendedOn } from '../rules/recommended.ts';
import { ruleIdOf } from '../rules/rule-finding.ts';
import { documentIdOf, type EngineRules, engineRules } from '../rules/rule-set.ts';
import { traceLines } from '../rules/trace-lines.ts';
import type { ChangeRequest, Engine, ExternalMatch, MatchEngine, ScanRequest } from './engine.ts';
import { outcomeOf, type RuleHistory, setAsideReason, timedRules } from './rule-history.ts';
import type { RuleOwner, TeamRules } from './rule-source.ts';
import { type External, nothing, semgrepOnChange, semgrepOnFolder } from './semgrep-rules.ts';

/** What Semgrep found on one side, or why it found nothing. */
export interface SemgrepAnswer {
  matches: ExternalMatch[];
  /** Rules that did not run, by the id that they were handed in with. */
  notEvaluated: { id: string; reason: string }[];
  /** Those of them that are wrong themselves. */
  wrong: { id: string; reason: string }[];
  /** Those of them that took too long themselves. */
  timedOut: string[];
  /** In plain words. */
  notices: string[];
}

export interface SemgrepRun {
  rules: EngineRules['semgrep'];
  /** Absolute. */
  root: string;
  /** Relative to the root, with `/`; empty means everything. */
  paths: string[];
  /** The folder holds `paths` and nothing else; otherwise it is a working tree, of which git ignores a part. */
  isCheckout: boolean;
  /** By default as much as a side of a review, or a folder, is given. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface RuleDeps {
  engine: Engine & MatchEngine;
  /** Never throws for what a rule or Semgrep itself does wrong. */
  semgrep: (run: SemgrepRun) => Promise<SemgrepAnswer>;
  /** Files of a commit in a folder of their own, with the ignore file of Semgrep that `base` has. */
  checkout: (wanted: {
    repository: string;
    commit: string;
    base: string;
    paths: readonly string[];
    signal?: AbortSignal;
  }) => Promise<{ root: string; skipped: { path: string; reason: string }[]; dispose: () => Promise<void> }>;
  /** Every file of a commit, by path, with its size in bytes; null: its content is not at hand. */
  filesAt: (
    repository: string,
    commit: string,
    signal?: AbortSignal,
  ) => Promise<{ path: string; size: number | null }[]>;
  /** Every path that a change touches, on either side; null where that is not known. */
  changedPaths: (wanted: Pick<ChangeRequest, 'repository' | 'base' | 'head' | 'signal'>) => Promise<string[] | null>;
  twoPassEnabled: boolean;
}

export interface Asked {
  rules: TeamRules;
  owner: RuleOwner;
  /** Of a pull request: its base branch, its author. */
  branch: string | null;
  userId: string | null;
  /** Ids of the documents to run alone; which rule is in charge of a place is still decided among all. */
  only?: ReadonlySet<string>;
  /** Without it nothing is set aside and nothing counted. */
  history?: RuleHistory;
  /** Nobody is offered a fix, so none of Semgrep's is tried, and none is in the report. */
  withoutFixes?: true;
}

/** Both engines over a change. `wrong`: rules that an engine refuses. */
export async function runRules(
  deps: RuleDeps,
  request: ChangeRequest,
  askedFor: Asked,
): Promise<{ report: Report; wrong: { id: string; reason: string }[] }> {
  const documents = await documentsOn(deps, request, askedFor.rules.documents);
  const asked = { ...askedFor, rules: { ...askedFor.rules, documents } };
  const runnable = runnableOf(asked);
  const timed = timedRules(runnable, asked.rules);
  const aside = new Set(await asked.history?.setAside(timed));
  const texts = { ...asked.rules, documents: runnable.filter(({ id }) => !aside.has(id)) };
  const ruleSet = engineRules(texts, null).astGrep;
  const report = await deps.engine.analyzeChange({ ...request, ...(ruleSet.rules.length > 0 && { ruleSet }) });
  const paths = report.files.filter(({ status }) => status !== 'deleted').map(({ path }) => path);
  const { semgrep } = engineRules(texts, paths);
  const external =
    semgrep.length === 0
      ? nothing()
      : await semgrepOnChange(deps, request, report, { rules: semgrep, documents: runnable, asked });
  const wrong = report.ruleProblems.map(({ rule, message }) => ({ id: rule, reason: message }));
  await asked.history?.add(outcomeOf(timed, { ...external, notEvaluated: external.notEvaluated.map(({ id }) => id) }));
  external.notEvaluated.push(...[...aside].map((id) => ({ id, reason: setAsideReason })));
  return {
    report: judged(report, external, asked, { runnable, paths, twoPassEnabled: deps.twoPassEnabled }),
    wrong: [...wrong, ...external.wrong],
  };
}

/** Nobody asked for single rules of the pack: those that have no file in the change are as if they were not there. */
async function documentsOn(deps: RuleDeps, request: ChangeRequest, documents: RuleDoc[]): Promise<RuleDoc[]> {
  if (!documents.some(isRecommended)) return documents;
  const paths = await deps.changedPaths(request);
  return paths === null ? documents : recommendedOn(documents, paths);
}

/** What stands in the files. `isCheckout`: as of a `SemgrepRun`. */
export async function scanFolder(
  deps: RuleDeps,
  request: ScanRequest,
  asked: Asked,
  isCheckout = false,
): Promise<Report> {
  const runnable = runnableOf(asked);
  const { astGrep: ruleSet, semgrep } = engineRules({ ...asked.rules, documents: runnable }, null);
  const report = await deps.engine.scan({ ...request, ...(ruleSet.rules.length > 0 && { ruleSet }) });
  const external =
    semgrep.length === 0
      ? nothing()
      : await semgrepOnFolder(deps, request, semgrep, { isCheckout, isWanted: !asked.withoutFixes });
  return judged(report, external, asked, { runnable, paths: [], twoPassEnabled: deps.twoPassEnabled });
}

interface Ran {
  runnable: readonly RuleDoc[];
  /** Files of the change at its head; empty for a scan. */
  paths: readonly string[];
  twoPassEnabled: boolean;
}

function judged(report: Report, external: External, asked: Asked, ran: Ran): Report {
  const { rules } = asked;
  const subject = subjectOf(asked);
  const { documents, facts, levels } = rules;
  const { twoPassEnabled } = ran;
  const matches = [...report.matches, ...external.matches];
  const judging = { documents, subject, facts, levels, report: rules.report, twoPassEnabled };
  const { findings, ignored, stoodBefore, filtered } = judgeMatches(matches, judging);
  const failed = [
    ...[...report.ruleProblems, ...external.ruleProblems].map(({ rule, message }) => ({ id: rule, reason: message })),
    ...external.notEvaluated,
    // Without a match it is not known to have none: a rule that blocks must not end green (RUL-418).
    ...report.ruleCuts.map(({ rule, message }) => ({ id: rule, reason: `it was stopped ${message}` })),
  ];
  const notEvaluated = notRun(failed, asked, ran.runnable);
  const silenced = matches.filter(({ suppressed }) => suppressed === 'before').length;
  const ruleReview: RuleReview = {
    ...noReview(rules),
    ran: ran.runnable.length - notEvaluated.length,
    notEvaluated,
    ignored: ignored.map(({ ruleId, id, place }) => ({ ruleId, id, path: place.path, line: place.startLine })),
    stoodBefore,
    filtered,
    notices: [...report.ruleNotices, ...external.ruleNotices],
    trace: traceLines(documents, subject, ran.paths),
  };
  const { preExisting, suppressed } = report.stats;
  return {
    ...report,
    findings: [...report.findings, ...findings].sort(byPlace),
    matches: [],
    ruleProblems: [],
    ruleCuts: [],
    ruleNotices: [],
    ruleReview: documents.length === 0 && rules.problems.length === 0 ? null : ruleReview,
    stats: { ...report.stats, preExisting: preExisting + stoodBefore, suppressed: suppressed + silenced },
  };
}

/** Of a repository without rules, or before they ran. */
export function noReview({ commit, problems }: Pick<TeamRules, 'commit' | 'problems'>): RuleReview {
  return {
    commit,
    ran: 0,
    notEvaluated: [],
    ignored: [],
    stoodBefore: 0,
    filtered: 0,
    problems: problems.map(problemLine),
    notices: [],
    trace: [],
    preview: null,
  };
}

/** One line for each rule, the first reason counts; what is switched off is no loss. */
function notRun(
  failed: readonly { id: string; reason: string }[],
  asked: Asked,
  runnable: readonly RuleDoc[],
): RuleReview['notEvaluated'] {
  const { rules: resolved } = resolveFor(null, { documents: asked.rules.documents, subject: subjectOf(asked) });
  const told = new Set<string>();
  return failed.flatMap(({ id, reason }) => {
    const rule = runnable.find((one) => one.id === documentIdOf(id));
    if (rule === undefined || told.has(rule.id)) return [];
    told.add(rule.id);
    const ruleId = ruleIdOf(rule);
    const { enforcement } = resolved.find((one) => one.rule.id === rule.id) ?? rule;
    const level = levelOf({ rule, enforcement, raisedBy: null }, asked.rules.levels[ruleId]);
    return level === 'off' ? [] : [{ ruleId, level, reason }];
  });
}

function runnableOf(asked: Asked): RuleDoc[] {
  const { rules, only } = asked;
  const runnable = runnableRules({ documents: rules.documents, subject: subjectOf(asked) });
  return only === undefined ? runnable : runnable.filter(({ id }) => only.has(id));
}

function subjectOf({ owner, branch, userId }: Asked) {
  return { ...owner, branch, userId };
}
