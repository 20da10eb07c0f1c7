// What the latest review of each pull request was planned from, as JSON, checked by zod when read.
// It must not know what is planned.
import { Judged } from '../review/judged.ts';
import type { Database } from './tables.ts';

/** Replaces that of any run of the same pull request. */
export async function save(db: Database, runId: string, judged: Judged): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const run = await trx
      .selectFrom('review_runs')
      .select(['repository_id', 'pull_number'])
      .where('id', '=', runId)
      .executeTakeFirstOrThrow();
    const runs = trx
      .selectFrom('review_runs')
      .select('id')
      .where('repository_id', '=', run.repository_id)
      .where('pull_number', '=', run.pull_number);
    await trx.deleteFrom('run_reports').where('run_id', 'in', runs).execute();
    // JSON escapes NUL and lone surrogates, so the stored report equals the one handed in.
    await trx
      .insertInto('run_reports')
      .values({ run_id: runId, data: JSON.stringify(judged) })
      .execute();
  });
}

export async function ofRun(db: Database, runId: string): Promise<Judged | null> {
  const row = await db.selectFrom('run_reports').select('data').where('run_id', '=', runId).executeTakeFirst();
  return row === undefined ? null : Judged.parse(JSON.parse(row.data));
}
