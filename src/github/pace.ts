// Spaces writes for Octokit's throttling plugin: a short burst at once, then one per interval. The plugin's own queues
// put a second between any two writes, which would hold up the few writes of every single review.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  everyMs: number;
  /** How many may go at once after a rest. */
  burst: number;
}

/** GitHub: at least a second between many writes, and 80 creations of content a minute. One review makes four writes. */
export const writePace: Pace = { everyMs: 1_000, burst: 5 };
/** What people are notified of comes in no bursts. */
export const notifyPace: Pace = { everyMs: 3_000, burst: 1 };

/** The part of a Bottleneck group that the plugin calls: one queue for each installation. */
export interface Queues {
  key(id: string): { schedule(options: unknown, work: () => Promise<void>): Promise<void> };
}

export function pacedQueues({ everyMs, burst }: Pace): Queues {
  // When each queue would be empty again; the past means that it rested.
  const emptyAtMs = new Map<string, number>();
  return {
    key: (id) => ({
      async schedule(_options, work) {
        const now = Date.now();
        const emptyAt = Math.max(emptyAtMs.get(id) ?? 0, now);
        emptyAtMs.set(id, emptyAt + everyMs);
        const waitMs = emptyAt - now - (burst - 1) * everyMs;
        if (waitMs > 0) await sleep(waitMs);
        else if (emptyAtMs.size > 10_000) forgetRested(emptyAtMs, now);
        return work();
      },
    }),
  };
}

function forgetRested(emptyAtMs: Map<string, number>, now: number): void {
  for (const [id, emptyAt] of emptyAtMs) if (emptyAt <= now) emptyAtMs.delete(id);
}
