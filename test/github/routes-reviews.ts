// Routes of reviews and their inline comments: all of a review is taken or none of it, drafts are seen by nobody.
import { type Call, Refused, type Route, requirePull, requireRepository, unprocessable, type World } from './api.ts';
import { type FileDiff, findAnchor } from './diff.ts';
import { type DraftComment, refuseBody, refuseComment } from './refusals.ts';
import { now, type Pull, pullFiles, type Review, type ReviewComment, type User } from './state.ts';

type ReviewEvent = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';

interface ReviewRequest {
  commit_id?: string;
  body?: string;
  event?: ReviewEvent;
  comments?: DraftComment[];
}

interface Made {
  pull: Pull;
  review: Review;
  comments: ReviewComment[];
}

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

/** Fails with 422 as GitHub does: one bad comment loses the whole review, and nobody says which one it was. */
async function judge(world: World, pull: Pull, request: ReviewRequest, commit: string): Promise<FileDiff[]> {
  const drafts = request.comments ?? [];
  const body = request.body ?? '';
  if (request.event && body === '' && drafts.length === 0) {
    throw unprocessable('Body or comments are needed to submit a review');
  }
  const long = refuseBody(body);
  if (long) throw unprocessable(long);
  const { mergeBase } = await pullFiles(pull);
  const known =
    commit === pull.headSha || (await pull.repository.git.commits(mergeBase, pull.headSha)).includes(commit);
  if (!known) throw unprocessable('commit_id is not part of the pull request');
  const { files } = await pullFiles(pull, commit);
  const wrong = drafts
    .map((draft) => {
      const chosen = world.refusedComments.some((refused) => refused({ path: draft.path, line: draft.line }));
      return refuseComment(files, draft) ?? (chosen ? 'Line could not be resolved' : null);
    })
    .filter((reason) => reason !== null);
  if (wrong.length > 0) throw unprocessable(...new Set(wrong));
  return files;
}

function makeComment(world: World, review: Review, files: FileDiff[], draft: DraftComment): ReviewComment {
  const side = draft.side ?? 'RIGHT';
  const lines = files.find((f) => f.path === draft.path)?.hunks.flatMap((h) => h.lines);
  const byPosition = lines?.find((l) => l.position === draft.position);
  const line = draft.line ?? byPosition?.new ?? byPosition?.old ?? 1;
  const anchor = findAnchor(files, draft.path, line, side, null, side);
  const start = draft.start_line ?? null;
  return {
    id: world.state.nextId(),
    inReplyTo: null,
    reactions: [],
    reviewId: review.id,
    user: review.user,
    body: draft.body,
    pending: review.state === 'PENDING',
    path: draft.path,
    side,
    startSide: draft.start_side ?? side,
    originalLine: line,
    originalStartLine: start,
    originalPosition: anchor?.position ?? 1,
    originalCommit: review.commit,
    diffHunk: anchor?.diffHunk ?? '',
    line,
    startLine: start,
    position: anchor?.position ?? 1,
    commit: review.commit,
    createdAt: review.submittedAt,
    updatedAt: review.submittedAt,
    read: false,
  };
}

async function createReview(world: World, call: Call): Promise<Made> {
  const pull = requirePull(world, call);
  const request = call.body as ReviewRequest;
  const commit = request.commit_id ?? pull.headSha;
  const files = await judge(world, pull, request, commit);
  // Nothing is awaited from here on: two calls at once must not both find no draft.
  if (pull.reviews.some((r) => r.state === 'PENDING')) {
    throw unprocessable('User can only have one pending review per pull request');
  }
  const review: Review = {
    id: world.state.nextId(),
    user: world.state.bot,
    body: request.body ?? '',
    state: request.event ? states[request.event] : 'PENDING',
    commit,
    stale: commit !== pull.headSha,
    submittedAt: now(),
    read: false,
  };
  const comments = (request.comments ?? []).map((draft) => makeComment(world, review, files, draft));
  pull.reviews.push(review);
  pull.comments.push(...comments);
  return { pull, review, comments };
}

function submitPending(world: World, call: Call): Made {
  const pull = requirePull(world, call);
  const review = findReview(pull, call);
  const { event, body } = call.body as { event: ReviewEvent; body?: string };
  if (review.state !== 'PENDING') throw unprocessable('Can not submit a review that is not pending');
  review.state = states[event];
  review.body = body ?? review.body;
  const comments = pull.comments.filter((c) => c.reviewId === review.id);
  for (const comment of comments) comment.pending = false;
  return { pull, review, comments };
}

/** The events that follow from a review of ours, which come back to us. */
async function announce(world: World, { pull, review, comments }: Made): Promise<void> {
  const { render, webhooks } = world;
  const common = {
    pull_request: await render.pull(pull, (await pullFiles(pull)).files),
    repository: render.repository(pull.repository),
    sender: render.user(review.user),
  };
  const submitted = { ...render.review(pull, review), state: review.state.toLowerCase() };
  webhooks.later('pull_request_review', 'submitted', { review: submitted, ...common }, pull.repository);
  for (const comment of comments) {
    const payload = { comment: render.comment(pull, comment), ...common };
    webhooks.later('pull_request_review_comment', 'created', payload, pull.repository);
  }
}

function findComment(world: World, call: Call): { pull: Pull; comment: ReviewComment } {
  for (const pull of requireRepository(world, call).pulls.values()) {
    const comment = pull.comments.find((c) => c.id === Number(call.params.comment_id));
    if (comment) return { pull, comment };
  }
  throw new Refused(404, 'Not Found');
}

function findReview(pull: Pull, call: Call): Review {
  const review = pull.reviews.find((r) => r.id === Number(call.params.review_id));
  if (!review) throw new Refused(404, 'Not Found');
  return review;
}

/** A new text of a comment of ours; anybody else's may not be edited. */
export function editBody(world: World, comment: { user: User; body: string; updatedAt: string }, call: Call): void {
  const body = String(call.body.body);
  const long = refuseBody(body);
  if (long) throw unprocessable(long);
  if (comment.user !== world.state.bot) throw new Refused(403, 'Resource not accessible by integration');
  comment.body = body;
  comment.updatedAt = now();
}

function writingRoutes(world: World): Route[] {
  const { render } = world;
  return [
    {
      route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
      needs: { pull_requests: 'write' },
      creating: true,
      handle: async (call) => {
        const made = await createReview(world, call);
        if (made.review.state !== 'PENDING') await announce(world, made);
        return { status: 200, body: render.review(made.pull, made.review) };
      },
    },
    {
      route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}',
      needs: { pull_requests: 'write' },
      handle: (call) => {
        const pull = requirePull(world, call);
        const review = findReview(pull, call);
        const long = refuseBody(String(call.body.body));
        if (long) throw unprocessable(long);
        review.body = String(call.body.body);
        return { status: 200, body: render.review(pull, review) };
      },
    },
    {
      route: 'DELETE /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}',
      needs: { pull_requests: 'write' },
      handle: (call) => {
        const pull = requirePull(world, call);
        const review = findReview(pull, call);
        if (review.state !== 'PENDING') throw unprocessable('Can not delete a non-pending pull request review');
        pull.reviews = pull.reviews.filter((r) => r !== review);
        pull.comments = pull.comments.filter((c) => c.reviewId !== review.id);
        return { status: 200, body: render.review(pull, review) };
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events',
      needs: { pull_requests: 'write' },
      creating: true,
      handle: async (call) => {
        const made = submitPending(world, call);
        await announce(world, made);
        return { status: 200, body: render.review(made.pull, made.review) };
      },
    },
  ];
}

function readingRoutes(world: World): Route[] {
  const { render } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call);
        return { status: 200, list: pull.reviews.map((r) => render.review(pull, r)) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call);
        return { status: 200, body: render.review(pull, findReview(pull, call)) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call);
        const review = findReview(pull, call);
        const own = pull.comments.filter((c) => c.reviewId === review.id);
        return { status: 200, list: own.map((c) => render.comment(pull, c)) };
      },
    },
  ];
}

function commentRoutes(world: World): Route[] {
  const { render } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call);
        return { status: 200, list: pull.comments.filter((c) => !c.pending).map((c) => render.comment(pull, c)) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/comments/{comment_id}',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const { pull, comment } = findComment(world, call);
        return { status: 200, body: render.comment(pull, comment) };
      },
    },
    {
      route: 'PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}',
      needs: { pull_requests: 'write' },
      handle: (call) => {
        const { pull, comment } = findComment(world, call);
        editBody(world, comment, call);
        return { status: 200, body: render.comment(pull, comment) };
      },
    },
  ];
}

export function reviewRoutes(world: World): Route[] {
  return [...writingRoutes(world), ...readingRoutes(world), ...commentRoutes(world)];
}
