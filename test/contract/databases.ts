// The databases that the storage contract is run on: how to get an empty one, and how to look behind the queries.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import type { StorageConfig } from '../../src/storage/open.ts';
import { type PostgresServer, startPostgres } from '../postgres.ts';

export interface TestDatabase {
  name: 'sqlite' | 'postgres';
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The configuration of a new, empty database. */
  empty(): Promise<StorageConfig>;
  /** Runs one statement past the product's own queries. */
  raw(config: StorageConfig, statement: string): Promise<Record<string, unknown>[]>;
}

export function databases(): TestDatabase[] {
  return [sqlite(), postgres()];
}

function sqlite(): TestDatabase {
  const folders: string[] = [];
  return {
    name: 'sqlite',
    async start() {},
    async stop() {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
    async empty() {
      const dataDir = mkdtempSync(join(tmpdir(), 'driftline-storage-'));
      folders.push(dataDir);
      return { databaseUrl: null, dataDir };
    },
    async raw(config, statement) {
      const database = new SqliteDatabase(join(config.dataDir, 'driftline.db'));
      try {
        database.pragma('foreign_keys = ON');
        const prepared = database.prepare<[], Record<string, unknown>>(statement);
        if (prepared.reader) return prepared.all();
        prepared.run();
        return [];
      } finally {
        database.close();
      }
    },
  };
}

function postgres(): TestDatabase {
  let server: PostgresServer | null = null;
  return {
    name: 'postgres',
    async start() {
      server = await startPostgres();
    },
    async stop() {
      await server?.stop();
    },
    async empty() {
      if (server === null) throw new Error('start() comes first');
      return { databaseUrl: await server.createDatabase(), dataDir: '/nonexistent' };
    },
    async raw(config, statement) {
      const client = new pg.Client({ connectionString: config.databaseUrl ?? '' });
      await client.connect();
      try {
        return (await client.query(statement)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
