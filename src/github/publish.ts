// Carries a review plan out, step by step, so that a crash after any step leaves something that the next attempt
// completes: the review first (people wait for it), then code scanning, and last the check, which concludes it all.

import { withOutcome } from '../review/outcome.ts';
import type { CheckPlan, ReviewPlan } from '../review/plan.ts';
import type { PostedState, PullSnapshot } from '../review/pull.ts';
import { isWorse } from '../review/shared.ts';
import { readCheck, startCheck, writeCheck } from './check.ts';
import { hasStatus, type Patience } from './faults.ts';
import { type Calls, type Client, repeatable } from './octokit.ts';
import type { PublishResult, SarifUpload } from './port.ts';
import { type Identity, inRepository } from './posted.ts';
import { readPull } from './pull.ts';
import { noReview, postReview } from './review.ts';
import { uploadSarif } from './sarif.ts';

export interface Publishing {
  client: Client;
  /** What the client has sent so far. */
  calls: Calls;
  pull: PullSnapshot;
  plan: ReviewPlan;
  checkId: number;
  posted: PostedState;
  self: Identity;
  patience: Patience;
  permissions: () => Promise<Record<string, string>>;
}

const alreadyThere: SarifUpload = { state: 'unchanged', reason: 'this head was already published' };
const notReached: SarifUpload = { state: 'unchanged', reason: 'nothing was published' };

export async function publish(work: Publishing): Promise<PublishResult> {
  const { client, calls, pull, plan, posted, self, patience } = work;
  // A replica may still show the head before ours; one that moved on stays moved.
  const now = await readPull(client, pull.repository, pull.number, plan.headSha, [patience.backoffMs]);
  if (now.headSha !== plan.headSha) return { state: 'head-moved', ...noReview, sarif: notReached, calls };
  if (now.state === 'closed') return { state: 'closed', ...noReview, sarif: notReached, calls };

  const room = { client, pull, self, patience, body: plan.review?.body ?? '' };
  const review = plan.review === null ? noReview : await postReview(room, plan.review.comments, posted);

  await editComments(client, pull, plan.edits);

  const { repository } = pull;
  let check = posted.check ?? (await readCheck(client, repository, work.checkId));
  // Two pull requests with this head may have started a check each at the same moment. The newest counts; none stays open.
  if (check.id !== work.checkId) {
    await writeCheck(client, repository, await readCheck(client, repository, work.checkId), plan.check, patience);
  }
  if (check.status === 'completed') {
    // Other pull requests may have this head: no one's better word replaces a worse one.
    if (!isWorse(plan.check.conclusion, check.conclusion)) {
      return { state: 'published', ...review, sarif: alreadyThere, calls };
    }
    const { id } = await startCheck({ client, repository, appId: self.appId, patience }, plan.headSha, true);
    check = await readCheck(client, repository, id);
  }
  const sarif = await uploadSarif(client, pull, plan.sarif, await work.permissions());
  if (!plan.checkWaits) await writeCheck(client, repository, check, concluding(plan, review.refused, sarif), patience);
  return { state: 'published', ...review, sarif, calls };
}

/** One that was deleted meanwhile needs no words. */
async function editComments(client: Client, pull: PullSnapshot, edits: ReviewPlan['edits']): Promise<void> {
  for (const { commentId: comment_id, body } of edits) {
    try {
      await client.rest.pulls.updateReviewComment({
        ...inRepository(pull.repository),
        comment_id,
        body,
        request: repeatable,
      });
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }
}

function concluding(plan: ReviewPlan, refused: readonly string[], sarif: SarifUpload): CheckPlan {
  const comments = plan.review?.comments.filter((comment) => refused.includes(comment.findingId)) ?? [];
  return withOutcome(plan.check, {
    refused: comments,
    notUploaded: sarif.state === 'uploaded' ? null : sarif.reason,
  });
}
