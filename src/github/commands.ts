// Turns comments and pressed buttons into commands. What a person may do is none of its business; but what no person
// wrote (bots, Apps that write for somebody) or what is not new never becomes a command (RUL-437).
import { z } from 'zod';
import { commandOf } from '../review/command.ts';
import { fixAction } from '../review/plan.ts';
import type { CommandGiven, CommandPlace } from './event.ts';
import { checkName, type Delivery, Id, InRepository, PullRef, repositoryOf, Sha } from './payload.ts';

const Person = z.object({ id: Id, login: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/), type: z.literal('User') });

const Written = InRepository.extend({ sender: Person });

const Comment = z.object({
  id: Id,
  body: z.string(),
  created_at: z.string(),
  user: Person,
  performed_via_github_app: z.unknown().optional(),
});

const IssueCommentPayload = Written.extend({
  // An issue that is no pull request lacks the key.
  issue: z.object({ number: Id, pull_request: z.object({}) }),
  comment: Comment,
});

const ReviewCommentPayload = Written.extend({
  pull_request: z.object({ number: Id, head: z.object({ sha: Sha }) }),
  comment: Comment.extend({ in_reply_to_id: Id.nullish() }),
});

const ActionPayload = Written.extend({
  requested_action: z.object({ identifier: z.string() }),
  check_run: z.object({
    name: z.string(),
    head_sha: Sha,
    app: z.object({ id: Id }),
    pull_requests: z.array(PullRef).catch([]),
  }),
});

/** The commands that a delivery gives: none, one, or one for each pull request of a pressed button. */
export function commandsOf({ id, name, payload }: Delivery, appId: number): CommandGiven[] {
  if (name === 'check_run') return ofAction(id, payload, appId);
  if (name === 'issue_comment') {
    const { data } = IssueCommentPayload.safeParse(payload);
    if (data === undefined) return [];
    const place: CommandPlace = { kind: 'comment', id: data.comment.id };
    return ofComment(id, data, { pull: data.issue.number, place, seenHead: null });
  }
  const { data } = ReviewCommentPayload.safeParse(payload);
  if (data === undefined) return [];
  const { number, head } = data.pull_request;
  const place: CommandPlace = { kind: 'thread', id: data.comment.id, top: data.comment.in_reply_to_id ?? null };
  return ofComment(id, data, { pull: number, place, seenHead: head.sha });
}

function ofComment(
  deliveryId: string,
  payload: z.infer<typeof Written> & { comment: z.infer<typeof Comment> },
  about: Pick<CommandGiven, 'pull' | 'place' | 'seenHead'>,
): CommandGiven[] {
  const { comment, sender } = payload;
  const { user, performed_via_github_app: via } = comment;
  const command = user.id === sender.id && (via ?? null) === null ? commandOf(comment.body) : null;
  if (command === null) return [];
  const requester = { id: user.id, login: user.login };
  const said = Date.parse(comment.created_at);
  const saidAt = Number.isNaN(said) ? null : said;
  return [{ kind: 'command', deliveryId, repository: repositoryOf(payload), command, requester, saidAt, ...about }];
}

function ofAction(deliveryId: string, payload: unknown, appId: number): CommandGiven[] {
  const { data } = ActionPayload.safeParse(payload);
  if (data === undefined) return [];
  const { check_run: run, sender, requested_action: action } = data;
  if (run.app.id !== appId || run.name !== checkName || action.identifier !== fixAction.identifier) return [];
  const repository = repositoryOf(data);
  return run.pull_requests
    .filter((pull) => pull.base.repo.id === repository.repositoryId)
    .map(({ number }) => ({
      kind: 'command',
      deliveryId,
      repository,
      pull: number,
      command: { name: 'fix', target: { kind: 'all' } },
      requester: { id: sender.id, login: sender.login },
      place: { kind: 'button' },
      seenHead: run.head_sha,
      saidAt: null,
    }));
}
