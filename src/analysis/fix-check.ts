// The fixes of Semgrep's rules, tried before anybody is offered them: the files with their fixes in a folder of their own, one
// run of all rules over it, and of no rule may there be more than the fixes leave. The addon has checked that they parse.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Edit, RuleMatch } from '../finding.ts';
import { applyEdit, overlap, sameEdit } from '../review/apply.ts';
import type { SemgrepAnswer, SemgrepRun } from './team-rules.ts';

/** Half of what a side of a review may take: most files have no fix. */
const timeoutMs = 60_000;

export interface FixCheck {
  /** Where the files are as they were looked at. */
  root: string;
  rules: SemgrepRun['rules'];
  found: SemgrepAnswer;
  semgrep: (run: SemgrepRun) => Promise<SemgrepAnswer>;
  signal?: AbortSignal | undefined;
  /** false: the matches are only counted, so no fix is tried and none is left. */
  isWanted: boolean;
}

/**
 * The same matches; one whose fix did not hold has none any more. The fixes of a file are tried together, and fall together.
 * Without any fix Semgrep is not started.
 */
export async function withCheckedFixes(
  matches: readonly RuleMatch[],
  check: FixCheck,
): Promise<{ matches: RuleMatch[]; notices: string[] }> {
  if (!check.isWanted) return { matches: matches.map((match) => ({ ...match, edit: null })), notices: [] };
  // A rule that did not get through once is not asked again, so nobody could say that its match is gone.
  const lost = new Set(check.found.notEvaluated.map(({ id }) => id));
  const fixed = matches.filter(({ rule, edit }) => edit !== null && !lost.has(rule));
  const rules = check.rules.filter(({ id }) => !lost.has(id));
  const trials = new Map<string, Trial>();
  for (const path of new Set(fixed.flatMap(({ edit }) => edit?.place.path ?? []))) {
    const trial = await trialOf(path, fixed, check.root);
    if (trial !== null) trials.set(path, trial);
  }
  const { sound, notices } =
    trials.size === 0 ? { sound: new Set<string>(), notices: [] } : await tried(trials, { ...check, rules });
  const holds = ({ rule, edit }: RuleMatch) =>
    edit !== null && !lost.has(rule) && sound.has(edit.place.path) && isApplied(edit, trials.get(edit.place.path));
  return { matches: matches.map((match) => (holds(match) ? match : { ...match, edit: null })), notices };
}

interface Trial {
  bytes: Uint8Array;
  applied: Edit[];
  /** Matches of each rule that are gone if the fixes do what they are for. */
  gone: Map<string, number>;
}

/** Bottom-up, so that the lines of the others stay where they are; of two on the same lines the lower one is tried. */
async function trialOf(path: string, matches: readonly RuleMatch[], root: string): Promise<Trial | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(root, path));
  } catch {
    return null;
  }
  const trial: Trial = { bytes, applied: [], gone: new Map() };
  const fixed = matches.flatMap(({ rule, edit }) => (edit?.place.path === path ? [{ rule, edit }] : []));
  for (const { rule, edit } of fixed.sort((a, b) => b.edit.place.startLine - a.edit.place.startLine)) {
    if (!isApplied(edit, trial)) {
      if (trial.applied.some((other) => overlap(other, edit))) continue;
      const after = applyEdit(edit, trial.bytes);
      if (after === null) continue;
      trial.bytes = after;
      trial.applied.push(edit);
    }
    trial.gone.set(rule, (trial.gone.get(rule) ?? 0) + 1);
  }
  return trial.applied.length === 0 ? null : trial;
}

function isApplied(edit: Edit, trial: Trial | undefined): boolean {
  return trial?.applied.some((other) => sameEdit(other, edit)) ?? false;
}

/** The files whose fixes hold. */
async function tried(trials: ReadonlyMap<string, Trial>, check: FixCheck) {
  const { found, rules, semgrep, signal } = check;
  const root = await mkdtemp(join(tmpdir(), 'driftline-fixes-'));
  try {
    for (const [path, { bytes }] of trials) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes, { flag: 'wx', mode: 0o600 });
    }
    const run = { rules, root, paths: [...trials.keys()], isCheckout: true, timeoutMs };
    const answer = await semgrep({ ...run, ...(signal && { signal }) });
    const [failed] = answer.notEvaluated;
    if (failed !== undefined) {
      const what = `Fixes of Semgrep rules are not offered, because they could not be checked: ${failed.reason}`;
      return { sound: new Set<string>(), notices: [what] };
    }
    const [before, after] = [countsOf(found), countsOf(answer)];
    const isSound = ([path, { gone }]: [string, Trial]) =>
      isReadAsBefore(path, found, answer) &&
      rules.every(
        ({ id }) => (after.get(`${path}\0${id}`) ?? 0) <= (before.get(`${path}\0${id}`) ?? 0) - (gone.get(id) ?? 0),
      );
    return { sound: new Set([...trials].filter(isSound).map(([path]) => path)), notices: [] };
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

function countsOf({ matches }: SemgrepAnswer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path, rule } of matches) counts.set(`${path}\0${rule}`, (counts.get(`${path}\0${rule}`) ?? 0) + 1);
  return counts;
}

/** A part of a file that Semgrep cannot read any more has no matches for a bad reason. */
function isReadAsBefore(path: string, before: SemgrepAnswer, after: SemgrepAnswer): boolean {
  const isPartly = ({ notices }: SemgrepAnswer) => notices.some((notice) => notice.startsWith(`Semgrep: ${path} `));
  return isPartly(before) || !isPartly(after);
}
