// From what a review found to what stands on GitHub: the plan is made from the report, the verdicts and what is posted,
// and carried out when it is this job's turn. A verdict that is given later goes the same way.
import type { Report } from '../src/finding.ts';
import type { PublishResult, StartedCheck } from '../src/github/port.ts';
import type { Judged } from '../src/review/judged.ts';
import { type CheckPlan, planReview } from '../src/review/plan.ts';
import type { PostedState, PullSnapshot } from '../src/review/pull.ts';
import { withOthers } from '../src/review/shared.ts';
import { splitByStanding } from '../src/review/verdict.ts';
import { notReviewed } from './conclude.ts';
import { mayCommit } from './fix.ts';
import { pullKey, type Turn } from './gate.ts';
import { type Attempt, type Deps, type JobResult, LostJob } from './job.ts';
import { concludeLeft, endWithout, mustWait, othersOfHead, type Subject, takeHead } from './shared-head.ts';
import { standingsIn } from './standings.ts';

/** What this attempt works on; the check may be replaced. */
export interface Begun {
  pull: PullSnapshot;
  runId: string;
  check: StartedCheck;
  startedAt: number;
}

/** The head is no longer the one to speak of; the message says why. */
export class Superseded extends Error {}

export const closedReason = 'the pull request is closed';
export const movedReason = 'a newer commit was pushed';

/** Plans and publishes when it is this job's turn. Throws `Superseded` when nothing was said. */
export async function say(
  begun: Begun,
  { report, settings, notVerbatim }: Judged,
  deps: Deps,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<JobResult> {
  const { github, storage } = deps;
  const { pull, runId, startedAt } = begun;
  const { headSha } = pull;
  const subject: Subject = { repository: pull.repository, pull: pull.number, headSha };
  const turn = await takeTurn(subject, deps, attempt.jobId, signal);
  try {
    let posted = await github.posted(pull);
    attempt.step('posted-read');
    const standings = await standingsIn(subject, report.findings, deps);
    const there = new Set(report.findings.map(({ id }) => id));
    const gone = posted.comments.map(({ findingId }) => findingId).filter((id) => !there.has(id));
    const before = await storage.findings.ofPull(pull.repository.repositoryId, pull.number, gone);
    const { open } = splitByStanding(report.findings, standings);
    const canCommit = open.some(({ edit }) => edit !== null) && (await mayCommit(pull, deps, false));
    const about = { version: deps.version, headSha, canCommit, notVerbatim: new Set(notVerbatim), standings, before };
    const own = planReview(report, posted, { ...settings, ...about });
    const others = await othersOfHead(subject, own.check.conclusion, deps);
    const shared = withOthers(own.check, pull.number, others);
    const plan = { ...own, check: shared, checkWaits: mustWait(shared, others) };
    attempt.step('planned');
    if (!(await attempt.stillOurs()) || !(await turn.stillOurs())) throw new LostJob();
    signal.throwIfAborted();
    if (!begun.check.concluded && posted.check?.status === 'completed') {
      begun.check = await renewCheck(begun, plan.check, deps);
      posted = await github.posted(pull);
    }
    const result = await github.publish(pull, plan, begun.check.id, posted);
    attempt.step('published');
    if (result.state !== 'published') throw new Superseded(result.state === 'closed' ? closedReason : movedReason);
    if (others.length > 0 && !plan.checkWaits) await concludeLeft(subject, shared, deps);
    await recordComments(runId, pull, report, posted, result, deps);
    const stats = { ...report.stats, calls: result.calls.total, comments: result.comments.length };
    const totalMs = Date.now() - startedAt;
    await storage.runs.conclude(runId, {
      conclusion: own.check.conclusion,
      reason: null,
      stats: { ...stats, totalMs },
    });
    attempt.step('concluded');
    const { calls, comments } = stats;
    const detail = own.check.title;
    return { outcome: 'reviewed', detail, findings: byRule(report), seconds: totalMs / 1000, calls, comments };
  } finally {
    await turn.leave();
  }
}

/**
 * Says anew what the concluded review of this head found, as the verdicts now have it. null: nothing was said, because
 * there is no such review, it was of another base, or one is under way: then the change must be reviewed.
 */
export async function sayAgain(pull: PullSnapshot, deps: Deps, attempt: Attempt): Promise<JobResult | null> {
  const { github, storage } = deps;
  const { repository, headSha } = pull;
  const run = await storage.runs.ofHead(repository.repositoryId, pull.number, headSha);
  if (run === null || run.status === 'running' || run.reason !== null || run.baseSha !== pull.baseSha) return null;
  const judged = await storage.reports.ofRun(run.id);
  if (judged === null) return null;
  const startedAt = Date.now();
  await storage.runs.start(pull, { again: true });
  const check = await github.startCheck(repository, headSha, true);
  await storage.runs.setCheck(run.id, check.id);
  attempt.step('check-started');
  const begun: Begun = { pull, runId: run.id, check, startedAt };
  try {
    return await say(begun, judged, deps, attempt, attempt.signal);
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
    const ended = { checks: [begun.check.id], runId: run.id };
    const subject = { repository, pull: pull.number, headSha };
    await endWithout(subject, ended, notReviewed('cancelled', error.message), error.message, deps, attempt);
    return null;
  }
}

/** Another job has concluded the check of this head meanwhile, without our word, which gets a fresh one. */
async function renewCheck({ pull, runId, check }: Begun, plan: CheckPlan, deps: Deps): Promise<StartedCheck> {
  const { repository, headSha } = pull;
  // Ours may be one that was started in the same moment as the other's and does not count.
  await deps.github.concludeCheck(repository, check.id, plan);
  const fresh = await deps.github.startCheck(repository, headSha, true);
  await deps.storage.runs.setCheck(runId, fresh.id);
  return fresh;
}

/** One job at a time publishes on a pull request, and on a head: pull requests that share a head share its check. */
async function takeTurn(subject: Subject, deps: Deps, jobId: string, signal: AbortSignal): Promise<Turn> {
  const ofPull = await deps.gate.enter(pullKey(subject.repository, subject.pull), jobId, signal);
  try {
    const ofHead = await takeHead(subject, deps, jobId, signal);
    return {
      stillOurs: async () => (await ofPull.stillOurs()) && (await ofHead.stillOurs()),
      leave: async () => {
        await ofHead.leave();
        await ofPull.leave();
      },
    };
  } catch (error) {
    await ofPull.leave();
    throw error;
  }
}

/** With those that stood before: an attempt that was killed may have posted them without noting it. */
async function recordComments(
  runId: string,
  pull: PullSnapshot,
  report: Report,
  posted: PostedState,
  result: PublishResult,
  { storage }: Deps,
): Promise<void> {
  const paths = new Map(report.findings.map((finding) => [finding.id, finding.anchorPath ?? finding.place.path]));
  const before = posted.comments.map(({ findingId, id, path }) => ({ findingId, commentId: id, path }));
  const now = result.comments.map((comment) => ({ ...comment, path: paths.get(comment.findingId) ?? '' }));
  const run = { id: runId, repositoryId: pull.repository.repositoryId, pull: pull.number };
  await storage.comments.record(run, [...before, ...now]);
}

function byRule(report: Report): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ruleId } of report.findings) counts[ruleId] = (counts[ruleId] ?? 0) + 1;
  return counts;
}
