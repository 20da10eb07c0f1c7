// The whole story of one review: from a head SHA in the queue to a concluded check on GitHub.
// Every step may be the last one this process does, so each can be done again by whoever takes the job up.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CheckPlan } from '../src/review/plan.ts';
import type { PullSnapshot } from '../src/review/pull.ts';
import { withOthers } from '../src/review/shared.ts';
import { couldNotReview, notReviewed, standingWord } from './conclude.ts';
import { notVerbatim } from './fix.ts';
import { pullKey } from './gate.ts';
import { type Attempt, type Deps, type JobKind, type JobResult, newJob, Repository, Sha } from './job.ts';
import { showOnCheck } from './progress.ts';
import { type Begun, closedReason, movedReason, Superseded, say } from './say.ts';
import { baseSettings, historyOf, ownerOf, rulesAt } from './settings.ts';
import { concludeLeft, endWithout, heirOfHead, othersOfHead } from './shared-head.ts';

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
  const again = payload.deliberate || (await isOutOfDate(payload, deps));
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
    const { report, ...rest } = await analyse(begun, deps, attempt, news.signal);
    if (report === null) return await end(notReviewed('skipped', draftReason), draftReason, 'skipped');
    const judged = { ...rest, report };
    await storage.findings.replaceForRun(run.id, report.findings);
    await storage.reports.save(run.id, judged);
    attempt.step('stored');
    return await say(begun, judged, deps, attempt, news.signal);
  } catch (error) {
    const reason = news.signal.aborted ? news.signal.reason : error;
    if (!(reason instanceof Superseded)) throw reason;
    return await end(notReviewed('cancelled', reason.message), reason.message, 'superseded');
  } finally {
    news.stop();
  }
}

/** Mirror, settings of the base, analysis. `report` is null when the settings leave drafts alone. */
async function analyse({ pull, runId, check }: Begun, deps: Deps, attempt: Attempt, signal: AbortSignal) {
  const { repository, headSha, baseSha, baseRef, number } = pull;
  const { repositoryId } = repository;
  const access = await deps.github.cloneAccess(repository);
  const mirror = await deps.mirrors.prepare({ repositoryId, access, pull: number, headSha, baseSha, baseRef, signal });
  try {
    attempt.step('mirror-ready');
    const { config, rules, notices } = await baseSettings(mirror.path, baseSha, repository, deps);
    const { maxInlineComments } = config.review;
    const { onEngineUnavailable } = config.rules;
    const { minConfidence } = deps.settings;
    const limits = { maxInlineComments, minConfidence };
    const settings = { ...limits, onWarn: config.check.onWarn, onEngineUnavailable, notices };
    if (pull.draft && !config.review.drafts) return { report: null, settings, notVerbatim: [] };
    const { exclude, levels } = config;
    const progress = showOnCheck({ show: (text) => deps.github.showProgress(repository, check.id, text) });
    const onProgress = check.concluded ? undefined : progress.update;
    const request = { repository: mirror.path, base: baseSha, head: headSha, exclude, levels, signal };
    const rulesOfHead = () => rulesAt(mirror.path, headSha, repository, config, deps, true);
    const history = historyOf(repository, pull.fork ? null : runId, deps);
    const asked = { rules, owner: ownerOf(repository), branch: baseRef, userId: pull.author, history };
    const report = await deps
      .reviewChange({ ...request, ...(onProgress && { onProgress }) }, asked, rulesOfHead)
      .finally(progress.end);
    attempt.step('analysed');
    return { report, settings, notVerbatim: [...(await notVerbatim(report, mirror.path, headSha, deps))].sort() };
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

/**
 * An earlier run of this head does not count as the review (a force-push back): it was superseded, skipped or failed, or
 * somebody said a word since.
 */
async function isOutOfDate({ repository, pull, headSha }: Payload, { storage }: Deps): Promise<boolean> {
  const run = await storage.runs.ofHead(repository.repositoryId, pull, headSha);
  if (run === null || run.status !== 'concluded') return false;
  const saidAt = await storage.signals.latestAt(repository.repositoryId, pull);
  return run.reason !== null || (saidAt !== null && saidAt / 1000 > (run.concludedAt ?? 0));
}

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
