// A program in Semgrep's place: it writes down how it was started and behaves as it is told, which the real one cannot be
// made to do.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Behaviour {
  stdout?: string;
  stderr?: string;
  exitCode?: number;
  /** Written where --sarif-output says; by default one without results. */
  sarif?: string;
  sleepMs?: number;
  /** Bytes written to standard output, or standard error, before anything else. */
  floodStdout?: number;
  floodStderr?: number;
  /** Starts a process of its own that lives a minute and writes its id to `child.pid`. */
  forks?: boolean;
}

export interface Started {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  /** Text of each --config. */
  configs: string[];
  /** Mode of the folder of the first of them. */
  folderMode: number;
}

const program = `
const { appendFileSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const path = require('node:path');
const here = path.dirname(process.argv[1]);
const argv = process.argv.slice(2);
const configs = argv.flatMap((arg, at) => (argv[at - 1] === '--config' ? [arg] : []));
const folderMode = configs[0] ? statSync(path.dirname(configs[0])).mode & 0o777 : 0;
const started = { argv, env: process.env, cwd: process.cwd(), configs: configs.map((file) => readFileSync(file, 'utf8')), folderMode };
appendFileSync(path.join(here, 'started'), JSON.stringify(started) + '\\n');
const told = JSON.parse(readFileSync(path.join(here, 'behaviour.json'), 'utf8'));
const now = Array.isArray(told) ? told[Math.min(readFileSync(path.join(here, 'started'), 'utf8').trim().split('\\n').length, told.length) - 1] : told;
const sarif = argv[argv.indexOf('--sarif-output') + 1];
if (argv.includes('--sarif-output')) writeFileSync(sarif, now.sarif ?? '{"runs":[{"results":[]}]}');
if (now.forks) {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  writeFileSync(path.join(here, 'child.pid'), String(child.pid));
  child.unref();
}
const finish = () => {
  process.stderr.write(now.stderr ?? '');
  process.exitCode = now.exitCode ?? 0;
  process.stdout.write(now.stdout ?? '', () => process.exit());
};
const flood = (stream, bytes, then) => (bytes > 0 ? stream.write('x'.repeat(Math.min(bytes, 1 << 20)), () => flood(stream, bytes - (1 << 20), then)) : then());
flood(process.stdout, now.floodStdout ?? 0, () =>
  flood(process.stderr, now.floodStderr ?? 0, () => setTimeout(finish, now.sleepMs ?? 0)));
`;

export class FakeSemgrep {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'fake-semgrep-'));
  readonly program = path.join(this.folder, 'semgrep');

  constructor() {
    writeFileSync(this.program, `#!${process.execPath}\n${program}`);
    chmodSync(this.program, 0o755);
  }

  /** A list: one for each start, the last of them for all further ones. */
  behave(behaviour: Behaviour | Behaviour[]): void {
    writeFileSync(path.join(this.folder, 'behaviour.json'), JSON.stringify(behaviour));
    rmSync(path.join(this.folder, 'started'), { force: true });
  }

  get started(): Started[] {
    const file = path.join(this.folder, 'started');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Started);
  }

  get childPid(): number {
    return Number(readFileSync(path.join(this.folder, 'child.pid'), 'utf8'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An answer as Semgrep gives it. */
export function answer(given: { results?: object[]; errors?: object[] } = {}): string {
  return JSON.stringify({ version: '9.9.9', results: [], errors: [], paths: { scanned: [] }, ...given });
}
