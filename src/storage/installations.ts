// Where the App is installed, and on which repositories. Rows are marked, never deleted: a re-installation finds its history.
// It must not know webhooks; the caller says what happened in our own words.
import { z } from 'zod';
import { chunks, clean, type Database, flag, now } from './tables.ts';

const Permissions = z.record(z.string(), z.string());

export interface Installation {
  id: number;
  account: { id: number | null; login: string; type: string | null };
  permissions: Record<string, string>;
  suspended: boolean;
  removed: boolean;
}

/** Created, or its permissions changed. Also brings a removed installation back. */
export async function save(
  db: Database,
  installation: {
    id: number;
    account: { id: number; login: string; type: string };
    permissions: Record<string, string>;
  },
): Promise<void> {
  const at = now();
  const values = {
    account_id: installation.account.id,
    account_login: clean(installation.account.login),
    account_type: clean(installation.account.type),
    permissions: JSON.stringify(installation.permissions),
    removed_at: null,
    updated_at: at,
  };
  await db
    .insertInto('installations')
    .values({ id: installation.id, suspended_at: null, created_at: at, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
}

export async function setSuspended(db: Database, id: number, suspended: boolean): Promise<void> {
  const at = now();
  await db
    .updateTable('installations')
    .set({ suspended_at: suspended ? at : null, updated_at: at })
    .where('id', '=', id)
    .execute();
}

/** The App was uninstalled: the installation and all its repositories are marked as removed. */
export async function remove(db: Database, id: number): Promise<void> {
  const at = now();
  await db.transaction().execute(async (trx) => {
    await trx.updateTable('installations').set({ removed_at: at, updated_at: at }).where('id', '=', id).execute();
    await trx
      .updateTable('repositories')
      .set({ removed_at: at, updated_at: at })
      .where('installation_id', '=', id)
      .where('removed_at', 'is', null)
      .execute();
  });
}

/** Repositories were added to or taken from an installation; the installation itself must be saved before. */
export async function setRepositories(
  db: Database,
  id: number,
  change: { added: { id: number; owner: string; name: string; private: boolean }[]; removed: { id: number }[] },
): Promise<void> {
  const at = now();
  await db.transaction().execute(async (trx) => {
    const rows = change.added.map((repository) => ({
      id: repository.id,
      installation_id: id,
      owner: clean(repository.owner),
      name: clean(repository.name),
      is_private: flag(repository.private),
      removed_at: null,
      created_at: at,
      updated_at: at,
    }));
    for (const part of chunks(rows)) {
      await trx
        .insertInto('repositories')
        .values(part)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({
            installation_id: eb.ref('excluded.installation_id'),
            owner: eb.ref('excluded.owner'),
            name: eb.ref('excluded.name'),
            is_private: eb.ref('excluded.is_private'),
            removed_at: null,
            updated_at: at,
          })),
        )
        .execute();
    }
    for (const part of chunks(change.removed.map((repository) => repository.id))) {
      await trx
        .updateTable('repositories')
        .set({ removed_at: at, updated_at: at })
        .where('installation_id', '=', id)
        .where('id', 'in', part)
        .execute();
    }
  });
}

export async function get(db: Database, id: number): Promise<Installation | null> {
  const row = await db.selectFrom('installations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    account: { id: row.account_id, login: row.account_login, type: row.account_type },
    permissions: Permissions.parse(JSON.parse(row.permissions)),
    suspended: row.suspended_at !== null,
    removed: row.removed_at !== null,
  };
}
