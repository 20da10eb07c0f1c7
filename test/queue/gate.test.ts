// Turns and news between workers, on a real server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Gate } from '../../queue/gate.ts';
import { type PrivateRedis, startPrivateRedis } from '../../queue/private-redis.ts';

let folder: string;
let server: PrivateRedis;
const connections: Redis[] = [];
const gates: Gate[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gate-'));
  server = await startPrivateRedis(folder, { info() {}, warn() {}, error() {} });
});
afterAll(async () => {
  for (const gate of gates) await gate.close();
  for (const redis of connections) redis.disconnect();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function gate(ttlMs = 5_000): Gate {
  const redis = new Redis(server.url);
  const made = new Gate(redis, ttlMs);
  connections.push(redis);
  gates.push(made);
  return made;
}

const never = new AbortController().signal;

test('one job at a time has its turn on a pull request', async () => {
  const [a, b] = [gate(), gate()];
  const first = await a.enter('1-2-3', 'job-a', never);
  let entered = false;
  const waiting = b.enter('1-2-3', 'job-b', never).then((turn) => {
    entered = true;
    return turn;
  });
  await sleep(400);
  expect(entered).toBe(false);
  expect(await first.stillOurs()).toBe(true);
  await (await b.enter('1-2-4', 'job-b', never)).leave();
  await first.leave();
  const second = await waiting;
  expect(await first.stillOurs()).toBe(false);
  expect(await second.stillOurs()).toBe(true);
  await second.leave();
});

test('a job that comes back to another worker takes its own turn over', async () => {
  const before = await gate().enter('5-5-5', 'job-a', never);
  const after = await gate().enter('5-5-5', 'job-a', never);
  expect(await before.stillOurs()).toBe(false);
  expect(await after.stillOurs()).toBe(true);
  await before.leave();
  expect(await after.stillOurs()).toBe(true);
  await after.leave();
});

test('a job whose id begins like the holder does not pass for it', async () => {
  const turn = await gate().enter('6-6-6', 'job-abc', never);
  const impostor = gate().enter('6-6-6', 'job-ab', AbortSignal.timeout(500));
  await expect(impostor).rejects.toThrow();
  await turn.leave();
});

test('the turn of a dead worker runs out, that of a live one does not', async () => {
  const dead = gate(400);
  await dead.enter('7-7-7', 'job-dead', never).then((turn) => {
    // As if its process were gone: nobody renews it.
    connections.at(-1)?.disconnect();
    return turn;
  });
  const live = await gate(400).enter('7-7-7', 'job-live', AbortSignal.timeout(5_000));
  await sleep(900);
  expect(await live.stillOurs()).toBe(true);
  await live.leave();
});

test('waiting for a turn ends with the signal', async () => {
  const turn = await gate().enter('8-8-8', 'job-a', never);
  const reason = new Error('superseded');
  const controller = new AbortController();
  const waiting = gate().enter('8-8-8', 'job-b', controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toThrow();
  await turn.leave();
});

test('news reach those who listen for this pull request, until they stop', async () => {
  const [teller, hearer] = [gate(), gate()];
  const heard: string[] = [];
  const stop = await hearer.listen('9-9-1', (what) => heard.push(`one ${what}`));
  await hearer.listen('9-9-2', (what) => heard.push(`two ${what}`));
  await teller.announce('9-9-1', 'abc');
  await teller.announce('9-9-2', 'closed');
  await expect.poll(() => heard).toEqual(['one abc', 'two closed']);
  stop();
  await teller.announce('9-9-1', 'def');
  await teller.announce('9-9-2', 'ghi');
  await expect.poll(() => heard).toEqual(['one abc', 'two closed', 'two ghi']);
});

test('the latest head is remembered, whichever is heard of first', async () => {
  const [one, other] = [gate(), gate()];
  const at = (updatedAt: number, before: string | null = null) => ({ updatedAt, before });
  expect(await one.latest('1-1-1')).toBeNull();
  expect(await one.setLatest('1-1-1', 'abc', at(100), 'new')).toEqual({ noted: true, until: null });
  expect(await other.setLatest('1-1-1', 'def', at(105, 'abc'), 'new')).toEqual({ noted: true, until: 'abc' });
  // Late, older by its time; in the same second, replaced by what is known; once more, in the same second.
  expect(await one.setLatest('1-1-1', 'abc', at(104), 'new')).toEqual({ noted: false, until: 'def' });
  expect(await one.setLatest('1-1-1', 'abc', at(105), 'new')).toEqual({ noted: false, until: 'def' });
  expect(await one.setLatest('1-1-1', 'xyz', at(105), 'again')).toEqual({ noted: false, until: 'def' });
  expect(await one.latest('1-1-1')).toBe('def');
  expect(await one.setLatest('1-1-1', 'closed', at(105), 'new')).toEqual({ noted: true, until: 'def' });
  expect(await one.setLatest('1-1-1', 'abc', at(106), 'again')).toEqual({ noted: true, until: 'closed' });
  expect(await other.latest('1-1-1')).toBe('abc');
});

test('a note of an earlier version gives way', async () => {
  connections.push(new Redis(server.url));
  await connections.at(-1)?.set('driftline:latest:2-2-2', 'abc');
  expect(await gate().latest('2-2-2')).toBe('abc');
  expect(await gate().setLatest('2-2-2', 'def', { updatedAt: 1, before: null }, 'new')).toEqual({
    noted: true,
    until: 'abc',
  });
});
