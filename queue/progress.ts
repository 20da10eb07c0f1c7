// Shows on the check how far a long analysis is, now and then. It must never hold a review up nor fail it.
import type { Progress } from '../src/analysis/engine.ts';

export interface ProgressOptions {
  /** Nothing is said before so long, nor more often. */
  everyMs?: number;
  show(text: string): Promise<void>;
}

export interface ShownProgress {
  update(progress: Progress): void;
  /** Comes back when nothing more will be shown. */
  end(): Promise<void>;
}

export function showOnCheck({ everyMs = 10_000, show }: ProgressOptions): ShownProgress {
  let last = performance.now();
  let underWay: Promise<void> | null = null;
  let ended = false;
  return {
    update({ phase, done, total }) {
      const now = performance.now();
      if (ended || underWay !== null || now - last < everyMs) return;
      last = now;
      const text = `${phase === 'indexing' ? 'Indexing' : 'Analysing'}: ${done} of ${total} files`;
      // Whoever waits for the review gains nothing by its failure.
      underWay = show(text)
        .catch(() => undefined)
        .finally(() => {
          underWay = null;
        });
    },
    async end() {
      ended = true;
      await underWay;
    },
  };
}
