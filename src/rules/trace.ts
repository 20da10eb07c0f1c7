// Why a rule applies to a file or does not: one stable code and one plain sentence for each rule. Pure.
// The codes are read by programs and never change their meaning; the sentences are for people.
import { type RuleDoc, type RuleEnforcement, recommendedPack } from './document.ts';

export type Reason =
  | { code: 'applies' }
  /** Applies, and a rule of the same key made it stricter. */
  | { code: 'applies-raised'; by: string; from: RuleEnforcement; to: RuleEnforcement }
  /** Applies to findings in some kinds of code only, which is known once there is a finding. */
  | { code: 'applies-by-entity-kind' }
  | { code: 'not-active' }
  | { code: 'other-repository' }
  | { code: 'other-branch'; branch: string | null }
  | { code: 'other-user' }
  | { code: 'path-not-matched'; path: string }
  | { code: 'file-type-not-matched'; path: string }
  | { code: 'entity-kind-not-matched'; kinds: readonly string[] }
  /** A more specific rule, or one that goes first in the same scope, has the same key. */
  | { code: 'overridden'; by: string }
  /** The rule of the same key is locked, so that this one could only make it stricter. */
  | { code: 'locked-out'; by: string }
  /** A personal rule may add to what others set, never replace it. */
  | { code: 'personal-cannot-replace'; by: string };

export type ReasonCode = Reason['code'];

export interface TraceEntry {
  ruleId: string;
  key: string;
  title: string;
  scope: RuleDoc['scope'];
  applies: boolean;
  reason: Reason;
  /** Ends with a full stop; holds texts of rules, so it is to be escaped like them. */
  sentence: string;
}

export function traceEntry(rule: RuleDoc, reason: Reason): TraceEntry {
  const { id: ruleId, key, title, scope } = rule;
  return {
    ruleId,
    key,
    title,
    scope,
    applies: reason.code.startsWith('applies'),
    reason,
    sentence: sentenceOf(rule, reason),
  };
}

function sentenceOf(rule: RuleDoc, reason: Reason): string {
  switch (reason.code) {
    case 'applies':
      return `Applies: ${scopeWords(rule)}.`;
    case 'applies-raised':
      return `Applies: ${scopeWords(rule)}; ${reason.by} of the same key raised it from ${reason.from} to ${reason.to}.`;
    case 'applies-by-entity-kind':
      return `Applies to findings in code of kind ${list(rule.entityKinds)}: ${scopeWords(rule)}.`;
    case 'not-active':
      return `Does not apply: its status is ${rule.status}.`;
    case 'other-repository':
      return 'Does not apply: it belongs to another repository.';
    case 'other-branch':
      return `Does not apply: it is for branch ${rule.branch}, and ${reason.branch === null ? 'no branch is known' : `this is ${reason.branch}`}.`;
    case 'other-user':
      return 'Does not apply: it is personal to another user.';
    case 'path-not-matched':
      return `Does not apply: ${reason.path} does not match ${rule.pathGlob}.`;
    case 'file-type-not-matched':
      return `Does not apply: ${reason.path} is none of the file types ${list(rule.fileTypes)}.`;
    case 'entity-kind-not-matched':
      return `Does not apply: the code is of kind ${list(reason.kinds)}, and the rule is for ${list(rule.entityKinds)}.`;
    case 'overridden':
      return `Does not apply: ${reason.by} has the same key and goes first.`;
    case 'locked-out':
      return `Does not apply: ${reason.by} has the same key and is locked, so it can only be made stricter.`;
    case 'personal-cannot-replace':
      return `Does not apply: ${reason.by} has the same key, and a personal rule can only make it stricter.`;
  }
}

function scopeWords(rule: RuleDoc): string {
  const narrowed = rule.pathGlob === null ? '' : `, files ${rule.pathGlob}`;
  switch (rule.scope) {
    case 'org':
      return rule.createdBy === recommendedPack
        ? `it is one of ${recommendedPack}`
        : 'it is for every repository of the organisation';
    case 'repo':
      return `it is for this repository${narrowed}`;
    case 'path':
      return `it is for files ${rule.pathGlob}`;
    case 'branch':
      return `it is for branch ${rule.branch}${narrowed}`;
    case 'workspace':
      return `it is personal to this user${narrowed}`;
  }
}

function list(words: readonly string[] | null): string {
  return words === null || words.length === 0 ? 'none' : words.join(', ');
}
