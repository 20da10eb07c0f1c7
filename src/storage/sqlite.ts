// SQLite as Kysely's dialect, made fit for several processes on one file.
// It must not know tables; it knows locks.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';

/** How long a write waits for another process's write. */
const lockWaitMs = 10_000;

/** Opens the file with the first query, creating its folder when missing. */
export function sqliteDialect(file: string): Dialect {
  return new SharedSqlite({ database: async () => openFile(file) });
}

function openFile(file: string): SqliteDatabase.Database {
  mkdirSync(dirname(file), { recursive: true });
  const database = new SqliteDatabase(file, { timeout: lockWaitMs });
  // WAL lets readers and one writer go on side by side.
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  // From here on a lock is waited for by PatientConnection: SQLite's own waiting would stand still with the event loop.
  database.pragma('busy_timeout = 0');
  return database;
}

type Config = ConstructorParameters<typeof SqliteDialect>[0];

class SharedSqlite extends SqliteDialect {
  readonly #config: Config;

  constructor(config: Config) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new SharedDriver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new SharedAdapter();
  }
}

class SharedDriver extends SqliteDriver {
  #connection: DatabaseConnection | null = null;

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new PatientConnection(await super.acquireConnection());
    return this.#connection;
  }

  /**
   * Takes the write lock at the start: a transaction that reads first and writes later would be refused for good when
   * another process has written in between.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class SharedAdapter extends SqliteAdapter {
  /** SQLite can; saying so makes two processes that start together migrate once. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Tries a statement again while the database is locked; a statement refused as busy has done nothing. */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const deadline = Date.now() + lockWaitMs;
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
      try {
        return await this.#connection.executeQuery<Row>(query);
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw error;
        await sleep(waitMs * (0.5 + Math.random()));
      }
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery<Row>(query, chunkSize);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
