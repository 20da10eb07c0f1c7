// One process of Semgrep: its command line, its answer read, the time it took.
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { type Answer, readAnswer, readSuppressed } from './output.ts';
import { maxOutputBytes, type Ran, start } from './process.ts';
import { configurationOf, type LoadedRule } from './rules.ts';
import type { Scratch } from './scratch.ts';
import type { SemgrepRequest, SemgrepStats } from './semgrep.ts';

export interface Task {
  program: string;
  /** No two have the same name. */
  rules: readonly LoadedRule[];
  scratch: Scratch;
  /** By `performance.now()`. */
  deadline: number;
  request: SemgrepRequest;
  /** Filled as processes end. */
  stats: Omit<SemgrepStats, 'rules' | 'files'>;
}

/** Of one rule on one file. No number of them gives the file up: each rule is told by itself. */
const ruleTimeoutS = 5;
const timeoutThreshold = 0;
const maxMemoryMb = 2_000;
/** As large as the engine reads; Semgrep's own limit is a little lower. */
const maxFileBytes = 1024 * 1024;

const always = ['scan', '--json', '--quiet', '--metrics=off', '--disable-version-check', '--no-rewrite-rule-ids'];

/** Semgrep ran, and looked at nothing: mostly because of a rule. */
export interface Refusal {
  answer: Answer | null;
  exitCode: number;
  stderr: string;
}

export type Scan =
  | { state: 'answered'; answer: Answer; suppressed: boolean[] }
  | Exclude<Ran, { state: 'ended' }>
  | { refused: Refusal };

/** Runs `rules` over the request's paths. */
export async function scan(task: Task, rules: readonly LoadedRule[]): Promise<Scan> {
  const { scratch, request, stats } = task;
  const configuration = path.join(scratch.folder, 'rules.yaml');
  const sarif = path.join(scratch.folder, 'results.sarif');
  await writeFile(configuration, configurationOf(rules), { mode: 0o600 });
  const targets = request.paths.length === 0 ? ['.'] : request.paths.map((one) => `./${one}`);
  const args = [
    ...limits(request),
    '--sarif-output',
    sarif,
    ...(request.gitignore ? [] : ['--no-git-ignore']),
    // Without a list Semgrep takes a built-in one that leaves out every test.
    ...(existsSync(path.join(request.root, '.semgrepignore')) ? [] : ['--x-ignore-semgrepignore-files']),
    '--config',
    configuration,
    ...targets,
  ];
  const before = stats.totalMs;
  const ran = await timed(task, args, request.root);
  if (ran.state !== 'ended') return ran;
  const answer = readAnswer(ran.stdout);
  if (answer === null || ran.exitCode > 1) return { refused: { answer, exitCode: ran.exitCode, stderr: ran.stderr } };
  stats.startMs += stats.totalMs - before - answer.rulesMs - answer.coreMs;
  stats.rulesMs += answer.rulesMs;
  stats.filesMs += answer.coreMs;
  const suppressed = await suppressedIn(sarif, answer);
  if (typeof suppressed === 'string') return { state: 'failed', reason: suppressed };
  return { state: 'answered', answer, suppressed };
}

function limits(request: SemgrepRequest): string[] {
  const jobs = request.gitignore ? Math.max(1, Math.floor(availableParallelism() / 2)) : 1;
  return [
    ...always,
    '--disable-nosem',
    '--oss-only',
    `--timeout=${ruleTimeoutS}`,
    `--timeout-threshold=${timeoutThreshold}`,
    `--max-memory=${maxMemoryMb}`,
    `--max-target-bytes=${maxFileBytes}`,
    `--jobs=${jobs}`,
  ];
}

/** Whether Semgrep loads the rules of `files`, with nothing to look at. */
export function loadOnly(task: Task, files: readonly string[]): Promise<Ran> {
  const args = [...always, '--no-git-ignore', ...files.flatMap((file) => ['--config', file]), '.'];
  return timed(task, args, task.scratch.temporary);
}

async function timed({ program, scratch, deadline, request, stats }: Task, args: string[], cwd: string): Promise<Ran> {
  const from = performance.now();
  const timeoutMs = Math.max(1, Math.round(deadline - from));
  const ran = await start({ program, args, cwd, scratch, timeoutMs, signal: request.signal });
  stats.processes += 1;
  stats.totalMs += performance.now() - from;
  if (ran.state !== 'timed-out') return ran;
  return { state: 'timed-out', reason: `Semgrep was stopped after ${Math.round(request.timeoutMs / 100) / 10} s` };
}

async function suppressedIn(sarif: string, answer: Answer): Promise<boolean[] | string> {
  if (answer.results.length === 0) return [];
  const unknown = 'Semgrep does not tell which results are suppressed by comments';
  const size = await stat(sarif).then(
    (file) => file.size,
    () => null,
  );
  if (size === null) return unknown;
  if (size > maxOutputBytes) return `Semgrep's answer is larger than ${maxOutputBytes / 1024 / 1024} MB`;
  return readSuppressed(await readFile(sarif, 'utf8'), answer.results) ?? unknown;
}
