// The private server as it is started, joined, left behind and taken on: real processes on a real folder.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../queue/private-redis.ts';
import { findRedisServer } from '../../queue/redis-process.ts';
import { UserError } from '../../src/errors.ts';

const quiet = { info() {}, warn() {}, error() {} };
let folder: string;
const open: PrivateRedis[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'private-redis-'));
});
afterEach(async () => {
  for (const redis of open.splice(0)) await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<PrivateRedis> {
  const redis = await startPrivateRedis(folder, quiet);
  open.push(redis);
  return redis;
}

async function ask(url: string, ...command: [string, ...string[]]): Promise<unknown> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(...command);
  } finally {
    redis.disconnect();
  }
}

/** Starts one in a process of its own, which prints the address and waits. */
async function startElsewhere() {
  const module = new URL('../../queue/private-redis.ts', import.meta.url).href;
  const code = `const { startPrivateRedis } = await import(${JSON.stringify(module)});
    const redis = await startPrivateRedis(${JSON.stringify(folder)}, { info() {}, warn() {}, error() {} });
    console.log(redis.started, redis.url);
    process.on('SIGTERM', () => redis.stop().then(() => process.exit(0)));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [started, url = ''] = line.toString().trim().split(' ');
  return { child, started: started === 'true', url };
}

test('listens on loopback with a password, and keeps what was written', async () => {
  const first = await start();
  expect(first.url).toMatch(/^redis:\/\/:[0-9a-f]{48}@127\.0\.0\.1:\d+$/);
  await expect(ask(first.url.replace(/:[0-9a-f]{48}@/, ''), 'GET', 'a')).rejects.toThrow(/NOAUTH/);
  expect(await ask(first.url, 'CONFIG', 'GET', 'bind')).toEqual(['bind', '127.0.0.1']);
  await ask(first.url, 'SET', 'kept', 'yes');
  await first.stop();
  await expect(ask(first.url, 'PING')).rejects.toThrow();
  const second = await start();
  expect(await ask(second.url, 'GET', 'kept')).toBe('yes');
});

test('nobody else can read the password, and it is in no argument list', async () => {
  const redis = await start();
  const password = new URL(redis.url).password;
  for (const file of ['card.json', 'server.conf']) {
    expect((await stat(join(folder, 'redis', file))).mode & 0o077).toBe(0);
  }
  const { stdout } = await promisify(execFile)('ps', ['-ef']);
  expect(stdout).not.toContain(password);
});

test('a second start on the same folder joins the first, and its stop leaves it running', async () => {
  const first = await start();
  const other = await startElsewhere();
  expect([other.started, other.url]).toEqual([false, first.url]);
  other.child.kill('SIGTERM');
  await once(other.child, 'exit');
  expect(await ask(first.url, 'PING')).toBe('PONG');
});

test('starts at once make one server', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, startElsewhere));
  try {
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    expect(all.filter(({ started }) => started)).toHaveLength(1);
  } finally {
    for (const { child } of all) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
});

test('a server whose owner was killed is taken on, and stopped in the end', async () => {
  const killed = await startElsewhere();
  await ask(killed.url, 'SET', 'kept', 'yes');
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  const heir = await startPrivateRedis(folder, quiet);
  expect([heir.started, heir.url]).toEqual([true, killed.url]);
  expect(await ask(heir.url, 'GET', 'kept')).toBe('yes');
  await heir.stop();
  await expect(ask(heir.url, 'PING')).rejects.toThrow();
});

test('a server that dies is started again at the same address, with its data', async () => {
  const redis = await start();
  await ask(redis.url, 'SET', 'kept', 'yes');
  const info = String(await ask(redis.url, 'INFO', 'server'));
  process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), 'SIGKILL');
  const read = () => ask(redis.url, 'GET', 'kept').catch(() => null);
  await expect.poll(read, { timeout: 10_000 }).toBe('yes');
});

test('a server that cannot start is told in one line', async () => {
  const bin = join(folder, 'bin');
  await promisify(execFile)('mkdir', ['-p', bin]);
  await writeFile(join(bin, 'valkey-server'), '#!/bin/sh\nexit 1\n');
  await chmod(join(bin, 'valkey-server'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    expect(findRedisServer()).toBe(join(bin, 'valkey-server'));
    const error = await startPrivateRedis(folder, quiet).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/does not start; .*server\.log says why$/);
    expect(await readdir(join(folder, 'redis'))).not.toContain('owner');
  } finally {
    process.env.PATH = path;
  }
});

test('a claim that only looks alive does not keep the folder', async () => {
  const first = await start();
  await first.stop();
  // The id of a live process, but not the process that made the claim: ids are used again.
  await writeFile(join(folder, 'redis', 'owner'), `${process.ppid} 1`);
  const second = await start();
  expect(second.started).toBe(true);
  expect(await readFile(join(folder, 'redis', 'owner'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
});
