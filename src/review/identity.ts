// Who is who over pushes: a finding whose code was edited, or whose file was renamed, is the one that has a comment and
// perhaps a verdict already. Its old id goes on (G31), so that nothing is said twice. Pure.
import type { ChangedFile, Finding } from '../finding.ts';

/** G31; ours: one changed argument of a call is another state of the same finding, a call of another model is not. */
const overlapMin = 0.6;

/** A change that makes more pairs to compare is no edit of what was there; costs about a second at most. */
const pairsMax = 200_000;

/**
 * `findings` of this head with the ids of `known`, what earlier heads of the same pull request had, latest state first.
 * An equal id wins; then a finding of the same rule, symbol, model and code whose file is gone from the change; then one of the
 * same rule, symbol, model and path with enough words in common. Each known one is given away once, the best pairs first.
 */
export function withKnownIds(
  findings: readonly Finding[],
  known: readonly Finding[],
  files: readonly ChangedFile[],
): Finding[] {
  const taken = new Set(findings.map(({ id }) => id));
  const free = known.filter(({ id }) => !taken.has(id));
  const ids = new Set(known.map(({ id }) => id));
  const strangers = findings.filter(({ id }) => !ids.has(id));
  if (strangers.length * free.length > pairsMax) return [...findings];
  const paths = new Set(files.filter(({ status }) => status !== 'deleted').map(({ path }) => path));
  const pairs = strangers.flatMap((finding) =>
    free.flatMap((before) => {
      const likeness = likenessOf(finding, before, paths);
      return likeness < overlapMin ? [] : [{ finding, before, likeness }];
    }),
  );
  pairs.sort(
    (a, b) =>
      b.likeness - a.likeness ||
      a.finding.place.startByte - b.finding.place.startByte ||
      Math.abs(a.finding.place.startLine - a.before.place.startLine) -
        Math.abs(b.finding.place.startLine - b.before.place.startLine) ||
      (a.before.id < b.before.id ? -1 : 1),
  );
  const oldId = new Map<string, string>();
  const given = new Set<string>();
  for (const { finding, before } of pairs) {
    if (oldId.has(finding.id) || given.has(before.id)) continue;
    oldId.set(finding.id, before.id);
    given.add(before.id);
  }
  return findings.map((finding) => ({ ...finding, id: oldId.get(finding.id) ?? finding.id }));
}

/** 0 to 1. */
function likenessOf(now: Finding, before: Finding, paths: ReadonlySet<string>): number {
  if (now.ruleId !== before.ruleId || now.symbol !== before.symbol || now.model !== before.model) return 0;
  if (now.place.path !== before.place.path) return now.code === before.code && !paths.has(before.place.path) ? 1 : 0;
  return overlap(tokensOf(now.code), tokensOf(before.code));
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
