// The last word on a check whose job failed for good, tried for as long as it takes: nothing may stay pending on GitHub.
import { z } from 'zod';
import { plain } from '../src/review/markdown.ts';
import type { CheckPlan } from '../src/review/plan.ts';
import { withOthers } from '../src/review/shared.ts';
import { type JobKind, Repository, Sha } from './job.ts';
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
    const plan = couldNotReview(reason);
    const others = pull === null ? [] : await othersOfHead({ repository, pull, headSha }, plan.conclusion, deps);
    await deps.github.concludeHead(repository, headSha, pull === null ? plan : withOthers(plan, pull, others));
    return { outcome: 'done', detail: 'the check says why there is no review' };
  },
};

/** An outage of ours is neutral with a reason: no red cross, no silent green. */
export function couldNotReview(reason: string): CheckPlan {
  return {
    conclusion: 'neutral',
    title: 'Not reviewed',
    summary: `Driftline could not review this: ${plain(reason)}.\n\nRe-run the check to try again.`,
    text: null,
    annotations: [],
  };
}

/** Nothing to review any more, or not yet. */
export function notReviewed(conclusion: 'cancelled' | 'skipped', reason: string): CheckPlan {
  return { conclusion, title: 'Not reviewed', summary: `Not reviewed: ${reason}.`, text: null, annotations: [] };
}
