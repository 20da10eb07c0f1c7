// Findings of review runs: the whole finding as JSON, checked by zod when read, with columns to search by.
// It must not know how a finding came about or what was posted of it.
import { Finding, type Level } from '../finding.ts';
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

/** Findings of this pull request with these ids, at any of its heads, each as it was last stored; by id. */
export async function ofPull(
  db: Database,
  repositoryId: number,
  pull: number,
  ids: readonly string[],
): Promise<Finding[]> {
  const latest = new Map<string, string>();
  for (const part of chunks([...new Set(ids)])) {
    const rows = await db
      .selectFrom('findings')
      .innerJoin('review_runs', 'review_runs.id', 'findings.run_id')
      .select(['finding_id', 'data'])
      .where('review_runs.repository_id', '=', repositoryId)
      .where('pull_number', '=', pull)
      .where('finding_id', 'in', part)
      .orderBy('started_at')
      .orderBy('review_runs.id')
      .execute();
    for (const { finding_id, data } of rows) latest.set(finding_id, data);
  }
  const found = [...latest.values()].map((data) => Finding.parse(JSON.parse(data)));
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Open pull requests whose head, as far as is known, has one of these findings. */
export async function openPullsWith(
  db: Database,
  repositoryId: number,
  ids: readonly string[],
): Promise<{ pull: number; headSha: string }[]> {
  const found = new Map<number, string>();
  for (const part of chunks([...new Set(ids)])) {
    const rows = await db
      .selectFrom('findings')
      .innerJoin('review_runs', 'review_runs.id', 'findings.run_id')
      .innerJoin('pulls', (join) =>
        join
          .onRef('pulls.repository_id', '=', 'review_runs.repository_id')
          .onRef('pulls.number', '=', 'review_runs.pull_number')
          .onRef('pulls.head_sha', '=', 'review_runs.head_sha'),
      )
      .select(['pulls.number', 'pulls.head_sha'])
      .where('review_runs.repository_id', '=', repositoryId)
      .where('pulls.state', '=', 'open')
      .where('finding_id', 'in', part)
      .execute();
    for (const { number, head_sha } of rows) found.set(number, head_sha);
  }
  return [...found].map(([pull, headSha]) => ({ pull, headSha })).sort((a, b) => a.pull - b.pull);
}

export interface KnownFinding {
  id: string;
  ruleId: string;
  level: Level;
}

/** The findings of this pull request, at any of its heads, whose id begins so; as the latest of its runs has them, by id. */
export async function known(db: Database, repositoryId: number, pull: number, prefix: string): Promise<KnownFinding[]> {
  const rows = await db
    .selectFrom('findings')
    .innerJoin('review_runs', 'review_runs.id', 'findings.run_id')
    .select(['finding_id', 'rule_id', 'level'])
    .where('review_runs.repository_id', '=', repositoryId)
    .where('pull_number', '=', pull)
    .where('finding_id', 'like', `${prefix}%`)
    .orderBy('started_at')
    .execute();
  const byId = new Map(
    rows.map((row) => [row.finding_id, { id: row.finding_id, ruleId: row.rule_id, level: row.level }]),
  );
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** In the order in which they were stored. */
export async function ofRun(db: Database, runId: string): Promise<Finding[]> {
  const rows = await db.selectFrom('findings').select('data').where('run_id', '=', runId).orderBy('position').execute();
  return rows.map((row) => Finding.parse(JSON.parse(row.data)));
}
