// Of the rules that share a key, which one stands, and how strict it is. Pure.
import { enforcements, type RuleDoc, type RuleEnforcement, specificityOf, stricter } from './document.ts';
import type { Reason } from './trace.ts';

/** Who asks. A review takes a personal rule as advice at most; a coding agent takes it at its word. */
export type Audience = 'review' | 'agent';

export interface Standing {
  rule: RuleDoc;
  /** After what locked rules and stricter overrides of the same key make of it. */
  enforcement: RuleEnforcement;
  /** What of the others made it stricter; null when nothing did. */
  raisedBy: string | null;
  /** Why each of the others does not stand. */
  beaten: { rule: RuleDoc; reason: Reason }[];
}

/** Most specific first, then priority, then the newest, then the id: a total order among rules with different ids. */
export function bySpecificity(a: RuleDoc, b: RuleDoc): number {
  return (
    specificityOf(b.scope) - specificityOf(a.scope) ||
    b.priority - a.priority ||
    compare(Date.parse(b.updatedAt), Date.parse(a.updatedAt)) ||
    compare(a.id, b.id)
  );
}

/** As `bySpecificity`, but in one scope a file goes before the database. */
function byPrecedence(a: RuleDoc, b: RuleDoc): number {
  const fromDatabase = (rule: RuleDoc) => Number(rule.origin === 'database');
  return specificityOf(b.scope) - specificityOf(a.scope) || fromDatabase(a) - fromDatabase(b) || bySpecificity(a, b);
}

/** The enforcement that a rule asks for, given who asks. */
export function ownEnforcement(rule: RuleDoc, audience: Audience): RuleEnforcement {
  return rule.scope === 'workspace' && audience === 'review' ? 'suggest' : rule.enforcement;
}

/**
 * `group`: rules of one key that all match the place, at least one. The most specific stands, with two exceptions, both
 * because an override that may change the query could make it match nothing: the least specific locked rule stands
 * against everything more specific, and any shared rule stands against personal ones. What is kept out can still make
 * the standing rule stricter.
 */
export function standingRule(group: readonly RuleDoc[], audience: Audience): Standing {
  const ordered = [...group].sort(byPrecedence);
  const shared = ordered.filter((rule) => rule.scope !== 'workspace');
  const locked = shared.filter((rule) => rule.locked);
  const first = ordered[0];
  const firstShared = shared[0];
  const lowestLocked = locked.at(-1);
  const leastLocked = locked.find((rule) => rule.scope === lowestLocked?.scope);
  const rule = leastLocked ?? firstShared ?? first;
  if (rule === undefined || first === undefined) throw new RangeError('no rules to choose from');
  // A rule that has itself been overridden by a shared one says nothing any more; locked ones always do.
  const heard = [first, firstShared, ...locked].filter((other) => other !== undefined);
  let enforcement = ownEnforcement(rule, audience);
  let raisedBy: string | null = null;
  for (const other of heard.sort(byPrecedence)) {
    const raised = stricter(enforcement, ownEnforcement(other, audience));
    if (raised !== enforcement) raisedBy = other.id;
    enforcement = raised;
  }
  const beaten = ordered
    .filter((other) => other !== rule)
    .map((other) => ({ rule: other, reason: reasonFor(other, rule) }));
  return { rule, enforcement, raisedBy, beaten };
}

function reasonFor(other: RuleDoc, standing: RuleDoc): Reason {
  if (byPrecedence(standing, other) < 0) return { code: 'overridden', by: standing.id };
  if (standing.locked) return { code: 'locked-out', by: standing.id };
  return { code: 'personal-cannot-replace', by: standing.id };
}

/** Strictest first, then as `bySpecificity`: the order in which a cap keeps rules. */
export function byStrictness(
  a: { rule: RuleDoc; enforcement: RuleEnforcement },
  b: { rule: RuleDoc; enforcement: RuleEnforcement },
): number {
  return enforcements.indexOf(b.enforcement) - enforcements.indexOf(a.enforcement) || bySpecificity(a.rule, b.rule);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
