// The two things a person configures: the server, by environment variables, and a reviewed repository, by
// .github/driftline.yml. Both become checked values here or one clear line. Secrets are never part of a message.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ErrorCode, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from './errors.ts';
import { levels } from './finding.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface ServerConfig {
  port: number;
  /** null: every address of the machine. */
  host: string | null;
  /** null: not registered with GitHub yet, so the server offers the registration page. */
  github: { appId: number; privateKey: string; webhookSecret: string } | null;
  /** null: github.com. */
  gheHost: string | null;
  gheProtocol: 'https' | 'http';
  logLevel: (typeof logLevels)[number];
  /** null: a private server is started. */
  redisUrl: string | null;
  /** null: a SQLite file in `dataDir`. */
  databaseUrl: string | null;
  /** Absolute. */
  dataDir: string;
  workerConcurrency: number;
  mirrorMaxBytes: number;
}

/** What a variable must be, and an example: said when it is wrong. `secret`: its value is never shown. */
const expectations = {
  PORT: { must: 'a whole number from 0 to 65535', example: '3000' },
  HOST: { must: 'an address to listen on', example: '127.0.0.1' },
  APP_ID: { must: 'the number of the GitHub App', example: '123456' },
  PRIVATE_KEY: {
    must: 'the RSA private key of the GitHub App as PEM (line breaks may be written \\n) or that in base64',
    example: '"-----BEGIN RSA PRIVATE KEY-----\\n…"',
    secret: true,
  },
  PRIVATE_KEY_PATH: { must: 'a readable file with the RSA private key as PEM', example: '/run/secrets/driftline.pem' },
  WEBHOOK_SECRET: { must: 'the webhook secret of the GitHub App', example: 'a-long-random-text', secret: true },
  GHE_HOST: { must: 'a host name without https:// and path', example: 'github.example.com' },
  GHE_PROTOCOL: { must: 'https or http', example: 'https' },
  LOG_LEVEL: { must: `one of ${logLevels.join(', ')}`, example: 'info' },
  REDIS_URL: { must: 'a redis:// or rediss:// address', example: 'redis://127.0.0.1:6379', secret: true },
  DATABASE_URL: {
    must: 'a postgres:// address, or unset for SQLite',
    example: 'postgres://driftline:password@127.0.0.1:5432/driftline',
    secret: true,
  },
  DATA_DIR: { must: 'a folder', example: '.driftline-data' },
  WORKER_CONCURRENCY: { must: 'a whole number from 1 to 64', example: '2' },
  MIRROR_MAX_BYTES: { must: 'a whole number of bytes, at least 100000000', example: '20000000000' },
} as const satisfies Record<string, { must: string; example: string; secret?: true }>;

type Variable = keyof typeof expectations;
export const environmentVariables = Object.keys(expectations) as Variable[];

const Environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/)
    .optional(),
  APP_ID: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  PRIVATE_KEY: z.string().transform(toPrivateKey).optional(),
  PRIVATE_KEY_PATH: z.string().transform(readPrivateKey).optional(),
  WEBHOOK_SECRET: z.string().optional(),
  GHE_HOST: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?$/i)
    .optional(),
  GHE_PROTOCOL: z.enum(['https', 'http']).default('https'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  REDIS_URL: address('redis:', 'rediss:').optional(),
  DATABASE_URL: address('postgres:', 'postgresql:').optional(),
  DATA_DIR: z.string().default('.driftline-data'),
  WORKER_CONCURRENCY: wholeNumber(1, 64).default(2),
  MIRROR_MAX_BYTES: wholeNumber(100_000_000, Number.MAX_SAFE_INTEGER).default(20_000_000_000),
} satisfies Record<Variable, z.ZodType>);

/** Reads our variables out of the environment; an empty one counts as unset, as compose files leave them. */
export function readEnvironment(env: Record<string, string | undefined>): ServerConfig {
  const given = Object.fromEntries(
    environmentVariables.map((name) => [name, env[name]?.trim()]).filter(([, value]) => value),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const wrong = [...new Set(parsed.error.issues.map((issue) => issue.path[0] as Variable))];
    throw new UserError('bad-environment', wrong.map((name) => complaint(name, given[name])).join('; '));
  }
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST ?? null,
    github: credentials(values),
    gheHost: values.GHE_HOST ?? null,
    gheProtocol: values.GHE_PROTOCOL,
    logLevel: values.LOG_LEVEL,
    redisUrl: values.REDIS_URL ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: resolve(values.DATA_DIR),
    workerConcurrency: values.WORKER_CONCURRENCY,
    mirrorMaxBytes: values.MIRROR_MAX_BYTES,
  };
}

function complaint(name: Variable, value: string | undefined): string {
  const { must, example, ...rest } = expectations[name];
  const shown = 'secret' in rest || value === undefined ? '' : `, not ${quoted(value)}`;
  return `${name} must be ${must}${shown}; for example ${name}=${example}`;
}

/** All of App id, key and secret, or none: half a registration would answer every webhook with an error. */
function credentials(values: z.output<typeof Environment>): ServerConfig['github'] {
  const { APP_ID: appId, PRIVATE_KEY, PRIVATE_KEY_PATH, WEBHOOK_SECRET: webhookSecret } = values;
  if (PRIVATE_KEY && PRIVATE_KEY_PATH) {
    throw new UserError('bad-environment', 'PRIVATE_KEY and PRIVATE_KEY_PATH are both set; keep one of them');
  }
  const privateKey = PRIVATE_KEY ?? PRIVATE_KEY_PATH;
  if (appId && privateKey && webhookSecret) return { appId, privateKey, webhookSecret };
  if (!appId && !privateKey && !webhookSecret) return null;
  const missing: Variable[] = [];
  if (!appId) missing.push('APP_ID');
  if (!privateKey) missing.push('PRIVATE_KEY_PATH');
  if (!webhookSecret) missing.push('WEBHOOK_SECRET');
  const what = missing
    .map((name) => `${name} is missing; for example ${name}=${expectations[name].example}`)
    .join('; ');
  throw new UserError('bad-environment', `${what} (to register a new App instead, set no GitHub variable)`);
}

function wholeNumber(min: number, max: number) {
  return z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max));
}

function address(...protocols: string[]) {
  return z.string().refine((text) => {
    const url = URL.parse(text);
    // postgres:///name?host=/run/postgresql goes through a socket and names no host.
    return url !== null && protocols.includes(url.protocol) && (url.hostname !== '' || url.search !== '');
  });
}

function readPrivateKey(path: string, context: z.RefinementCtx): string {
  try {
    return toPrivateKey(readFileSync(path, 'utf8'), context);
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
}

/** Always PKCS #8, which every JWT library reads; GitHub hands out PKCS #1. */
function toPrivateKey(text: string, context: z.RefinementCtx): string {
  const isPem = text.includes('-----BEGIN');
  const pem = isPem ? text.replaceAll('\\n', '\n') : Buffer.from(text, 'base64').toString('utf8');
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // Falls through: the reason could quote the key.
  }
  context.addIssue({ code: 'custom' });
  return z.NEVER;
}

export const repositoryConfigPath = '.github/driftline.yml';

const Review = z.strictObject({
  /** The rest of the findings stand in the check's summary. */
  maxInlineComments: z.int().min(0).max(50).default(20),
  drafts: z.boolean().default(false),
});
const Check = z.strictObject({
  onWarn: z.enum(['neutral', 'success']).default('neutral'),
});
export const RepositoryConfig = z.strictObject({
  exclude: z.array(z.string().min(1).max(500).superRefine(mustBeGlob)).max(200).default([]),
  levels: z.record(z.string().regex(/^[\w./-]{1,200}$/), z.enum([...levels, 'off'])).default({}),
  review: Review.prefault({}),
  check: Check.prefault({}),
});
export type RepositoryConfig = z.output<typeof RepositoryConfig>;

/** Known keys by section; '' is the top. */
export const repositoryConfigKeys: Record<string, string[]> = {
  '': Object.keys(RepositoryConfig.shape),
  review: Object.keys(Review.shape),
  check: Object.keys(Check.shape),
};

/** What the YAML library says in terms of its own interface. */
const ownWords: Partial<Record<ErrorCode, string>> = {
  RESOURCE_EXHAUSTION: 'nested too deeply',
  MULTIPLE_DOCS: 'more than one YAML document',
  NON_STRING_KEY: 'a key must be text',
};

const maxConfigBytes = 256 * 1024;

/** `null`: the file does not exist, so everything is as by default. `where` names file and revision in messages. */
export function parseRepositoryConfig(
  bytes: Uint8Array | null,
  where: string = repositoryConfigPath,
): RepositoryConfig {
  return bytes === null ? RepositoryConfig.parse({}) : read(bytes, where).config;
}

/** What can be used and is most likely not what was meant: levels of rules that do not exist. One plain sentence each. */
export function repositoryConfigWarnings(
  bytes: Uint8Array | null,
  rules: readonly string[],
  where: string = repositoryConfigPath,
): string[] {
  if (bytes === null) return [];
  const { config, lineAt } = read(bytes, where);
  const unknown = Object.keys(config.levels).filter((id) => !rules.includes(id));
  const warnings = unknown.slice(0, warningsMax).map((id) => {
    const near = nearest(id, rules);
    const hint = near === null ? `known are ${rules.join(', ')}` : `perhaps ${quoted(near)} was meant`;
    return `${lineAt(['levels', id])}: there is no rule ${quoted(id)}, so its level changes nothing; ${hint}`;
  });
  if (unknown.length > warningsMax) warnings.push(`${where}: ${unknown.length - warningsMax} more rules do not exist`);
  return warnings;
}

const warningsMax = 5;

function read(bytes: Uint8Array, where: string): { config: RepositoryConfig; lineAt: (path: string[]) => string } {
  const text = decode(bytes, where);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, stringKeys: true });
  const lineOf = (offset: number) => `${where}, line ${counter.linePos(offset).line}`;
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    throw unreadable(`${lineOf(problem.pos[0])}: ${ownWords[problem.code] ?? firstLine(problem.message)}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw unreadable(`${where}: ${firstLine(error instanceof Error ? error.message : String(error))}`);
  }
  const lineAt = (path: string[]) => {
    const node = document.getIn(path, true);
    return isNode(node) && node.range ? lineOf(node.range[0]) : where;
  };
  const parsed = RepositoryConfig.safeParse(withoutNulls(value));
  if (parsed.success) return { config: parsed.data, lineAt };
  const lines = parsed.error.issues.map((issue) => {
    const path = (issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path).map(String);
    return `${lineAt(path)}: ${explained(issue, path)}`;
  });
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  throw unreadable(`${lines[0]}${more}`);
}

function decode(bytes: Uint8Array, where: string): string {
  if (bytes.byteLength > maxConfigBytes) throw unreadable(`${where} is larger than ${maxConfigBytes / 1024} KiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(`${where} is not UTF-8`);
  }
}

/** A key with nothing behind it (`exclude:` with every line commented out) is as if it were not there. */
function withoutNulls(value: unknown, depth = 2): unknown {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(depth > 1 ? kept.map(([key, entry]) => [key, withoutNulls(entry, depth - 1)]) : kept);
}

function explained(issue: z.core.$ZodIssue, path: string[]): string {
  const name = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = repositoryConfigKeys[issue.path.join('.')] ?? [];
    const near = nearest(path.at(-1) ?? '', known);
    return `unknown key ${quoted(name)}, ${near === null ? `known are ${known.join(', ')}` : `perhaps ${quoted(near)} was meant`}`;
  }
  if (issue.code === 'invalid_key') return `${quoted(path.at(-1) ?? '')} is no rule id`;
  const what = firstLine(issue.message).replace(/^Invalid (input|option): /, '');
  return name === '' ? `${what} at the top of the file` : `${quoted(name)}: ${what}`;
}

export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known.map((key) => ({ key, distance: editDistance(word.toLowerCase(), key.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, Math.floor(best.key.length / 3)) ? best.key : null;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a.slice(0, 100)].entries()) {
    const row = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (previous[j] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}

function mustBeGlob(glob: string, context: z.RefinementCtx): void {
  const problem = globProblem(glob);
  if (problem !== null) context.addIssue({ code: 'custom', message: `${quoted(glob)} is no glob: ${problem}` });
}

/** What the engine's glob library (globset) would refuse; said here because the engine knows neither file nor line. */
export function globProblem(glob: string): string | null {
  const marks = [...glob];
  let open = 0;
  for (let at = 0; at < marks.length; at++) {
    const mark = marks[at];
    if (mark === '\\' && ++at === marks.length) return 'it ends with a backslash';
    if (mark === '{') open += 1;
    if (mark === '}' && --open < 0) return 'a } has no {';
    if (mark === '[') {
      const end = endOfClass(marks, at);
      if (typeof end === 'string') return end;
      at = end;
    }
  }
  return open > 0 ? 'a { is not closed' : null;
}

/** Where the class that opens at `open` is closed, or what is wrong with it. Inside it a backslash is a letter. */
function endOfClass(marks: readonly string[], open: number): number | string {
  const negated = marks[open + 1] === '!' || marks[open + 1] === '^';
  const first = open + (negated ? 2 : 1);
  let from = '';
  let inRange = false;
  for (let at = first; at < marks.length; at++) {
    const mark = marks[at] ?? '';
    if (mark === ']' && at > first) return at;
    if (mark === '-' && at > first && !inRange) {
      inRange = true;
      continue;
    }
    if (inRange && (mark.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0)) return `the range ${from}-${mark} is empty`;
    if (!inRange) from = mark;
    inRange = false;
  }
  return 'a [ is not closed';
}

/** Text from outside as part of one line of ours: quoted, escaped, not longer than needed to recognise it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

export function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\p{Cc}/gu, '\ufffd').replace(/[.:]$/, '');
}

function unreadable(what: string): UserError {
  return new UserError('unreadable-config', what);
}
