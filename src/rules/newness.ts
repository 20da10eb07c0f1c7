// How a finding at the head of a pull request relates to its base, and which of these relations are reported. Pure.
import { type Newness, newnessClasses } from '../finding.ts';

export const reportModes = ['new', 'touched', 'all'] as const;
/** `rules.report` of the configuration. */
export type ReportMode = (typeof reportModes)[number];

/** 1-based lines of the head, both ends included. */
export interface LineRange {
  start: number;
  end: number;
}

export interface Seen {
  /** Whether the same rules on the merge base report the same finding id. */
  inBaseline: boolean;
  range: LineRange;
  /** Added and modified lines of the file at the head, without the context lines of hunks. */
  changed: readonly LineRange[];
}

export function newnessOf({ inBaseline, range, changed }: Seen): Newness {
  const meets = changed.some(({ start, end }) => range.start <= end && start <= range.end);
  if (inBaseline) return meets ? 'touched' : 'existing';
  return meets ? 'new' : 'caused';
}

const reported: Record<ReportMode, readonly Newness[]> = {
  new: ['new', 'caused'],
  touched: ['new', 'caused', 'touched'],
  all: newnessClasses,
};

/** What is not reported is counted, and never fails a check. */
export function isReported(newness: Newness, mode: ReportMode): boolean {
  return reported[mode].includes(newness);
}
