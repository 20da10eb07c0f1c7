// Which findings are said where: inline on a changed line, or only in the check. Pure.
import type { ChangedFile, Finding } from '../finding.ts';
import { compareLevel } from './level.ts';
import { ruleText } from './rule.ts';

const severityOrder = { high: 0, medium: 1, low: 2 } as const;

/** Loudest first, then surest, then by place; a total order, so that output never depends on input order. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    compareLevel(a.level, b.level) ||
    severityOrder[a.severity] - severityOrder[b.severity] ||
    b.confidence - a.confidence ||
    byPlace(a, b)
  );
}

/** As one reads a diff: path, line, column, rule, id. */
export function byPlace(a: Finding, b: Finding): number {
  return (
    compareText(a.place.path, b.place.path) ||
    a.place.startLine - b.place.startLine ||
    a.place.startColumn - b.place.startColumn ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.id, b.id)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Selection {
  /** To comment on, in the order of the diff. */
  inline: Finding[];
  /** Worth a comment, but over the limit or without a line of the diff. */
  overflow: Finding[];
  /** Said in the check only: summary rules at their own level, and findings that are merely possible. */
  quiet: Finding[];
  /** How many more are below the confidence that a comment needs. */
  unsure: number;
}

/** Said in the check only. A summary rule that the owner has raised is meant to be heard. */
export function isQuiet(finding: Finding): boolean {
  const { level, certainty } = finding;
  return certainty === 'possible' || (ruleText(finding).shown === 'summary' && level === 'suggest');
}

/**
 * `already`: findings that have a comment on this pull request. Those that still stand count
 * against `limit`, so that a second run of the same head finds no room for what the first left out. Below `minConfidence`
 * nothing is commented (RUL-191).
 */
export function select(
  findings: readonly Finding[],
  files: readonly ChangedFile[],
  already: ReadonlySet<string>,
  { limit, minConfidence = 0 }: { limit: number; minConfidence?: number },
): Selection {
  const selection: Selection = { inline: [], overflow: [], quiet: [], unsure: 0 };
  const hunksOf = new Map(files.map((file) => [file.path, file.hunks]));
  let room = limit - findings.filter((finding) => already.has(finding.id)).length;
  for (const finding of [...findings].sort(byWeight)) {
    if (isQuiet(finding)) {
      selection.quiet.push(finding);
      continue;
    }
    if (already.has(finding.id)) continue;
    // Asked for by `rules.report: all`, and no matter of this change: the check lists it.
    if (finding.newness === 'existing') continue;
    if (finding.confidence < minConfidence) {
      selection.unsure += 1;
      continue;
    }
    const { anchorLine: line, anchorPath: path } = finding;
    const anchored =
      line !== null &&
      path !== null &&
      (hunksOf.get(path) ?? []).some((hunk) => line >= hunk.newStart && line < hunk.newStart + hunk.newLines);
    if (anchored && room > 0) {
      room -= 1;
      selection.inline.push(finding);
    } else {
      selection.overflow.push(finding);
    }
  }
  selection.inline.sort(byPlace);
  selection.overflow.sort(byPlace);
  selection.quiet.sort(byPlace);
  return selection;
}
