// Two passes over what the engines found: their hits, then what is known of the code around each. Pure.
import { type CodeContext, filterContext } from './code-context.ts';
import type { EntityKind } from './document.ts';
import { type BusinessValue, fieldMatches, filterMatches, type SemanticFilter } from './semantic-filter.ts';

/** A match as an engine reports it. Open: whatever else an engine or a review adds to it stays on it. */
export interface Hit {
  ruleId: string;
  path: string;
  /** 1-based. */
  line: number;
}

export interface SemanticContext {
  featureArea: readonly string[];
  businessValue: BusinessValue;
  entityKind: readonly EntityKind[];
}

export type Judged<H extends Hit> = H & {
  /** null: nothing is known of the code there, or only the first pass ran. */
  semanticContext: SemanticContext | null;
  /** 0 to 1, two decimals. Orders findings and holds back comments; it never changes how strict a rule is. */
  confidence: number;
};

export interface HybridResult<H extends Hit> {
  violations: Judged<H>[];
  syntacticTotal: number;
  /** Hits that a filter dropped. */
  semanticFiltered: number;
  meta: { twoPassEnabled: boolean };
}

export interface HybridInput<H extends Hit> {
  hits: readonly H[];
  /** The filter of the rule behind a hit; null when it has none. */
  filterOf: (hit: H) => SemanticFilter | null;
  /** What is known of the innermost entity at a hit's line; null without one. */
  contextOf: (hit: H) => CodeContext | null;
  /** HYBRID_EVALUATION_ENABLED. */
  twoPassEnabled: boolean;
}

/** Without context a hit is kept at this confidence, whatever the filter: a doubt is no reason to drop it. */
export const confidenceWithoutContext = 0.7;

/** Keeps the order of the hits. */
export function evaluateHybrid<H extends Hit>(input: HybridInput<H>): HybridResult<H> {
  const { hits, filterOf, contextOf, twoPassEnabled } = input;
  const violations = hits.flatMap((hit): Judged<H>[] => {
    const context = twoPassEnabled ? contextOf(hit) : null;
    if (context === null) return [{ ...hit, semanticContext: null, confidence: confidenceWithoutContext }];
    const filter = filterOf(hit);
    if (filter !== null && !filterMatches(filter, filterContext(context))) return [];
    return [{ ...hit, semanticContext: semanticContext(context), confidence: confidenceOf(context, filter) }];
  });
  return {
    violations,
    syntacticTotal: hits.length,
    semanticFiltered: hits.length - violations.length,
    meta: { twoPassEnabled },
  };
}

function semanticContext({ featureAreas, businessValue, entityKinds }: CodeContext): SemanticContext {
  return { featureArea: featureAreas, businessValue, entityKind: entityKinds };
}

/**
 * RUL-190 of the rules catalogue: 0.6 for the match, 0.15 because its context is known, 0.15 for high or critical value,
 * 0.1 where the feature area is one that the rule's filter names. In hundredths, because the sum of the fractions is not
 * exact.
 */
export function confidenceOf(context: CodeContext, filter: SemanticFilter | null): number {
  const valuable = context.businessValue === 'high' || context.businessValue === 'critical';
  const inArea = fieldMatches(filter, 'feature_area', filterContext(context));
  return Math.min(100, 60 + 15 + (valuable ? 15 : 0) + (inArea ? 10 : 0)) / 100;
}
