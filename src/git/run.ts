// Runs the git command line: argument arrays, a scrubbed environment, time-outs, no prompts, no hooks.
// Secrets go in by environment only and are cut out of every error. It knows nothing of mirrors or reviews.
import { UserError } from '../errors.ts';

export interface GitOptions {
  cwd: string;
  /** git configuration for this command alone, handed over by environment so that it is in no argument list. */
  config?: Record<string, string>;
  env?: Record<string, string>;
  input?: string | Buffer;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Strings that must not appear in an error. */
  secrets?: string[];
  maxBytes?: number;
}

export class GitError extends Error {
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(command: string, exitCode: number | null, stderr: string) {
    const reason = lastLine(stderr);
    super(`git ${command} failed${reason === '' ? '' : `: ${reason}`}`);
    this.name = 'GitError';
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

const always: Record<string, string> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.quotePath': 'true',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.allow': 'never',
  'advice.detachedHead': 'false',
};

/** Runs git and returns its standard output as bytes. Throws `GitError` when it fails. */
export async function git(args: string[], options: GitOptions): Promise<Buffer> {
  const secrets = options.secrets ?? [];
  // A scan needs no git, and shall not wait for it.
  const { execa } = await import('execa');
  const result = await execa('git', args, {
    cwd: options.cwd,
    env: environment(options),
    extendEnv: false,
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 60_000,
    maxBuffer: options.maxBytes ?? 256 * 1024 * 1024,
    forceKillAfterDelay: 2_000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  if (!result.failed) return Buffer.from(result.stdout);
  if (result.isCanceled) throw options.signal?.reason ?? new Error('cancelled');
  if (result.code === 'ENOENT') throw new UserError('git-failed', 'git was not found on PATH', { cause: result.cause });
  const stderr = redact(Buffer.from(result.stderr ?? []).toString('utf8'), secrets);
  const why = result.timedOut ? `${stderr}\ntimed out after ${options.timeoutMs ?? 60_000} ms` : stderr;
  throw new GitError(args[0] ?? '', result.exitCode ?? null, why);
}

export async function gitText(args: string[], options: GitOptions): Promise<string> {
  return (await git(args, options)).toString('utf8').trimEnd();
}

/** Secrets of the server that git has no use for: a filter or credential helper of the machine must not see them. */
const secretNames = new Set(['PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET', 'DATABASE_URL', 'REDIS_URL']);

/** The caller's environment without anything that would point git at another repository, plus our own settings. */
function environment(options: GitOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined) continue;
    if (secretNames.has(name)) continue;
    const keeps = !name.startsWith('GIT_') || /^GIT_(SSL_|CONFIG_GLOBAL$|CONFIG_SYSTEM$|CONFIG_NOSYSTEM$)/.test(name);
    if (keeps) env[name] = value;
  }
  const entries = Object.entries({ ...always, ...options.config });
  entries.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return {
    ...env,
    GIT_CONFIG_COUNT: String(entries.length),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    // A name that looks like a pattern, `:(glob)*.py` say, is a name.
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
    ...options.env,
  };
}

function redact(text: string, secrets: string[]): string {
  return secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '***')), text);
}

function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? '';
}
