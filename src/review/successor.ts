// Which comment of an earlier push speaks of which finding of this one: when the code of a finding was edited, its id is
// another, and the comment that stands is made to speak of it instead of a second one beside it (G31). Words that people
// said do not go along: they were said of other code. Pure.
import type { Finding } from '../finding.ts';

/** G31; ours: one changed argument of a call is another state of the same finding, a call of another model is not. */
const overlapMin = 0.6;

/** A change that makes more pairs to compare is no edit of what was there. */
const pairsMax = 10_000;

/**
 * For each of `before`, findings of earlier heads whose comments stand, the finding of `now` that takes its comment over:
 * of the same rule, symbol, model and path, with enough words of its line in common. The best pairs first, each once;
 * by the id of the earlier one.
 */
export function successors(before: readonly Finding[], now: readonly Finding[]): Map<string, Finding> {
  const there = new Set(now.map(({ id }) => id));
  const gone = before.filter(({ id }) => !there.has(id));
  const stood = new Set(before.map(({ id }) => id));
  const fresh = now.filter(({ id }) => !stood.has(id));
  const successor = new Map<string, Finding>();
  if (gone.length * fresh.length > pairsMax) return successor;
  const tokens = new Map([...gone, ...fresh].map((finding) => [finding, tokensOf(finding.code)]));
  const pairs = gone.flatMap((old) =>
    fresh.flatMap((finding) => {
      const isAlike = isSamePlace(old, finding);
      const likeness = isAlike ? overlap(tokens.get(old) ?? [], tokens.get(finding) ?? []) : 0;
      return likeness < overlapMin ? [] : [{ old, finding, likeness }];
    }),
  );
  const distance = ({ old, finding }: { old: Finding; finding: Finding }) =>
    Math.abs(old.place.startLine - finding.place.startLine);
  pairs.sort(
    (a, b) =>
      b.likeness - a.likeness ||
      distance(a) - distance(b) ||
      a.finding.place.startByte - b.finding.place.startByte ||
      (a.old.id < b.old.id ? -1 : 1),
  );
  const taken = new Set<Finding>();
  for (const { old, finding } of pairs) {
    if (successor.has(old.id) || taken.has(finding)) continue;
    successor.set(old.id, finding);
    taken.add(finding);
  }
  return successor;
}

function isSamePlace(a: Finding, b: Finding): boolean {
  return a.ruleId === b.ruleId && a.symbol === b.symbol && a.model === b.model && a.place.path === b.place.path;
}

function tokensOf(code: string): string[] {
  return code.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? [];
}

/** Of two lists as bags: what they share, of all that either has. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const token of a) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of b) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    shared += 1;
  }
  const all = a.length + b.length - shared;
  return all === 0 ? 0 : shared / all;
}
