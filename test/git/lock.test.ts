// The lock between processes: one holder, takeover from the dead, nothing lost to a slow one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../src/git/lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = () => join(folder, 'lock');

test('only one of many holds it at any time', async () => {
  let holders = 0;
  let most = 0;
  let turns = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const held = await takeLock(path(), { staleMs: 5_000, waitMs: 20_000 });
      if (held === null) throw new Error('not taken');
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((done) => setTimeout(done, 5));
      holders -= 1;
      turns += 1;
      await held.release();
    }),
  );
  expect([most, turns]).toEqual([1, 12]);
  expect(await readdir(folder)).toEqual([]);
});

test('gives up after the wait, and at once when told', async () => {
  const held = await takeLock(path(), { staleMs: 5_000, waitMs: 0 });
  expect(await takeLock(path(), { staleMs: 5_000, waitMs: 200 })).toBeNull();
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(takeLock(path(), { staleMs: 5_000, waitMs: 5_000, signal })).rejects.toThrow('stop');
  await held?.release();
});

test('the lock of a process that was killed is taken over at once', async () => {
  const module = new URL('../../src/git/lock.ts', import.meta.url).href;
  const code = `const { takeLock } = await import(${JSON.stringify(module)});
    await takeLock(${JSON.stringify(path())}, { staleMs: 60_000, waitMs: 0 });
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await takeLock(path(), { staleMs: 60_000, waitMs: 100 })).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const held = await takeLock(path(), { staleMs: 60_000, waitMs: 1_000 });
  expect(await held?.ours()).toBe(true);
  await held?.release();
});

test('a holder without a heartbeat is taken over, and knows it', async () => {
  const slow = await takeLock(path(), { staleMs: 60_000, waitMs: 0 });
  const old = new Date(Date.now() - 120_000);
  await utimes(path(), old, old);
  const next = await takeLock(path(), { staleMs: 60_000, waitMs: 0 });
  expect([await slow?.ours(), await next?.ours()]).toEqual([false, true]);
  await slow?.release();
  expect(await next?.ours()).toBe(true);
  await next?.release();
});

test('a heartbeat keeps it for longer than the limit', async () => {
  const held = await takeLock(path(), { staleMs: 300, waitMs: 0 });
  expect(await takeLock(path(), { staleMs: 300, waitMs: 1_000 })).toBeNull();
  expect(await held?.ours()).toBe(true);
  await held?.release();
});
