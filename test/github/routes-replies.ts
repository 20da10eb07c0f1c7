// Routes of what is said to a comment: reactions, and replies in the thread of a review comment.
import { type Call, Refused, type Route, requirePull, requireRepository, unprocessable, type World } from './api.ts';
import type { Fields } from './openapi.ts';
import { refuseBody } from './refusals.ts';
import { now, type Pull, type Reaction, type ReviewComment, type User } from './state.ts';

/** A reply stands where the thread stands. */
export function makeReply(world: World, pull: Pull, to: number, user: User, body: string): ReviewComment {
  const top = pull.comments.find((comment) => comment.id === to && !comment.pending);
  if (!top) throw new Refused(404, 'Not Found');
  // GitHub takes a reply to a reply for one to the thread.
  const first = top.inReplyTo === null ? top : (pull.comments.find((comment) => comment.id === top.inReplyTo) ?? top);
  const at = now();
  const own = {
    id: world.state.nextId(),
    user,
    body,
    inReplyTo: first.id,
    reactions: [],
    createdAt: at,
    updatedAt: at,
  };
  const reply: ReviewComment = { ...first, ...own, read: user !== world.state.bot };
  pull.comments.push(reply);
  return reply;
}

function react(world: World, call: Call, comment: { reactions: Reaction[] } | undefined) {
  if (!comment) throw new Refused(404, 'Not Found');
  const content = String(call.body.content);
  const { bot } = world.state;
  const known = comment.reactions.find((one) => one.content === content && one.user === bot);
  const reaction = known ?? { id: world.state.nextId(), content, user: bot };
  if (!known) comment.reactions.push(reaction);
  const body: Fields = { id: reaction.id, content, user: world.render.user(bot), created_at: now() };
  return { status: known ? 200 : 201, body };
}

export function replyRoutes(world: World): Route[] {
  const pulls = (call: Call) => [...requireRepository(world, call).pulls.values()];
  return [
    {
      route: 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
      needs: { issues: 'write', pull_requests: 'write' },
      handle: (call) => {
        const all = pulls(call).flatMap((pull) => pull.issueComments);
        return react(
          world,
          call,
          all.find((comment) => comment.id === Number(call.params.comment_id)),
        );
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions',
      needs: { pull_requests: 'write' },
      handle: (call) => {
        const all = pulls(call).flatMap((pull) => pull.comments);
        return react(
          world,
          call,
          all.find((comment) => comment.id === Number(call.params.comment_id)),
        );
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments',
      needs: { pull_requests: 'write' },
      creating: true,
      handle: (call) => {
        const pull = requirePull(world, call);
        const { body, in_reply_to: to } = call.body as { body: string; in_reply_to?: number };
        const long = refuseBody(body);
        if (long) throw unprocessable(long);
        if (to === undefined) throw unprocessable('the fake takes single comments only as replies');
        const reply = makeReply(world, pull, to, world.state.bot, body);
        return { status: 201, body: world.render.comment(pull, reply) };
      },
    },
  ];
}
