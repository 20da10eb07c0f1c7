// What becomes of a match of a rule in a review, by its ignore comments and its newness: a finding, a mention, a number, or
// nothing. How a finding of a level is then shown is the table of review/level.ts. Pure.

import type { Newness } from '../finding.ts';
import type { RuleCategory, RuleEnforcement } from './document.ts';
import { isReported, type ReportMode } from './newness.ts';

/** `ignored-on-base`, `ignored-in-change`: an engine's own ignore comment covers it, which the base has, or only the change. */
export const matchStates = ['open', 'ignored-on-base', 'ignored-in-change'] as const;
export type MatchState = (typeof matchStates)[number];

export interface Enforced {
  /** After resolution and the repository's `levels`. */
  enforcement: RuleEnforcement;
  state: MatchState;
  newness: Newness;
}

/** `reported`: a finding. `ignored`: listed apart. `counted`: a number only. null: not at all. */
export type Fate = 'reported' | 'ignored' | 'counted' | null;

/** A comment that the change itself brings cannot silence what blocks (RUL-417): only an exception can. */
export function fateOf({ enforcement, state, newness }: Enforced, report: ReportMode): Fate {
  if (state === 'ignored-on-base') return null;
  if (!isReported(newness, report)) return 'counted';
  return state === 'ignored-in-change' && enforcement !== 'block' ? 'ignored' : 'reported';
}

/** Reviews in a row in which a rule took too long, after which it is set aside in that repository (RUL-171). */
export const timeoutsMax = 3;

export type AttributionSeverity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';

/** How attribution weighs a finding of a rule. */
export function severityOf(enforcement: RuleEnforcement, category: RuleCategory): AttributionSeverity {
  if (enforcement === 'block') return category === 'security' ? 'CRITICAL' : 'HIGH';
  return enforcement === 'warn' ? 'MEDIUM' : 'LOW';
}

/** Which of attribution's kinds of defect a category is. */
export const scoutTypes = {
  security: 'security',
  correctness: 'bugs',
  performance: 'bugs',
  testing: 'tests',
  convention: 'spec',
} as const satisfies Record<RuleCategory, string>;
