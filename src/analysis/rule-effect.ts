// How often the new and changed rules of a change match on the branch that it goes to: what a team will meet once they are
// merged. Counted in a bounded part of that branch, in bounded time; what was left out is said, and no review fails of it.
import type { Report } from '../finding.ts';
import { count } from '../review/markdown.ts';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { languageOf, runsOn } from '../rules/language.ts';
import { ruleIdOf } from '../rules/rule-finding.ts';
import type { ChangeRequest } from './engine.ts';
import { nPlusOneOff } from './rule-trial.ts';
import { type Asked, type RuleDeps, scanFolder } from './team-rules.ts';

export interface BaseEffect {
  /** By the id that findings carry; in plain words, to stand in a sentence. */
  words: Map<string, string>;
  /** What was cut short, in plain sentences. */
  notices: string[];
}

const bounds = {
  maxFiles: 5_000,
  maxBytes: 64 * 1024 * 1024,
  maxFileBytes: 1024 * 1024,
  /** Semgrep takes seconds to start, and each file much longer. */
  maxFilesOfSemgrep: 300,
  timeoutMs: 30_000,
};

/** `asked`: with the rules of the head. `rules`: those of them to count. */
export async function effectOnBase(
  deps: RuleDeps,
  request: ChangeRequest,
  asked: Asked,
  rules: readonly RuleDoc[],
): Promise<BaseEffect> {
  const effect: BaseEffect = { words: new Map(), notices: [] };
  if (rules.length === 0) return effect;
  const { signal } = request;
  const deadline = AbortSignal.timeout(bounds.timeoutMs);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    return await countOnBase(deps, { ...request, signal: either }, asked, rules);
  } catch (error) {
    if (!deadline.aborted || signal?.aborted) throw error;
    const why = `not counted on the base branch: it takes longer than ${bounds.timeoutMs / 1000} s`;
    for (const rule of rules) effect.words.set(ruleIdOf(rule), why);
    return effect;
  }
}

async function countOnBase(
  deps: RuleDeps,
  request: ChangeRequest & { signal: AbortSignal },
  asked: Asked,
  rules: readonly RuleDoc[],
): Promise<BaseEffect> {
  const effect: BaseEffect = { words: new Map(), notices: [] };
  const { repository, base, exclude, signal } = request;
  const all = await deps.filesAt(repository, base, signal);
  // Many rules and many files: asked once for each language.
  const byLanguage = [...Map.groupBy(all, ({ path }) => languageOf(path)).values()];
  const groupsOf = (rule: RuleDoc) => byLanguage.filter(([file]) => file !== undefined && runsOn(rule, file.path));
  const counted: RuleDoc[] = [];
  for (const rule of rules) {
    const files = groupsOf(rule).reduce((sum, group) => sum + group.length, 0);
    if (engineOf(rule) !== 'semgrep' || files <= bounds.maxFilesOfSemgrep) counted.push(rule);
    else {
      const why = `there are more than ${bounds.maxFilesOfSemgrep} files for Semgrep`;
      effect.words.set(ruleIdOf(rule), `not counted on the base branch: ${why}`);
    }
  }
  const wanted = new Set([...new Set(counted.flatMap(groupsOf))].flat());
  const { paths, notice } = bounded(all.filter((file) => wanted.has(file)));
  if (notice !== null) effect.notices.push(notice);
  const kept = new Set(paths);
  const without = counted.filter((rule) => !groupsOf(rule).some((files) => files.some(({ path }) => kept.has(path))));
  for (const rule of without) {
    const isLost = groupsOf(rule).length > 0;
    const why = isLost
      ? 'not counted on the base branch: none of its files could be'
      : 'no file for it on the base branch';
    effect.words.set(ruleIdOf(rule), why);
  }
  const countable = counted.filter((rule) => !without.includes(rule));
  if (countable.length === 0) return effect;
  const { root, dispose } = await deps.checkout({ repository, commit: base, base, paths, signal });
  try {
    const scan = { root, paths: [], exclude, levels: nPlusOneOff, cacheName: `${repository} (rules)`, signal };
    const only = new Set(countable.map(({ id }) => id));
    const report = await scanFolder(deps, scan, { ...asked, only }, true);
    for (const rule of countable) effect.words.set(ruleIdOf(rule), wordsFor(ruleIdOf(rule), report));
    effect.notices.push(...noticesOf(report));
    return effect;
  } finally {
    await dispose();
  }
}

/** The first files by path. */
function bounded(files: readonly { path: string; size: number | null }[]): { paths: string[]; notice: string | null } {
  const here = files.flatMap(({ path, size }) => (size === null ? [] : [{ path, size }]));
  const paths: string[] = [];
  let bytes = 0;
  for (const { path, size } of here) {
    // Nobody looks at it.
    if (size > bounds.maxFileBytes) continue;
    bytes += size;
    if (paths.length === bounds.maxFiles || bytes > bounds.maxBytes) break;
    paths.push(path);
  }
  if (paths.length === files.length) return { paths, notice: null };
  const missing = files.length - here.length;
  const notHere = missing === 0 ? '' : `; of ${missing} the content is not kept here`;
  return { paths, notice: `On the base branch ${paths.length} of ${files.length} files are counted${notHere}.` };
}

function wordsFor(id: string, { findings, ruleReview }: Report): string {
  const lost = ruleReview?.notEvaluated.find(({ ruleId }) => ruleId === id);
  if (lost !== undefined) return `not counted on the base branch: ${lost.reason.replace(/\.$/, '')}`;
  const found = findings.filter(({ ruleId }) => ruleId === id);
  if (found.length === 0) return 'nothing on the base branch';
  const files = new Set(found.map(({ place }) => place.path)).size;
  return `${count(found.length, 'place')} in ${count(files, 'file')} on the base branch`;
}

/** Files that are left out everywhere are no loss. */
const leftOutEverywhere = ['excluded', 'generated', 'vendored', 'binary', 'symbolic-link', 'submodule'];

function noticesOf({ skipped, ruleReview }: Report): string[] {
  const lost = skipped.filter(({ reason }) => !leftOutEverywhere.includes(reason)).length;
  const notices = (ruleReview?.notices ?? []).map((notice) => `On the base branch: ${notice}`);
  return lost === 0 ? notices : [...notices, `On the base branch ${count(lost, 'file')} could not be looked at.`];
}
