// Answers for a merge group's head with what is known of the pull request that the group was made for: it was reviewed on
// its own, and the group is not reviewed again. Without an answer the merge queue would stall until its time-out.
import { z } from 'zod';
import { TransientError } from '../src/errors.ts';
import { plain } from '../src/review/markdown.ts';
import type { CheckPlan, Conclusion } from '../src/review/plan.ts';
import { couldNotReview } from './conclude.ts';
import { type Deps, type JobKind, Repository, Sha } from './job.ts';

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
  async handle(payload, deps) {
    const { repository, headSha, deliberate } = payload;
    const plan = await planGroup(payload, deps);
    const check = await deps.github.startCheck(repository, headSha, deliberate);
    await deps.github.concludeCheck(repository, check.id, plan);
    return { outcome: 'done', detail: `merge group answered: ${plan.title}` };
  },
  async giveUp({ repository, headSha }, reason, { github }) {
    await github.concludeHead(repository, headSha, couldNotReview(reason, null));
  },
};

/** GitHub names the branch of a group after the pull request that it adds: `gh-readonly-queue/main/pr-12-<sha>`. */
const branchOfPull = /\/pr-(\d+)-[0-9a-f]{40,64}$/;
const askAgainMs = 5_000;

async function planGroup({ repository, headRef }: Payload, { github, storage }: Deps): Promise<CheckPlan> {
  const number = Number(branchOfPull.exec(headRef)?.[1]);
  if (!Number.isSafeInteger(number))
    return answer('neutral', 'Not reviewed', 'The branch of this group names no pull request.');
  // The head that is queued now may be another one than the last that was reviewed.
  const { headSha } = await github.pull(repository, number);
  const run = await storage.runs.ofHead(repository.repositoryId, number, headSha);
  const which = `Pull request #${number}, which this group adds,`;
  const commit = headSha.slice(0, 7);
  if (run === null) return answer('neutral', 'Not reviewed', `${which} was not reviewed at ${commit}.`);
  if (run.conclusion === null) {
    throw new TransientError(`the review of pull request ${number} is not over yet`, askAgainMs);
  }
  // A failure with a reason is an earlier one that still stands.
  if (run.reason !== null && run.conclusion !== 'failure') {
    return answer('neutral', 'Not reviewed', `${which} was not reviewed at ${commit}: ${plain(run.reason)}.`);
  }
  const title = `${titles[run.conclusion]} (#${number})`;
  return answer(run.conclusion, title, `${which} was reviewed at ${commit} and concluded with ${run.conclusion}.`);
}

const titles: Record<Conclusion, string> = {
  success: 'No new problems before it was queued',
  neutral: 'New problems, none of which blocks',
  failure: 'New problems that block',
  cancelled: 'Not reviewed',
  skipped: 'Not reviewed',
};

function answer(conclusion: Conclusion, title: string, what: string): CheckPlan {
  const rest = 'Each pull request of a merge queue is reviewed on its own; the group is not reviewed again.';
  return { conclusion, title, summary: `${what} ${rest}`, text: null, annotations: [] };
}
