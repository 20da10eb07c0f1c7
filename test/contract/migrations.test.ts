// How a database comes to its schema, and what is said when it cannot: on SQLite and on a real PostgreSQL server.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statements } from '../../src/storage/migrate.ts';
import { openStorage, type StorageConfig } from '../../src/storage/open.ts';
import { databases } from './databases.ts';

const all = readdirSync('migrations').map((file) => file.replace('.sql', ''));

describe.each(databases())('migrations on $name', (database) => {
  beforeAll(() => database.start());
  afterAll(() => database.stop());

  test('run once, and are told as pending before and applied after', async () => {
    const config = await database.empty();
    const storage = await openStorage(config, { migrate: false });
    const before = await storage.migrationState();
    expect(before).toEqual({ applied: [], pending: all });
    expect(await storage.migrate()).toEqual(all);
    expect(await storage.migrate()).toEqual([]);
    expect(await storage.migrationState()).toEqual({ applied: all, pending: [] });
    await storage.close();
  });

  test('four processes that start together on an empty database migrate it once and do not trip over each other', async () => {
    const config = await database.empty();
    const names = ['a', 'b', 'c', 'd'];
    const script = join(import.meta.dirname, 'start-storage.ts');
    await Promise.all(names.map((name) => execa({ node: true })(script, [JSON.stringify(config), name])));
    const applied = await database.raw(config, 'select name from kysely_migration order by name');
    expect(applied).toEqual(all.map((name) => ({ name })));
    expect(await database.raw(config, 'select id from repositories')).toHaveLength(50);
  });

  test('a database of a newer Driftline is refused in one line', async () => {
    const config = await database.empty();
    await (await openStorage(config)).close();
    await database.raw(config, "insert into kysely_migration values ('999_later', '2030-01-01T00:00:00.000Z')");
    await expect(openStorage(config)).rejects.toMatchObject({
      code: 'database-version',
      message: 'the database was brought to schema 999_later by a newer Driftline',
    });
  });
});

describe('a database that cannot be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-open-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const refused = async (config: StorageConfig): Promise<string> => {
    const error = await openStorage(config).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'no-database' });
    return (error as Error).message;
  };

  test('is named without its password', async () => {
    const url = 'postgres://driftline:hunter2@127.0.0.1:1/reviews?sslpassword=hunter2';
    const message = await refused({ databaseUrl: url, dataDir: folder });
    expect(message).toMatch(/^cannot use the database postgres:\/\/127\.0\.0\.1:1\/reviews: .*ECONNREFUSED/);
    expect(message).not.toContain('hunter2');
  });

  test('may be a data folder that is a file, or a file that is no database', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await refused({ databaseUrl: null, dataDir: join(folder, 'file') })).toContain('EEXIST');
    writeFileSync(join(folder, 'driftline.db'), 'not a database, but long enough to be taken for one'.repeat(50));
    expect(await refused({ databaseUrl: null, dataDir: folder })).toContain('file is not a database');
  });
});

test('statements lose their comments and differ between the databases only in types', () => {
  const text =
    '-- a; comment\ncreate table t (\n  -- another\n  id bigint primary key\n);\ncreate index i on t (id);\n';
  expect(statements(text, 'postgres')).toEqual([
    'create table t (\n  id bigint primary key\n)',
    'create index i on t (id)',
  ]);
  expect(statements(text, 'sqlite')).toEqual([
    'create table t (\n  id integer primary key\n) strict',
    'create index i on t (id)',
  ]);
});
