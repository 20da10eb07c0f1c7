// Opens the database, SQLite or PostgreSQL, and hands out every query bound to it as one value, `Storage`.
// After this file nobody knows which database is behind; it must not know what the rows mean.
import { join } from 'node:path';
import { CompiledQuery, Kysely } from 'kysely';
import { UserError } from '../errors.ts';
import * as comments from './comments.ts';
import * as deliveries from './deliveries.ts';
import * as findings from './findings.ts';
import * as installations from './installations.ts';
import { type Dialect, type MigrationState, migrate, migrationState } from './migrate.ts';
import { postgresDialect } from './postgres.ts';
import * as pulls from './pulls.ts';
import * as reports from './reports.ts';
import * as repositories from './repositories.ts';
import * as ruleTrouble from './rule-trouble.ts';
import * as rules from './rules.ts';
import * as runs from './runs.ts';
import * as signals from './signals.ts';
import { sqliteDialect } from './sqlite.ts';
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
  signals: Bound<typeof signals>;
  reports: Bound<typeof reports>;
  rules: Bound<typeof rules>;
  ruleTrouble: Bound<typeof ruleTrouble>;
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
  const db: Database = new Kysely<Tables>({
    dialect: config.databaseUrl === null ? sqliteDialect(sqliteFile(config)) : postgresDialect(config.databaseUrl),
  });
  const storage: Storage = {
    installations: bind(db, installations),
    repositories: bind(db, repositories),
    pulls: bind(db, pulls),
    runs: bind(db, runs),
    findings: bind(db, findings),
    comments: bind(db, comments),
    deliveries: bind(db, deliveries),
    signals: bind(db, signals),
    reports: bind(db, reports),
    rules: bind(db, rules),
    ruleTrouble: bind(db, ruleTrouble),
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

function sqliteFile(config: StorageConfig): string {
  return join(config.dataDir, 'driftline.db');
}

/** Names host and database, never the password that stands between them in the URL. */
function unreachable(config: StorageConfig, error: unknown): UserError {
  const where = config.databaseUrl === null ? sqliteFile(config) : withoutPassword(config.databaseUrl);
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
