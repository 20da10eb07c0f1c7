// Answers to commands: a reaction on the comment and a short reply where it was written. And what must be known of a
// command before it is carried out: the role of its writer, and the finding whose thread it stands in.
import { answerMarker, answerOf, findingOf } from '../review/marker.ts';
import type { PullSnapshot, RepositoryRef, Role } from '../review/pull.ts';
import type { CommandPlace } from './event.ts';
import { hasStatus, type Patience, writingOnce } from './faults.ts';
import { type Client, repeatable } from './octokit.ts';
import type { Answer } from './port.ts';
import { at, type Identity, inRepository, isOurs } from './posted.ts';

const roles: readonly Role[] = ['admin', 'maintain', 'write', 'triage', 'read', 'none'];

/** What this person may do in the repository now. The id says that nobody else has taken the name since. */
export async function readRole(
  client: Client,
  repository: RepositoryRef,
  person: { id: number; login: string },
): Promise<Role> {
  try {
    const { data } = await client.rest.repos.getCollaboratorPermissionLevel({
      ...inRepository(repository),
      username: person.login,
    });
    if (data.user?.id !== person.id) return 'none';
    // An organisation may have roles of its own; then only the permission that it stands on is one of ours.
    return roles.find((role) => role === data.role_name) ?? roles.find((role) => role === data.permission) ?? 'none';
  } catch (error) {
    if (hasStatus(error, 404)) return 'none';
    throw error;
  }
}

/** The finding of an inline comment of ours; null when it is somebody else's, or gone. */
export async function findingOfComment(
  client: Client,
  repository: RepositoryRef,
  commentId: number,
  self: Identity,
): Promise<string | null> {
  try {
    const { data } = await client.rest.pulls.getReviewComment({ ...inRepository(repository), comment_id: commentId });
    return isOurs(data.user, self) ? findingOf(data.body) : null;
  } catch (error) {
    if (hasStatus(error, 404)) return null;
    throw error;
  }
}

export interface AnswerRoom {
  client: Client;
  pull: PullSnapshot;
  self: Identity;
  patience: Patience;
}

export async function postAnswer(room: AnswerRoom, place: CommandPlace, answer: Answer): Promise<void> {
  await react(room, place, answer.reaction);
  const body = `${answerMarker(answer.key)}\n${answer.body}`;
  if (answer.mayBeThere && (await isAnswered(room, answer.key))) return;
  await writingOnce(
    async () => {
      await reply(room, place, body);
      return true;
    },
    async () => ((await isAnswered(room, answer.key)) ? true : null),
    room.patience,
  );
}

async function react({ client, pull }: AnswerRoom, place: CommandPlace, content: Answer['reaction']): Promise<void> {
  if (place.kind === 'button') return;
  const on = { ...inRepository(pull.repository), comment_id: place.id, content, request: repeatable };
  try {
    if (place.kind === 'comment') await client.rest.reactions.createForIssueComment(on);
    else await client.rest.reactions.createForPullRequestReviewComment(on);
  } catch (error) {
    // The comment was deleted meanwhile, or its author blocks the App: the reply says it all.
    if (!hasStatus(error, 403, 404, 422)) throw error;
  }
}

async function reply({ client, pull }: AnswerRoom, place: CommandPlace, body: string): Promise<void> {
  if (place.kind === 'thread') {
    try {
      await client.rest.pulls.createReviewComment({
        ...at(pull),
        body,
        in_reply_to: place.top ?? place.id,
        // GitHub wants these two and ignores them.
        commit_id: pull.headSha,
        path: '',
      });
      return;
    } catch (error) {
      // The thread was deleted meanwhile.
      if (!hasStatus(error, 404, 422)) throw error;
    }
  }
  await client.rest.issues.createComment({ ...inRepository(pull.repository), issue_number: pull.number, body });
}

async function isAnswered({ client, pull, self }: AnswerRoom, key: string): Promise<boolean> {
  const here = inRepository(pull.repository);
  const [said, threads] = await Promise.all([
    client.paginate(client.rest.issues.listComments, { ...here, issue_number: pull.number, per_page: 100 }),
    client.paginate(client.rest.pulls.listReviewComments, { ...at(pull), per_page: 100 }),
  ]);
  return [...said, ...threads].some(({ user, body }) => isOurs(user, self) && answerOf(body ?? '') === key);
}
