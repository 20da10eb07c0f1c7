// Starts Semgrep and bounds it: argument arrays, an environment of our own, a time limit, an end to its output, and the
// whole process group killed when one of them is reached. It knows nothing of rules or results.
import path from 'node:path';
import { firstLine } from '../../config.ts';
import type { Scratch } from './scratch.ts';

export const maxOutputBytes = 50 * 1024 * 1024;
const maxStderrBytes = 1024 * 1024;

export interface Command {
  program: string;
  args: string[];
  /** Folder to run in. */
  cwd: string;
  scratch: Scratch;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** `ended`: it ran to its end, with whatever exit code. All others brought no answer; `reason` is one plain line. */
export type Ran =
  | { state: 'ended'; exitCode: number; stdout: string; stderr: string }
  | { state: 'unavailable' | 'timed-out' | 'failed'; reason: string };

/** Throws the signal's reason when it is aborted, and nothing else. */
export async function start({ program, args, cwd, scratch, timeoutMs, signal }: Command): Promise<Ran> {
  signal?.throwIfAborted();
  // Commands without a rule for Semgrep shall not wait for it.
  const { execa } = await import('execa');
  const running = execa(program, args, {
    cwd,
    env: environment(program, scratch),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: { stdout: maxOutputBytes, stderr: maxStderrBytes },
    // Semgrep runs programs of its own, and all of them are to go at once.
    killDescendants: true,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const result = await running;
  // What it left running in the background goes too.
  running.kill();
  signal?.throwIfAborted();
  if (result.timedOut) return { state: 'timed-out', reason: `Semgrep was stopped after ${timeoutMs / 1000} s` };
  if (result.isMaxBuffer) {
    return { state: 'failed', reason: `Semgrep's answer is larger than ${maxOutputBytes / 1024 / 1024} MB` };
  }
  if (result.exitCode === undefined) return notEnded(result);
  return { state: 'ended', exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

function notEnded(result: {
  signal?: string | undefined;
  code?: string | undefined;
  originalMessage?: string | undefined;
}): Ran {
  if (result.signal !== undefined) return { state: 'failed', reason: `Semgrep was ended by ${result.signal}` };
  const missing = result.code === 'ENOENT' || result.code === 'EACCES' || result.code === 'ENOEXEC';
  const what = firstLine(result.originalMessage ?? result.code ?? 'unknown cause');
  return { state: missing ? 'unavailable' : 'failed', reason: `Semgrep cannot be started: ${what}` };
}

/** Where a request goes that Semgrep should not make: nobody listens there, so it fails at once. */
const nowhere = 'http://127.0.0.1:9';

/**
 * Nothing of ours but the search path: no token, no SEMGREP_ variable, no secret of the server. The folder of the program
 * comes first, because Semgrep looks for its second half by name.
 */
function environment(program: string, { home, temporary }: Scratch): Record<string, string> {
  const search = [path.dirname(program), process.env.PATH].filter((one) => one).join(path.delimiter);
  return {
    PATH: search,
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
    NO_COLOR: '1',
    http_proxy: nowhere,
    https_proxy: nowhere,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    // It asks git about the folder it is in, whose configuration may name programs.
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: 'false',
    GIT_CONFIG_KEY_1: 'core.hooksPath',
    GIT_CONFIG_VALUE_1: '/dev/null',
    GIT_CONFIG_KEY_2: 'safe.directory',
    GIT_CONFIG_VALUE_2: '*',
    GIT_OPTIONAL_LOCKS: '0',
  };
}
