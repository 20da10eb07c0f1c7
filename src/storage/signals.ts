// Verdicts on findings, as they were given: rows are added and never changed.
// It must not know what follows from them.
import type { Signal } from '../review/verdict.ts';
import { chunks, clean, type Database, type SignalRow } from './tables.ts';

/** Safe to call twice with the same `act`, the name of the comment or button press: the first stays. */
export async function append(
  db: Database,
  repositoryId: number,
  act: string,
  signals: readonly Signal[],
): Promise<void> {
  const rows = signals.map(({ findingId, ruleId, pull, verdict, reason, actor, at, order }) => ({
    repository_id: repositoryId,
    finding_id: findingId,
    pull_number: pull,
    act,
    rule_id: clean(ruleId),
    verdict,
    reason: clean(reason),
    actor_id: actor.id,
    actor_login: actor.login,
    actor_role: actor.role,
    at_ms: at,
    said_order: order,
  }));
  await db.transaction().execute(async (trx) => {
    for (const part of chunks(rows)) {
      await trx
        .insertInto('finding_signals')
        .values(part)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  });
}

/** What was said of these findings in any pull request of the repository; of each the oldest first. */
export async function ofFindings(db: Database, repositoryId: number, findingIds: readonly string[]): Promise<Signal[]> {
  const found: Signal[] = [];
  for (const part of chunks([...new Set(findingIds)])) {
    const rows = await db
      .selectFrom('finding_signals')
      .selectAll()
      .where('repository_id', '=', repositoryId)
      .where('finding_id', 'in', part)
      .orderBy('at_ms')
      .orderBy('said_order')
      .execute();
    found.push(...rows.map(toSignal));
  }
  return found;
}

/** What was noted by this act in this pull request: an attempt before may have done so. */
export async function ofAct(db: Database, repositoryId: number, pull: number, act: string): Promise<Signal[]> {
  const rows = await db
    .selectFrom('finding_signals')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where('pull_number', '=', pull)
    .where('act', '=', act)
    .orderBy('finding_id')
    .execute();
  return rows.map(toSignal);
}

/** When the latest word of this pull request was said, in milliseconds; null: none was. */
export async function latestAt(db: Database, repositoryId: number, pull: number): Promise<number | null> {
  const row = await db
    .selectFrom('finding_signals')
    .select('at_ms')
    .where('repository_id', '=', repositoryId)
    .where('pull_number', '=', pull)
    .orderBy('at_ms', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.at_ms ?? null;
}

function toSignal(row: SignalRow): Signal {
  return {
    findingId: row.finding_id,
    ruleId: row.rule_id,
    pull: row.pull_number,
    verdict: row.verdict,
    reason: row.reason,
    actor: { id: row.actor_id, login: row.actor_login, role: row.actor_role },
    at: row.at_ms,
    order: row.said_order,
  };
}
