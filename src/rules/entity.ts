// What is known of the code that a finding lies in, as far as the analyser tells it; and which entity that is. Pure.
import type { EntityKind } from './document.ts';

/** A function, class or the like, with the figures that derivation needs. Lines are 1-based, both ends included. */
export interface Entity {
  path: string;
  name: string;
  kinds: readonly EntityKind[];
  startLine: number;
  endLine: number;
  exported: boolean;
  /** Reachable from an exported entry point of its package. */
  public: boolean;
  /** Places that call it. */
  callers: number;
  /** Name in the nearest manifest; null without one. */
  package: string | null;
  generated: boolean;
}

/**
 * The innermost entity around a line: the shortest one that holds it, of equal ones the one that starts last, then by
 * name. null: none, so nothing is known.
 */
export function entityAt(entities: readonly Entity[], path: string, line: number): Entity | null {
  let best: Entity | null = null;
  for (const entity of entities) {
    if (entity.path !== path || line < entity.startLine || line > entity.endLine) continue;
    if (best === null || closer(entity, best)) best = entity;
  }
  return best;
}

function closer(a: Entity, b: Entity): boolean {
  const difference = a.endLine - a.startLine - (b.endLine - b.startLine) || b.startLine - a.startLine;
  return difference === 0 ? a.name < b.name : difference < 0;
}

/** The 90th percentile of fan-in over a repository's entities, by nearest rank; 0 when there are none. */
export function fanInThreshold(entities: readonly Pick<Entity, 'callers'>[]): number {
  const sorted = entities.map((entity) => entity.callers).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
}
