// What a person configures of the server, by environment variables: checked values, or one clear line. Secrets are never
// part of a message. And how texts of others become part of such a line.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from './errors.ts';

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
  semgrep: SemgrepSettings;
  review: ReviewSettings;
}

/** What the operator says of reviews. null: not set, so that each repository decides alone. */
export interface ReviewSettings {
  /** HYBRID_EVALUATION_ENABLED: whether what is known of the code around a match counts. */
  twoPassEnabled: boolean;
  /** REVIEW_MIN_CONFIDENCE: a finding below it gets no comment; the check tells it all the same. */
  minConfidence: number;
  /** REVIEW_MAX_INLINE_COMMENTS: a repository may ask for fewer. */
  maxInlineComments: number | null;
  /** ON_ENGINE_UNAVAILABLE: a repository may ask for `failure`. */
  onEngineUnavailable: 'neutral' | 'failure' | null;
  /** WARN_CONCLUSION: a repository may ask for `neutral`. */
  onWarn: 'neutral' | 'success' | null;
}

export interface SemgrepSettings {
  /** null: looked for. */
  program: string | null;
  /** At the same time, in one process of ours. */
  maxProcesses: number;
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
  SEMGREP_PATH: { must: 'the path of the semgrep program', example: '/usr/local/bin/semgrep' },
  SEMGREP_MAX_PROCESSES: { must: 'a whole number from 1 to 64', example: '2' },
  HYBRID_EVALUATION_ENABLED: { must: 'true or false', example: 'true' },
  REVIEW_MIN_CONFIDENCE: { must: 'a number from 0 to 1', example: '0.6' },
  REVIEW_MAX_INLINE_COMMENTS: { must: 'a whole number from 0 to 50', example: '20' },
  ON_ENGINE_UNAVAILABLE: { must: 'neutral or failure', example: 'neutral' },
  WARN_CONCLUSION: { must: 'neutral or success', example: 'neutral' },
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
  SEMGREP_PATH: z.string().optional(),
  SEMGREP_MAX_PROCESSES: wholeNumber(1, 64).optional(),
  HYBRID_EVALUATION_ENABLED: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
  REVIEW_MIN_CONFIDENCE: z
    .string()
    .regex(/^\d*\.?\d+$/)
    .transform(Number)
    .pipe(z.number().min(0).max(1))
    .default(0.6),
  REVIEW_MAX_INLINE_COMMENTS: wholeNumber(0, 50).optional(),
  ON_ENGINE_UNAVAILABLE: z.enum(['neutral', 'failure']).optional(),
  WARN_CONCLUSION: z.enum(['neutral', 'success']).optional(),
} satisfies Record<Variable, z.ZodType>);

/** Reads our variables out of the environment; an empty one counts as unset, as compose files leave them. */
export function readEnvironment(env: Record<string, string | undefined>): ServerConfig {
  const values = valuesOf(env, environmentVariables);
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
    semgrep: semgrepSettings(values),
    review: reviewSettings(values),
  };
}

/** What the command line reads of them too: nothing else of a server's environment matters to it, right or wrong. */
export function readSemgrepSettings(env: Record<string, string | undefined>): SemgrepSettings {
  return semgrepSettings(valuesOf(env, ['SEMGREP_PATH', 'SEMGREP_MAX_PROCESSES']));
}

const reviewVariables = [
  'HYBRID_EVALUATION_ENABLED',
  'REVIEW_MIN_CONFIDENCE',
  'REVIEW_MAX_INLINE_COMMENTS',
  'ON_ENGINE_UNAVAILABLE',
  'WARN_CONCLUSION',
] as const satisfies readonly Variable[];

/** As `readSemgrepSettings`. */
export function readReviewSettings(env: Record<string, string | undefined>): ReviewSettings {
  return reviewSettings(valuesOf(env, reviewVariables));
}

/** The variables that say `settings`, for a process that is started with them. */
export function reviewEnvironment(settings: ReviewSettings): Record<(typeof reviewVariables)[number], string> {
  const { maxInlineComments } = settings;
  return {
    HYBRID_EVALUATION_ENABLED: String(settings.twoPassEnabled),
    REVIEW_MIN_CONFIDENCE: String(settings.minConfidence),
    REVIEW_MAX_INLINE_COMMENTS: maxInlineComments === null ? '' : String(maxInlineComments),
    ON_ENGINE_UNAVAILABLE: settings.onEngineUnavailable ?? '',
    WARN_CONCLUSION: settings.onWarn ?? '',
  };
}

type Values = z.output<typeof Environment>;

function valuesOf(env: Record<string, string | undefined>, names: readonly Variable[]): Values {
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim()]).filter(([, value]) => value));
  const parsed = Environment.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = [...new Set(parsed.error.issues.map((issue) => issue.path[0] as Variable))];
  throw new UserError('bad-environment', wrong.map((name) => complaint(name, given[name])).join('; '));
}

function semgrepSettings(values: Values): SemgrepSettings {
  const half = Math.max(1, Math.floor(availableParallelism() / 2));
  return { program: values.SEMGREP_PATH ?? null, maxProcesses: values.SEMGREP_MAX_PROCESSES ?? half };
}

function reviewSettings(values: Values): ReviewSettings {
  return {
    twoPassEnabled: values.HYBRID_EVALUATION_ENABLED,
    minConfidence: values.REVIEW_MIN_CONFIDENCE,
    maxInlineComments: values.REVIEW_MAX_INLINE_COMMENTS ?? null,
    onEngineUnavailable: values.ON_ENGINE_UNAVAILABLE ?? null,
    onWarn: values.WARN_CONCLUSION ?? null,
  };
}

function complaint(name: Variable, value: string | undefined): string {
  const { must, example, ...rest } = expectations[name];
  const shown = 'secret' in rest || value === undefined ? '' : `, not ${quoted(value)}`;
  return `${name} must be ${must}${shown}; for example ${name}=${example}`;
}

/** All of App id, key and secret, or none: half a registration would answer every webhook with an error. */
function credentials(values: Values): ServerConfig['github'] {
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

/** Text from outside as part of one line of ours: quoted, escaped, not longer than needed to recognise it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

export function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\p{Cc}/gu, '\ufffd').replace(/[.:]$/, '');
}
