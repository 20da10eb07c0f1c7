// Keeps a child process running: started again with growing pauses when it dies, stopped when it is told.
// It must not know what the child does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

const usualPauses = { pauseFirstMs: 500, pauseMostMs: 30_000 };
const killAfterMs = 9_000;

export class Child {
  readonly #command: readonly string[];
  readonly #env: Record<string, string>;
  readonly #log: Logger;
  #process: ChildProcess;
  readonly #pauses: typeof usualPauses;
  #pauseMs = 0;
  #stopping = false;

  constructor(command: readonly string[], env: Record<string, string>, log: Logger, pauses = usualPauses) {
    this.#pauses = pauses;
    this.#command = command;
    this.#env = env;
    this.#log = log;
    this.#process = this.#start();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = sleep(killAfterMs, 'late', { ref: false });
    if ((await Promise.race([gone, late])) === 'late') child.kill('SIGKILL');
    await gone;
  }

  #start(): ChildProcess {
    const [program = '', ...args] = this.#command;
    // In a group of its own, so that Ctrl-C on a terminal reaches only us and everything stops in order.
    const child = spawn(program, args, {
      env: this.#env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    const startedAt = Date.now();
    child.on('error', (error) => this.#log.error({ err: error }, 'the worker cannot be started'));
    child.on('exit', (code, signal) => {
      if (this.#stopping) return;
      const { pauseFirstMs, pauseMostMs } = this.#pauses;
      const isNew = this.#pauseMs === 0 || Date.now() - startedAt > 60_000;
      this.#pauseMs = isNew ? pauseFirstMs : Math.min(this.#pauseMs * 2, pauseMostMs);
      this.#log.error({ code, signal, pauseMs: this.#pauseMs }, 'the worker died; it is started again');
      setTimeout(() => {
        if (!this.#stopping) this.#process = this.#start();
      }, this.#pauseMs);
    });
    return child;
  }
}
