// Review runs: one row per head reviewed, started again in place when a review was killed or is asked for anew.
// It must not know the queue; a run says only what was done, so that whoever takes it up next can go on.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Conclusion } from '../review/plan.ts';
import type { PullSnapshot, RepositoryRef } from '../review/pull.ts';
import * as pulls from './pulls.ts';
import { clean, type Database, now, type RunRow, type Seconds } from './tables.ts';

const Stats = z.record(z.string(), z.number());

export interface Run {
  id: string;
  repository: RepositoryRef;
  pull: number;
  headSha: string;
  baseSha: string;
  /** 1 for the first start; a value above 1 means that something may already be posted. */
  attempt: number;
  status: 'running' | 'concluded';
  /** The check run on GitHub, once known. */
  checkId: number | null;
  conclusion: Conclusion | null;
  /** What the last review of this head that was carried through came to, while another one is asked for. */
  standing: Conclusion | null;
  reason: string | null;
  stats: Record<string, number>;
  startedAt: Seconds;
  updatedAt: Seconds;
  concludedAt: Seconds | null;
}

export interface Outcome {
  conclusion: Conclusion;
  /** In plain words when the conclusion alone does not say it: `superseded by 1a2b3c4`, `GitHub did not answer`. */
  reason: string | null;
  /** Numbers worth keeping: durations in ms, counts of comments and API calls. */
  stats: Record<string, number>;
}

/**
 * Saves the pull request and starts its run. A run of the same head that never concluded is taken up again with the next
 * attempt number; one that concluded is returned as it is (`started: false`) unless `again` asks for it anew.
 */
export async function start(
  db: Database,
  pull: PullSnapshot,
  options: { again: boolean },
): Promise<{ started: boolean; run: Run }> {
  const at = now();
  return await db.transaction().execute(async (trx) => {
    await pulls.save(trx, pull);
    const row = await trx
      .insertInto('review_runs')
      .values({
        id: randomUUID(),
        repository_id: pull.repository.repositoryId,
        pull_number: pull.number,
        head_sha: pull.headSha,
        base_sha: pull.baseSha,
        attempt: 1,
        status: 'running',
        check_id: null,
        conclusion: null,
        standing: null,
        reason: null,
        stats: '{}',
        started_at: at,
        updated_at: at,
        concluded_at: null,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['repository_id', 'pull_number', 'head_sha'])
          .doUpdateSet((eb) => ({
            base_sha: pull.baseSha,
            attempt: eb('review_runs.attempt', '+', 1),
            status: 'running',
            // A new check run replaces that of a concluded review; an unfinished one is still ours to conclude.
            check_id: eb
              .case()
              .when('review_runs.status', '=', 'running')
              .then(eb.ref('review_runs.check_id'))
              .else(null)
              .end(),
            standing: eb
              .case()
              .when(
                eb.and([
                  eb('review_runs.conclusion', 'in', ['success', 'neutral', 'failure']),
                  eb('review_runs.reason', 'is', null),
                ]),
              )
              .then(eb.ref('review_runs.conclusion'))
              .else(eb.ref('review_runs.standing'))
              .end() as never,
            conclusion: null,
            reason: null,
            stats: '{}',
            started_at: at,
            updated_at: at,
            concluded_at: null,
          }))
          .where((eb) => (options.again ? eb.val(1) : eb('review_runs.status', '=', 'running')) as never),
      )
      .returningAll()
      .executeTakeFirst();
    if (row) return { started: true, run: toRun(row, pull.repository) };
    const concluded = await trx
      .selectFrom('review_runs')
      .selectAll()
      .where('repository_id', '=', pull.repository.repositoryId)
      .where('pull_number', '=', pull.number)
      .where('head_sha', '=', pull.headSha)
      .executeTakeFirstOrThrow();
    return { started: false, run: toRun(concluded, pull.repository) };
  });
}

/** Notes the check run, so that it can be concluded even if this process dies right after creating it. */
export async function setCheck(db: Database, id: string, checkId: number): Promise<void> {
  await db.updateTable('review_runs').set({ check_id: checkId, updated_at: now() }).where('id', '=', id).execute();
}

/** Safe to call twice; the last call wins. */
export async function conclude(db: Database, id: string, outcome: Outcome): Promise<void> {
  const at = now();
  await db
    .updateTable('review_runs')
    .set({
      status: 'concluded',
      conclusion: outcome.conclusion,
      reason: outcome.reason === null ? null : clean(outcome.reason),
      stats: JSON.stringify(outcome.stats),
      updated_at: at,
      concluded_at: at,
    })
    .where('id', '=', id)
    .execute();
}

export async function get(db: Database, id: string): Promise<Run | null> {
  const row = await select(db).where('review_runs.id', '=', id).executeTakeFirst();
  return row ? fromJoined(row) : null;
}

export async function ofHead(db: Database, repositoryId: number, pull: number, headSha: string): Promise<Run | null> {
  const row = await select(db)
    .where('review_runs.repository_id', '=', repositoryId)
    .where('pull_number', '=', pull)
    .where('head_sha', '=', headSha)
    .executeTakeFirst();
  return row ? fromJoined(row) : null;
}

export interface HeadRun extends Run {
  url: string;
  /** As far as is known. */
  open: boolean;
  /** The head of the pull request when it was last read: another one than the run's after a push. */
  headNow: string;
}

/** The runs of this head, one for each pull request that has or had it, by number. */
export async function ofSharedHead(db: Database, repositoryId: number, headSha: string): Promise<HeadRun[]> {
  const rows = await select(db)
    .innerJoin('pulls', (join) =>
      join
        .onRef('pulls.repository_id', '=', 'review_runs.repository_id')
        .onRef('pulls.number', '=', 'review_runs.pull_number'),
    )
    .select(['pulls.url', 'pulls.state', 'pulls.head_sha as head_now'])
    .where('review_runs.repository_id', '=', repositoryId)
    .where('review_runs.head_sha', '=', headSha)
    .orderBy('pull_number')
    .execute();
  return rows.map((row) => ({ ...fromJoined(row), url: row.url, open: row.state === 'open', headNow: row.head_now }));
}

/** The run of this pull request that was started last. */
export async function latest(db: Database, repositoryId: number, pull: number): Promise<Run | null> {
  const row = await select(db)
    .where('review_runs.repository_id', '=', repositoryId)
    .where('pull_number', '=', pull)
    .orderBy('started_at', 'desc')
    .orderBy('review_runs.id')
    .limit(1)
    .executeTakeFirst();
  return row ? fromJoined(row) : null;
}

/** Runs that were started and never concluded, oldest first: of one pull request (to supersede), or all that stand still. */
export async function unfinished(
  db: Database,
  filter: { repositoryId: number; pull: number } | { notTouchedSince: Seconds },
): Promise<Run[]> {
  const running = select(db)
    .where('review_runs.status', '=', 'running')
    .orderBy('started_at')
    .orderBy('review_runs.id')
    .limit(1000);
  const query =
    'pull' in filter
      ? running.where('review_runs.repository_id', '=', filter.repositoryId).where('pull_number', '=', filter.pull)
      : running.where('review_runs.updated_at', '<', filter.notTouchedSince);
  return (await query.execute()).map(fromJoined);
}

function select(db: Database) {
  return db
    .selectFrom('review_runs')
    .innerJoin('repositories', 'repositories.id', 'review_runs.repository_id')
    .selectAll('review_runs')
    .select(['repositories.installation_id', 'repositories.owner', 'repositories.name']);
}

function fromJoined(row: RunRow & { installation_id: number; owner: string; name: string }): Run {
  const { installation_id: installationId, owner, name } = row;
  return toRun(row, { installationId, repositoryId: row.repository_id, owner, name });
}

function toRun(row: RunRow, repository: RepositoryRef): Run {
  return {
    id: row.id,
    repository,
    pull: row.pull_number,
    headSha: row.head_sha,
    baseSha: row.base_sha,
    attempt: row.attempt,
    status: row.status,
    checkId: row.check_id,
    conclusion: row.conclusion,
    standing: row.standing,
    reason: row.reason,
    stats: Stats.parse(JSON.parse(row.stats)),
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    concludedAt: row.concluded_at,
  };
}
