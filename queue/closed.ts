// A pull request was closed: noted, so that nobody counts it as open. A review of it that still runs hears of it
// through the gate, and one that waits finds it closed when its turn comes.
import { z } from 'zod';
import { type JobKind, Repository, Sha } from './job.ts';

const Payload = z.object({ repository: Repository, pull: z.int(), headSha: Sha, deliveryId: z.string() });
type Payload = z.infer<typeof Payload>;

export const closedJob: JobKind<Payload> = {
  kind: 'closed',
  payload: Payload,
  id: ({ repository, pull, deliveryId }) => `closed-${repository.repositoryId}-${pull}-${deliveryId}`,
  async handle({ repository, pull, headSha }, { github, storage }) {
    // Deliveries may be late: it may be open again by now.
    const { state } = await github.pull(repository, pull);
    if (state === 'closed') await storage.pulls.close(repository.repositoryId, pull);
    return { outcome: 'done', detail: `pull request is ${state} at ${headSha.slice(0, 7)}` };
  },
};
