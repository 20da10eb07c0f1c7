// Posts one review with its inline comments. GitHub refuses the whole review for one bad anchor and does not say which
// (422), so the culprits are found by halving, with drafts that nobody sees; then one review is posted: one notification.

import { findingOf } from '../review/marker.ts';
import type { InlineComment } from '../review/plan.ts';
import type { PostedState, PullSnapshot } from '../review/pull.ts';
import { cutTo } from './check.ts';
import { hasStatus, type Patience, writingOnce } from './faults.ts';
import { type Client, repeatable } from './octokit.ts';
import { at, type Identity, isOurs, readReviews } from './posted.ts';

const bodyLimit = 65_535;
/** Each draft is a write, three seconds apart; past this the rest is given up and named in the check. */
const maxDrafts = 24;

export interface PostedReview {
  reviewId: number | null;
  comments: { findingId: string; commentId: number }[];
  refused: string[];
}

export const noReview: PostedReview = { reviewId: null, comments: [], refused: [] };

interface Room {
  client: Client;
  pull: PullSnapshot;
  self: Identity;
  patience: Patience;
  body: string;
}

export async function postReview(
  room: Room,
  planned: readonly InlineComment[],
  posted: PostedState,
): Promise<PostedReview> {
  const there = new Set(posted.comments.map((comment) => comment.findingId));
  const wanted = planned.filter((comment) => !there.has(comment.findingId) && there.add(comment.findingId));
  if (wanted.length === 0) return noReview;
  const whole = await submit(room, wanted);
  if (whole !== null) return whole;
  // A draft left over from an attempt that was cut off stops every further review of ours.
  const cleared = await dropDrafts(room);
  if (cleared) {
    const second = await submit(room, wanted);
    if (second !== null) return second;
  }
  const good = await sift(room, wanted);
  const refused = wanted.filter((comment) => !good.includes(comment)).map((comment) => comment.findingId);
  const rest = good.length === 0 ? null : await submit(room, good);
  // With no comment left the text would only announce what cannot be seen; the check names it all.
  return rest === null ? { ...noReview, refused: wanted.map((comment) => comment.findingId) } : { ...rest, refused };
}

/** Posts the review; null when GitHub refuses it (422). */
async function submit(room: Room, comments: readonly InlineComment[]): Promise<PostedReview | null> {
  const { client, pull, patience } = room;
  try {
    const done = await writingOnce<{ reviewId: number; comments: PostedReview['comments'] | null }>(
      async () => {
        const { data } = await client.rest.pulls.createReview({ ...draft(room, comments), event: 'COMMENT' });
        return { reviewId: data.id, comments: null };
      },
      () => findPosted(room, comments),
      patience,
    );
    const { reviewId, comments: known } = done;
    if (known !== null) return { reviewId, comments: known, refused: [] };
    const wire = await client.paginate(client.rest.pulls.listCommentsForReview, {
      ...at(pull),
      review_id: reviewId,
      per_page: 100,
    });
    return { reviewId, comments: idsOf(wire), refused: [] };
  } catch (error) {
    if (hasStatus(error, 422)) return null;
    throw error;
  }
}

/** After an answer that never came: our comments with these findings, which only arrive together with their review. */
async function findPosted(room: Room, wanted: readonly InlineComment[]) {
  const all = await room.client.paginate(room.client.rest.pulls.listReviewComments, {
    ...at(room.pull),
    per_page: 100,
  });
  const ids = new Set(wanted.map((comment) => comment.findingId));
  const ours = all.filter((comment) => isOurs(comment.user, room.self) && ids.has(findingOf(comment.body) ?? ''));
  const reviewId = ours[0]?.pull_request_review_id;
  return typeof reviewId === 'number' ? { reviewId, comments: idsOf(ours) } : null;
}

function idsOf(comments: readonly { id: number; body: string }[]): PostedReview['comments'] {
  return comments.flatMap(({ id, body }) => {
    const findingId = findingOf(body);
    return findingId === null ? [] : [{ findingId, commentId: id }];
  });
}

/** The comments that GitHub takes, given that together it refuses them. */
async function sift(room: Room, all: readonly InlineComment[]): Promise<InlineComment[]> {
  let left = maxDrafts;
  const accepted = async (group: readonly InlineComment[]): Promise<boolean> => {
    if (left === 0) return false;
    left -= 1;
    return isAccepted(room, group);
  };
  const good = async (refused: readonly InlineComment[]): Promise<InlineComment[]> => {
    if (refused.length <= 1 || left === 0) return [];
    const middle = Math.ceil(refused.length / 2);
    const [first, second] = [refused.slice(0, middle), refused.slice(middle)];
    // When the first half is good, the fault lies in the second: no need to ask.
    if (await accepted(first)) return [...first, ...(await good(second))];
    const ofFirst = await good(first);
    return (await accepted(second)) ? [...ofFirst, ...second] : [...ofFirst, ...(await good(second))];
  };
  return good(all);
}

/** Asks with a draft (a review without an event), which is thrown away at once. */
async function isAccepted(room: Room, comments: readonly InlineComment[]): Promise<boolean> {
  try {
    const id = await writingOnce(
      async () => (await room.client.rest.pulls.createReview(draft(room, comments))).data.id,
      async () => (await drafts(room))[0] ?? null,
      room.patience,
    );
    await dropDraft(room, id);
    return true;
  } catch (error) {
    if (hasStatus(error, 422)) return false;
    throw error;
  }
}

async function drafts({ client, pull, self }: Room): Promise<number[]> {
  return (await readReviews(client, pull, self)).filter((review) => review.pending).map((review) => review.id);
}

async function dropDrafts(room: Room): Promise<boolean> {
  const all = await drafts(room);
  for (const id of all) await dropDraft(room, id);
  return all.length > 0;
}

async function dropDraft({ client, pull }: Room, id: number): Promise<void> {
  try {
    await client.rest.pulls.deletePendingReview({ ...at(pull), review_id: id, request: repeatable });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

function draft({ pull, body }: Room, comments: readonly InlineComment[]) {
  return {
    ...at(pull),
    commit_id: pull.headSha,
    body: cutTo(body, bodyLimit),
    comments: comments.map(({ path, line, startLine, body }) => ({
      path,
      line,
      side: 'RIGHT',
      // GitHub refuses a range of one line.
      ...(startLine !== null && startLine < line ? { start_line: startLine, start_side: 'RIGHT' } : {}),
      body: cutTo(body, bodyLimit),
    })),
  };
}
