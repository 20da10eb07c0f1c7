// The tables of migrations/*.sql as Kysely sees them, and the few conversions between rows and values.
// It must not know which database is behind the handle.
import type { Kysely } from 'kysely';
import type { Level } from '../finding.ts';
import type { Conclusion } from '../review/plan.ts';

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

export interface Tables {
  installations: InstallationRow;
  repositories: RepositoryRow;
  pulls: PullRow;
  review_runs: RunRow;
  findings: FindingRow;
  comments: CommentRow;
  deliveries: DeliveryRow;
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
