// `driftline doctor`: looks at everything a running Driftline needs and says, a line for each, what is there and what to
// do about what is not. It changes nothing: no file is made, no migration run.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import { findRedisServer } from '../../queue/redis-process.ts';
import { loadEngine, schemaVersion } from '../analysis/native.ts';
import { findSemgrep } from '../analysis/semgrep/find.ts';
import { Semgrep } from '../analysis/semgrep/semgrep.ts';
import { readEnvironment, readSemgrepSettings, type ServerConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { openStorage } from '../storage/open.ts';
import { version } from './version.ts';

export interface Check {
  name: string;
  /** `note`: Driftline runs without it, with less; only `missing` makes the exit code 2. */
  state: 'ok' | 'note' | 'missing';
  /** One line, no full stop. */
  detail: string;
  /** What to do; null when there is nothing to do. */
  cure: string | null;
}

type Answer = Omit<Check, 'name'>;

export async function doctor(): Promise<number> {
  const checks = (await Promise.all([examineMachine(), examineServer(process.env)])).flat();
  process.stdout.write(`driftline ${version()}\n${print(checks)}`);
  return checks.some((check) => check.state === 'missing') ? 2 : 0;
}

const signs: Record<Check['state'], string> = { ok: '✓', note: '!', missing: '✗' };

export function print(checks: Check[]): string {
  const width = Math.max(...checks.map((check) => check.name.length));
  return checks
    .map(
      ({ name, state, detail, cure }) => `${signs[state]} ${name.padEnd(width)}  ${detail}${cure ? `. ${cure}` : ''}\n`,
    )
    .join('');
}

/** The programs that Driftline calls. */
export async function examineMachine(): Promise<Check[]> {
  return await together([
    ['Node.js', answer(nodeVersion)],
    ['engine', answer(engineLoads)],
    ['git', answer(gitVersion)],
    ['Semgrep', answer(semgrepVersion)],
  ]);
}

/** What the environment names. When that is wrong nothing more is looked at, for it would be in the wrong place. */
export async function examineServer(env: Record<string, string | undefined>): Promise<Check[]> {
  const { config, environment } = read(env);
  if (config === null) return [{ name: 'environment', ...environment }];
  return await together([
    ['environment', Promise.resolve(environment)],
    ['GitHub App', answer(async () => githubApp(config))],
    ['data folder', answer(async () => dataFolder(config.dataDir))],
    ['Redis', answer(() => (config.redisUrl === null ? privateRedis() : redisAt(config.redisUrl)))],
    ['database', answer(() => database(config))],
  ]);
}

async function together(answers: [string, Promise<Answer>][]): Promise<Check[]> {
  return await Promise.all(answers.map(async ([name, found]) => ({ name, ...(await found) })));
}

function read(env: Record<string, string | undefined>): { config: ServerConfig | null; environment: Answer } {
  try {
    return { config: readEnvironment(env), environment: ok('every variable is well-formed') };
  } catch (error) {
    return { config: null, environment: refused(error) };
  }
}

function ok(detail: string): Answer {
  return { state: 'ok', detail, cure: null };
}

async function answer(look: () => Promise<Answer>): Promise<Answer> {
  try {
    return await look();
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): Answer {
  if (error instanceof UserError) return { state: 'missing', detail: error.message, cure: error.cure };
  throw error;
}

async function nodeVersion(): Promise<Answer> {
  const found = process.versions.node;
  if (isAtLeast(found, 24, 0)) return ok(found);
  return {
    state: 'missing',
    detail: `${found} is too old`,
    cure: 'Use Node.js 24 or newer; `npm run` brings its own.',
  };
}

async function engineLoads(): Promise<Answer> {
  loadEngine();
  return ok(`loads, schema ${schemaVersion}`);
}

async function gitVersion(): Promise<Answer> {
  const said = await firstLine('git', ['--version']);
  const found = /\d+\.\d+\S*/.exec(said ?? '')?.[0];
  const cure = 'Install git 2.31 or newer.';
  if (found === undefined) return { state: 'missing', detail: 'not found on PATH', cure };
  return isAtLeast(found, 2, 31) ? ok(found) : { state: 'missing', detail: `${found} is too old`, cure };
}

async function semgrepVersion(): Promise<Answer> {
  const settings = readSemgrepSettings(process.env);
  const found = findSemgrep(settings.program);
  const answer = await new Semgrep(settings).probe();
  if ('version' in answer) return ok(`${answer.version} (${'program' in found ? found.program : ''})`);
  const cure = settings.program === null ? 'Run `npm run setup`.' : 'Correct SEMGREP_PATH, or unset it.';
  return { state: 'note', detail: `${answer.unavailable}; its rules are listed as not run`, cure };
}

async function githubApp(config: ServerConfig): Promise<Answer> {
  if (config.github !== null)
    return ok(`App ${config.github.appId} on ${config.gheHost ?? 'github.com'}, key readable`);
  const cure =
    'Run `driftline serve` and open its page to register one, or set APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET.';
  return { state: 'note', detail: 'not registered yet', cure };
}

/** A folder that does not exist yet is made at the start, so what counts is the nearest one that does. */
async function dataFolder(dataDir: string): Promise<Answer> {
  let folder = dataDir;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    if (!statSync(folder).isDirectory()) throw new Error('not a folder');
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return {
      state: 'missing',
      detail: `${folder} is not a writable folder`,
      cure: 'Set DATA_DIR to a folder of this user.',
    };
  }
  return ok(folder === dataDir ? dataDir : `${dataDir} (made at the first start)`);
}

async function privateRedis(): Promise<Answer> {
  const program = findRedisServer();
  const found = /v=([\d.]+)/.exec((await firstLine(program, ['--version'])) ?? '')?.[1];
  if (found !== undefined) return ok(`a private server, ${found} (${program})`);
  return { state: 'missing', detail: `${program} does not run`, cure: 'Reinstall it, or set REDIS_URL.' };
}

async function redisAt(redisUrl: string): Promise<Answer> {
  const where = new URL(redisUrl).host;
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: 3000,
    commandTimeout: 3000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason = 'no answer';
  redis.on('error', (error: Error) => {
    reason = error.message || reason;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    return judged(where, info);
  } catch (error) {
    // The first error names the cause (refused, wrong password); what the call throws only says `closed`.
    const said = reason === 'no answer' && error instanceof Error ? error.message : reason;
    return {
      state: 'missing',
      detail: `${where} does not answer: ${said}`,
      cure: 'Check REDIS_URL, and that it runs.',
    };
  } finally {
    redis.disconnect();
  }
}

function judged(where: string, info: string): Answer {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const found = field('redis_version') ?? '0';
  const named = `${field('valkey_version') ? `Valkey ${field('valkey_version')}` : `Redis ${found}`} at ${where}`;
  if (!isAtLeast(found, 6, 2)) {
    return { state: 'missing', detail: `${named} is too old`, cure: 'Use Redis 6.2 or newer, or Valkey.' };
  }
  const policy = field('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    const cure = 'Set maxmemory-policy to noeviction.';
    return { state: 'missing', detail: `${named} may drop jobs when full (${policy})`, cure };
  }
  return ok(named);
}

async function database(config: ServerConfig): Promise<Answer> {
  if (config.databaseUrl === null && !existsSync(join(config.dataDir, 'driftline.db'))) {
    return ok('SQLite, made at the first start');
  }
  const storage = await openStorage(config, { migrate: false });
  try {
    const { applied, pending } = await storage.migrationState();
    const named = `${storage.dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'} at schema ${applied.at(-1) ?? 'zero'}`;
    if (pending.length === 0) return ok(named);
    const cure = 'Run `driftline migrate`, or start the server, which does it too.';
    return { state: 'note', detail: `${named}, ${pending.join(', ')} pending`, cure };
  } finally {
    await storage.close();
  }
}

async function firstLine(program: string, args: string[]): Promise<string | null> {
  const result = await execa(program, args, {
    reject: false,
    timeout: 20_000,
  });
  return result.exitCode === 0 ? (result.stdout.split('\n')[0] ?? '').trim() : null;
}

function isAtLeast(found: string, wantedMajor: number, wantedMinor: number): boolean {
  const [major = 0, minor = 0] = found.split('.').map((part) => Number.parseInt(part, 10));
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
