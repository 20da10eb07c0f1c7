// How strict a rule is, as GitHub shows it: comment, annotation, SARIF, conclusion of the check. Pure, by tables.

import type { Newness } from '../finding.ts';
import type { RuleCategory, RuleEnforcement } from './document.ts';
import { isReported, type ReportMode } from './newness.ts';

export type Conclusion = 'success' | 'neutral' | 'failure';

/**
 * What was decided about a finding besides its rule. `staged`: its rule runs silently. `ignored-on-base`,
 * `ignored-in-change`: an engine's own ignore comment covers it, which the base branch has, or only the change.
 */
export const findingStates = [
  'open',
  'excepted',
  'dismissed',
  'staged',
  'ignored-on-base',
  'ignored-in-change',
] as const;
export type FindingState = (typeof findingStates)[number];

export interface Enforced {
  /** After resolution. */
  enforcement: RuleEnforcement;
  state: FindingState;
  newness: Newness;
  /** 0 to 1. */
  confidence: number;
  /** Whether the entity around the finding has a line in the diff, for findings that the change caused elsewhere. */
  entityMeetsHunk: boolean;
}

export interface EnforcementSettings {
  report: ReportMode;
  /** WARN_CONCLUSION: what warnings alone make of the check. */
  onWarn: 'neutral' | 'success';
  /** REVIEW_MIN_CONFIDENCE: below it no comment is written; the check says it all the same. */
  minConfidence: number;
  /** ON_ENGINE_UNAVAILABLE: what the check says when a rule that blocks could not be evaluated. */
  onEngineUnavailable: 'neutral' | 'failure';
}

export const defaultEnforcementSettings: EnforcementSettings = {
  report: 'new',
  onWarn: 'neutral',
  minConfidence: 0.6,
  onEngineUnavailable: 'neutral',
};

export interface Shown {
  /** `line`: on the finding's own line. `nearest`: on the nearest line of the diff. null: none. */
  comment: 'line' | 'nearest' | null;
  annotation: 'failure' | 'warning' | 'notice' | null;
  sarif: { level: 'error' | 'warning' | 'note'; suppressed: boolean; baselineState: 'new' | 'unchanged' } | null;
  conclusion: Conclusion;
  /**
   * How the summary of the check tells it. `listed`: among the findings. `excepted`, `dismissed`, `ignored`: listed apart.
   * `counted`: a number only. null: not at all.
   */
  summary: 'listed' | 'excepted' | 'dismissed' | 'ignored' | 'counted' | null;
}

interface Row {
  comment: boolean;
  annotation: Shown['annotation'];
  sarif: { level: 'error' | 'warning' | 'note'; suppressed: boolean } | null;
  conclusion: Conclusion | 'by-setting';
  summary: Shown['summary'];
}

const openRows: Record<RuleEnforcement, Row> = {
  suggest: {
    comment: true,
    annotation: null,
    sarif: { level: 'note', suppressed: false },
    conclusion: 'success',
    summary: 'listed',
  },
  warn: {
    comment: true,
    annotation: 'warning',
    sarif: { level: 'warning', suppressed: false },
    conclusion: 'by-setting',
    summary: 'listed',
  },
  block: {
    comment: true,
    annotation: 'failure',
    sarif: { level: 'error', suppressed: false },
    conclusion: 'failure',
    summary: 'listed',
  },
};

const silent: Row = { comment: false, annotation: null, sarif: null, conclusion: 'success', summary: null };
const suppressed = { level: 'note', suppressed: true } as const;
const excepted: Row = { ...silent, annotation: 'notice', sarif: suppressed, summary: 'excepted' };
const dismissed: Row = { ...silent, sarif: suppressed, summary: 'dismissed' };
const ignored: Row = { ...silent, sarif: suppressed, summary: 'ignored' };

/** A comment that the change itself brings cannot silence what blocks: only an exception can. */
function rowOf({ state, enforcement }: Enforced): Row {
  switch (state) {
    case 'open':
      return openRows[enforcement];
    case 'excepted':
      return excepted;
    case 'dismissed':
      return dismissed;
    case 'staged':
    case 'ignored-on-base':
      return silent;
    case 'ignored-in-change':
      return enforcement === 'block' ? openRows.block : ignored;
  }
}

/** The whole of how one finding is shown. */
export function shownAs(finding: Enforced, settings: EnforcementSettings): Shown {
  const row = rowOf(finding);
  const { newness } = finding;
  if (!isReported(newness, settings.report)) {
    const summary = row.summary === null ? null : 'counted';
    return { comment: null, annotation: null, sarif: null, conclusion: 'success', summary };
  }
  const baselineState = newness === 'new' || newness === 'caused' ? 'new' : 'unchanged';
  return {
    comment: row.comment && finding.confidence >= settings.minConfidence ? commentPlace(finding) : null,
    annotation: row.annotation,
    sarif: row.sarif === null ? null : { ...row.sarif, baselineState },
    conclusion: row.conclusion === 'by-setting' ? settings.onWarn : row.conclusion,
    summary: row.summary,
  };
}

function commentPlace({ newness, entityMeetsHunk }: Enforced): Shown['comment'] {
  if (newness === 'new' || newness === 'touched') return 'line';
  return newness === 'caused' && entityMeetsHunk ? 'nearest' : null;
}

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
