// Opens the database, SQLite or PostgreSQL, and hands out every query bound to it as one value, `Storage`.
// The only place that knows which database is behind; it must not know what the rows mean.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import pg from 'pg';
import { UserError } from '../errors.ts';
import * as comments from './comments.ts';
import * as deliveries from './deliveries.ts';
import * as findings from './findings.ts';
import * as installations from './installations.ts';
import { type Dialect, type MigrationState, migrate, migrationState } from './migrate.ts';
import * as pulls from './pulls.ts';
import * as repositories from './repositories.ts';
import * as runs from './runs.ts';
import type { Database, Tables } from './tables.ts';

export interface StorageConfig {
  /** `postgres://…`; null means a SQLite file in `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
}

/** A room's queries without their first parameter, the handle. */
type Bound<Queries> = {
  [Name in keyof Queries]: Queries[Name] extends (db: Database, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

export interface Storage {
  installations: Bound<typeof installations>;
  repositories: Bound<typeof repositories>;
  pulls: Bound<typeof pulls>;
  runs: Bound<typeof runs>;
  findings: Bound<typeof findings>;
  comments: Bound<typeof comments>;
  deliveries: Bound<typeof deliveries>;
  dialect: Dialect;
  migrate(): Promise<string[]>;
  migrationState(): Promise<MigrationState>;
  /** Rejects when the database does not answer within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database and, unless told otherwise, migrates it: no one should have to run a second command first. */
export async function openStorage(config: StorageConfig, options: { migrate?: boolean } = {}): Promise<Storage> {
  const dialect: Dialect = config.databaseUrl === null ? 'sqlite' : 'postgres';
  const db = config.databaseUrl === null ? openSqlite(config.dataDir) : openPostgres(config.databaseUrl);
  const storage: Storage = {
    installations: bind(db, installations),
    repositories: bind(db, repositories),
    pulls: bind(db, pulls),
    runs: bind(db, runs),
    findings: bind(db, findings),
    comments: bind(db, comments),
    deliveries: bind(db, deliveries),
    dialect,
    migrate: () => migrate(db, dialect),
    migrationState: () => migrationState(db, dialect),
    ping: () => ping(db),
    close: () => db.destroy(),
  };
  try {
    await storage.ping();
    if (options.migrate ?? true) await storage.migrate();
  } catch (error) {
    await storage.close();
    throw error instanceof UserError ? error : unreachable(config, error);
  }
  return storage;
}

function openSqlite(dataDir: string): Database {
  const file = join(dataDir, 'driftline.db');
  try {
    mkdirSync(dataDir, { recursive: true });
    const database = new SqliteDatabase(file);
    // WAL lets readers and one writer go on side by side; another process's write is waited for, not refused.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('busy_timeout = 10000');
    database.pragma('foreign_keys = ON');
    return new Kysely<Tables>({ dialect: new ImmediateSqlite({ database }) });
  } catch (error) {
    throw new UserError('no-database', `cannot open ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * SQLite with two differences. Transactions take the write lock at their start: one that reads first and writes later
 * would be refused at once when another process has written in between, whatever the busy timeout. And DDL runs inside a
 * transaction, which SQLite can do, so that two processes starting together migrate once.
 */
class ImmediateSqlite extends SqliteDialect {
  readonly #config: ConstructorParameters<typeof SqliteDialect>[0];

  constructor(config: ConstructorParameters<typeof SqliteDialect>[0]) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

const int8 = 20;

function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: 'driftline',
    // Without it every bigint and count comes back as text. GitHub's ids and Unix seconds stay far below 2^53.
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === int8 && format !== 'binary'
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that the server closes is replaced on the next query; unheard, this event would end the process.
  pool.on('error', () => {});
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

function bind<Queries extends Record<string, unknown>>(db: Database, queries: Queries): Bound<Queries> {
  const bound = Object.entries(queries).map(([name, query]) => [
    name,
    (...rest: unknown[]) => (query as (db: Database, ...rest: unknown[]) => unknown)(db, ...rest),
  ]);
  return Object.fromEntries(bound) as Bound<Queries>;
}

async function ping(db: Database): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database did not answer within 2 s')), 2000);
  });
  try {
    await Promise.race([db.executeQuery(CompiledQuery.raw('select 1')), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Names host and database, never the password that stands between them in the URL. */
function unreachable(config: StorageConfig, error: unknown): UserError {
  const where =
    config.databaseUrl === null ? join(config.dataDir, 'driftline.db') : withoutPassword(config.databaseUrl);
  return new UserError('no-database', `cannot use the database ${where}: ${messageOf(error)}`, { cause: error });
}

function withoutPassword(text: string): string {
  const url = URL.parse(text);
  return url ? `${url.protocol}//${url.host}${url.pathname}` : 'of DATABASE_URL';
}

/** One line; an AggregateError (both addresses of a host refused) has its text in its parts. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').replace(/\.$/, '');
}
