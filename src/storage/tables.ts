// The tables of migrations/*.sql as Kysely sees them, and the few conversions between rows and values.
// It must not know which database is behind the handle.
import type { Kysely } from 'kysely';
import type { Level } from '../finding.ts';
import type { Conclusion } from '../review/plan.ts';
import type { Role } from '../review/pull.ts';
import type { Verdict } from '../review/verdict.ts';
import type { RuleCategory, RuleEnforcement, RuleEngine, RuleScope, RuleStatus, RuleType } from '../rules/document.ts';

/** SQLite has no booleans and better-sqlite3 refuses them. */
export type Flag = 0 | 1;

/** Unix seconds: fits `bigint` in both databases and outlives 2038. */
export type Seconds = number;

interface Stamped {
  created_at: Seconds;
  updated_at: Seconds;
}

export interface InstallationRow extends Stamped {
  id: number;
  account_id: number | null;
  account_login: string;
  account_type: string | null;
  permissions: string;
  suspended_at: Seconds | null;
  removed_at: Seconds | null;
}

export interface RepositoryRow extends Stamped {
  id: number;
  installation_id: number;
  owner: string;
  name: string;
  is_private: Flag | null;
  removed_at: Seconds | null;
}

export interface PullRow extends Stamped {
  repository_id: number;
  number: number;
  title: string;
  state: 'open' | 'closed';
  is_draft: Flag;
  author: string;
  head_sha: string;
  head_ref: string;
  base_sha: string;
  base_ref: string;
  is_fork: Flag;
  url: string;
}

export interface RunRow {
  id: string;
  repository_id: number;
  pull_number: number;
  head_sha: string;
  base_sha: string;
  attempt: number;
  status: 'running' | 'concluded';
  check_id: number | null;
  conclusion: Conclusion | null;
  standing: Exclude<Conclusion, 'cancelled' | 'skipped'> | null;
  reason: string | null;
  stats: string;
  started_at: Seconds;
  updated_at: Seconds;
  concluded_at: Seconds | null;
}

export interface FindingRow {
  run_id: string;
  position: number;
  finding_id: string;
  rule_id: string;
  level: Level;
  path: string;
  data: string;
}

export interface CommentRow {
  repository_id: number;
  pull_number: number;
  finding_id: string;
  comment_id: number;
  run_id: string;
  path: string;
  created_at: Seconds;
}

export interface DeliveryRow {
  delivery_id: string;
  event: string;
  installation_id: number | null;
  repository_id: number | null;
  received_at: Seconds;
}

export interface RuleRow extends Stamped {
  id: string;
  org_id: string;
  repo_id: string | null;
  key: string;
  title: string;
  description: string;
  type: RuleType;
  scope: RuleScope;
  enforcement: RuleEnforcement;
  status: RuleStatus;
  category: RuleCategory | null;
  engine: RuleEngine | null;
  path_glob: string | null;
  file_types: string | null;
  entity_kinds: string | null;
  branch: string | null;
  workspace_user_id: string | null;
  semgrep_rule: string | null;
  ast_grep_query: string | null;
  ast_grep_fix: string | null;
  semantic_filter: string | null;
  import_boundary: string | null;
  example: string | null;
  counter_example: string | null;
  priority: number;
  polyglot: Flag;
  languages: string | null;
  locked: Flag;
  created_by: string;
  source_pattern_id: string | null;
  origin: 'database' | 'file';
  file_ref: string | null;
  needs_review: Flag;
  auto_downgrade: Flag;
  revision: number;
  validation: string | null;
  cwe: string | null;
  url: string | null;
}

export interface RuleTroubleRow {
  repository_id: number;
  rule_id: string;
  text_hash: string;
  reason: 'timeout';
  times: number;
  needs_review: Flag;
  run_id: string;
  updated_at: Seconds;
}

export interface LanguageImplementationRow {
  org_id: string;
  rule_id: string;
  language: string;
  semgrep_rule: string | null;
  ast_grep_query: string | null;
  ast_grep_fix: string | null;
  example: string | null;
  counter_example: string | null;
}

export interface SignalRow {
  repository_id: number;
  finding_id: string;
  pull_number: number;
  act: string;
  rule_id: string;
  verdict: Verdict;
  reason: string;
  actor_id: number;
  actor_login: string;
  actor_role: Role;
  at_ms: number;
  said_order: number;
}

export interface ReportRow {
  run_id: string;
  data: string;
}

export interface Tables {
  installations: InstallationRow;
  repositories: RepositoryRow;
  pulls: PullRow;
  review_runs: RunRow;
  findings: FindingRow;
  comments: CommentRow;
  deliveries: DeliveryRow;
  finding_signals: SignalRow;
  run_reports: ReportRow;
  rules: RuleRow;
  rule_trouble: RuleTroubleRow;
  language_implementations: LanguageImplementationRow;
}

export type Database = Kysely<Tables>;

export function now(): Seconds {
  return Math.floor(Date.now() / 1000);
}

export function flag(value: boolean): Flag {
  return value ? 1 : 0;
}

/** PostgreSQL refuses NUL in text, and both databases refuse a lone surrogate or change it: titles and paths come from strangers. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** Rows per statement: keeps the number of bound values far below SQLite's limit of 32,766. */
export function chunks<T>(rows: T[], size = 500): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < rows.length; start += size) parts.push(rows.slice(start, start + size));
  return parts;
}
