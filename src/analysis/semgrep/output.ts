// What Semgrep answers, as data. It tells everything in its JSON; whether a comment suppresses a result stands in its SARIF
// alone. The exit code says only whether there is an answer.
import { z } from 'zod';
import { firstLine } from '../../config.ts';

const Position = z.object({ line: z.int(), col: z.int(), offset: z.int() });

const Result = z.object({
  check_id: z.string(),
  path: z.string(),
  start: Position,
  end: Position,
  extra: z.object({ message: z.string(), fix: z.string().nullish() }),
});
export type Result = z.infer<typeof Result>;

const Fault = z.object({
  level: z.enum(['error', 'warn', 'info']),
  /** A name, or a name and what belongs to it. */
  type: z.union([z.string(), z.tuple([z.string()], z.unknown())]),
  rule_id: z.string().nullish(),
  message: z.string().nullish(),
  short_msg: z.string().nullish(),
  long_msg: z.string().nullish(),
  path: z.string().nullish(),
  spans: z.array(z.object({ file: z.string() })).nullish(),
});
type Fault = z.infer<typeof Fault>;

const Json = z.object({
  version: z.string().nullish(),
  results: z.array(Result),
  errors: z.array(Fault),
  paths: z.object({ scanned: z.array(z.string()).default([]) }).prefault({}),
  time: z
    .object({
      profiling_times: z.object({ config_time: z.number(), core_time: z.number() }).partial().default({}),
    })
    .nullish(),
});

const Sarif = z.object({
  runs: z.array(
    z.object({
      results: z.array(
        z.object({
          ruleId: z.string(),
          locations: z.array(
            z.object({ physicalLocation: z.object({ region: z.object({ startLine: z.int(), endLine: z.int() }) }) }),
          ),
          suppressions: z.array(z.unknown()).default([]),
        }),
      ),
    }),
  ),
});

/** `rule` is Semgrep's own id; `file` names the configuration file that was given. All texts are one line. */
export type Trouble =
  /** The rule did not run anywhere. `rule` or `file` says which, where it is known. */
  | { kind: 'bad-rule'; rule: string | null; file: string | null; message: string }
  /** This Semgrep cannot run the rule, which may be sound. */
  | { kind: 'unsupported-rule'; rule: string; message: string }
  /** A language that it does not know stops it; `known` lists those it does. */
  | { kind: 'unknown-language'; language: string; known: string[]; message: string }
  /** Of one file. `rule` null: of every rule. */
  | { kind: 'incomplete'; rule: string | null; path: string; reason: IncompleteReason; message: string }
  | { kind: 'other'; message: string };

export type IncompleteReason = 'timeout' | 'memory' | 'too-many-matches' | 'syntax' | 'failed';

export interface Answer {
  version: string | null;
  results: Result[];
  troubles: Trouble[];
  scanned: string[];
  /** Reading of rules; start of the matcher and matching. */
  rulesMs: number;
  coreMs: number;
}

/** null: it is no answer of Semgrep. */
export function readAnswer(stdout: string): Answer | null {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    return null;
  }
  const parsed = Json.safeParse(value);
  if (!parsed.success) return null;
  const { version, results, errors, paths, time } = parsed.data;
  const { config_time = 0, core_time = 0 } = time?.profiling_times ?? {};
  return {
    version: version ?? null,
    results,
    troubles: errors.flatMap((fault) => troubleOf(fault) ?? []),
    scanned: paths.scanned,
    rulesMs: config_time * 1000,
    coreMs: core_time * 1000,
  };
}

/**
 * For each of `results` whether a comment suppresses it. Both answers list the same results in the same order; null: these
 * two do not.
 */
export function readSuppressed(sarif: string, results: readonly Result[]): boolean[] | null {
  let value: unknown;
  try {
    value = JSON.parse(sarif);
  } catch {
    return null;
  }
  const parsed = Sarif.safeParse(value);
  if (!parsed.success) return null;
  const same = parsed.data.runs.flatMap((run) => run.results);
  const isSame = results.every(({ check_id, start, end }, index) => {
    const region = same[index]?.locations[0]?.physicalLocation.region;
    return same[index]?.ruleId === check_id && region?.startLine === start.line && region.endLine === end.line;
  });
  if (same.length !== results.length || !isSame) return null;
  return same.map(({ suppressions }) => suppressions.length > 0);
}

const badRule = new Set([
  'Rule parse error',
  'Pattern parse error',
  'PatternParseError',
  'InvalidRuleSchemaError',
  'Invalid YAML',
]);
const unsupported = new Set(['Missing plugin', 'Incompatible rule', 'IncompatibleRule']);
const incomplete: Record<string, IncompleteReason> = {
  Timeout: 'timeout',
  'Fixpoint timeout': 'timeout',
  'Out of memory': 'memory',
  'Stack overflow': 'memory',
  'Too many matches': 'too-many-matches',
  'Lexical error': 'syntax',
  'Syntax error': 'syntax',
  'Other syntax error': 'syntax',
  PartialParsing: 'syntax',
  'AST builder error': 'failed',
  'Internal matching error': 'failed',
  'Fatal error': 'failed',
};

/** null: it says again what another one says better. */
function troubleOf(fault: Fault): Trouble | null {
  const type = typeof fault.type === 'string' ? fault.type : fault.type[0];
  const rule = fault.rule_id ?? null;
  const message = messageOf(fault);
  if (type === 'UnknownLanguageError') {
    const language = /^invalid language: (.+)$/s.exec(fault.short_msg ?? '')?.[1] ?? '';
    const listed = /supported languages are: ([^\n]+)/.exec(fault.long_msg ?? '')?.[1] ?? '';
    return { kind: 'unknown-language', language, known: listed.split(', '), message: firstLine(message) };
  }
  if (unsupported.has(type) && rule !== null) return { kind: 'unsupported-rule', rule, message };
  if (badRule.has(type)) return { kind: 'bad-rule', rule, file: fault.spans?.[0]?.file ?? null, message };
  const reason = incomplete[type];
  if (reason !== undefined && fault.path) return { kind: 'incomplete', rule, path: fault.path, reason, message };
  if (rule !== null) return { kind: 'bad-rule', rule, file: null, message };
  if (/^invalid configuration file found/.test(message)) return null;
  return fault.level === 'error' ? { kind: 'other', message } : null;
}

/** Semgrep's words on one line, without the frame in which it repeats rule and file. */
function messageOf({ type, message, long_msg, short_msg }: Fault): string {
  const text = long_msg ?? message ?? short_msg ?? (typeof type === 'string' ? type : type[0]);
  const inner = text.replace(/^[^\n]+:\n /, '');
  const line = inner
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '\ufffd')
    .trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
