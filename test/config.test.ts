// What people write into the environment and .github/driftline.yml: what is accepted, what each mistake is told, and
// that docs/configuration.md names every variable and key and nothing else.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadEngine } from '../src/analysis/native.ts';
import {
  environmentVariables,
  readEnvironment,
  readReviewSettings,
  readSemgrepSettings,
  reviewEnvironment,
} from '../src/config.ts';
import { UserError } from '../src/errors.ts';
import {
  globProblem,
  parseRepositoryConfig,
  type RepositoryConfig,
  repositoryConfigKeys,
  repositoryConfigWarnings,
} from '../src/repository-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const message = (error as UserError).message;
    expect(message).not.toMatch(/\p{Cc}|\.$/u);
    return message;
  }
  throw new Error('was accepted');
}

describe('the environment', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const app = { APP_ID: '42', WEBHOOK_SECRET: 'hunter2' };

  test('may be empty: every variable has a default', () => {
    const defaults = {
      port: 3000,
      host: null,
      github: null,
      gheHost: null,
      gheProtocol: 'https',
      logLevel: 'info',
      redisUrl: null,
      databaseUrl: null,
      dataDir: resolve('.driftline-data'),
      workerConcurrency: 2,
      mirrorMaxBytes: 20_000_000_000,
      semgrep: { program: null, maxProcesses: Math.max(1, Math.floor(availableParallelism() / 2)) },
      review: {
        twoPassEnabled: true,
        minConfidence: 0.6,
        maxInlineComments: null,
        onEngineUnavailable: null,
        onWarn: null,
      },
    };
    expect(readEnvironment({ PATH: '/usr/bin' })).toEqual(defaults);
    expect(readEnvironment(Object.fromEntries(environmentVariables.map((name) => [name, ' '])))).toEqual(defaults);
  });

  test('is read in full', () => {
    const file = join(folder, 'key.pem');
    writeFileSync(file, pkcs1);
    const config = readEnvironment({
      ...app,
      PORT: '0',
      HOST: '::1',
      PRIVATE_KEY_PATH: file,
      GHE_HOST: 'github.example.com:8443',
      GHE_PROTOCOL: 'http',
      LOG_LEVEL: 'debug',
      REDIS_URL: 'rediss://:secret@redis.example.com:6380/1',
      DATABASE_URL: 'postgresql:///driftline?host=/run/postgresql',
      DATA_DIR: '/var/lib/driftline',
      WORKER_CONCURRENCY: '8',
      MIRROR_MAX_BYTES: '100000000',
      SEMGREP_PATH: '/opt/semgrep',
      SEMGREP_MAX_PROCESSES: '3',
      HYBRID_EVALUATION_ENABLED: 'false',
      REVIEW_MIN_CONFIDENCE: '.75',
      REVIEW_MAX_INLINE_COMMENTS: '0',
      ON_ENGINE_UNAVAILABLE: 'failure',
      WARN_CONCLUSION: 'success',
    });
    expect(config).toEqual({
      port: 0,
      host: '::1',
      github: { appId: 42, privateKey: pkcs8, webhookSecret: 'hunter2' },
      gheHost: 'github.example.com:8443',
      gheProtocol: 'http',
      logLevel: 'debug',
      redisUrl: 'rediss://:secret@redis.example.com:6380/1',
      databaseUrl: 'postgresql:///driftline?host=/run/postgresql',
      dataDir: '/var/lib/driftline',
      workerConcurrency: 8,
      mirrorMaxBytes: 100_000_000,
      semgrep: { program: '/opt/semgrep', maxProcesses: 3 },
      review: {
        twoPassEnabled: false,
        minConfidence: 0.75,
        maxInlineComments: 0,
        onEngineUnavailable: 'failure',
        onWarn: 'success',
      },
    });
    // A child process gets the same.
    expect(readReviewSettings(reviewEnvironment(config.review))).toEqual(config.review);
  });

  test('of Semgrep is read without the rest', () => {
    const env = { PORT: 'x', SEMGREP_PATH: ' /opt/semgrep ', SEMGREP_MAX_PROCESSES: '2' };
    expect(readSemgrepSettings(env)).toEqual({ program: '/opt/semgrep', maxProcesses: 2 });
    expect(refusal(() => readSemgrepSettings({ SEMGREP_MAX_PROCESSES: '0' }))).toBe(
      'SEMGREP_MAX_PROCESSES must be a whole number from 1 to 64, not "0"; for example SEMGREP_MAX_PROCESSES=2',
    );
  });

  test.each([
    ['PEM', pkcs1],
    ['PEM with written line breaks', pkcs1.replaceAll('\n', '\\n')],
    ['base64', Buffer.from(pkcs1).toString('base64')],
  ])('takes the private key as %s', (_, PRIVATE_KEY) => {
    expect(readEnvironment({ ...app, PRIVATE_KEY }).github?.privateKey).toBe(pkcs8);
  });

  test.each([
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535, not "70000"; for example PORT=3000'],
    [{ PORT: '3000; rm' }, 'PORT must be a whole number from 0 to 65535, not "3000; rm"; for example PORT=3000'],
    [
      { WORKER_CONCURRENCY: '0' },
      'WORKER_CONCURRENCY must be a whole number from 1 to 64, not "0"; for example WORKER_CONCURRENCY=2',
    ],
    [
      { GHE_HOST: 'https://a/' },
      'GHE_HOST must be a host name without https:// and path, not "https://a/"; for example GHE_HOST=github.example.com',
    ],
    [{ LOG_LEVEL: 'loud\n' }, /^LOG_LEVEL must be one of fatal, .*, not "loud"; for example LOG_LEVEL=info$/],
    [
      { HYBRID_EVALUATION_ENABLED: 'yes' },
      'HYBRID_EVALUATION_ENABLED must be true or false, not "yes"; for example HYBRID_EVALUATION_ENABLED=true',
    ],
    [
      { REVIEW_MIN_CONFIDENCE: '1.1' },
      'REVIEW_MIN_CONFIDENCE must be a number from 0 to 1, not "1.1"; for example REVIEW_MIN_CONFIDENCE=0.6',
    ],
    [
      { REVIEW_MAX_INLINE_COMMENTS: '51' },
      'REVIEW_MAX_INLINE_COMMENTS must be a whole number from 0 to 50, not "51"; for example REVIEW_MAX_INLINE_COMMENTS=20',
    ],
    [
      { ON_ENGINE_UNAVAILABLE: 'success' },
      'ON_ENGINE_UNAVAILABLE must be neutral or failure, not "success"; for example ON_ENGINE_UNAVAILABLE=neutral',
    ],
    [
      { WARN_CONCLUSION: 'failure' },
      'WARN_CONCLUSION must be neutral or success, not "failure"; for example WARN_CONCLUSION=neutral',
    ],
    [{ PORT: '-1', LOG_LEVEL: 'x' }, /^PORT must be .*; LOG_LEVEL must be /],
    [{ APP_ID: '42' }, /^PRIVATE_KEY_PATH is missing; .*; WEBHOOK_SECRET is missing; /],
    [{ PRIVATE_KEY_PATH: '/nowhere.pem', ...app }, /^PRIVATE_KEY_PATH must be a readable file .*, not "\/nowhere.pem"/],
    [
      { PRIVATE_KEY: pkcs1, PRIVATE_KEY_PATH: import.meta.filename, ...app },
      /^PRIVATE_KEY_PATH must be a readable file/,
    ],
  ])('says what is wrong with %j', (env, message) => {
    expect(refusal(() => readEnvironment(env))).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test('with two private keys is ambiguous', () => {
    const file = join(folder, 'second.pem');
    writeFileSync(file, pkcs8);
    expect(refusal(() => readEnvironment({ ...app, PRIVATE_KEY: pkcs1, PRIVATE_KEY_PATH: file }))).toContain(
      'both set',
    );
  });

  test.each(['PRIVATE_KEY', 'REDIS_URL', 'DATABASE_URL'])('never repeats the value of %s', (name) => {
    const message = refusal(() => readEnvironment({ ...app, [name]: 'mysql://driftline:hunter2@host/x' }));
    expect(message).toMatch(new RegExp(`^${name} must be`));
    expect(message).not.toContain('hunter2');
  });

  test('refuses a key that is no RSA key', () => {
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(refusal(() => readEnvironment({ ...app, PRIVATE_KEY: key }))).toMatch(
      /^PRIVATE_KEY must be the RSA private key/,
    );
  });
});

describe('.github/driftline.yml', () => {
  const defaults: RepositoryConfig = {
    exclude: [],
    levels: {},
    review: { maxInlineComments: 20, drafts: false },
    check: { onWarn: 'neutral' },
    rules: {
      paths: [],
      sgconfig: false,
      recommended: false,
      impliedEnforcementCap: 'warn',
      report: 'new',
      onEngineUnavailable: 'neutral',
    },
    areas: {},
    values: {},
  };
  const read = (text: string) => parseRepositoryConfig(Buffer.from(text));

  test('may be missing, empty, or hold keys without a value', () => {
    expect(parseRepositoryConfig(null)).toEqual(defaults);
    for (const text of ['', '# nothing yet\n', 'exclude:\nlevels:\nreview:\n  drafts:\n'])
      expect(read(text)).toEqual(defaults);
  });

  test('is read in full, a byte order mark, anchors and lines of Windows included', () => {
    const text =
      '\ufeffexclude: &list\r\n  - "db/**"\r\nlevels: {n-plus-one/loop-query: block, db/write-in-loop: off}\r\n' +
      'review: {maxInlineComments: 0, drafts: true}\r\ncheck: {onWarn: success}\r\n';
    expect(read(text)).toEqual({
      ...defaults,
      exclude: ['db/**'],
      levels: { 'n-plus-one/loop-query': 'block', 'db/write-in-loop': 'off' },
      review: { maxInlineComments: 0, drafts: true },
      check: { onWarn: 'success' },
    });
  });

  test.each([
    ['exclud: [a]', 'line 1: unknown key "exclud", perhaps "exclude" was meant'],
    [
      '# x\nreview:\n  maxInlineComment: 3\n  nonsense: 1',
      'line 3: unknown key "review.maxInlineComment", perhaps "maxInlineComments" was meant',
    ],
    ['colour: red', 'line 1: unknown key "colour", known are exclude, levels, review, check, rules, areas, values'],
    [
      '"\\u001b[31m\\n": 1',
      'line 1: unknown key "\\u001b[31m\\n", known are exclude, levels, review, check, rules, areas, values',
    ],
    [
      '\n__proto__: {review: {drafts: true}}',
      'line 2: unknown key "__proto__", known are exclude, levels, review, check, rules, areas, values',
    ],
    ['review: {drafts: yes}', 'line 1: "review.drafts": expected boolean, received string'],
    ['review: {maxInlineComments: 51}', 'line 1: "review.maxInlineComments": Too big: expected number to be <=50'],
    ['levels:\n  a/b: warning', 'line 2: "levels.a/b": expected one of "block"|"warn"|"suggest"|"off"'],
    ['levels:\n  a b: off', 'line 2: "a b" is no rule id'],
    ['values:\n  "a[b": low', 'line 2: "a[b" is no glob'],
    ['areas:\n  "a/**": [b c]', 'line 2: "areas.a/**.0": Invalid string: must match pattern /^[\\w-]{1,50}$/'],
    ['check: {onWarn: failure}', 'line 1: "check.onWarn": expected one of "neutral"|"success"'],
    ['exclude:\n  - a\n  - 7', 'line 3: "exclude.1": expected string, received number'],
    ['exclude: &a [*a]', 'line 1: "exclude.0": expected string, received array'],
    ['exclude:\n  - ok/**\n  - "a[b"', 'line 3: "exclude.1": "a[b" is no glob: a [ is not closed'],
    ['exclude: ["{a,b"]', 'line 1: "exclude.0": "{a,b" is no glob: a { is not closed'],
    ['- a', 'line 1: expected object, received array at the top of the file'],
    ['exclude: [a]\nexclude: [b]', 'line 2: Map keys must be unique'],
    ['exclude: !!js/function "x"', 'line 1: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['exclude: []\n---\nexclude: []', 'line 2: more than one YAML document'],
    ['? [a]\n: b', 'line 1: a key must be text'],
    ['review:\n\tdrafts: true', 'line 2: Tabs are not allowed as indentation'],
  ])('%j is told as a mistake', (text, message) => {
    expect(refusal(() => read(text)).replace(/ \(and \d+ more\)$/, '')).toBe(`.github/driftline.yml, ${message}`);
  });

  test('that asks for endless work is refused soon', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
    }
    const started = performance.now();
    expect(refusal(() => read(bomb.join('\n')))).toContain('Excessive alias count');
    expect(refusal(() => read('['.repeat(100_000)))).toContain('nested too deeply');
    expect(refusal(() => read('- '.repeat(100_000)))).toContain('nested too deeply');
    expect(refusal(() => read('# '.repeat(200_000)))).toBe('.github/driftline.yml is larger than 256 KiB');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('must be UTF-8, and is named as the caller knows it', () => {
    const utf16 = Buffer.from('\ufeffexclude: []', 'utf16le');
    expect(refusal(() => parseRepositoryConfig(utf16))).toBe('.github/driftline.yml is not UTF-8');
    expect(refusal(() => parseRepositoryConfig(Buffer.from('a: 1'), 'x.yml of 1a2b3c'))).toMatch(
      /^x\.yml of 1a2b3c, line 1: /,
    );
  });
});

describe('levels of rules that do not exist', () => {
  const rules = ['n-plus-one/loop-query', 'db/write-in-loop'];
  const warnings = (text: string, where?: string) => repositoryConfigWarnings(Buffer.from(text), rules, where);

  test('are told with file, line and the rule that is near', () => {
    expect(warnings('levels:\n  db/write-in-loop: off\n  n-plus-one/loop-quer: block\n')).toEqual([
      '.github/driftline.yml, line 3: there is no rule "n-plus-one/loop-quer", so its level changes nothing; ' +
        'perhaps "n-plus-one/loop-query" was meant',
    ]);
    expect(warnings('levels: { style/x: off }', 'x.yml of 1a2b')).toEqual([
      'x.yml of 1a2b, line 1: there is no rule "style/x", so its level changes nothing; ' +
        'known are n-plus-one/loop-query, db/write-in-loop',
    ]);
    expect(warnings('levels: { db/write-in-loop: off }')).toEqual([]);
    expect(repositoryConfigWarnings(null, rules)).toEqual([]);
  });

  test('are not listed without end', () => {
    const many = Array.from({ length: 500 }, (_, index) => `  a/${index}: off`).join('\n');
    expect(warnings(`levels:\n${many}`)).toHaveLength(6);
    expect(warnings(`levels:\n${many}`).at(-1)).toBe('.github/driftline.yml: 495 more rules do not exist');
  });
});

test('a glob is refused exactly when the engine would refuse it', async () => {
  const engine = loadEngine();
  const folder = mkdtempSync(join(tmpdir(), 'driftline-globs-'));
  const refused = async (glob: string) => {
    const scan = engine.scan({ root: folder, paths: [], exclude: [glob], levels: {} });
    return scan.then(
      () => false,
      (error: unknown) => error instanceof UserError && error.message.startsWith('exclude: '),
    );
  };
  try {
    const marks = fc.constantFrom(...'[]{}!^-\\,*?/az😀');
    const globs = fc.array(marks, { minLength: 1, maxLength: 9 }).map((chosen) => chosen.join(''));
    await fc.assert(
      fc.asyncProperty(globs, async (glob) => {
        expect([glob, globProblem(glob) !== null]).toEqual([glob, await refused(glob)]);
      }),
      { numRuns: 2_000 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');

  test('has a row for each environment variable and for no other', () => {
    const documented = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);
    expect(documented).toEqual(environmentVariables);
  });

  test('shows each key of the repository file with its default, and no other', () => {
    const [defaults, example] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(parse(defaults ?? '')).toEqual(parseRepositoryConfig(null));
    expect(parseRepositoryConfig(Buffer.from(example ?? ''))).not.toEqual(parseRepositoryConfig(null));
    const keys = Object.entries(parse(defaults ?? '')).flatMap(([key, value]) =>
      value !== null && typeof value === 'object' && key in repositoryConfigKeys
        ? [key, ...Object.keys(value).map((inner) => `${key}.${inner}`)]
        : [key],
    );
    const known = Object.entries(repositoryConfigKeys).flatMap(([section, names]) =>
      names.map((name) => (section === '' ? name : `${section}.${name}`)),
    );
    expect(keys.sort()).toEqual(known.sort());
  });

  test('quotes a message as it is', () => {
    const quote = /^driftline: .*$/m.exec(page)?.[0];
    const text = 'review:\n  maxInlineComment: 5\n';
    let line = '';
    try {
      parseRepositoryConfig(Buffer.from(text));
    } catch (error) {
      line = (error as UserError).line();
    }
    expect(quote).toBe(line);
  });
});
