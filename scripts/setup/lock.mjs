// One set-up at a time in a checkout: a lock file that names its owner and is touched while the owner lives.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const touchMs = 2_000;
const staleMs = 30_000;

/** Waits for a set-up that is under way, takes over from one that died, then runs `act` alone. */
export async function withLock(root, onWait, act) {
  const folder = join(root, '.driftline');
  const file = join(folder, 'setup.lock');
  mkdirSync(folder, { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  for (let told = false; !take(file, mine); ) {
    const holder = read(file);
    if (holder === null) continue;
    if (isDead(holder)) {
      discard(file, holder.text);
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const heart = setInterval(() => utimesSync(file, new Date(), new Date()), touchMs);
  try {
    return await act();
  } finally {
    clearInterval(heart);
    rmSync(file, { force: true });
  }
}

function take(file, mine) {
  try {
    writeFileSync(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    const text = readFileSync(file, 'utf8');
    const { mtimeMs } = statSync(file);
    return { text, mtimeMs, ...parse(text) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A lock just being written is still empty; its age decides then. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { pid: 0, host: '' };
  }
}

function isDead({ pid, host, mtimeMs }) {
  if (Date.now() - mtimeMs > staleMs) return true;
  if (host !== hostname() || pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Moves the dead lock away first: of two that found it dead, one must not remove the other's fresh lock. */
function discard(file, text) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === text) rmSync(aside, { force: true });
  else renameSync(aside, file);
}
