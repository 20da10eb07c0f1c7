// A pull request was closed: noted, so that nobody counts it as open. A review of it that still runs hears of it
// through the gate, and one that waits finds it closed when its turn comes. A check that it shared is made anew.
import { z } from 'zod';
import { type JobKind, newJob, Repository, Sha } from './job.ts';
import { reviewJob } from './review.ts';
import { heirOfHead } from './shared-head.ts';

const Payload = z.object({ repository: Repository, pull: z.int(), headSha: Sha, deliveryId: z.string() });
type Payload = z.infer<typeof Payload>;

export const closedJob: JobKind<Payload> = {
  kind: 'closed',
  payload: Payload,
  id: ({ repository, pull, deliveryId }) => `closed-${repository.repositoryId}-${pull}-${deliveryId}`,
  async handle({ repository, pull, headSha, deliveryId }, deps) {
    // Deliveries may be late: it may be open again by now.
    const { state } = await deps.github.pull(repository, pull);
    if (state === 'closed') {
      await deps.storage.pulls.close(repository.repositoryId, pull);
      const heir = await heirOfHead({ repository, pull, headSha }, deps);
      if (heir !== null) {
        const about = { repository, pull: heir, headSha, deliberate: true };
        await deps.enqueue(newJob(reviewJob, { ...about, deliveryId: `${deliveryId}-${pull}` }));
      }
    }
    return { outcome: 'done', detail: `pull request is ${state} at ${headSha.slice(0, 7)}` };
  },
};
