// Runs a command to its end and says how long it took and how much memory it held at most.
import { spawn } from 'node:child_process';

export interface Ran {
  ms: number;
  /** Of the process itself; null where nothing tells. */
  peakMiB: number | null;
  stdout: string;
}

/** A process of Node prints the most it held when it ends. */
const sayPeak = `process.on('exit', () => process.stderr.write('peak-kib=' + process.resourceUsage().maxRSS + '\\n'));`;

export function driftline(args: string[], cache: string): Promise<Ran> {
  const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
  const preload = `data:text/javascript,${encodeURIComponent(sayPeak)}`;
  return run(process.execPath, ['--import', preload, main, ...args], { XDG_CACHE_HOME: cache });
}

/** Exit code 1 is an answer: something was found. */
export function run(command: string, args: string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - startedAt;
      const said = Buffer.concat(stderr).toString('utf8');
      if (code !== 0 && code !== 1) {
        return reject(new Error(`${command} ${args.join(' ')}: exit ${code}\n${said.slice(0, 2000)}`));
      }
      const peak = /peak-kib=(\d+)/.exec(said)?.[1];
      resolve({
        ms,
        peakMiB: peak === undefined ? null : Number(peak) / 1024,
        stdout: Buffer.concat(stdout).toString('utf8'),
      });
    });
  });
}
