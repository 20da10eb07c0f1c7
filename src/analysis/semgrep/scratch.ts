// A private folder for one run of a foreign program: its home, its temporary files, its input. Gone in every outcome.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Scratch {
  /** Absolute; mode 0700 and a random name. */
  folder: string;
  home: string;
  temporary: string;
}

/** Hands a fresh folder to `use` and removes it when that has ended, and when a signal ends this process meanwhile. */
export async function withScratch<T>(use: (scratch: Scratch) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftline-semgrep-'));
  const forget = removeWhenKilled(folder);
  try {
    const scratch = { folder, home: path.join(folder, 'home'), temporary: path.join(folder, 'tmp') };
    await Promise.all([mkdir(scratch.home), mkdir(scratch.temporary)]);
    return await use(scratch);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    forget();
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Only where nobody else takes care of the signal: a server that stops in order ends its runs by itself. */
function removeWhenKilled(folder: string): () => void {
  const forget = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const handledElsewhere = process.listenerCount(signal) > 1;
    if (handledElsewhere) return;
    forget();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return forget;
}
