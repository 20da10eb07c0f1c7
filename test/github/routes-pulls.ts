// Routes of pull requests: reading them, reviews with inline comments, issue comments.
import { type Call, Refused, type Route, requirePull, requireRepository, type World } from './api.ts';
import { findAnchor } from './diff.ts';
import type { Fields } from './openapi.ts';
import { type DraftComment, refuseBody, refuseComment } from './refusals.ts';
import { type IssueComment, now, type Pull, pullFiles, type Review, type ReviewComment } from './state.ts';

interface ReviewRequest {
  commit_id?: string;
  body?: string;
  event?: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
  comments?: DraftComment[];
}

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

function unprocessable(...errors: string[]): Refused {
  return new Refused(422, 'Unprocessable Entity', errors);
}

/** Makes a review with all its comments, or none: one bad comment loses the whole, and nobody says which one. */
async function createReview(
  world: World,
  call: Call,
): Promise<{ pull: Pull; review: Review; comments: ReviewComment[] }> {
  const { state } = world;
  const pull = requirePull(world, call);
  const request = call.body as ReviewRequest;
  const drafts = request.comments ?? [];
  const body = request.body ?? '';
  const commit = request.commit_id ?? pull.headSha;
  if (!request.event) throw new Refused(422, 'The fake keeps no pending reviews: give an event');
  if (body === '' && drafts.length === 0) throw unprocessable('Body or comments are needed to submit a review');
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
  const at = now();
  const review: Review = {
    id: state.nextId(),
    user: state.bot,
    body,
    state: states[request.event],
    commit,
    stale: commit !== pull.headSha,
    submittedAt: at,
    read: false,
  };
  const comments = drafts.map((draft): ReviewComment => {
    const side = draft.side ?? 'RIGHT';
    const hunkLine = files
      .find((f) => f.path === draft.path)
      ?.hunks.flatMap((h) => h.lines)
      .find((l) => l.position === draft.position);
    const line = draft.line ?? hunkLine?.new ?? hunkLine?.old ?? 1;
    const anchor = findAnchor(files, draft.path, line, side, null, side);
    const start = draft.start_line ?? null;
    return {
      id: state.nextId(),
      reviewId: review.id,
      user: state.bot,
      body: draft.body,
      path: draft.path,
      side,
      startSide: draft.start_side ?? side,
      originalLine: line,
      originalStartLine: start,
      originalPosition: anchor?.position ?? 1,
      originalCommit: commit,
      diffHunk: anchor?.diffHunk ?? '',
      line,
      startLine: start,
      position: anchor?.position ?? 1,
      commit,
      createdAt: at,
      updatedAt: at,
      read: false,
    };
  });
  pull.reviews.push(review);
  pull.comments.push(...comments);
  return { pull, review, comments };
}

/** The pull request as read now, or as a lagging replica would still show it. */
async function readPull(world: World, call: Call): Promise<Fields> {
  const pull = requirePull(world, call);
  let head = pull.headSha;
  if (pull.stale && pull.stale.reads > 0) {
    pull.stale.reads -= 1;
    if (pull.stale.say === 'missing') throw new Refused(404, 'Not Found');
    head = pull.previousHead ?? head;
  }
  const { files } = await pullFiles(pull, head);
  return world.render.pull(pull, files, head);
}

async function listPulls(world: World, pulls: Pull[]): Promise<Fields[]> {
  return Promise.all(pulls.map(async (p) => world.render.pull(p, (await pullFiles(p)).files)));
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

function findIssueComment(world: World, call: Call): { pull: Pull; comment: IssueComment } {
  for (const pull of requireRepository(world, call).pulls.values()) {
    const comment = pull.issueComments.find((c) => c.id === Number(call.params.comment_id));
    if (comment) return { pull, comment };
  }
  throw new Refused(404, 'Not Found');
}

/** A new text of a comment of ours; anybody else's may not be edited. */
function edit(world: World, comment: ReviewComment | IssueComment, call: Call): void {
  const body = String(call.body.body);
  const long = refuseBody(body);
  if (long) throw unprocessable(long);
  if (comment.user !== world.state.bot) throw new Refused(403, 'Resource not accessible by integration');
  comment.body = body;
  comment.updatedAt = now();
}

function readingRoutes(world: World): Route[] {
  const { render } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      needs: { pull_requests: 'read' },
      handle: async (call) => ({ status: 200, body: await readPull(world, call) }),
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const wanted = String(call.query.state ?? 'open');
        const { head, base } = call.query;
        const pulls = [...requireRepository(world, call).pulls.values()]
          .filter((p) => wanted === 'all' || p.state === wanted)
          .filter((p) => !head || head === `${p.head.owner.login}:${p.headRef}`)
          .filter((p) => !base || base === p.baseRef)
          .sort((a, b) => (call.query.direction === 'asc' ? a.number - b.number : b.number - a.number));
        return { status: 200, list: await listPulls(world, pulls) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const pull = requirePull(world, call);
        const { files } = await pullFiles(pull);
        return { status: 200, list: files.slice(0, 3000).map((f) => render.file(pull, f)) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const repository = requireRepository(world, call);
        const sha = call.params.commit_sha ?? '';
        const found: Pull[] = [];
        for (const pull of repository.pulls.values()) {
          if (pull.head !== repository) continue; // GitHub finds nothing for a fork's head
          const { mergeBase } = await pullFiles(pull);
          if ((await repository.git.commits(mergeBase, pull.headSha)).includes(sha)) found.push(pull);
        }
        return { status: 200, list: await listPulls(world, found) };
      },
    },
  ];
}

function reviewRoutes(world: World): Route[] {
  const { render, webhooks } = world;
  return [
    {
      route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
      needs: { pull_requests: 'write' },
      creating: true,
      handle: async (call) => {
        const { pull, review, comments } = await createReview(world, call);
        const pullRequest = await render.pull(pull, (await pullFiles(pull)).files);
        const repository = render.repository(pull.repository);
        const sender = render.user(review.user);
        const common = { pull_request: pullRequest, repository, sender };
        const submitted = { ...render.review(pull, review), state: review.state.toLowerCase() };
        webhooks.later('pull_request_review', 'submitted', { review: submitted, ...common }, pull.repository);
        for (const comment of comments) {
          const payload = { comment: render.comment(pull, comment), ...common };
          webhooks.later('pull_request_review_comment', 'created', payload, pull.repository);
        }
        return { status: 200, body: render.review(pull, review) };
      },
    },
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
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call);
        const review = findReview(pull, call);
        const own = pull.comments.filter((c) => c.reviewId === review.id);
        return { status: 200, list: own.map((c) => render.comment(pull, c)) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments',
      needs: { pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call);
        return { status: 200, list: pull.comments.map((c) => render.comment(pull, c)) };
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
        edit(world, comment, call);
        return { status: 200, body: render.comment(pull, comment) };
      },
    },
  ];
}

function issueCommentRoutes(world: World): Route[] {
  const { render, state } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      needs: { issues: 'read', pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call, 'issue_number');
        return { status: 200, list: pull.issueComments.map((c) => render.issueComment(pull, c)) };
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      needs: { issues: 'write', pull_requests: 'write' },
      creating: true,
      handle: (call) => {
        const pull = requirePull(world, call, 'issue_number');
        const body = String(call.body.body);
        const long = refuseBody(body);
        if (long) throw unprocessable(long);
        const at = now();
        const base = { id: state.nextId(), user: state.bot, createdAt: at, updatedAt: at, read: false };
        const comment: IssueComment = { ...base, body };
        pull.issueComments.push(comment);
        return { status: 201, body: render.issueComment(pull, comment) };
      },
    },
    {
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      needs: { issues: 'write', pull_requests: 'write' },
      handle: (call) => {
        const { pull, comment } = findIssueComment(world, call);
        edit(world, comment, call);
        return { status: 200, body: render.issueComment(pull, comment) };
      },
    },
  ];
}

export function pullRoutes(world: World): Route[] {
  return [...readingRoutes(world), ...reviewRoutes(world), ...issueCommentRoutes(world)];
}
