// A command that a person gave by a comment or a button: who may, what it asks for, and the answer where it was asked.
// Each comment is one job, so that it is carried out once however often it is delivered.
import { z } from 'zod';
import type { CommandPlace } from '../src/github/event.ts';
import { Command, commandHelp } from '../src/review/command.ts';
import { plain } from '../src/review/markdown.ts';
import type { PullSnapshot, Role } from '../src/review/pull.ts';
import { mayCommand } from '../src/review/verdict.ts';
import { fix, type Said } from './fix.ts';
import { pullKey, type Turn } from './gate.ts';
import { type Attempt, type Deps, type JobKind, type JobResult, newJob, Repository, Sha } from './job.ts';
import { resumePull } from './resume.ts';
import { reviewJob } from './review.ts';
import { giveVerdict } from './verdict.ts';

const Place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('comment'), id: z.int() }),
  z.object({ kind: z.literal('thread'), id: z.int(), top: z.int().nullable() }),
  z.object({ kind: z.literal('button') }),
]) satisfies z.ZodType<CommandPlace>;

const Payload = z.object({
  repository: Repository,
  pull: z.int(),
  command: Command,
  // A co-author in the commit: nothing but a name.
  requester: z.object({ id: z.int(), login: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/) }),
  place: Place,
  seenHead: Sha.nullable(),
  saidAt: z.int().nullable().default(null),
  deliveryId: z.string(),
});
type Payload = z.infer<typeof Payload>;

export const commandJob: JobKind<Payload> = {
  kind: 'command',
  payload: Payload,
  id: ({ repository, pull, place, deliveryId }) =>
    `command-${pullKey(repository, pull)}-${keyOf({ place, deliveryId })}`,
  // A person waits: after a minute or two an honest answer is worth more than another try.
  attempts: 5,
  handle: carryOut,
  async giveUp({ repository, pull, place, deliveryId }, reason, deps) {
    // Before GitHub is asked for anything: it may be away, and what was begun must be concluded all the same.
    await resumePull({ repository, pull }, deps);
    const { github } = deps;
    const snapshot = await github.pull(repository, pull);
    const body = `This could not be done: ${plain(reason)}.`;
    const key = keyOf({ place, deliveryId });
    await github.answer(snapshot, place, { key, reaction: 'confused', body, mayBeThere: true });
  },
};

function keyOf({ place, deliveryId }: Pick<Payload, 'place' | 'deliveryId'>): string {
  return place.kind === 'button' ? `button-${deliveryId.replace(/[^A-Za-z0-9-]/g, '-')}` : `${place.kind}-${place.id}`;
}

async function carryOut(payload: Payload, deps: Deps, attempt: Attempt): Promise<JobResult> {
  const { repository, place, requester, seenHead } = payload;
  const { github } = deps;
  const role = await github.role(repository, requester);
  if (!mayCommand(role)) return refuse(payload, deps);
  // One command at a time: the second finds the head that the first has made.
  const turn = await deps.gate.enter(`command-${pullKey(repository, payload.pull)}`, attempt.jobId, attempt.signal);
  try {
    const pull = await github.pull(repository, payload.pull, seenHead ?? undefined);
    const { done, body } = await answerTo(payload, { pull, role }, deps, attempt, turn);
    const reaction = done ? '+1' : 'confused';
    await github.answer(pull, place, { key: keyOf(payload), reaction, body, mayBeThere: !attempt.isFirst });
    return { outcome: 'done', detail: `${payload.command.name}: ${body.split('\n', 1)[0]}` };
  } finally {
    await turn.leave();
  }
}

/** Told once to each person: whoever may write nothing shall not make us write. */
async function refuse({ repository, pull, place, requester }: Payload, { github }: Deps): Promise<JobResult> {
  const body = `Commands need write access to this repository, which ${requester.login} does not have.`;
  const snapshot = await github.pull(repository, pull);
  const key = `role-${requester.id}`;
  await github.answer(snapshot, place, { key, reaction: 'confused', body, mayBeThere: true });
  return { outcome: 'done', detail: 'the requester has no write access' };
}

async function answerTo(
  payload: Payload,
  { pull, role }: { pull: PullSnapshot; role: Role },
  deps: Deps,
  attempt: Attempt,
  turn: Turn,
): Promise<Said> {
  const { command, place, requester, seenHead } = payload;
  switch (command.name) {
    case 'help':
      return { done: true, body: commandHelp() };
    case 'unknown':
      return { done: false, body: `That is no command. There are:\n\n${commandHelp()}` };
    case 'fix': {
      const target = command.target ?? (await targetOfPlace(payload, place, deps));
      if (target === null) return { done: false, body: noSubject };
      return fix({ pull, target, requester, seenHead, key: keyOf(payload) }, deps, attempt, turn);
    }
    case 'verdict': {
      const target = command.target ?? (place.kind === 'thread' ? await targetOfPlace(payload, place, deps) : null);
      if (target === null) return { done: false, body: place.kind === 'thread' ? noSubject : nameOne };
      const { verdict, reason } = command;
      const said = { at: payload.saidAt ?? Date.now(), order: place.kind === 'button' ? 0 : place.id };
      return giveVerdict({ pull, verdict, target, reason, requester, role, said, key: keyOf(payload) }, deps, attempt);
    }
    case 'recheck': {
      const { repository, deliveryId } = payload;
      const about = { repository, pull: pull.number, headSha: pull.headSha, deliberate: true, deliveryId };
      await deps.enqueue(newJob(reviewJob, about));
      return { done: true, body: 'The change is being reviewed again.' };
    }
  }
}

const nameOne = 'Say of which problem: reply in its thread, or write its id (or `all`) after the command.';

const noSubject = 'This thread is not about a problem that Driftline found. Name one, or comment on the pull request.';

/** In a thread the finding that it is about; on the conversation all. */
async function targetOfPlace({ repository }: Payload, place: CommandPlace, { github }: Deps) {
  if (place.kind !== 'thread') return { kind: 'all' as const };
  const findingId = place.top === null ? null : await github.findingOfComment(repository, place.top);
  return findingId === null ? null : { kind: 'finding' as const, prefix: findingId };
}
