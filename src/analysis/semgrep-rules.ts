// The rules that Semgrep runs, over both sides of a change or over a folder: what it found there, compared by the addon and
// with its fixes tried, and what kept it from looking.
import type { Matches, Report } from '../finding.ts';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { runsOn } from '../rules/language.ts';
import type { EngineRules } from '../rules/rule-set.ts';
import type { ChangeRequest, ScanRequest } from './engine.ts';
import { withCheckedFixes } from './fix-check.ts';
import type { Asked, RuleDeps, SemgrepAnswer } from './team-rules.ts';

export interface External extends Matches {
  notEvaluated: SemgrepAnswer['notEvaluated'];
  wrong: SemgrepAnswer['wrong'];
  timedOut: string[];
  /** Rules that Semgrep was given. */
  run: string[];
}

export function nothing(): External {
  return {
    matches: [],
    ruleProblems: [],
    ruleCuts: [],
    ruleNotices: [],
    notEvaluated: [],
    wrong: [],
    timedOut: [],
    run: [],
  };
}

export async function semgrepOnChange(
  deps: RuleDeps,
  request: ChangeRequest,
  report: Report,
  { rules, documents, asked }: { rules: EngineRules['semgrep']; documents: readonly RuleDoc[]; asked: Asked },
): Promise<External> {
  const { repository, exclude, signal } = request;
  const { mergeBase, head, files } = report;
  const skipped = new Set(report.skipped.map(({ path }) => path));
  const looked = files.filter(({ status, path }) => status !== 'deleted' && !skipped.has(path));
  const passed = signal === undefined ? {} : { signal };
  const folders: { dispose: () => Promise<void> }[] = [];
  const side = async (commit: string, paths: string[], consequence: string) => {
    const none: SemgrepAnswer = { matches: [], notEvaluated: [], wrong: [], timedOut: [], notices: [] };
    if (paths.length === 0) return { answer: none, root: '' };
    const folder = await deps.checkout({ repository, commit, base: mergeBase, paths, ...passed });
    folders.push(folder);
    const { root, skipped } = folder;
    const answer = await deps.semgrep({ rules, root, paths, isCheckout: true, ...passed });
    return { answer: { ...answer, notices: [...notGiven(skipped, documents, consequence), ...answer.notices] }, root };
  };
  try {
    const atHead = await side(
      head,
      looked.map(({ path }) => path),
      'so Semgrep did not look at it',
    );
    const found = atHead.answer;
    // Nothing at the head: whatever the base has is gone.
    const atBase =
      found.matches.length === 0
        ? null
        : await side(
            mergeBase,
            looked.flatMap(({ basePath, path, status }) => (status === 'added' ? [] : [basePath ?? path])),
            'so Semgrep did not look at it as it was before, and what it finds there now counts as new',
          );
    const base = atBase?.answer ?? null;
    // Without the base nobody knows which of a rule's matches are new.
    const lost = new Set(base?.notEvaluated.map(({ id }) => id));
    const known = found.matches.filter(({ rule }) => !lost.has(rule));
    const matches = { head: known, base: base?.matches ?? [] };
    const compared = await deps.engine.compareMatches({ repository, base: request.base, head, exclude, matches });
    const fixes = { root: atHead.root, rules, found, semgrep: deps.semgrep, signal, isWanted: !asked.withoutFixes };
    const checked = await withCheckedFixes(compared.matches, fixes);
    const notices = [...compared.ruleNotices, ...found.notices, ...(base?.notices ?? []), ...checked.notices];
    return {
      ...compared,
      matches: checked.matches,
      ruleNotices: [...new Set(notices)],
      notEvaluated: [...found.notEvaluated, ...(base?.notEvaluated ?? [])],
      wrong: found.wrong,
      timedOut: [...found.timedOut, ...(base?.timedOut ?? [])],
      run: looked.length === 0 ? [] : rules.map(({ id }) => id),
    };
  } finally {
    await Promise.all(folders.map(({ dispose }) => dispose()));
  }
}

/** A file that no rule is for is no loss. Without an ending its language is what its first line says. */
function notGiven(
  skipped: readonly { path: string; reason: string }[],
  documents: readonly RuleDoc[],
  consequence: string,
): string[] {
  const semgrep = documents.filter((rule) => engineOf(rule) === 'semgrep');
  const lost = skipped.filter(({ path }) => {
    const mayBeCode = !path.slice(path.lastIndexOf('/') + 1).includes('.');
    return semgrep.some((rule) => runsOn(rule, path) ?? mayBeCode);
  });
  const told = lost.slice(0, notGivenMax).map(({ path, reason }) => `${path}: ${reason}, ${consequence}`);
  const more = lost.length - told.length;
  return more > 0 ? [...told, `${more} more files that Semgrep could not be given`] : told;
}

const notGivenMax = 20;

export async function semgrepOnFolder(
  deps: RuleDeps,
  { root, paths, exclude, signal }: ScanRequest,
  rules: EngineRules['semgrep'],
  { isCheckout, isWanted }: { isCheckout: boolean; isWanted: boolean },
): Promise<External> {
  const answer = await deps.semgrep({ rules, root, paths, isCheckout, ...(signal && { signal }) });
  const placed = await deps.engine.placeMatches({ root, exclude, matches: answer.matches });
  const { notices, ...ran } = answer;
  const { matches, notices: ofFixes } = await withCheckedFixes(placed.matches, {
    root,
    rules,
    found: answer,
    semgrep: deps.semgrep,
    signal,
    isWanted,
  });
  const ruleNotices = [...placed.ruleNotices, ...notices, ...ofFixes];
  return { ...ran, ...placed, matches, ruleNotices, run: rules.map(({ id }) => id) };
}
