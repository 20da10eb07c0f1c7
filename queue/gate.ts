// What the workers of one pull request tell each other through Redis: that there is news of it, and whose turn it is
// to publish. It knows nothing of jobs beyond their ids, and nothing of GitHub.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

export interface Turn {
  /** Is it still our turn? */
  stillOurs(): Promise<boolean>;
  leave(): Promise<void>;
}

interface News {
  pull: string;
  /** The SHA of a head that was asked for, or `closed`. */
  what: string;
}

const channel = 'driftline:news';
const latestSeconds = 7 * 24 * 3600;

// Redis runs a script as one step, so nobody comes between the look and the write.
const takeTurn = `local holder = redis.call('get', KEYS[1])
if holder and string.sub(holder, 1, #ARGV[1] + 1) ~= ARGV[1] .. ' ' then return 0 end
redis.call('set', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'px', ARGV[3])
return 1`;
const renewTurn = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('pexpire', KEYS[1], ARGV[2])`;
const leaveTurn = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])`;

// Of two words from the same second the later push is the one that names the other as replaced; else the first heard stands.
const noteLatest = `local old = redis.call('get', KEYS[1])
local what, at, before
if old then what, at, before = string.match(old, '^(%S+) ?(%d*) ?(%S*)$') end
at = tonumber(at or '') or -1
local now = tonumber(ARGV[2])
if now < at or (now == at and (before == ARGV[1] or ARGV[4] == 'again')) then return {0, what} end
redis.call('set', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3], 'ex', ARGV[5])
return {1, what or ''}`;

export class Gate {
  readonly #redis: Redis;
  readonly #ttlMs: number;
  readonly #listeners = new Map<string, Set<(what: string) => void>>();
  #subscriber: Redis | null = null;

  /** `ttlMs`: how long the turn of a worker that died stays taken, unless the same job comes back for it. */
  constructor(redis: Redis, ttlMs: number) {
    this.#redis = redis;
    this.#ttlMs = ttlMs;
  }

  /** There is news of this pull request: a head was pushed, or it was closed. */
  async announce(pull: string, what: string): Promise<void> {
    await this.#redis.publish(channel, JSON.stringify({ pull, what } satisfies News));
  }

  /**
   * Notes what a pull request is now, the head that was asked for or `closed`, unless something newer is known.
   * `again`: it may have been heard before. Tells whether it was noted, and what was known until then.
   */
  async setLatest(
    pull: string,
    what: string,
    { updatedAt, before }: { updatedAt: number; before: string | null },
    heard: 'new' | 'again',
  ): Promise<{ noted: boolean; until: string | null }> {
    const rest = [what, String(updatedAt), before ?? '', heard, String(latestSeconds)];
    const answer = await this.#redis.eval(noteLatest, 1, `driftline:latest:${pull}`, ...rest);
    const [noted, until] = answer as [number, string];
    return { noted: noted === 1, until: until === '' ? null : until };
  }

  /** What was noted last, or null. A hint: it may be late or lost. */
  async latest(pull: string): Promise<string | null> {
    return (await this.#redis.get(`driftline:latest:${pull}`))?.split(' ')[0] ?? null;
  }

  /** Calls back at every news of this pull request until stopped. News may be late, doubled or lost: it is only a hint. */
  async listen(pull: string, callback: (what: string) => void): Promise<() => void> {
    await this.#subscribe();
    const callbacks = this.#listeners.get(pull) ?? new Set();
    this.#listeners.set(pull, callbacks.add(callback));
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0) this.#listeners.delete(pull);
    };
  }

  /** Waits until it is this job's turn to publish on what `subject` names. A job that comes back gets its own turn at once. */
  async enter(subject: string, jobId: string, signal: AbortSignal): Promise<Turn> {
    const key = `driftline:turn:${subject}`;
    const token = randomUUID();
    const holder = `${jobId} ${token}`;
    const ttl = String(this.#ttlMs);
    while ((await this.#redis.eval(takeTurn, 1, key, jobId, token, ttl)) !== 1) {
      await sleep(100 + Math.random() * 100, undefined, { signal });
    }
    const renew = async () => (await this.#redis.eval(renewTurn, 1, key, holder, ttl)) === 1;
    const beat = setInterval(() => renew().catch(() => undefined), this.#ttlMs / 3);
    beat.unref();
    return {
      stillOurs: renew,
      leave: async () => {
        clearInterval(beat);
        await this.#redis.eval(leaveTurn, 1, key, holder).catch(() => undefined); // it runs out by itself
      },
    };
  }

  async close(): Promise<void> {
    this.#subscriber?.disconnect();
    this.#subscriber = null;
  }

  async #subscribe(): Promise<void> {
    if (this.#subscriber !== null) return;
    this.#subscriber = this.#redis.duplicate();
    this.#subscriber.on('error', () => undefined); // it connects again by itself
    this.#subscriber.on('message', (_channel, text) => {
      const news = JSON.parse(text) as News;
      for (const callback of this.#listeners.get(news.pull) ?? []) callback(news.what);
    });
    await this.#subscriber.subscribe(channel);
  }
}

/** One name for a pull request, in keys and in job ids. */
export function pullKey(repository: { installationId: number; repositoryId: number }, pull: number): string {
  return `${repository.installationId}-${repository.repositoryId}-${pull}`;
}
