// A re-run of a head that names no pull request (pushes to forks): finds the open ones and queues a review of each.
import { z } from 'zod';
import { couldNotReview, notReviewed, standingWord } from './conclude.ts';
import { type JobKind, newJob, Repository, Sha } from './job.ts';
import { reviewJob } from './review.ts';

const Payload = z.object({ repository: Repository, headSha: Sha, deliveryId: z.string() });
type Payload = z.infer<typeof Payload>;

export const rerunJob: JobKind<Payload> = {
  kind: 'rerun',
  payload: Payload,
  id: ({ repository, headSha, deliveryId }) => `rerun-${repository.repositoryId}-${headSha}-${deliveryId}`,
  async handle({ repository, headSha, deliveryId }, { github, enqueue }) {
    const pulls = await github.pullsOfHead(repository, headSha);
    for (const pull of pulls) {
      await enqueue(newJob(reviewJob, { repository, pull, headSha, deliberate: true, deliveryId }));
    }
    if (pulls.length === 0) {
      // A re-run clears the conclusion, so silence would leave it pending.
      const check = await github.startCheck(repository, headSha, true);
      const plan = notReviewed('skipped', 'no open pull request has this commit as its head');
      await github.concludeCheck(repository, check.id, plan);
    }
    return { outcome: 'done', detail: `${pulls.length} pull requests have this head` };
  },
  async giveUp({ repository, headSha }, reason, deps) {
    const standing = await standingWord(deps, { repository, headSha, pull: null });
    await deps.github.concludeHead(repository, headSha, couldNotReview(reason, standing));
  },
};
