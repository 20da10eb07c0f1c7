// Reads what Driftline has already put on a pull request. A comment is ours when the App wrote it and the hidden mark
// stands on its first line; anybody else's mark is text.
import { findingOf, reviewedHeadOf } from '../review/marker.ts';
import type { PostedComment, PostedState, PullSnapshot, RepositoryRef } from '../review/pull.ts';
import { findCheck } from './check.ts';
import type { Client } from './octokit.ts';

export interface Identity {
  appId: number;
  /** `<slug>[bot]`: GitHub gives brackets to nobody else. */
  login: string;
}

interface Author {
  login: string;
  type: string;
}

export async function readPosted(client: Client, pull: PullSnapshot, self: Identity): Promise<PostedState> {
  const [comments, reviews, check] = await Promise.all([
    readComments(client, pull, self),
    readReviews(client, pull, self),
    findCheck(client, pull.repository, pull.headSha, self.appId),
  ]);
  const heads = reviews.filter((review) => !review.pending).flatMap(({ head }) => (head === null ? [] : [head]));
  return { comments, reviewedHeads: [...new Set(heads)].sort(), check };
}

async function readComments(client: Client, pull: PullSnapshot, self: Identity): Promise<PostedComment[]> {
  const all = await client.paginate(client.rest.pulls.listReviewComments, { ...at(pull), per_page: 100 });
  return all.flatMap((comment) => {
    const findingId = isOurs(comment.user, self) ? findingOf(comment.body) : null;
    if (findingId === null) return [];
    const { id, path, body } = comment;
    return [{ id, findingId, path, line: comment.line ?? null, body }];
  });
}

export interface OwnReview {
  id: number;
  head: string | null;
  /** Not submitted: seen by nobody but us, left over from a probe. */
  pending: boolean;
}

export async function readReviews(client: Client, pull: PullSnapshot, self: Identity): Promise<OwnReview[]> {
  const all = await client.paginate(client.rest.pulls.listReviews, { ...at(pull), per_page: 100 });
  return all
    .filter((review) => isOurs(review.user, self))
    .map((review) => ({ id: review.id, head: reviewedHeadOf(review.body), pending: review.state === 'PENDING' }));
}

export function isOurs(author: Author | null, self: Identity): boolean {
  return author?.type === 'Bot' && author.login === self.login;
}

export function at(pull: PullSnapshot): { owner: string; repo: string; pull_number: number } {
  return { ...inRepository(pull.repository), pull_number: pull.number };
}

export function inRepository(repository: RepositoryRef): { owner: string; repo: string } {
  return { owner: repository.owner, repo: repository.name };
}
