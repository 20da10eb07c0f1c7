// Which fixes are asked for, and which of them hold when all are applied together: the edited files are analysed again,
// and no problem may be new. Pure; the analysis arrives as a value.
import { z } from 'zod';
import type { Finding, Report } from '../finding.ts';
import { type AppliedFixes, applyEdits, type SkippedFix } from './apply.ts';
import { byPlace, isQuiet } from './select.ts';

/** What a person may name: nothing (all that is reported aloud), a rule, or a finding by a prefix of its id. */
export const FixTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('rule'), ruleId: z.string() }),
  z.object({ kind: z.literal('finding'), prefix: z.string() }),
]);
export type FixTarget = z.infer<typeof FixTarget>;

/** Findings that are meant, whether they have an edit or not, by place. */
export function chosen(findings: readonly Finding[], target: FixTarget): Finding[] {
  const isMeant = (finding: Finding) => {
    switch (target.kind) {
      case 'all':
        return !isQuiet(finding);
      case 'rule':
        return finding.ruleId === target.ruleId;
      case 'finding':
        return finding.id.startsWith(target.prefix);
    }
  };
  return findings.filter(isMeant).sort(byPlace);
}

export interface SoundFixes extends AppliedFixes {
  /** The analysis with the fixes; null when there are none. */
  after: Report | null;
}

/** How often fixes are left out and the rest is tried again; each costs an analysis. */
const roundsMax = 3;

/**
 * Applies the edits of `findings` as far as they hold together. `analyse`: the report of the same change with these
 * files instead. A fix that leaves its problem, or comes with a new one, is skipped with all others in its file.
 */
export async function soundFixes(
  before: Report,
  findings: readonly Finding[],
  texts: ReadonlyMap<string, Uint8Array>,
  analyse: (files: ReadonlyMap<string, Uint8Array>) => Promise<Report>,
): Promise<SoundFixes> {
  const left: SkippedFix[] = [];
  let candidates = findings;
  for (let round = 0; round < roundsMax; round++) {
    const fixes = applyEdits(candidates, texts);
    const skipped = [...fixes.skipped, ...left].sort((a, b) => byPlace(a.finding, b.finding));
    if (fixes.applied.length === 0) return { ...fixes, skipped, after: null };
    const after = await analyse(fixes.files);
    const doubts = doubtsOf(before, after, fixes.applied);
    if (doubts.length === 0) return { ...fixes, skipped, after };
    left.push(...doubts);
    const out = new Set(doubts.map(({ finding }) => finding));
    candidates = candidates.filter((finding) => !out.has(finding));
  }
  const none = applyEdits(candidates, texts);
  const gaveUp = none.applied.map((finding) => ({ finding, reason: 'the fixes do not hold together' }));
  const skipped = [...none.skipped, ...left, ...gaveUp].sort((a, b) => byPlace(a.finding, b.finding));
  return { files: new Map(), applied: [], skipped, after: null };
}

/** The fixes that cannot stay: those in the file of what is wrong, or all where it lies in a file without any. */
function doubtsOf(before: Report, after: Report, applied: readonly Finding[]): SkippedFix[] {
  const reasons = new Map<string, string>();
  const doubt = (path: string, reason: string) => void (reasons.has(path) || reasons.set(path, reason));
  for (const { path, ruleId } of addedTo(before, after)) doubt(path, `it would come with a new problem (${ruleId})`);
  const known = new Set(before.skipped.map(({ path, reason }) => `${path}\0${reason}`));
  for (const { path, reason } of after.skipped) {
    if (!known.has(`${path}\0${reason}`)) doubt(path, 'its file could not be analysed with it');
  }
  const standing = (report: Report, path: string) => report.findings.filter(({ place }) => place.path === path).length;
  for (const path of new Set(applied.map(({ place }) => place.path))) {
    const fixed = applied.filter(({ place }) => place.path === path).length;
    if (standing(after, path) > standing(before, path) - fixed) doubt(path, 'the problem would not be gone');
  }
  const fixed = new Set(applied.map(({ place }) => place.path));
  const elsewhere = [...reasons].find(([path]) => !fixed.has(path))?.[1];
  return applied.flatMap((finding) => {
    const reason = reasons.get(finding.place.path) ?? elsewhere;
    return reason === undefined ? [] : [{ finding, reason }];
  });
}

/**
 * Problems that the change did not have without the fixes. One whose own code is part of a fix has another id with it,
 * so an id alone does not tell: there must be more of the rule in its symbol than before.
 */
function addedTo(before: Report, after: Report): { path: string; ruleId: string }[] {
  const ids = new Set(before.findings.map(({ id }) => id));
  const key = ({ ruleId, place, symbol }: Finding) => `${ruleId}\0${place.path}\0${symbol}`;
  const counted = (report: Report) => {
    const counts = new Map<string, number>();
    for (const finding of report.findings) counts.set(key(finding), (counts.get(key(finding)) ?? 0) + 1);
    return counts;
  };
  const [had, has] = [counted(before), counted(after)];
  return after.findings
    .filter((finding) => !ids.has(finding.id) && (has.get(key(finding)) ?? 0) > (had.get(key(finding)) ?? 0))
    .map(({ place, ruleId }) => ({ path: place.path, ruleId }));
}
