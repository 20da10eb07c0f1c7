// Runs a team's Semgrep rules over a folder: one process for all of them, bounded in time, memory and output. A rule that
// Semgrep cannot load is told and the others run. What did not run is never taken for clean.
import { quoted } from '../../config.ts';
import type { ExternalMatch } from '../engine.ts';
import { type Batch, runBatch } from './batch.ts';
import { findSemgrep } from './find.ts';
import type { IncompleteReason } from './output.ts';
import { start } from './process.ts';
import { type FailedRule, loadRules, runsOf, type SemgrepRule } from './rules.ts';
import { withScratch } from './scratch.ts';
import { Slots } from './slots.ts';

export interface SemgrepOptions {
  /** SEMGREP_PATH; null: looked for. */
  program: string | null;
  /** At the same time, of all callers together. */
  maxProcesses: number;
}

export interface SemgrepRequest {
  rules: readonly SemgrepRule[];
  /** Absolute. Its `.semgrepignore` files hold; without any, nothing is left out (RUL-167). */
  root: string;
  /** Files or folders below `root`, with `/`, looked at whatever ignore files say. Empty: everything. */
  paths: readonly string[];
  /** Leave out what git ignores: for a working tree, never for a checkout. */
  gitignore: boolean;
  /** For all processes of this request, from the start of the first. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface SemgrepResult {
  /** `ok`: every rule that is named neither in `failed` nor in `notEvaluated` ran on all files but the `incomplete` ones. */
  state: 'ok' | 'unavailable' | 'timed-out' | 'failed';
  /** One plain line; null when `ok`. */
  reason: string | null;
  version: string | null;
  /** By path, start, end, rule. */
  matches: ExternalMatch[];
  /** Rules that are wrong. */
  failed: FailedRule[];
  /** Rules that may be sound and did not run. */
  notEvaluated: { rule: string; reason: string }[];
  /** Files that a rule, or for null every rule, did not get through. */
  incomplete: { rule: string | null; path: string; reason: IncompleteReason; message: string }[];
  scanned: string[];
  stats: SemgrepStats;
}

export interface SemgrepStats {
  rules: number;
  files: number;
  processes: number;
  /** Wall time of all processes. */
  totalMs: number;
  /** Of that, in runs that ended well: starting and ending of Semgrep, reading of rules, parsing and matching of files. */
  startMs: number;
  rulesMs: number;
  filesMs: number;
}

export type Availability = { version: string } | { unavailable: string };

/** Rules are right, wrong, or could not be looked at, with the reason. */
export type Validation =
  | { state: 'ok'; failed: FailedRule[] }
  | { state: Exclude<SemgrepResult['state'], 'ok'>; reason: string };

const probeEveryMs = 5 * 60_000;
const probeTimeoutMs = 30_000;

export class Semgrep {
  readonly #options: SemgrepOptions;
  readonly #slots: Slots;
  #probe: { at: number; answer: Promise<Availability> } | null = null;

  constructor(options: SemgrepOptions) {
    this.#options = options;
    this.#slots = new Slots(options.maxProcesses);
  }

  /** Whether Semgrep is there and starts; asked anew after five minutes. */
  probe(): Promise<Availability> {
    const now = performance.now();
    if (this.#probe === null || now - this.#probe.at > probeEveryMs) this.#probe = { at: now, answer: this.#ask() };
    return this.#probe.answer;
  }

  /** Throws only when `signal` is aborted. */
  async run(request: SemgrepRequest): Promise<SemgrepResult> {
    const { loaded, failed } = loadRules(request.rules);
    const result = emptyResult(failed, loaded.length);
    if (loaded.length === 0) return result;
    const found = findSemgrep(this.#options.program);
    if ('unavailable' in found) {
      return giveUp(
        result,
        'unavailable',
        found.unavailable,
        loaded.map(({ id }) => id),
      );
    }
    await this.#slots.run(async () => {
      const deadline = performance.now() + request.timeoutMs;
      for (const rules of runsOf(loaded)) {
        const batch = await withScratch((scratch) =>
          runBatch({ program: found.program, rules, scratch, deadline, request, stats: result.stats }),
        );
        add(
          result,
          batch,
          rules.map(({ id }) => id),
        );
      }
    });
    return inOrder(result);
  }

  /** Whether Semgrep loads each of `rules`, without looking at any code. */
  async validate(rules: readonly SemgrepRule[], timeoutMs: number, signal?: AbortSignal): Promise<Validation> {
    const result = await withScratch(({ temporary }) =>
      this.run({ rules, root: temporary, paths: [], gitignore: false, timeoutMs, signal }),
    );
    if (result.state !== 'ok') return { state: result.state, reason: result.reason ?? '' };
    const unsupported = result.notEvaluated.map(({ rule, reason }) => ({ rule, message: reason }));
    return { state: 'ok', failed: [...result.failed, ...unsupported] };
  }

  async #ask(): Promise<Availability> {
    const found = findSemgrep(this.#options.program);
    if ('unavailable' in found) return found;
    const { program } = found;
    const ran = await withScratch((scratch) => {
      const args = ['scan', '--version', '--disable-version-check', '--metrics=off'];
      return start({ program, args, cwd: scratch.temporary, scratch, timeoutMs: probeTimeoutMs });
    });
    if (ran.state !== 'ended') return { unavailable: ran.reason };
    const version = /^\d+\.\d+\.\d+\S*/m.exec(ran.stdout)?.[0];
    if (ran.exitCode === 0 && version !== undefined) return { version };
    return { unavailable: `${quoted(program)} does not tell its version (exit code ${ran.exitCode})` };
  }
}

function emptyResult(failed: FailedRule[], rules: number): SemgrepResult {
  return {
    state: 'ok',
    reason: null,
    version: null,
    matches: [],
    failed,
    notEvaluated: [],
    incomplete: [],
    scanned: [],
    stats: { rules, files: 0, processes: 0, totalMs: 0, startMs: 0, rulesMs: 0, filesMs: 0 },
  };
}

function giveUp(result: SemgrepResult, state: SemgrepResult['state'], reason: string, rules: string[]): SemgrepResult {
  result.state = state;
  result.reason = reason;
  result.notEvaluated.push(...rules.map((rule) => ({ rule, reason })));
  return result;
}

/** A run that brought no answer leaves what the others brought. */
function add(result: SemgrepResult, batch: Batch, rules: string[]): void {
  result.version ??= batch.version;
  result.matches.push(...batch.matches);
  result.failed.push(...batch.failed);
  result.notEvaluated.push(...batch.notEvaluated);
  result.incomplete.push(...batch.incomplete);
  result.scanned.push(...batch.scanned);
  if (batch.state === 'ok') return;
  const told = new Set([...batch.failed, ...batch.notEvaluated].map(({ rule }) => rule));
  giveUp(
    result,
    batch.state,
    batch.reason ?? '',
    rules.filter((id) => !told.has(id)),
  );
}

function inOrder(result: SemgrepResult): SemgrepResult {
  const scanned = [...new Set(result.scanned)].sort();
  return {
    ...result,
    matches: result.matches.sort(
      (a, b) =>
        compareText(a.path, b.path) ||
        a.startByte - b.startByte ||
        a.endByte - b.endByte ||
        compareText(a.rule, b.rule),
    ),
    failed: result.failed.sort((a, b) => compareText(a.rule, b.rule)),
    notEvaluated: result.notEvaluated.sort((a, b) => compareText(a.rule, b.rule)),
    incomplete: distinct(result.incomplete).sort(
      (a, b) =>
        compareText(a.path, b.path) || compareText(a.rule ?? '', b.rule ?? '') || compareText(a.message, b.message),
    ),
    scanned,
    stats: { ...result.stats, files: scanned.length },
  };
}

/** Two runs of rules meet the same file that does not parse. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
