// Which job an event becomes, and that equal events are one job.
import { expect, test } from 'vitest';
import { enqueue, jobOf } from '../../queue/enqueue.ts';
import type { NewJob } from '../../queue/job.ts';
import type { DriftlineEvent, ReviewRequested } from '../../src/github/event.ts';

const repository = { installationId: 7, repositoryId: 11, owner: 'acme', name: 'shop' };
const headSha = 'a'.repeat(40);
const pushed: ReviewRequested = { kind: 'review', deliveryId: 'd1', repository, pull: 3, headSha, deliberate: false };

const events: DriftlineEvent[] = [
  pushed,
  { ...pushed, deliberate: true },
  { kind: 'pull-closed', deliveryId: 'd1', repository, pull: 3, headSha },
  {
    kind: 'merge-group',
    deliveryId: 'd1',
    repository,
    headSha,
    headRef: 'refs/heads/gh-readonly-queue/x',
    deliberate: false,
  },
  { kind: 'rerun', deliveryId: 'd1', repository, headSha },
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
    setLatest: async (pull: string, head: string) => void said.push(`latest ${pull} ${head}`),
  };
  await enqueue(pushed, { add, gate });
  await enqueue({ kind: 'pull-closed', deliveryId: 'd1', repository, pull: 3, headSha }, { add, gate });
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

test('a redelivered push does not pass for the newest', async () => {
  const said: string[] = [];
  const gate = { announce: async () => {}, setLatest: async (_pull: string, head: string) => void said.push(head) };
  await enqueue(pushed, { add: async () => 'again', gate });
  expect(said).toEqual([]);
});
