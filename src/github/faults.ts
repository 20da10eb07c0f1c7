// Sorts what GitHub and the network throw: passing or lasting, and how long to wait. Decides when a request may simply
// be sent again. It must not know what the requests are about.
import { setTimeout as sleep } from 'node:timers/promises';
import { PermanentError, TransientError } from '../errors.ts';

/** The part of Octokit's RequestError in use; a dropped connection arrives as one with status 500. */
interface RequestFault extends Error {
  status: number;
  response?: { headers: Record<string, string | number | undefined> };
}

/** How often and how fast a passing fault is tried again before the job has to come back later. */
export interface Patience {
  /** Tries after the first. */
  retries: number;
  /** First wait; doubles each time, with jitter. */
  backoffMs: number;
  /** The longest rate limit that is waited for in place. */
  limitMs: number;
}

export const patience: Patience = { retries: 3, backoffMs: 500, limitMs: 65_000 };

export function isFault(error: unknown): error is RequestFault {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

export function hasStatus(error: unknown, ...statuses: number[]): boolean {
  return isFault(error) && statuses.includes(error.status);
}

/** A fault of the moment: the other side or the way to it broke, and nobody knows whether the request was carried out. */
export function isPassing(error: unknown): boolean {
  return isFault(error) && (error.status >= 500 || error.status === 408);
}

/** Milliseconds until a rate limit ends, or null when the error is none. */
export function rateLimitMs(error: unknown): number | null {
  if (!isFault(error) || (error.status !== 403 && error.status !== 429)) return null;
  const headers = error.response?.headers ?? {};
  const retryAfter = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(retryAfter)) return retryAfter * 1000;
  if (String(headers['x-ratelimit-remaining']) === '0') {
    return Math.max(Number(headers['x-ratelimit-reset']) * 1000 - Date.now(), 0) + 1000;
  }
  // Without a header GitHub asks for at least a minute.
  return error.status === 429 || /secondary rate limit/i.test(error.message) ? 60_000 : null;
}

/** Full jitter over the upper half: workers that failed together do not come back together. */
export function backoffMs(attempt: number, baseMs: number): number {
  return baseMs * 2 ** attempt * (0.5 + Math.random() / 2);
}

/** Repeats `attempt` over passing faults. Only for what may be carried out twice. */
export async function repeating<T>(attempt: () => Promise<T>, how: Patience): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= how.retries || !isPassing(error)) throw error;
      await sleep(backoffMs(tries, how.backoffMs));
    }
  }
}

/** A write that must not happen twice: after a fault of unknown outcome it is looked up before it is sent again. */
export async function writingOnce<T>(
  write: () => Promise<T>,
  find: () => Promise<T | null>,
  how: Patience,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (!isPassing(error)) throw error;
      // The wait lets a write that was carried out after all become visible.
      await sleep(backoffMs(tries, how.backoffMs));
      const found = await find();
      if (found !== null) return found;
      if (tries >= how.retries) throw error;
    }
  }
}

/** Runs one question to GitHub so that every fault leaves as one of ours, with `doing` telling what failed. */
export async function telling<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(doing, error);
  }
}

function translate(doing: string, error: unknown): unknown {
  if (!isFault(error)) return error;
  const limited = rateLimitMs(error);
  if (limited !== null) {
    return new TransientError(`GitHub's rate limit stops us from ${doing}`, limited, { cause: error });
  }
  const said = error.message.split('\n', 1)[0]?.slice(0, 300) ?? '';
  if (isPassing(error)) {
    const after = Number(error.response?.headers['retry-after']);
    const waitMs = Number.isFinite(after) ? after * 1000 : null;
    return new TransientError(`GitHub failed while ${doing}: ${error.status} ${said}`, waitMs, { cause: error });
  }
  return new PermanentError(`GitHub refused ${doing}: ${error.status} ${said}`, { cause: error });
}
