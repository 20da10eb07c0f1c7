// Starts the App as its users do, `driftline serve` in a process of its own, and stops it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

export interface App {
  /** Where it answers, once it does; fails with its last words when it ends or stays silent. */
  url: Promise<string>;
  /** Its last log lines, for when something goes wrong. */
  log(): string;
  stop(): Promise<void>;
}

export function startApp(environment: Record<string, string>, timeoutMs: number): App {
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { ...process.env, ...environment },
    // The channel is never written to: by its end the App learns that the demo is gone, however that came about.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  const log = () => said.slice(-15).join('\n');
  const url = new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`driftline serve ${why}\n${log()}`));
    const timer = setTimeout(() => fail(`was not ready within ${timeoutMs / 1000} s`), timeoutMs);
    timer.unref();
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`ended with code ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const ready = /"url":"(http:[^"]+)"/.exec(line)?.[1];
        if (!ready) return;
        clearTimeout(timer);
        resolve(ready);
      });
    }
  });
  url.catch(() => undefined); // whoever waits for it hears of it; at the end nobody does
  return { url, log, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
}
