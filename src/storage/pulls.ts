// Pull requests as they were last read from GitHub.
// It must not know how they are read; the queue hands in the snapshot.
import type { PullSnapshot } from '../review/pull.ts';
import * as repositories from './repositories.ts';
import { clean, type Database, flag, now } from './tables.ts';

/** Saves the snapshot, and what it names: its repository and installation. */
export async function save(db: Database, pull: PullSnapshot): Promise<void> {
  await repositories.see(db, pull.repository);
  const at = now();
  const values = {
    title: clean(pull.title),
    state: pull.state,
    is_draft: flag(pull.draft),
    author: clean(pull.author),
    head_sha: pull.headSha,
    head_ref: clean(pull.headRef),
    base_sha: pull.baseSha,
    base_ref: clean(pull.baseRef),
    is_fork: flag(pull.fork),
    url: clean(pull.url),
    updated_at: at,
  };
  await db
    .insertInto('pulls')
    .values({ repository_id: pull.repository.repositoryId, number: pull.number, created_at: at, ...values })
    .onConflict((conflict) => conflict.columns(['repository_id', 'number']).doUpdateSet(values))
    .execute();
}

/** Does nothing when the pull request was never reviewed. */
export async function close(db: Database, repositoryId: number, number: number): Promise<void> {
  await db
    .updateTable('pulls')
    .set({ state: 'closed', updated_at: now() })
    .where('repository_id', '=', repositoryId)
    .where('number', '=', number)
    .execute();
}

export async function get(db: Database, repositoryId: number, number: number): Promise<PullSnapshot | null> {
  const row = await db
    .selectFrom('pulls')
    .innerJoin('repositories', 'repositories.id', 'pulls.repository_id')
    .selectAll('pulls')
    .select(['repositories.installation_id', 'repositories.owner', 'repositories.name'])
    .where('pulls.repository_id', '=', repositoryId)
    .where('pulls.number', '=', number)
    .executeTakeFirst();
  if (!row) return null;
  return {
    repository: { installationId: row.installation_id, repositoryId, owner: row.owner, name: row.name },
    number: row.number,
    title: row.title,
    state: row.state,
    draft: row.is_draft === 1,
    author: row.author,
    headSha: row.head_sha,
    headRef: row.head_ref,
    baseSha: row.base_sha,
    baseRef: row.base_ref,
    fork: row.is_fork === 1,
    url: row.url,
  };
}
