// The whole story of one review: from a head SHA in the queue to a concluded check on GitHub.
// Every step may be the last one this process does, so each can be done again by whoever takes the job up.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Report } from '../src/finding.ts';
import type { PublishResult, StartedCheck } from '../src/github/port.ts';
import { type CheckPlan, planReview } from '../src/review/plan.ts';
import type { PostedState, PullSnapshot } from '../src/review/pull.ts';
import { withOthers } from '../src/review/shared.ts';
import { couldNotReview, notReviewed, standingWord } from './conclude.ts';
import { mayCommit, notVerbatim } from './fix.ts';
import { pullKey, type Turn } from './gate.ts';
import { type Attempt, type Deps, type JobKind, type JobResult, LostJob, newJob, Repository, Sha } from './job.ts';
import { showOnCheck } from './progress.ts';
import { type BaseSettings, baseSettings, ownerOf, rulesAt } from './settings.ts';
import { concludeLeft, endWithout, heirOfHead, mustWait, othersOfHead, takeHead } from './shared-head.ts';

const Payload = z.object({
  repository: Repository,
  pull: z.int(),
  headSha: Sha,
  deliberate: z.boolean(),
  deliveryId: z.string(),
});
type Payload = z.infer<typeof Payload>;

export const reviewJob: JobKind<Payload> = {
  kind: 'review',
  payload: Payload,
  id({ repository, pull, headSha, deliberate, deliveryId }) {
    const id = `review-${pullKey(repository, pull)}-${headSha}`;
    return deliberate ? `${id}-${deliveryId}` : id;
  },
  handle: review,
  giveUp: giveUpReview,
};

async function review(payload: Payload, deps: Deps, attempt: Attempt): Promise<JobResult> {
  const { github, storage } = deps;
  const { repository, headSha } = payload;
  const startedAt = Date.now();
  const { pull, earlyCheck } = await readPull(payload, deps);
  attempt.step('pull-read');
  const outdated = outdatedReason(pull, headSha);
  if (outdated !== null) return leaveOutdated(payload, earlyCheck, outdated, deps, attempt);

  await leaveOldHead(payload, deps);
  const again = payload.deliberate || (await endedWithoutReview(payload, deps));
  const { started, run } = await storage.runs.start(pull, { again });
  attempt.step('run-started');
  if (!started) return { outcome: 'reviewed', detail: 'was reviewed before' };
  // A check that this run had noted is still its own; any other that is completed belongs to an earlier run, or to
  // another pull request with this head: it must not speak for this one while it is under review.
  const check = await github.startCheck(repository, headSha, run.checkId === null);
  // Two reviews of one head may each have started a check in the same moment: only the newest counts.
  for (const older of new Set([run.checkId, earlyCheck])) {
    if (older === null || older === check.id) continue;
    await github.concludeCheck(repository, older, notReviewed('cancelled', 'a newer check took its place'));
  }
  await storage.runs.setCheck(run.id, check.id);
  const begun: Begun = { pull, runId: run.id, check, startedAt };
  attempt.step('check-started');
  const end = async (plan: CheckPlan, reason: string, outcome: JobResult['outcome']): Promise<JobResult> => {
    await endWithout(payload, { checks: [begun.check.id], runId: run.id }, plan, reason, deps, attempt);
    return { outcome, detail: reason };
  };

  const news = await watchForNews(payload, deps, attempt.signal);
  try {
    const { report, ...judged } = await analyse(begun, deps, attempt, news.signal);
    if (report === null) return await end(notReviewed('skipped', draftReason), draftReason, 'skipped');
    await storage.findings.replaceForRun(run.id, report.findings);
    attempt.step('stored');

    return await say(payload, begun, { report, ...judged }, deps, attempt, news.signal);
  } catch (error) {
    const reason = news.signal.aborted ? news.signal.reason : error;
    if (!(reason instanceof Superseded)) throw reason;
    return await end(notReviewed('cancelled', reason.message), reason.message, 'superseded');
  } finally {
    news.stop();
  }
}

/** What this attempt works on; the check may be replaced. */
interface Begun {
  pull: PullSnapshot;
  runId: string;
  check: StartedCheck;
  startedAt: number;
}

interface Judged extends Pick<BaseSettings, 'config' | 'notices'> {
  report: Report;
  /** Findings whose edit a suggestion would not write byte for byte. */
  notVerbatim: ReadonlySet<string>;
}

/** Plans and publishes when it is this job's turn. */
async function say(
  payload: Payload,
  begun: Begun,
  { report, config, ...judged }: Judged,
  deps: Deps,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<JobResult> {
  const { github, storage } = deps;
  const { headSha } = payload;
  const { pull, runId, startedAt } = begun;
  const turn = await takeTurn(payload, deps, attempt.jobId, signal);
  try {
    let posted = await github.posted(pull);
    attempt.step('posted-read');
    const { maxInlineComments } = config.review;
    const { onWarn } = config.check;
    const { onEngineUnavailable } = config.rules;
    const canCommit = report.findings.some(({ edit }) => edit !== null) && (await mayCommit(pull, deps, false));
    const about = { version: deps.version, headSha, maxInlineComments, canCommit };
    const settings = { ...about, onWarn, onEngineUnavailable, ...judged };
    const own = planReview(report, posted, settings);
    const others = await othersOfHead(payload, own.check.conclusion, deps);
    const shared = withOthers(own.check, payload.pull, others);
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
    if (others.length > 0 && !plan.checkWaits) await concludeLeft(payload, shared, deps);
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
async function takeTurn(payload: Payload, deps: Deps, jobId: string, signal: AbortSignal): Promise<Turn> {
  const { repository, pull } = payload;
  const ofPull = await deps.gate.enter(pullKey(repository, pull), jobId, signal);
  try {
    const ofHead = await takeHead(payload, deps, jobId, signal);
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

const nothing: ReadonlySet<string> = new Set();

/** Mirror, settings of the base, analysis. `report` is null when the settings leave drafts alone. */
async function analyse({ pull, check }: Begun, deps: Deps, attempt: Attempt, signal: AbortSignal) {
  const { repository, headSha, baseSha, baseRef, number } = pull;
  const { repositoryId } = repository;
  const access = await deps.github.cloneAccess(repository);
  const mirror = await deps.mirrors.prepare({ repositoryId, access, pull: number, headSha, baseSha, baseRef, signal });
  try {
    attempt.step('mirror-ready');
    const { config, rules, notices } = await baseSettings(mirror.path, baseSha, repository, deps);
    if (pull.draft && !config.review.drafts) return { report: null, config, notices, notVerbatim: nothing };
    const { exclude, levels } = config;
    const progress = showOnCheck({ show: (text) => deps.github.showProgress(repository, check.id, text) });
    const onProgress = check.concluded ? undefined : progress.update;
    const request = { repository: mirror.path, base: baseSha, head: headSha, exclude, levels, signal };
    const rulesOfHead = () => rulesAt(mirror.path, headSha, repository, config, deps);
    const asked = { rules, owner: ownerOf(repository), branch: baseRef, userId: pull.author };
    const report = await deps
      .reviewChange({ ...request, ...(onProgress && { onProgress }) }, asked, rulesOfHead)
      .finally(progress.end);
    attempt.step('analysed');
    return { report, config, notices, notVerbatim: await notVerbatim(report, mirror.path, headSha, deps) };
  } finally {
    await mirror.release();
  }
}

const noteWaitMs = 200;

/**
 * Reads the pull request before anything is written, so that a head that has moved on leaves no trace. Right after a
 * push GitHub may not know the new head for seconds: then the check starts without waiting, so that people see it.
 */
async function readPull({ repository, pull, headSha }: Payload, { github, gate }: Deps) {
  const key = pullKey(repository, pull);
  const isOther = (latest: string | null) => latest !== null && latest !== headSha;
  // The note about this very head is written right after its job: the job may be quicker.
  const isOutdated =
    isOther(await gate.latest(key)) && (await sleep(noteWaitMs, true)) && isOther(await gate.latest(key));
  // Another head was asked for after this one, or it was closed: what GitHub says now is not stale, and needs no waiting.
  if (isOutdated) return { pull: await github.pull(repository, pull), earlyCheck: null };
  const reading = github.pull(repository, pull, headSha);
  const inTime = await Promise.race([reading, sleep(500, null)]);
  if (inTime !== null) return { pull: inTime, earlyCheck: null };
  reading.catch(() => undefined); // awaited below
  const check = await github.startCheck(repository, headSha, false);
  return { pull: await reading, earlyCheck: check.concluded ? null : check.id };
}

const closedReason = 'the pull request is closed';
const movedReason = 'a newer commit was pushed';
const draftReason = 'it is a draft; it is reviewed when it is marked as ready';

function outdatedReason(pull: PullSnapshot, headSha: string): string | null {
  if (pull.state === 'closed') return closedReason;
  return pull.headSha === headSha ? null : `${movedReason} (${pull.headSha.slice(0, 7)})`;
}

/** The head has moved or the pull request was closed before this attempt: only what an earlier attempt began is ended. */
async function leaveOutdated(
  payload: Payload,
  earlyCheck: number | null,
  reason: string,
  deps: Deps,
  attempt: Attempt,
): Promise<JobResult> {
  const { repository, pull, headSha } = payload;
  const run = await deps.storage.runs.ofHead(repository.repositoryId, pull, headSha);
  const running = run?.status === 'running' ? run : null;
  const checks = [earlyCheck, running?.checkId ?? null].filter((id) => id !== null);
  // An attempt that was killed may have started a check and noted nothing.
  if (run?.status !== 'concluded' && !attempt.isFirst) {
    checks.push((await deps.github.startCheck(repository, headSha, false)).id);
  }
  const begun = { checks, runId: running?.id ?? null };
  if (checks.length > 0 || running !== null) {
    await endWithout(payload, begun, notReviewed('cancelled', reason), reason, deps, attempt);
  }
  return { outcome: 'superseded', detail: reason };
}

/** The check of the head before may have stood for this pull request: then it is made anew without it. */
async function leaveOldHead({ repository, pull, headSha, deliveryId }: Payload, deps: Deps): Promise<void> {
  const before = await deps.storage.pulls.get(repository.repositoryId, pull);
  if (before === null || before.headSha === headSha) return;
  const heir = await heirOfHead({ repository, pull, headSha: before.headSha }, deps);
  if (heir === null) return;
  const about = { repository, pull: heir, headSha: before.headSha, deliberate: true };
  await deps.enqueue(newJob(reviewJob, { ...about, deliveryId: `${deliveryId}-${pull}` }));
}

/** An earlier run of this head was superseded, skipped or failed: it must not count as the review (a force-push back). */
async function endedWithoutReview({ repository, pull, headSha }: Payload, { storage }: Deps): Promise<boolean> {
  const run = await storage.runs.ofHead(repository.repositoryId, pull, headSha);
  return run !== null && run.status === 'concluded' && run.reason !== null;
}

class Superseded extends Error {}

/** Follows the news of this pull request and stops the review as soon as its head is no longer the one to review. */
async function watchForNews({ repository, pull, headSha }: Payload, deps: Deps, outer: AbortSignal) {
  const superseded = new AbortController();
  const stop = await deps.gate.listen(pullKey(repository, pull), (what) => {
    if (what === headSha) return;
    deps.github.pull(repository, pull, what === 'closed' ? undefined : what).then(
      (now) => {
        const reason = outdatedReason(now, headSha);
        if (reason !== null) superseded.abort(new Superseded(reason));
      },
      () => undefined, // news is only a hint: the head is read again before anything is written
    );
  });
  return { signal: AbortSignal.any([outer, superseded.signal]), stop };
}

async function giveUpReview(payload: Payload, reason: string, deps: Deps): Promise<void> {
  const { repository, pull, headSha } = payload;
  const plan = couldNotReview(reason, await standingWord(deps, { repository, headSha, pull }));
  const run = await deps.storage.runs.ofHead(repository.repositoryId, pull, headSha);
  // First, so that no other review of this head waits for this one.
  if (run?.status === 'running') {
    await deps.storage.runs.conclude(run.id, { conclusion: plan.conclusion, reason, stats: {} });
  }
  const shared = withOthers(plan, pull, await othersOfHead(payload, plan.conclusion, deps));
  await deps.github.concludeHead(repository, headSha, shared);
  // The check that the run noted may have been replaced by a newer one.
  await concludeLeft(payload, shared, deps);
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
