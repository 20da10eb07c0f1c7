// How jobs are kept, swallowed, tried again and listed, on a real server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { backoffMs, type JobQueue, type JobWorker, openQueue, startWorker } from '../../queue/bullmq.ts';
import { HandBack, type JobResult } from '../../queue/job.ts';
import { type PrivateRedis, startPrivateRedis } from '../../queue/private-redis.ts';
import { GivenUp, type TakenJob } from '../../queue/work.ts';
import { TransientError } from '../../src/errors.ts';

const log = { info() {}, warn() {}, error() {} };
let folder: string;
let server: PrivateRedis;
let queue: JobQueue;
const workers: JobWorker[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bullmq-'));
  server = await startPrivateRedis(folder, log);
  queue = openQueue(server.url, log);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop(0);
  const redis = new Redis(server.url);
  await redis.flushall();
  redis.disconnect();
});
afterAll(async () => {
  await queue.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function work(handler: (job: TakenJob) => Promise<JobResult>): void {
  workers.push(startWorker({ redisUrl: server.url, concurrency: 1, lockMs: 1_000, backoffFirstMs: 10, log }, handler));
}

const done = async (): Promise<JobResult> => ({ outcome: 'done', detail: '' });
const job = (id: string) => ({ kind: 'test', id, payload: { n: 1 } });

test('an equal job is swallowed while it waits and when it is done', async () => {
  expect(await queue.add(job('a-1'))).toBe('new');
  expect(await queue.add(job('a-1'))).toBe('again');
  expect((await queue.counts()).waiting).toBe(1);
  let runs = 0;
  work(async () => {
    runs += 1;
    return done();
  });
  await expect.poll(async () => (await queue.counts()).completed).toBe(1);
  expect(await queue.add(job('a-1'))).toBe('again');
  await queue.add(job('a-2'));
  await expect.poll(async () => (await queue.counts()).completed).toBe(2);
  expect(runs).toBe(2);
});

test('a finished job that reviewed nothing makes way for an equal one', async () => {
  const outcomes: JobResult['outcome'][] = ['superseded', 'skipped', 'reviewed'];
  let runs = 0;
  work(async () => {
    const outcome = outcomes[runs] ?? 'done';
    runs += 1;
    return { outcome, detail: '' };
  });
  for (let n = 1; n <= 4; n++) {
    expect(await queue.add(job('b-1'))).toBe(n === 1 ? 'new' : n === 4 ? 'again' : 'anew');
    await expect.poll(async () => (await queue.counts()).completed).toBe(1);
    await expect.poll(() => runs).toBe(Math.min(n, 3));
  }
});

test('a passing fault is tried again, a given-up job stands in the failed set and can be put back', async () => {
  const seen: number[] = [];
  let cured = false;
  work(async ({ failures }) => {
    seen.push(failures);
    if (failures < 2) throw new TransientError('GitHub did not answer', null);
    if (!cured) throw new GivenUp('the repository is gone', { cause: null });
    return done();
  });
  await queue.add(job('c-1'));
  await expect.poll(async () => (await queue.counts()).failed, { timeout: 5_000 }).toBe(1);
  expect(seen).toEqual([0, 1, 2]);
  const [failed] = await queue.failed();
  expect([failed?.id, failed?.kind, failed?.reason]).toEqual(['c-1', 'test', 'the repository is gone']);
  cured = true;
  expect(await queue.retry('c-1')).toBe(true);
  await expect.poll(async () => (await queue.counts()).completed, { timeout: 5_000 }).toBe(1);
  expect(seen).toEqual([0, 1, 2, 0, 1, 2]);
  expect(await queue.retry('c-1')).toBe(false);
});

test('a job that is handed back counts no failure', async () => {
  const seen: [number, boolean][] = [];
  work(async ({ failures, isFirst }) => {
    seen.push([failures, isFirst]);
    if (seen.length === 1) throw new HandBack();
    return done();
  });
  await queue.add(job('d-1'));
  await expect.poll(async () => (await queue.counts()).completed, { timeout: 10_000 }).toBe(1);
  expect(seen.map(([failures]) => failures)).toEqual([0, 0]);
});

test('a job that another worker was given is no longer ours, and its signal says so', async () => {
  let lost: unknown = null;
  let stillOurs: boolean | null = null;
  work(async ({ jobId, signal, ...taken }) => {
    const redis = new Redis(server.url);
    await redis.set(`bull:driftline:${jobId}:lock`, 'another worker', 'PX', 60_000);
    redis.disconnect();
    stillOurs = await taken.stillOurs();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    lost = signal.reason;
    return done();
  });
  await queue.add(job('e-1'));
  await expect.poll(() => String(lost), { timeout: 5_000 }).toMatch(/given to another worker/);
  expect(stillOurs).toBe(false);
});

test('the wait doubles, has jitter, is bounded, and never undercuts what was asked for', () => {
  for (let attempt = 1; attempt <= 12; attempt++) {
    const most = Math.min(5_000 * 2 ** (attempt - 1), 900_000);
    const waits = Array.from({ length: 50 }, () => backoffMs(attempt, new Error('x')));
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }
    expect(new Set(waits).size).toBeGreaterThan(5);
    expect(backoffMs(attempt, new TransientError('limit', 3_600_000))).toBeGreaterThan(3_600_000);
  }
});
