// Findings of review runs: the whole finding as JSON, checked by zod when read, with columns to search by.
// It must not know how a finding came about or what was posted of it.
import { Finding } from '../finding.ts';
import { chunks, clean, type Database } from './tables.ts';

/** Replaces what an earlier attempt of the same run had stored. */
export async function replaceForRun(db: Database, runId: string, findings: Finding[]): Promise<void> {
  const rows = findings.map((finding, position) => ({
    run_id: runId,
    position,
    finding_id: finding.id,
    rule_id: clean(finding.ruleId),
    level: finding.level,
    path: clean(finding.place.path),
    // JSON escapes NUL and lone surrogates, so the stored finding equals the one handed in.
    data: JSON.stringify(finding),
  }));
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('findings').where('run_id', '=', runId).execute();
    for (const part of chunks(rows)) await trx.insertInto('findings').values(part).execute();
  });
}

/** In the order in which they were stored. */
export async function ofRun(db: Database, runId: string): Promise<Finding[]> {
  const rows = await db.selectFrom('findings').select('data').where('run_id', '=', runId).orderBy('position').execute();
  return rows.map((row) => Finding.parse(JSON.parse(row.data)));
}
