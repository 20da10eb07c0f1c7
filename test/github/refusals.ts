// What GitHub refuses beyond its schema: anchors outside the diff, texts too long, too many annotations, SARIF over the
// limits. Pure; each answers with GitHub's words, or null when all is well.
import { gunzipSync } from 'node:zlib';
import { type FileDiff, findAnchor, type Side } from './diff.ts';
import type { Annotation } from './state.ts';

const BODY_MAX = 65_536;
const OUTPUT_MAX = 65_535;
const BYTES_64K = 64 * 1024;

export interface DraftComment {
  path: string;
  body: string;
  line?: number;
  side?: Side;
  start_line?: number;
  start_side?: Side;
  position?: number;
}

export function refuseBody(body: string): string | null {
  return [...body].length > BODY_MAX ? `Body is too long (maximum is ${BODY_MAX} characters)` : null;
}

/** GitHub's reason for refusing one comment of a review. It never says which comment it was. */
export function refuseComment(files: FileDiff[], comment: DraftComment): string | null {
  const { path, line, start_line: start } = comment;
  const side = comment.side ?? 'RIGHT';
  const long = refuseBody(comment.body);
  if (long) return long;
  if (comment.body.trim() === '') return 'Body cannot be blank';
  const file = files.find((f) => f.path === path);
  if (!file) return 'Path could not be resolved';
  if (comment.position !== undefined) {
    const known = file.hunks.some((h) => h.lines.some((l) => l.position === comment.position));
    return known ? null : 'Position could not be resolved';
  }
  if (line === undefined) return 'Line could not be resolved';
  if (start !== undefined && start >= line) return 'start_line must precede the end line.';
  if (findAnchor(files, path, line, side, null, side) === null) return 'Line could not be resolved';
  const startSide = comment.start_side ?? side;
  if (start !== undefined && findAnchor(files, path, line, side, start, startSide) === null) {
    return 'Pull request review thread start line must be part of the same hunk as the line.';
  }
  return null;
}

interface CheckOutput {
  title?: string;
  summary?: string;
  text?: string;
  annotations?: Annotation[];
}

export interface CheckRequest {
  status?: string;
  conclusion?: string;
  completed_at?: string;
  output?: CheckOutput;
  actions?: { label: string; description: string; identifier: string }[];
}

function refuseAnnotation(a: Annotation): string | null {
  if (a.path === '' || a.path.startsWith('/') || a.path.startsWith('./')) return `invalid path ${a.path}`;
  if (a.start_line < 1 || a.end_line < a.start_line) return 'end_line must not precede start_line, which starts at 1';
  const columns = a.start_column !== undefined || a.end_column !== undefined;
  if (columns && a.start_line !== a.end_line) return 'columns are only allowed on a single line';
  if ((a.start_column ?? 1) < 1 || (a.end_column ?? a.start_column ?? 1) < (a.start_column ?? 1))
    return 'invalid columns';
  if ((a.title ?? '').length > 255) return 'title is too long (maximum is 255 characters)';
  if (a.message === '') return 'message is missing';
  if (Buffer.byteLength(a.message) > BYTES_64K) return 'message is too long (maximum is 64 KB)';
  if (Buffer.byteLength(a.raw_details ?? '') > BYTES_64K) return 'raw_details is too long (maximum is 64 KB)';
  return null;
}

export function refuseCheck(check: CheckRequest, name: string | null): string | null {
  if (name !== null && name.trim() === '') return 'name is missing';
  if (check.status === 'completed' && !check.conclusion) return 'conclusion is required when status is completed';
  if (check.completed_at && !check.conclusion) return 'conclusion is required when completed_at is given';
  if (check.conclusion === 'stale') return 'conclusion stale can only be set by GitHub';
  if (check.conclusion && check.status && check.status !== 'completed') return 'a conclusion needs status completed';
  const output = check.output;
  if (output && !output.title) return 'output.title is missing';
  for (const key of ['summary', 'text'] as const) {
    const value = output?.[key] ?? '';
    if (value.length > OUTPUT_MAX || Buffer.byteLength(value) > BYTES_64K * 4) return `output.${key} is too long`;
  }
  const annotations = output?.annotations ?? [];
  if (annotations.length > 50) return 'annotations: no more than 50 items are allowed';
  for (const [i, annotation] of annotations.entries()) {
    const wrong = refuseAnnotation(annotation);
    if (wrong) return `annotations/${i}: ${wrong}`;
  }
  const actions = check.actions ?? [];
  if (actions.length > 3) return 'actions: no more than 3 items are allowed';
  for (const a of actions) {
    if (a.label.length > 20 || a.description.length > 40 || a.identifier.length > 20) return 'actions: text too long';
  }
  return null;
}

interface SarifResult {
  message?: { text?: string; markdown?: string };
  locations?: { physicalLocation?: { artifactLocation?: { uri?: string }; region?: { startLine?: number } } }[];
}

interface SarifRun {
  tool?: { driver?: { name?: string; rules?: { properties?: { tags?: string[] } }[] }; extensions?: unknown[] };
  results?: SarifResult[];
}

export type SarifVerdict = { status: 400 | 413; message: string } | { log: unknown; errors: string[] };

/** Refused at once (status), or taken and judged while it is processed (errors). */
export function readSarif(base64: string): SarifVerdict {
  const packed = Buffer.from(base64, 'base64');
  if (packed.length > 10 * 1024 * 1024) return { status: 413, message: 'The sarif field is too large (10 MB)' };
  let log: { version?: string; runs?: SarifRun[] };
  try {
    log = JSON.parse(gunzipSync(packed).toString('utf8')) as typeof log;
  } catch {
    return { status: 400, message: 'Invalid SARIF. The file must be gzip compressed and base64 encoded JSON' };
  }
  return { log, errors: sarifErrors(log) };
}

function sarifErrors(log: { version?: string; runs?: SarifRun[] }): string[] {
  const errors: string[] = [];
  if (log.version !== '2.1.0') errors.push('version must be 2.1.0');
  if (!Array.isArray(log.runs)) return [...errors, 'runs is missing'];
  if (log.runs.length > 20) errors.push('more than 20 runs');
  for (const run of log.runs) {
    const driver = run.tool?.driver;
    const results = run.results ?? [];
    if (!driver?.name) errors.push('tool.driver.name is missing');
    if (results.length > 25_000) errors.push('more than 25,000 results in a run');
    if ((driver?.rules?.length ?? 0) > 25_000) errors.push('more than 25,000 rules in a run');
    if ((run.tool?.extensions?.length ?? 0) > 100) errors.push('more than 100 tool extensions');
    if (driver?.rules?.some((r) => (r.properties?.tags?.length ?? 0) > 20)) errors.push('more than 20 tags on a rule');
    for (const result of results) {
      if (!result.message?.text) errors.push('a result has no message.text');
      const locations = result.locations ?? [];
      if (locations.length === 0) errors.push('a result has no location: expected at least one');
      if (locations.length > 1000) errors.push('more than 1,000 locations of a result');
      for (const { physicalLocation: at } of locations) {
        const uri = at?.artifactLocation?.uri ?? '';
        if (uri === '' || uri.startsWith('/') || uri.includes('\\'))
          errors.push(`location uri "${uri}" is not relative`);
        if ((at?.region?.startLine ?? 1) < 1) errors.push('startLine starts at 1');
      }
    }
  }
  return errors;
}
