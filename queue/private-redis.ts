// A Redis-compatible server of Driftline's own, for when REDIS_URL is not set: on loopback, with a random password,
// every write on disk before it is answered. It must not know what is kept in it.
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { UserError } from '../src/errors.ts';
import type { Log } from './job.ts';
import { findRedisServer, RedisProcess } from './redis-process.ts';

export interface PrivateRedis {
  url: string;
  /** False when another process had started it: then `stop` leaves it running. */
  started: boolean;
  stop(): Promise<void>;
}

/** How to reach the server; in a file that only this user can read. */
const Card = z.object({ port: z.int(), password: z.string().min(1) });
type Card = z.infer<typeof Card>;

const readyWithinMs = 15_000;

/** Starts the server of this data directory, or joins the one that another process runs there. */
export async function startPrivateRedis(dataDir: string, log: Log): Promise<PrivateRedis> {
  const folder = resolve(dataDir, 'redis');
  await mkdir(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const owner = await claim(folder);
  const running = await answering(folder);
  if (owner === 'other') {
    if (running === null)
      throw new UserError('no-redis', `another Driftline uses ${folder}, but its Redis does not answer`);
    return { url: urlOf(running), started: false, stop: async () => undefined };
  }
  const release = () => rm(join(folder, 'owner'), { force: true });
  try {
    // One that answers though its owner is gone was left behind by a process that was killed: it is taken on as it is.
    if (running !== null) return { url: urlOf(running), started: true, stop: () => shutDown(running).then(release) };
    const { card, server } = await start(folder, log);
    return { url: urlOf(card), started: true, stop: () => server.stop().then(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(folder: string, log: Log): Promise<{ card: Card; server: RedisProcess }> {
  const binary = findRedisServer();
  for (let attempt = 1; ; attempt++) {
    const card: Card = { port: await freePort(), password: randomBytes(24).toString('hex') };
    await writeFile(join(folder, 'card.json'), JSON.stringify(card), { mode: 0o600 });
    await writeFile(join(folder, 'server.conf'), configuration(folder, card), { mode: 0o600 });
    const server = new RedisProcess(binary, join(folder, 'server.conf'), log);
    if (await readyWithin(card, server)) return { card, server };
    await server.stop();
    // Another program may have taken the port between the look and the start.
    if (attempt === 3)
      throw new UserError('no-redis', `${binary} does not start; ${join(folder, 'server.log')} says why`);
  }
}

function configuration(folder: string, card: Card): string {
  return [
    'bind 127.0.0.1',
    `port ${card.port}`,
    `requirepass ${card.password}`,
    `dir ${JSON.stringify(join(folder, 'data'))}`,
    `logfile ${JSON.stringify(join(folder, 'server.log'))}`,
    'daemonize no',
    'loglevel notice',
    // A webhook that was answered must not be lost, so a write is on disk before it is answered.
    'appendonly yes',
    'appendfsync always',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

async function readyWithin(card: Card, server: RedisProcess): Promise<boolean> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline && server.isAlive()) {
    if ((await ping(card)) === 'ready') return true;
    await sleep(30);
  }
  return false;
}

/** The server that the card of this folder names, once it answers; null when nobody listens there. */
async function answering(folder: string): Promise<Card | null> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const text = await readFile(join(folder, 'card.json'), 'utf8').catch(() => null);
    const card = text === null ? null : Card.safeParse(parse(text)).data;
    const state = card ? await ping(card) : 'silent';
    if (card && state === 'ready') return card;
    const isMine = (await readFile(join(folder, 'owner'), 'utf8').catch(() => '')) === self();
    // Our own folder with nobody listening needs no waiting; another's server may be just starting.
    if ((state === 'silent' && isMine) || Date.now() >= deadline) return null;
    await sleep(100);
  }
}

async function ping(card: Card): Promise<'ready' | 'loading' | 'silent'> {
  const redis = connect(card);
  try {
    await redis.connect();
    await redis.ping();
    return 'ready';
  } catch (error) {
    return error instanceof Error && /LOADING/.test(error.message) ? 'loading' : 'silent';
  } finally {
    redis.disconnect();
  }
}

async function shutDown(card: Card): Promise<void> {
  const redis = connect(card);
  try {
    await redis.connect();
    await redis.call('SHUTDOWN', 'NOSAVE');
  } catch {
    // It closes the connection instead of answering.
  } finally {
    redis.disconnect();
  }
}

function connect(card: Card): Redis {
  const redis = new Redis(urlOf(card), {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    enableReadyCheck: false,
  });
  redis.on('error', () => undefined); // told by the rejected command
  return redis;
}

/** Claims the folder for this process. The claim of a dead process is taken over. */
async function claim(folder: string): Promise<'ours' | 'other'> {
  const path = join(folder, 'owner');
  for (;;) {
    // Written beside and linked: a claim that is there without its text yet would look like that of a dead process.
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, self(), { mode: 0o600 });
    try {
      await link(draft, path);
      return 'ours';
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const owner = await readFile(path, 'utf8').catch(() => '');
    if (owner !== '' && owner === identity(Number(owner.split(' ')[0]))) return 'other';
    const grave = `${path}.${randomUUID()}`;
    await rename(path, grave).catch(() => undefined);
    const buried = await readFile(grave, 'utf8').catch(() => owner);
    if (buried !== owner) await rename(grave, path); // another process was quicker
    await rm(grave, { force: true });
  }
}

function self(): string {
  return identity(process.pid) ?? `${process.pid}`;
}

/** A process id with the time its process started (where the system tells), because ids are used again; null when it is gone. */
function identity(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return null;
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return `${pid} ${text.slice(text.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function urlOf({ port, password }: Card): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // being written at this moment
  }
}
