// A lock between processes as a folder with a heartbeat: the holder touches it, and whoever finds it untouched
// for too long takes it over. Works over a shared volume, where process ids mean nothing.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockOptions {
  /** Without a heartbeat for this long the holder counts as dead. */
  staleMs: number;
  /** How long to wait for the lock; 0 tries once. */
  waitMs: number;
  signal?: AbortSignal | undefined;
}

export interface Held {
  /** Still ours? False after a pause so long that somebody took it over. */
  ours(): Promise<boolean>;
  release(): Promise<void>;
}

/** Takes the lock at `path` (its folder must exist), or returns null when it stayed taken. */
export async function takeLock(path: string, options: LockOptions): Promise<Held | null> {
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`;
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await create(path, owner)) return held(path, owner, options.staleMs);
    if (await clearStale(path, options.staleMs)) continue;
    if (Date.now() >= deadline) return null;
    await sleep(25 + Math.random() * 50);
  }
}

async function create(path: string, owner: string): Promise<boolean> {
  // Made complete under another name first, so that no lock is ever seen without its owner.
  const draft = `${path}.${randomUUID()}`;
  await mkdir(draft);
  await writeFile(join(draft, 'owner'), owner);
  try {
    await rename(draft, path);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function held(path: string, owner: string, staleMs: number): Held {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // gone: `ours` will say so
  }, staleMs / 4);
  beat.unref();
  const ours = async () => (await ownerOf(path)) === owner;
  return {
    ours,
    async release() {
      clearInterval(beat);
      if (!(await ours())) return;
      const grave = `${path}.${randomUUID()}`;
      await rename(path, grave).catch(ignoreMissing);
      await rm(grave, { recursive: true, force: true });
    },
  };
}

/** Removes the lock of a dead holder. Returns whether it is worth trying again at once. */
async function clearStale(path: string, staleMs: number): Promise<boolean> {
  const owner = await ownerOf(path);
  if (owner === null) return true;
  const age = await stat(path).then(
    (at) => Date.now() - at.mtimeMs,
    () => 0,
  );
  if (age < staleMs && !diedHere(owner)) return false;
  const grave = `${path}.${randomUUID()}`;
  try {
    await rename(path, grave);
  } catch (error) {
    ignoreMissing(error);
    return true;
  }
  // Between the look and the rename another process may have taken it over; then it is given back.
  if ((await ownerOf(grave)) !== owner) await rename(grave, path).catch(() => undefined);
  await rm(grave, { recursive: true, force: true });
  return true;
}

function diedHere(owner: string): boolean {
  const [host, pid] = owner.split(' ');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

async function ownerOf(path: string): Promise<string | null> {
  return readFile(join(path, 'owner'), 'utf8').catch(() => null);
}

function ignoreMissing(error: unknown): void {
  if (!isCode(error, 'ENOENT')) throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
