// Pull requests that share a head share its check. Here is read what the others' reviews came to, and decided who has
// the last word: no one's `success` may hide another's `failure`, in whichever order they finish.
import { PermanentError } from '../src/errors.ts';
import type { CheckPlan, Conclusion } from '../src/review/plan.ts';
import type { RepositoryRef } from '../src/review/pull.ts';
import { byConclusion, isWorse, type OtherPull, withOthers } from '../src/review/shared.ts';
import { splitByStanding } from '../src/review/verdict.ts';
import type { HeadRun } from '../src/storage/runs.ts';
import type { Turn } from './gate.ts';
import type { Deps } from './job.ts';
import { standingsIn } from './standings.ts';

export interface Subject {
  repository: RepositoryRef;
  pull: number;
  headSha: string;
}

/** Others whose findings are shown; more share a head only when somebody means harm. */
const shownInFull = 20;

/** One job at a time writes the check of a head. */
export function takeHead({ repository, headSha }: Subject, { gate }: Deps, jobId: string, signal: AbortSignal) {
  return gate.enter(`${repository.repositoryId}-${headSha}`, jobId, signal);
}

/**
 * What is known of the other open pull requests with this head. One that would make the conclusion worse than `own` is
 * asked for on GitHub first: it may have been closed or pushed to while nobody listened.
 */
export async function othersOfHead(subject: Subject, own: Conclusion, deps: Deps): Promise<OtherPull[]> {
  const { repository, pull, headSha } = subject;
  const runs = await deps.storage.runs.ofSharedHead(repository.repositoryId, headSha);
  const others = runs
    .filter((run) => run.open && run.pull !== pull && run.conclusion !== 'cancelled' && run.conclusion !== 'skipped')
    .map((run) => ({ ...run, number: run.pull }))
    .sort(byConclusion);
  while (others[0] !== undefined && isWorse(others[0].conclusion, own)) {
    if (await stillThere(others[0], deps)) {
      others[0].headNow = headSha;
      break;
    }
    others.shift();
  }
  const there = others.filter((run) => run.conclusion === null || run.headNow === headSha);
  return Promise.all(
    there.map(async ({ id, number, url, conclusion, reason }, index) => ({
      number,
      url,
      conclusion,
      reason,
      findings: index < shownInFull && conclusion !== null ? await openOf(id, { repository, pull: number }, deps) : [],
    })),
  );
}

async function openOf(runId: string, of: { repository: RepositoryRef; pull: number }, deps: Deps) {
  const findings = await deps.storage.findings.ofRun(runId);
  return splitByStanding(findings, await standingsIn(of, findings, deps)).open;
}

async function stillThere(run: HeadRun, { github, storage }: Deps): Promise<boolean> {
  try {
    const now = await github.pull(run.repository, run.pull);
    if (now.state === 'open' && now.headSha === run.headSha) return true;
    await storage.pulls.save(now);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    await storage.pulls.close(run.repository.repositoryId, run.pull); // GitHub has removed it
  }
  return false;
}

/** The check must wait while another pull request is reviewed on this head, unless nothing can be worse any more. */
export function mustWait(plan: CheckPlan, others: readonly OtherPull[]): boolean {
  return plan.conclusion !== 'failure' && others.some((other) => other.conclusion === null);
}

/**
 * Ends what a review that came to nothing has begun: its run and its checks, in turn with the other reviews of this head.
 * A check that another pull request's review still needs is left to it.
 */
export async function endWithout(
  subject: Subject,
  begun: { checks: readonly number[]; runId: string | null },
  plan: CheckPlan,
  reason: string,
  deps: Deps,
  job: { jobId: string; signal: AbortSignal },
): Promise<void> {
  const { github, storage } = deps;
  const turn: Turn = await takeHead(subject, deps, job.jobId, job.signal);
  try {
    const others = begun.checks.length === 0 ? [] : await othersOfHead(subject, plan.conclusion, deps);
    const shared = withOthers(plan, subject.pull, others);
    let checks = begun.checks;
    if (others.length > 0) {
      // Only the newest check of a head counts: another review may have left it to us, or waits for it.
      const newest = await github.startCheck(subject.repository, subject.headSha, false);
      const waits = mustWait(shared, others);
      checks = waits ? checks.filter((id) => id !== newest.id) : [newest.id, ...checks];
      if (!waits) await concludeLeft(subject, shared, deps);
    }
    for (const id of new Set(checks)) await github.concludeCheck(subject.repository, id, shared);
    if (begun.runId !== null) {
      await storage.runs.conclude(begun.runId, { conclusion: plan.conclusion, reason, stats: {} });
    }
  } finally {
    await turn.leave();
  }
}

/** Concludes the checks that other reviews of this head have started in the same moment and left to whoever comes last. */
export async function concludeLeft({ repository, headSha }: Subject, plan: CheckPlan, { github, storage }: Deps) {
  const runs = await storage.runs.ofSharedHead(repository.repositoryId, headSha);
  for (const id of new Set(runs.map((run) => run.checkId))) {
    if (id !== null) await github.concludeCheck(repository, id, plan);
  }
}

/**
 * This pull request was closed or has another head now: the one whose review must be done again, so that the check of the
 * old head no longer speaks for the one that left. null: the check can stay as it is.
 */
export async function heirOfHead({ repository, pull, headSha }: Subject, { storage }: Deps): Promise<number | null> {
  const left = await storage.runs.ofHead(repository.repositoryId, pull, headSha);
  const others = (await storage.runs.ofSharedHead(repository.repositoryId, headSha))
    .filter((run) => run.open && run.pull !== pull && run.headNow === headSha)
    .map(({ pull: number, conclusion }) => ({ number, conclusion }))
    .sort(byConclusion);
  const heir = others[0];
  return heir !== undefined && left !== null && isWorse(left.conclusion, heir.conclusion) ? heir.number : null;
}
