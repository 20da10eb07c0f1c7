// Rules that timed out in a repository: counted over runs in a row, set aside after so many (RUL-171). A rule is known by its
// id and the hash of its text, so that one that was written anew starts anew. It must not know how a rule is run.
import { timeoutsMax } from '../rules/enforcement.ts';
import { chunks, clean, type Database, flag, now } from './tables.ts';

export interface RunRule {
  ruleId: string;
  textHash: string;
}

/** Which of `rules` are set aside in the repository with the text that they have. */
export async function setAside(db: Database, repositoryId: number, rules: readonly RunRule[]): Promise<string[]> {
  const rows = await db
    .selectFrom('rule_trouble')
    .select(['rule_id', 'text_hash'])
    .where('repository_id', '=', repositoryId)
    .where('needs_review', '=', 1)
    .execute();
  const known = new Map(rows.map((row) => [row.rule_id, row.text_hash]));
  return rules.filter(({ ruleId, textHash }) => known.get(clean(ruleId)) === textHash).map(({ ruleId }) => ruleId);
}

/** One more run in which these rules timed out. The same `runId` counts once, however often its job is tried. */
export async function timedOut(
  db: Database,
  repositoryId: number,
  runId: string,
  rules: readonly RunRule[],
): Promise<void> {
  for (const { ruleId, textHash } of rules) {
    const first = { text_hash: textHash, reason: 'timeout', times: 1, needs_review: flag(false) } as const;
    const row = { ...first, run_id: runId, updated_at: now() };
    await db
      .insertInto('rule_trouble')
      .values({ repository_id: repositoryId, rule_id: clean(ruleId), ...row })
      .onConflict((conflict) =>
        conflict
          .columns(['repository_id', 'rule_id'])
          .doUpdateSet((eb) => {
            const isSame = eb('rule_trouble.text_hash', '=', textHash);
            const more = eb('rule_trouble.times', '+', 1);
            const isEnough = eb.and([isSame, eb(more, '>=', timeoutsMax)]);
            return {
              ...row,
              times: eb.case().when(isSame).then(more).else(1).end(),
              needs_review: eb.case().when(isEnough).then(flag(true)).else(flag(false)).end(),
            };
          })
          .where('rule_trouble.run_id', '!=', runId),
      )
      .execute();
  }
}

/** These rules got through: whatever was counted is over. */
export async function gotThrough(db: Database, repositoryId: number, ruleIds: readonly string[]): Promise<void> {
  for (const ids of chunks(ruleIds.map(clean))) {
    await db.deleteFrom('rule_trouble').where('repository_id', '=', repositoryId).where('rule_id', 'in', ids).execute();
  }
}
