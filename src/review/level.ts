// What a level means on GitHub (RUL-410): the annotation in the check, the level in SARIF, the word on the conclusion, and
// who goes first where room for comments is short. Everything that shows a finding reads it here. Pure.
import type { Level } from '../finding.ts';

export interface LevelRow {
  /** null: the check's list has it, its annotations do not. */
  annotation: 'failure' | 'warning' | null;
  sarif: 'error' | 'warning' | 'note';
  /** `by-setting`: what `check.onWarn` says. */
  conclusion: 'failure' | 'by-setting' | 'success';
}

/** Loudest first, which is the order of comments. Each level has a comment where it has a line of the diff and room. */
export const levelTable: Readonly<Record<Level, LevelRow>> = {
  block: { annotation: 'failure', sarif: 'error', conclusion: 'failure' },
  warn: { annotation: 'warning', sarif: 'warning', conclusion: 'by-setting' },
  suggest: { annotation: null, sarif: 'note', conclusion: 'success' },
};

const order = Object.keys(levelTable);

/** Negative when `a` is the higher one. */
export function compareLevel(a: Level, b: Level): number {
  return order.indexOf(a) - order.indexOf(b);
}
