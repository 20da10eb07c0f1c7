// The folder of all mirrors: who is using which, how much they take, and which goes first when there is no room.
// It knows folders and times, not git.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Held, takeLock } from './lock.ts';

export interface ShelfOptions {
  /** Folder that holds the mirrors. */
  root: string;
  maxBytes: number;
  /** Without a heartbeat for this long a process counts as dead. */
  staleMs: number;
}

export interface Lease {
  release(): Promise<void>;
}

export class Shelf {
  readonly #options: ShelfOptions;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  folder(name: string): string {
    return join(this.#options.root, name);
  }

  /** The writer's lock of one mirror. Null when it stayed taken for `waitMs`. */
  async lock(name: string, waitMs: number, signal?: AbortSignal): Promise<Held | null> {
    const state = this.#state(name);
    await mkdir(join(state, 'leases'), { recursive: true });
    return takeLock(join(state, 'lock'), { staleMs: this.#options.staleMs, waitMs, signal });
  }

  /** Marks the mirror as in use until released. Taken while holding the lock, so that nobody evicts it meanwhile. */
  async lease(name: string): Promise<Lease> {
    const state = this.#state(name);
    const file = join(state, 'leases', randomUUID());
    await writeFile(file, '');
    await writeFile(join(state, 'used'), '');
    const beat = setInterval(() => {
      const now = new Date();
      utimes(file, now, now).catch(() => undefined);
    }, this.#options.staleMs / 4);
    beat.unref();
    return {
      async release() {
        clearInterval(beat);
        await rm(file, { force: true });
      },
    };
  }

  /** Is anybody reading this mirror? Leases of dead processes are cleared away. */
  async inUse(name: string): Promise<boolean> {
    const folder = join(this.#state(name), 'leases');
    let live = false;
    for (const file of await list(folder)) {
      if (Date.now() - (await modified(join(folder, file))) < this.#options.staleMs) live = true;
      else await rm(join(folder, file), { force: true });
    }
    return live;
  }

  /** Removes mirrors, longest unused first and never one in use, until all together fit. Returns what went. */
  async evict(): Promise<{ evicted: string[]; bytes: number }> {
    await this.#clearRemains();
    const mirrors = await Promise.all(
      (await this.#names()).map(async (name) => ({
        name,
        bytes: await size(this.folder(name)),
        used: await modified(join(this.#state(name), 'used')),
      })),
    );
    mirrors.sort((a, b) => a.used - b.used || (a.name < b.name ? -1 : 1));
    let bytes = mirrors.reduce((sum, mirror) => sum + mirror.bytes, 0);
    const evicted: string[] = [];
    for (const mirror of mirrors) {
      if (bytes <= this.#options.maxBytes) break;
      if (!(await this.#remove(mirror.name))) continue;
      bytes -= mirror.bytes;
      evicted.push(mirror.name);
    }
    return { evicted, bytes };
  }

  async #remove(name: string): Promise<boolean> {
    const held = await this.lock(name, 0);
    if (held === null) return false;
    try {
      if (await this.inUse(name)) return false;
      const grave = join(this.#options.root, `.gone-${randomUUID()}`);
      await rename(this.folder(name), grave);
      await rm(grave, { recursive: true, force: true });
      return true;
    } finally {
      await held.release();
    }
  }

  /** What a process that died in the middle of a removal or a creation left behind. */
  async #clearRemains(): Promise<void> {
    for (const name of await list(this.#options.root)) {
      if (!name.startsWith('.gone-') && !name.startsWith('.new-')) continue;
      const path = join(this.#options.root, name);
      if (Date.now() - (await modified(path)) > 3_600_000) await rm(path, { recursive: true, force: true });
    }
  }

  async #names(): Promise<string[]> {
    return (await list(this.#options.root)).filter((name) => !name.startsWith('.'));
  }

  #state(name: string): string {
    return join(this.#options.root, '.state', name);
  }
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function modified(path: string): Promise<number> {
  return stat(path).then(
    (at) => at.mtimeMs,
    () => 0,
  );
}

async function size(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const at = await stat(join(entry.parentPath, entry.name)).catch(() => null);
    bytes += at?.size ?? 0; // git may remove a file between the two looks
  }
  return bytes;
}
