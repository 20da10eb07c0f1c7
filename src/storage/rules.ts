// The team's rules that are kept in the database, and what they say in each language. Checked by zod on the way in and out.
// Every query names the organisation: rules of one are never seen by another. Which of them apply is not decided here.
import {
  LanguageImplementation,
  RuleDoc,
  type RuleInput,
  type RuleScope,
  type RuleStatus,
  type RuleType,
} from '../rules/document.ts';
import { clean, type Database, flag, now, type RuleRow, type Seconds } from './tables.ts';

/**
 * What rules are asked for. With `repoId` the organisation's own rules come too, with `userId` those of everybody;
 * without them every repository's and every user's. Branch, path and kind of code are globs and sets: the resolver's.
 */
export interface RuleFilter {
  orgId: string;
  repoId?: string;
  userId?: string;
  status?: RuleStatus;
  type?: RuleType;
  scope?: RuleScope;
}

/**
 * Stores a rule, or replaces the one of its id. Throws a ZodError with the fields' paths when it is none. Times are kept
 * to the second.
 */
export async function save(db: Database, input: RuleInput): Promise<RuleDoc> {
  const row = toRow(RuleDoc.parse(input));
  const { id, org_id, created_at, ...changed } = row;
  await db
    .insertInto('rules')
    .values(row)
    .onConflict((conflict) => conflict.columns(['org_id', 'id']).doUpdateSet(changed))
    .execute();
  const stored = await get(db, org_id, id);
  if (stored === null) throw new Error(`rule ${id} was not stored`);
  return stored;
}

export async function get(db: Database, orgId: string, id: string): Promise<RuleDoc | null> {
  const row = await db
    .selectFrom('rules')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** In the order of their ids. */
export async function query(db: Database, filter: RuleFilter): Promise<RuleDoc[]> {
  const { orgId, repoId, userId, status, type, scope } = filter;
  let rows = db.selectFrom('rules').selectAll().where('org_id', '=', orgId);
  if (repoId !== undefined) rows = rows.where((eb) => eb.or([eb('repo_id', '=', repoId), eb('repo_id', 'is', null)]));
  if (userId !== undefined) {
    rows = rows.where((eb) => eb.or([eb('workspace_user_id', '=', userId), eb('workspace_user_id', 'is', null)]));
  }
  if (status !== undefined) rows = rows.where('status', '=', status);
  if (type !== undefined) rows = rows.where('type', '=', type);
  if (scope !== undefined) rows = rows.where('scope', '=', scope);
  // Sorted here: the databases order text differently.
  return (await rows.execute()).map(fromRow).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Keeps the rule and its history; it applies no more. Whether there was such a rule. */
export async function archive(db: Database, orgId: string, id: string): Promise<boolean> {
  const result = await db
    .updateTable('rules')
    .set({ status: 'archived', updated_at: now() })
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** With what it says in each language. Whether there was such a rule. */
export async function remove(db: Database, orgId: string, id: string): Promise<boolean> {
  const result = await db.deleteFrom('rules').where('org_id', '=', orgId).where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** One for each language of a rule; a second one replaces the first. Fails when there is no such rule. */
export async function saveImplementation(db: Database, orgId: string, input: LanguageImplementation): Promise<void> {
  const one = LanguageImplementation.parse(input);
  const payload = {
    semgrep_rule: text(one.semgrepRule),
    ast_grep_query: text(one.astGrepQuery),
    ast_grep_fix: text(one.astGrepFix),
    example: text(one.example),
    counter_example: text(one.counterExample),
  };
  await db
    .insertInto('language_implementations')
    .values({ org_id: clean(orgId), rule_id: clean(one.ruleId), language: clean(one.language), ...payload })
    .onConflict((conflict) => conflict.columns(['org_id', 'rule_id', 'language']).doUpdateSet(payload))
    .execute();
}

/** Of all rules of an organisation, by rule and language. */
export async function implementations(db: Database, orgId: string): Promise<LanguageImplementation[]> {
  const rows = await db.selectFrom('language_implementations').selectAll().where('org_id', '=', orgId).execute();
  const read = rows.map((row) =>
    LanguageImplementation.parse({
      ruleId: row.rule_id,
      language: row.language,
      semgrepRule: row.semgrep_rule,
      astGrepQuery: row.ast_grep_query,
      astGrepFix: row.ast_grep_fix,
      example: row.example,
      counterExample: row.counter_example,
    }),
  );
  const name = (one: LanguageImplementation) => `${one.ruleId} ${one.language}`;
  return read.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

function toRow(rule: RuleDoc): RuleRow {
  return {
    id: rule.id,
    org_id: clean(rule.orgId),
    repo_id: text(rule.repoId),
    key: clean(rule.key),
    title: clean(rule.title),
    description: clean(rule.description),
    type: rule.type,
    scope: rule.scope,
    enforcement: rule.enforcement,
    status: rule.status,
    category: rule.category,
    engine: rule.engine,
    path_glob: text(rule.pathGlob),
    file_types: json(rule.fileTypes),
    entity_kinds: json(rule.entityKinds),
    branch: text(rule.branch),
    workspace_user_id: text(rule.workspaceUserId),
    semgrep_rule: text(rule.semgrepRule),
    ast_grep_query: text(rule.astGrepQuery),
    ast_grep_fix: text(rule.astGrepFix),
    semantic_filter: json(rule.semanticFilter),
    import_boundary: json(rule.importBoundary),
    example: text(rule.example),
    counter_example: text(rule.counterExample),
    priority: rule.priority,
    polyglot: flag(rule.polyglot),
    languages: json(rule.languages),
    locked: flag(rule.locked),
    created_by: clean(rule.createdBy),
    source_pattern_id: text(rule.sourcePatternId),
    origin: rule.origin,
    file_ref: json(rule.fileRef),
    needs_review: flag(rule.needsReview),
    auto_downgrade: flag(rule.autoDowngrade),
    revision: rule.revision,
    validation: json(rule.validation),
    cwe: json(rule.cwe),
    url: text(rule.url),
    created_at: seconds(rule.createdAt),
    updated_at: seconds(rule.updatedAt),
  };
}

function fromRow(row: RuleRow): RuleDoc {
  return RuleDoc.parse({
    id: row.id,
    orgId: row.org_id,
    repoId: row.repo_id,
    key: row.key,
    title: row.title,
    description: row.description,
    type: row.type,
    scope: row.scope,
    enforcement: row.enforcement,
    status: row.status,
    category: row.category,
    engine: row.engine,
    pathGlob: row.path_glob,
    fileTypes: parsed(row.file_types),
    entityKinds: parsed(row.entity_kinds),
    branch: row.branch,
    workspaceUserId: row.workspace_user_id,
    semgrepRule: row.semgrep_rule,
    astGrepQuery: row.ast_grep_query,
    astGrepFix: row.ast_grep_fix,
    semanticFilter: parsed(row.semantic_filter),
    importBoundary: parsed(row.import_boundary),
    example: row.example,
    counterExample: row.counter_example,
    priority: row.priority,
    polyglot: row.polyglot === 1,
    languages: parsed(row.languages),
    locked: row.locked === 1,
    createdBy: row.created_by,
    sourcePatternId: row.source_pattern_id,
    origin: row.origin,
    fileRef: parsed(row.file_ref),
    needsReview: row.needs_review === 1,
    autoDowngrade: row.auto_downgrade === 1,
    revision: row.revision,
    validation: parsed(row.validation),
    cwe: parsed(row.cwe),
    url: row.url,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
  });
}

function text(value: string | null): string | null {
  return value === null ? null : clean(value);
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function parsed(value: string | null): unknown {
  return value === null ? null : JSON.parse(value);
}

function seconds(iso: string): Seconds {
  return Math.floor(Date.parse(iso) / 1_000);
}

function instant(at: Seconds): string {
  return new Date(at * 1_000).toISOString();
}
