// One run of rules whose names differ: the scan, again without the rules that Semgrep refuses, and its answer as ours.
import { firstLine } from '../../config.ts';
import type { ExternalMatch } from '../engine.ts';
import { findBad } from './blame.ts';
import type { Answer, Trouble } from './output.ts';
import type { LoadedRule } from './rules.ts';
import { type Refusal, scan, type Task } from './scan.ts';
import type { SemgrepResult } from './semgrep.ts';

export type Batch = Omit<SemgrepResult, 'stats'>;

/** Each takes away at least one rule; what is still refused then is told as a whole. */
const maxAttempts = 4;

export async function runBatch(task: Task): Promise<Batch> {
  const batch: Batch = {
    state: 'ok',
    reason: null,
    version: null,
    matches: [],
    failed: [],
    notEvaluated: [],
    incomplete: [],
    scanned: [],
  };
  let rules = [...task.rules];
  let ended = await scan(task, rules);
  for (let attempt = 1; 'refused' in ended && attempt < maxAttempts; attempt += 1) {
    const bad = await findBad(task, rules, ended.refused);
    if (bad.length === 0) break;
    batch.failed.push(...bad);
    rules = rules.filter(({ id }) => !bad.some(({ rule }) => rule === id));
    if (rules.length === 0) return batch;
    ended = await scan(task, rules);
  }
  if ('refused' in ended) return { ...batch, state: 'failed', reason: reasonOf(ended.refused) };
  if (ended.state !== 'answered') return { ...batch, state: ended.state, reason: ended.reason };
  read(ended.answer, ended.suppressed, rules, batch);
  return batch;
}

function reasonOf({ answer, exitCode, stderr }: Refusal): string {
  const [told] = answer?.troubles ?? [];
  if (told !== undefined) return `Semgrep failed (exit code ${exitCode}): ${told.message}`;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return `Semgrep failed (exit code ${exitCode})${last === '' ? '' : `: ${firstLine(last)}`}`;
}

/** Adds an answer to `batch`. */
function read(answer: Answer, suppressed: readonly boolean[], rules: readonly LoadedRule[], batch: Batch): void {
  const idOf = new Map(rules.map(({ name, id }) => [name, id]));
  batch.version = answer.version;
  batch.scanned = answer.scanned.map(belowRoot);
  batch.matches = answer.results.flatMap((result, index): ExternalMatch[] => {
    const rule = idOf.get(result.check_id);
    if (rule === undefined) return [];
    const { start, end, extra } = result;
    return [
      {
        rule,
        path: belowRoot(result.path),
        startByte: start.offset,
        endByte: end.offset,
        message: extra.message,
        fix: extra.fix ?? null,
        suppressed: suppressed[index] === true,
      },
    ];
  });
  for (const trouble of answer.troubles) note(trouble, idOf, batch);
}

function note(trouble: Trouble, idOf: ReadonlyMap<string, string>, batch: Batch): void {
  if (trouble.kind === 'incomplete') {
    const rule = trouble.rule === null ? null : (idOf.get(trouble.rule) ?? null);
    const { path, reason, message } = trouble;
    batch.incomplete.push({ rule, path: belowRoot(path), reason, message });
    return;
  }
  const rule = 'rule' in trouble && trouble.rule !== null ? idOfNamed(trouble.rule, idOf) : undefined;
  if (rule === undefined) {
    // Of nothing in particular: then nothing may pass for clean.
    batch.state = 'failed';
    batch.reason = `Semgrep failed: ${trouble.message}`;
  } else if (trouble.kind === 'bad-rule') {
    batch.failed.push({ rule, message: trouble.message });
  } else {
    batch.notEvaluated.push({ rule, reason: trouble.message });
  }
}

/** In some errors Semgrep puts the folder of the configuration before a rule's name, with dots. */
function idOfNamed(named: string, idOf: ReadonlyMap<string, string>): string | undefined {
  const exact = idOf.get(named);
  if (exact !== undefined) return exact;
  const [longest] = [...idOf].filter(([name]) => named.endsWith(`.${name}`)).sort(([a], [b]) => b.length - a.length);
  return longest?.[1];
}

function belowRoot(path: string): string {
  return path.replace(/^\.\//, '');
}
