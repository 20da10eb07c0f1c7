// Repositories that the App has met, keyed by GitHub's id, which outlives renames and transfers.
// It must not know mirrors or git.
import type { RepositoryRef } from '../review/pull.ts';
import { clean, type Database, now } from './tables.ts';

export interface KnownRepository extends RepositoryRef {
  /** null: not told yet (a pull request event came before the installation event). */
  private: boolean | null;
  removed: boolean;
}

/**
 * Makes sure that repository and installation have rows: webhooks arrive in any order, so a pull request may be the first
 * thing heard of both. Takes over a new name, owner or installation.
 */
export async function see(db: Database, repository: RepositoryRef): Promise<void> {
  const at = now();
  const values = {
    installation_id: repository.installationId,
    owner: clean(repository.owner),
    name: clean(repository.name),
    removed_at: null,
    updated_at: at,
  };
  await db
    .insertInto('installations')
    .values({
      id: repository.installationId,
      account_id: null,
      account_login: clean(repository.owner),
      account_type: null,
      permissions: '{}',
      suspended_at: null,
      removed_at: null,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  await db
    .insertInto('repositories')
    .values({ id: repository.repositoryId, is_private: null, created_at: at, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
}

export async function get(db: Database, id: number): Promise<KnownRepository | null> {
  const row = await db.selectFrom('repositories').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toRepository(row) : null;
}

/** The repositories that an installation may read now, in order of their ids. */
export async function ofInstallation(db: Database, installationId: number): Promise<KnownRepository[]> {
  const rows = await db
    .selectFrom('repositories')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(toRepository);
}

function toRepository(row: {
  id: number;
  installation_id: number;
  owner: string;
  name: string;
  is_private: 0 | 1 | null;
  removed_at: number | null;
}): KnownRepository {
  return {
    installationId: row.installation_id,
    repositoryId: row.id,
    owner: row.owner,
    name: row.name,
    private: row.is_private === null ? null : row.is_private === 1,
    removed: row.removed_at !== null,
  };
}
