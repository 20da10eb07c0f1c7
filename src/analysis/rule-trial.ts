// Runs ast-grep's rules on the code of their tests, with the engine that judges changes. Code and names may come from an
// attacker: the files have names of our own and lie in a private folder, and everything is bounded.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ruleIds } from '../review/rule.ts';
import type { RuleDoc } from '../rules/document.ts';
import type { UtilityRule } from '../rules/file/ast-grep.ts';
import { ruleIdOf } from '../rules/rule-finding.ts';
import { failureOf, type TestFailure, type Trial, type Trials } from '../rules/test/trial.ts';
import type { Engine } from './engine.ts';

export interface TrialRequest extends Pick<Trials, 'trials' | 'rules'> {
  /** At least those of `trials`. */
  documents: readonly RuleDoc[];
  utilities: readonly UtilityRule[];
  /** For all of them together. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface TrialResult {
  /** By path and line. A rule that does not run is one failure, at the rule. */
  failures: TestFailure[];
  /** Cases that were not reached in time. */
  left: number;
}

export const nPlusOneOff = Object.fromEntries(ruleIds.map((id) => [id, 'off' as const]));

/** So that what was looked at counts when the time is over, and no bound of a whole run is met by sound tests. */
const batchSize = 250;

/** Throws only when `signal` is aborted, or for what no test can do. */
export async function runTrials(engine: Pick<Engine, 'scan'>, request: TrialRequest): Promise<TrialResult> {
  const { trials, documents, timeoutMs, signal } = request;
  if (trials.length === 0) return { failures: [], left: 0 };
  const deadline = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const byId = new Map(documents.map((rule) => [rule.id, rule]));
  const answers = new Map<Trial, Answer>();
  const root = await mkdtemp(path.join(tmpdir(), 'driftline-rule-tests-'));
  try {
    await write(root, trials);
    for (let at = 0; at < trials.length; at += batchSize) {
      await ask(engine, { root, request, answers, signal: either }, trials.slice(at, at + batchSize));
    }
  } catch (error) {
    if (!deadline.aborted || signal?.aborted) throw error;
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
  const failures = new Map<string, TestFailure>();
  for (const [trial, answer] of answers) {
    const failure = failureFrom(trial, byId.get(trial.rule), answer);
    if (failure !== null) failures.set(JSON.stringify(failure), failure);
  }
  return { failures: [...failures.values()].sort(byPlace), left: trials.length - answers.size };
}

interface Answer {
  matches: boolean;
  /** Why the rule cannot be run at all. */
  wrong: string | null;
  /** Why nothing is known of this code. */
  notLookedAt: string | null;
}

interface Asking {
  root: string;
  request: TrialRequest;
  answers: Map<Trial, Answer>;
  signal: AbortSignal;
}

/** A bound that many cases met together is not met by each alone; what one meets alone is its own fault. */
async function ask(engine: Pick<Engine, 'scan'>, asking: Asking, trials: readonly Trial[]): Promise<void> {
  const { root, request, answers, signal } = asking;
  const names = new Set(trials.map(({ rule }) => rule));
  const { matches, ruleProblems, ruleNotices, skipped } = await engine.scan({
    root,
    paths: trials.map(({ file }) => file),
    exclude: [],
    levels: nPlusOneOff,
    // One name for all: the folder is another one each time.
    cacheName: 'rule tests',
    ruleSet: {
      rules: request.rules.filter(({ id }) => names.has(id)),
      utilities: request.utilities.map(({ id, text }) => ({ id, text })),
    },
    signal,
  });
  if (ruleNotices.length > 0 && trials.length > 1) {
    const middle = Math.ceil(trials.length / 2);
    await ask(engine, asking, trials.slice(0, middle));
    return ask(engine, asking, trials.slice(middle));
  }
  const hit = new Set(matches.map(({ rule, place }) => JSON.stringify([rule, place.path])));
  const wrong = new Map(ruleProblems.map(({ rule, message }) => [rule, message]));
  // Code of tests is looked at by rules and left out by everything else.
  const skips = new Map(
    skipped.filter(({ reason }) => reason !== 'excluded').map((skip) => [skip.path, skip.detail || skip.reason]),
  );
  for (const trial of trials) {
    const isHit = hit.has(JSON.stringify([trial.rule, trial.file]));
    const notLookedAt = isHit ? null : (skips.get(trial.file) ?? ruleNotices[0] ?? null);
    answers.set(trial, { matches: isHit, wrong: wrong.get(trial.rule) ?? null, notLookedAt });
  }
}

function failureFrom(trial: Trial, rule: RuleDoc | undefined, answer: Answer): TestFailure | null {
  if (rule === undefined) return null;
  const { matches, wrong, notLookedAt } = answer;
  const name = ruleIdOf(rule);
  if (wrong !== null) {
    const place = { path: rule.fileRef?.path ?? trial.path, line: rule.fileRef?.line ?? trial.line };
    return { ...place, rule: name, what: `does not run: ${wrong}` };
  }
  if (notLookedAt !== null) {
    return { path: trial.path, line: trial.line, rule: name, what: `was not looked for in this code: ${notLookedAt}` };
  }
  return failureOf(trial, rule, matches);
}

async function write(root: string, trials: readonly Trial[]): Promise<void> {
  for (const folder of new Set(trials.map(({ file }) => path.dirname(file)))) await mkdir(path.join(root, folder));
  for (const { file, code } of trials) await writeFile(path.join(root, file), code, { mode: 0o600 });
}

function byPlace(a: TestFailure, b: TestFailure): number {
  return a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1;
}
