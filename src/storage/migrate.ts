// Brings a database to the schema of migrations/*.sql: one set of files for SQLite and PostgreSQL.
// It must not know what the tables are for.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { UserError } from '../errors.ts';

export type Dialect = 'sqlite' | 'postgres';

export interface MigrationState {
  applied: string[];
  pending: string[];
}

/** Runs what is pending and returns the names. Two processes at once: one migrates, the other waits and finds nothing to do. */
export async function migrate<T>(db: Kysely<T>, dialect: Dialect, folder = migrationsFolder()): Promise<string[]> {
  const { error, results } = await migrator(db, dialect, folder).migrateToLatest();
  if (error) throw explained(error);
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** What is applied and what is pending; changes nothing, so `driftline doctor` may ask. */
export async function migrationState<T>(
  db: Kysely<T>,
  dialect: Dialect,
  folder = migrationsFolder(),
): Promise<MigrationState> {
  const migrations = await migrator(db, dialect, folder).getMigrations();
  return {
    applied: migrations.filter((migration) => migration.executedAt).map((migration) => migration.name),
    pending: migrations.filter((migration) => !migration.executedAt).map((migration) => migration.name),
  };
}

function migrator<T>(db: Kysely<T>, dialect: Dialect, folder: string): Migrator {
  return new Migrator({ db, provider: new SqlFiles(folder, dialect) });
}

class SqlFiles implements MigrationProvider {
  readonly #folder: string;
  readonly #dialect: Dialect;

  constructor(folder: string, dialect: Dialect) {
    this.#folder = folder;
    this.#dialect = dialect;
  }

  async getMigrations(): Promise<Record<string, Migration>> {
    const migrations: Record<string, Migration> = {};
    for (const file of (await readdir(this.#folder)).filter((name) => name.endsWith('.sql')).sort()) {
      const text = await readFile(join(this.#folder, file), 'utf8');
      migrations[file.slice(0, -'.sql'.length)] = {
        up: async (db) => {
          for (const statement of statements(text, this.#dialect)) await sql.raw(statement).execute(db);
        },
      };
    }
    return migrations;
  }
}

/**
 * One statement per prepare. Files keep to a subset that both databases read alike: no `;` inside a statement, comments on
 * lines of their own. SQLite gets `strict` tables, so that both refuse a value of a wrong type.
 */
export function statements(text: string, dialect: Dialect): string[] {
  const code = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n');
  const parts = code
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (dialect === 'postgres') return parts;
  return parts.map((part) => {
    const typed = part.replace(/\bbigint\b/g, 'integer');
    return /^create table\b/.test(typed) ? `${typed} strict` : typed;
  });
}

/** The checkout has src/storage/, the build dist/src/storage/; migrations/ stands at the root of both. */
function migrationsFolder(): string {
  const candidates = ['../../migrations', '../../../migrations'].map((path) => join(import.meta.dirname, path));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no migrations folder beside ${import.meta.dirname}`);
  return found;
}

function explained(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const newer = /previously executed migration (\S+) is missing/.exec(message);
  if (!newer) return error;
  const what = `the database was brought to schema ${newer[1]} by a newer Driftline`;
  return new UserError('database-version', what, { cause: error });
}
