// Inline comments that were posted: one per finding and pull request, over pushes, re-runs and redeliveries.
// GitHub itself is the truth of what stands there; these rows join it with our findings.
import { chunks, clean, type Database, now, type Seconds } from './tables.ts';

export interface PublishedComment {
  findingId: string;
  commentId: number;
  path: string;
  runId: string;
  createdAt: Seconds;
}

/** Safe to call twice; a comment posted anew for the same finding (a person deleted the first) replaces the id. */
export async function record(
  db: Database,
  run: { id: string; repositoryId: number; pull: number },
  comments: { findingId: string; commentId: number; path: string }[],
): Promise<void> {
  const at = now();
  const byFinding = new Map(comments.map((comment) => [comment.findingId, comment]));
  const rows = [...byFinding.values()].map((comment) => ({
    repository_id: run.repositoryId,
    pull_number: run.pull,
    finding_id: comment.findingId,
    comment_id: comment.commentId,
    run_id: run.id,
    path: clean(comment.path),
    created_at: at,
  }));
  await db.transaction().execute(async (trx) => {
    for (const part of chunks(rows)) {
      await trx
        .insertInto('comments')
        .values(part)
        .onConflict((conflict) =>
          conflict
            .columns(['repository_id', 'pull_number', 'finding_id'])
            .doUpdateSet((eb) => ({
              comment_id: eb.ref('excluded.comment_id'),
              run_id: eb.ref('excluded.run_id'),
              path: eb.ref('excluded.path'),
              created_at: eb.ref('excluded.created_at'),
            }))
            .whereRef('comments.comment_id', '<>', 'excluded.comment_id'),
        )
        .execute();
    }
  });
}

/** By finding id. */
export async function ofPull(db: Database, repositoryId: number, pull: number): Promise<PublishedComment[]> {
  const rows = await db
    .selectFrom('comments')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where('pull_number', '=', pull)
    .orderBy('finding_id')
    .execute();
  return rows.map((row) => ({
    findingId: row.finding_id,
    commentId: row.comment_id,
    path: row.path,
    runId: row.run_id,
    createdAt: row.created_at,
  }));
}
