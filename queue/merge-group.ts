// Answers for a merge group's head. Each pull request in the group was reviewed on its own before it was queued,
// so the group passes; without an answer the merge queue would stall until its time-out.
import { z } from 'zod';
import { couldNotReview } from './conclude.ts';
import { type JobKind, Repository, Sha } from './job.ts';

const Payload = z.object({
  repository: Repository,
  headSha: Sha,
  headRef: z.string(),
  deliberate: z.boolean(),
  deliveryId: z.string(),
});
type Payload = z.infer<typeof Payload>;

export const mergeGroupJob: JobKind<Payload> = {
  kind: 'merge-group',
  payload: Payload,
  id({ repository, headSha, deliberate, deliveryId }) {
    const id = `merge-group-${repository.installationId}-${repository.repositoryId}-${headSha}`;
    return deliberate ? `${id}-${deliveryId}` : id;
  },
  async handle({ repository, headSha, deliberate }, { github }) {
    const check = await github.startCheck(repository, headSha, deliberate);
    await github.concludeCheck(repository, check.id, {
      conclusion: 'success',
      title: 'Reviewed before it was queued',
      summary:
        'Each pull request of this merge group was reviewed on its own; Driftline does not review it again here.',
      text: null,
      annotations: [],
    });
    return { outcome: 'done', detail: 'merge group answered' };
  },
  async giveUp({ repository, headSha }, reason, { github }) {
    await github.concludeHead(repository, headSha, couldNotReview(reason));
  },
};
