// The last word on a check whose job failed for good, tried for as long as it takes: nothing may stay pending on GitHub.
import { z } from 'zod';
import { plain } from '../src/review/markdown.ts';
import type { CheckPlan, Conclusion } from '../src/review/plan.ts';
import type { RepositoryRef } from '../src/review/pull.ts';
import { withOthers } from '../src/review/shared.ts';
import { type Deps, type JobKind, Repository, Sha } from './job.ts';
import { othersOfHead } from './shared-head.ts';

const Payload = z.object({
  repository: Repository,
  headSha: Sha,
  /** Whose review failed; null when it was no pull request's. */
  pull: z.int().nullable().default(null),
  failedJob: z.string(),
  /** When it failed, so that a second failure of a job that was tried anew is not swallowed. */
  failedAtMs: z.int(),
  reason: z.string(),
});
type Payload = z.infer<typeof Payload>;

export const concludeJob: JobKind<Payload> = {
  kind: 'conclude',
  payload: Payload,
  id: ({ failedJob, failedAtMs }) => `conclude-${failedJob}-${failedAtMs}`,
  attempts: 40,
  async handle({ repository, headSha, pull, reason }, deps) {
    const plan = couldNotReview(reason, await standingWord(deps, { repository, headSha, pull }));
    const others = pull === null ? [] : await othersOfHead({ repository, pull, headSha }, plan.conclusion, deps);
    await deps.github.concludeHead(repository, headSha, pull === null ? plan : withOthers(plan, pull, others));
    return { outcome: 'done', detail: 'the check says why there is no review' };
  },
};

/**
 * An outage of ours is neutral with a reason: no red cross, no silent green. But where an earlier review of this head
 * found what blocks, asking again at the right moment must not open the gate.
 */
export function couldNotReview(reason: string, standing: Conclusion | null): CheckPlan {
  const why = `Driftline could not review this: ${plain(reason)}.`;
  const stands =
    standing === 'failure' ? '\n\nIts earlier review of this commit found problems that block, and stands.' : '';
  return {
    conclusion: standing === 'failure' ? 'failure' : 'neutral',
    title: standing === 'failure' ? 'Not reviewed again: the earlier failure stands' : 'Not reviewed',
    summary: `${why}${stands}\n\nRe-run the check to try again.`,
    text: null,
    annotations: [],
  };
}

/** What the last review of this head came to that was carried through; of all open pull requests when none is named. */
export async function standingWord(
  { storage }: Pick<Deps, 'storage'>,
  { repository, headSha, pull }: { repository: RepositoryRef; headSha: string; pull: number | null },
): Promise<Conclusion | null> {
  const runs = await storage.runs.ofSharedHead(repository.repositoryId, headSha);
  const asked = runs.filter((run) => (pull === null ? run.open && run.headNow === headSha : run.pull === pull));
  const words = asked.map((run) => (run.status === 'concluded' && run.reason === null ? run.conclusion : run.standing));
  return words.includes('failure') ? 'failure' : (words[0] ?? null);
}

/** Nothing to review any more, or not yet. */
export function notReviewed(conclusion: 'cancelled' | 'skipped', reason: string): CheckPlan {
  return { conclusion, title: 'Not reviewed', summary: `Not reviewed: ${reason}.`, text: null, annotations: [] };
}
