// Which job an event becomes, and that equal events are one job.
import { expect, test } from 'vitest';
import { enqueue, jobOf } from '../../queue/enqueue.ts';
import type { NewJob } from '../../queue/job.ts';
import type { DriftlineEvent, ReviewRequested } from '../../src/github/event.ts';

const repository = { installationId: 7, repositoryId: 11, owner: 'acme', name: 'shop' };
const headSha = 'a'.repeat(40);
const asOf = { updatedAt: 1_800_000_000, before: null };
const about = { deliveryId: 'd1', repository, pull: 3, headSha, asOf };
const pushed: ReviewRequested = { kind: 'review', ...about, deliberate: false };

const command = {
  kind: 'command' as const,
  deliveryId: 'd1',
  repository,
  pull: 3,
  command: { name: 'fix' as const, target: null },
  requester: { id: 31, login: 'ada' },
  seenHead: null,
  saidAt: null,
};

const events: DriftlineEvent[] = [
  pushed,
  { ...pushed, deliberate: true },
  { kind: 'pull-closed', ...about },
  {
    kind: 'merge-group',
    deliveryId: 'd1',
    repository,
    headSha,
    headRef: 'refs/heads/gh-readonly-queue/x',
    deliberate: false,
  },
  { kind: 'rerun', deliveryId: 'd1', repository, headSha },
  { ...command, place: { kind: 'comment', id: 501 } },
  { ...command, place: { kind: 'thread', id: 501, top: 499 } },
  { ...command, place: { kind: 'button' } },
  {
    kind: 'installation',
    deliveryId: 'd1',
    installationId: 7,
    account: { id: 1, login: 'acme', type: 'Organization' },
    action: 'created',
    permissions: {},
    added: [],
    removed: [],
  },
];

test('each event is a job with an id of its own, made of what it is about', () => {
  expect(events.map((event) => jobOf(event).id)).toEqual([
    `review-7-11-3-${headSha}`,
    `review-7-11-3-${headSha}-d1`,
    'closed-11-3-d1',
    `merge-group-7-11-${headSha}`,
    `rerun-11-${headSha}-d1`,
    'command-7-11-3-comment-501',
    'command-7-11-3-thread-501',
    'command-7-11-3-button-d1',
    'installation-7-d1',
  ]);
  for (const event of events) expect(jobOf(event).id).not.toContain(':');
});

test('another delivery of the same push is the same job, a deliberate one is not', () => {
  expect(jobOf({ ...pushed, deliveryId: 'd2' }).id).toBe(jobOf(pushed).id);
  const again = { ...pushed, deliberate: true };
  expect(jobOf({ ...again, deliveryId: 'd2' }).id).not.toBe(jobOf(again).id);
});

test('the job is queued before anybody is told, and it counts though telling fails', async () => {
  const said: string[] = [];
  const add = async (job: NewJob) => {
    said.push(`add ${job.kind}`);
    return 'new' as const;
  };
  const gate = {
    announce: async (pull: string, what: string) => void said.push(`announce ${pull} ${what}`),
    setLatest: async (pull: string, head: string) => {
      said.push(`latest ${pull} ${head}`);
      return { noted: true, until: null };
    },
  };
  await enqueue(pushed, { add, gate });
  await enqueue({ kind: 'pull-closed', ...about }, { add, gate });
  await expect
    .poll(() => said)
    .toEqual([
      'add review',
      `latest 7-11-3 ${headSha}`,
      `announce 7-11-3 ${headSha}`,
      'add closed',
      'latest 7-11-3 closed',
      'announce 7-11-3 closed',
    ]);
  const broken = {
    announce: () => Promise.reject(new Error('down')),
    setLatest: () => Promise.reject(new Error('down')),
  };
  await enqueue(pushed, { add, gate: broken });
  await expect(enqueue(pushed, { add: () => Promise.reject(new Error('down')), gate })).rejects.toThrow('down');
});

const gateOf = (said: string[], answer: { noted: boolean; until: string | null }) => ({
  announce: async (_pull: string, what: string) => void said.push(`announce ${what}`),
  setLatest: async (_pull: string, what: string, _asOf: unknown, heard: string) => {
    said.push(`latest ${what} ${heard}`);
    return answer;
  },
});

test('a push that is not the newest is not announced, and a button says nothing of the head', async () => {
  const said: string[] = [];
  const gate = gateOf(said, { noted: false, until: 'b'.repeat(40) });
  await enqueue(pushed, { add: async () => 'new', gate });
  await expect.poll(() => said).toEqual([`latest ${headSha} new`]);
  await enqueue(pushed, { add: async () => 'again', gate });
  await expect.poll(() => said).toEqual([`latest ${headSha} new`, `latest ${headSha} again`]);
  await enqueue({ ...pushed, asOf: null, deliberate: true }, { add: async () => 'new', gate });
  expect(said).toHaveLength(2);
});

test('back at a head that was reviewed before, it is reviewed again', async () => {
  const added: string[] = [];
  const add = (answer: 'again' | 'anew') => async (job: NewJob) => {
    added.push(job.id);
    return answer;
  };
  const [plain, again] = [jobOf(pushed).id, jobOf({ ...pushed, deliberate: true }).id];
  const moved = { noted: true, until: 'b'.repeat(40) };
  await enqueue(pushed, { add: add('again'), gate: gateOf([], moved) });
  await expect.poll(() => added).toEqual([plain, again]);
  const said: string[] = [];
  await enqueue(pushed, { add: add('anew'), gate: gateOf(said, moved) });
  await enqueue(pushed, { add: add('again'), gate: gateOf(said, { noted: true, until: headSha }) });
  await expect.poll(() => said).toHaveLength(4);
  expect(added).toEqual([plain, again, plain, plain]);
});
