// What `driftline doctor` and `driftline migrate` say of real servers: present, absent, old, not yet migrated.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRedisServer } from '../../queue/redis-process.ts';
import { type Check, examineMachine, examineServer, print } from '../../src/cli/doctor.ts';
import { type PostgresServer, startPostgres } from '../postgres.ts';

const migrations = readdirSync('migrations').map((file) => file.replace('.sql', ''));
const folder = mkdtempSync(join(tmpdir(), 'driftline-doctor-'));
const path = { PATH: process.env.PATH };
let postgres: PostgresServer;
let redis: ChildProcess;
let redisPort: number;

beforeAll(async () => {
  postgres = await startPostgres();
  redisPort = await freePort();
  const settings = ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  redis = spawn(findRedisServer(), [...settings, '--maxmemory-policy', 'allkeys-lru'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of redis.stdout ?? []) {
    said += chunk;
    if (said.includes('Ready to accept connections')) break;
  }
});

afterAll(async () => {
  await postgres.stop();
  const ended = once(redis, 'exit');
  redis.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

function named(checks: Check[], name: string): Check {
  const found = checks.find((check) => check.name === name);
  if (!found) throw new Error(`no check ${name}`);
  return found;
}

test('a fresh installation lacks nothing, and looking changes nothing', async () => {
  const dataDir = join(folder, 'not-there-yet');
  const checks = [...(await examineMachine()), ...(await examineServer({ ...path, DATA_DIR: dataDir }))];
  expect(checks.filter((check) => check.state === 'missing')).toEqual([]);
  expect(named(checks, 'Node.js').detail).toBe(process.versions.node);
  expect(named(checks, 'git').detail).toMatch(/^2\.\d+/);
  expect(named(checks, 'Semgrep').detail).toMatch(/^\d+\.\d+\.\d+ /);
  expect(named(checks, 'Redis').detail).toMatch(/^a private server, \d+\.\d+/);
  expect(named(checks, 'database').detail).toBe('SQLite, made at the first start');
  expect(named(checks, 'GitHub App').state).toBe('note');
  expect(existsSync(dataDir)).toBe(false);
});

test('servers that do not answer are named with a cure and without their passwords', async () => {
  const checks = await examineServer({
    ...path,
    DATA_DIR: join(folder, 'data'),
    REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    DATABASE_URL: 'postgres://driftline:hunter2@127.0.0.1:1/reviews',
  });
  expect(named(checks, 'Redis')).toEqual({
    name: 'Redis',
    state: 'missing',
    detail: '127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1',
    cure: 'Check REDIS_URL, and that it runs.',
  });
  expect(named(checks, 'database')).toMatchObject({
    state: 'missing',
    detail: 'cannot use the database postgres://127.0.0.1:1/reviews: connect ECONNREFUSED 127.0.0.1:1',
  });
  expect(JSON.stringify(checks)).not.toContain('hunter2');
});

test('a wrong variable is told, and nothing is looked for in a wrong place', async () => {
  const checks = await examineServer({ ...path, DATABASE_URL: 'mysql://x', DATA_DIR: folder });
  expect(named(checks, 'environment').state).toBe('missing');
  expect(named(checks, 'environment').detail).toMatch(/^DATABASE_URL must be a postgres:\/\/ address/);
  expect(checks.map(({ name }) => name)).not.toContain('database');
});

test('a Redis that may drop jobs is refused; a database waits for its migration', async () => {
  const databaseUrl = await postgres.createDatabase();
  const env = {
    ...path,
    DATA_DIR: folder,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    DATABASE_URL: databaseUrl,
  };
  const before = await examineServer(env);
  expect(named(before, 'Redis')).toMatchObject({
    state: 'missing',
    detail: expect.stringMatching(/ at 127\.0\.0\.1:\d+ may drop jobs when full \(allkeys-lru\)$/),
    cure: 'Set maxmemory-policy to noeviction.',
  });
  expect(named(before, 'database')).toMatchObject({
    state: 'note',
    detail: `PostgreSQL at schema zero, ${migrations.join(', ')} pending`,
  });

  const script = "import { migrate } from './src/cli/migrate.ts'; process.exitCode = await migrate();";
  const command = { cwd: join(import.meta.dirname, '../..'), env, extendEnv: false };
  const run = async () =>
    (await execa(process.execPath, ['--input-type=module-typescript', '--eval', script], command)).stdout;
  expect(await run()).toBe(`postgres: ${migrations.join(', ')}`);
  expect(await run()).toBe('postgres: nothing to do');
  expect(named(await examineServer(env), 'database')).toMatchObject({
    state: 'ok',
    detail: `PostgreSQL at schema ${migrations.at(-1)}`,
  });
});

test('a data folder that cannot hold data is refused', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const inFile = await examineServer({ ...path, DATA_DIR: join(file, 'data') });
  expect(named(inFile, 'data folder')).toMatchObject({ state: 'missing', detail: `${file} is not a writable folder` });
  mkdirSync(join(folder, 'fine'));
  const fine = await examineServer({ ...path, DATA_DIR: join(folder, 'fine') });
  expect(named(fine, 'data folder')).toMatchObject({ state: 'ok', detail: join(folder, 'fine') });
});

test('each check is one line, aligned', () => {
  const checks: Check[] = [
    { name: 'git', state: 'ok', detail: '2.39.5', cure: null },
    { name: 'Semgrep', state: 'note', detail: 'not found', cure: 'Run `npm run setup`.' },
    { name: 'Redis', state: 'missing', detail: 'x:1 does not answer', cure: 'Check REDIS_URL.' },
  ];
  expect(print(checks)).toBe(
    '✓ git      2.39.5\n! Semgrep  not found. Run `npm run setup`.\n✗ Redis    x:1 does not answer. Check REDIS_URL.\n',
  );
});
