// Starts the App as its users do, `driftline serve` in a process of its own, and stops it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

export interface App {
  url: string;
  /** Its last log lines, for when something goes wrong. */
  log(): string;
  stop(): Promise<void>;
}

/** Resolves when the App answers; rejects with its last words when it ends or stays silent. */
export async function startApp(environment: Record<string, string>, timeoutMs: number): Promise<App> {
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const log = () => said.slice(-15).join('\n');
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`driftline serve ${why}\n${log()}`));
    const timer = setTimeout(() => fail(`was not ready within ${timeoutMs / 1000} s`), timeoutMs);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`ended with code ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const ready = /"url":"(http:[^"]+)"/.exec(line)?.[1];
        if (!ready) return;
        clearTimeout(timer);
        resolve(ready);
      });
    }
  }).catch(async (error: unknown) => {
    await stop(child);
    throw error;
  });
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
