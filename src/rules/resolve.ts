// Which rules apply to a file, and why: the one resolver behind reviews, the command line, pages and agents. Pure.
// A function of the set of documents, not of their order.
import { type EntityKind, entityKinds, type RuleDoc, type RuleEnforcement, type RuleStatus } from './document.ts';
import { globMatcher } from './glob.ts';
import { type Audience, bySpecificity, byStrictness, type Standing, standingRule } from './override.ts';
import { type Reason, type TraceEntry, traceEntry } from './trace.ts';

/** What rules are asked for. */
export interface Subject {
  orgId: string;
  repoId: string;
  /** Of a pull request, its base branch. null: none known, so no rule of a branch applies. */
  branch: string | null;
  /** Of a pull request, its author. */
  userId: string | null;
  /** Relative to the root, with `/`. null: rules for any file of the repository. */
  filePath: string | null;
  /** All kinds of the entity. null: not known yet; `resolveFinding` settles it for each finding. */
  entityKinds: readonly EntityKind[] | null;
  audience: Audience;
  /** Staged rules are resolved for shadow runs. */
  statuses: readonly RuleStatus[];
}

export interface ResolvedRule {
  rule: RuleDoc;
  enforcement: RuleEnforcement;
  raisedBy: string | null;
}

export interface Resolution {
  /** Most specific first, then by priority. */
  rules: ResolvedRule[];
  /** One entry for each rule of the organisation, those that apply first. */
  trace: TraceEntry[];
  audience: Audience;
  /** By key: everything that matches the file, for `resolveFinding`. */
  candidates: ReadonlyMap<string, readonly RuleDoc[]>;
}

/**
 * Resolves rules for a subject. Rules of other organisations leave no trace at all. Ids of `documents` must differ within
 * the organisation (storage and the reader of files see to it). No rule applying is an empty list.
 */
export function resolveRules(documents: readonly RuleDoc[], subject: Subject): Resolution {
  const trace: TraceEntry[] = [];
  const candidates = new Map<string, RuleDoc[]>();
  for (const rule of documents) {
    if (rule.orgId !== subject.orgId) continue;
    const mismatch = firstMismatch(rule, subject);
    if (mismatch !== null) trace.push(traceEntry(rule, mismatch));
    else {
      const group = candidates.get(rule.key);
      if (group === undefined) candidates.set(rule.key, [rule]);
      else group.push(rule);
    }
  }
  const rules: ResolvedRule[] = [];
  for (const group of candidates.values()) {
    const standings =
      subject.entityKinds === null
        ? possibleStandings(group, subject.audience)
        : [standingRule(group, subject.audience)];
    const told = new Set<string>();
    for (const standing of standings) {
      if (told.has(standing.rule.id)) continue;
      told.add(standing.rule.id);
      rules.push(resolved(standing));
      trace.push(traceEntry(standing.rule, applying(standing, subject.entityKinds === null)));
    }
    for (const { rule, reason } of standings.flatMap(({ beaten }) => beaten)) {
      if (told.has(rule.id)) continue;
      told.add(rule.id);
      trace.push(traceEntry(rule, reason));
    }
  }
  rules.sort((a, b) => bySpecificity(a.rule, b.rule));
  return { rules, trace: sortedTrace(trace, documents), audience: subject.audience, candidates };
}

function resolved({ rule, enforcement, raisedBy }: Standing): ResolvedRule {
  return { rule, enforcement, raisedBy };
}

/** What keeps a rule from the subject, in the order of the steps; null when nothing does. */
function firstMismatch(rule: RuleDoc, subject: Subject): Reason | null {
  const { branch, filePath, entityKinds: kinds } = subject;
  if (rule.repoId !== null && rule.repoId !== subject.repoId) return { code: 'other-repository' };
  if (rule.workspaceUserId !== null && rule.workspaceUserId !== subject.userId) return { code: 'other-user' };
  if (!subject.statuses.includes(rule.status)) return { code: 'not-active' };
  if (rule.branch !== null && !branchMatches(rule.branch, branch)) return { code: 'other-branch', branch };
  if (filePath !== null) {
    if (rule.pathGlob !== null && !globMatcher(rule.pathGlob)(filePath)) {
      return { code: 'path-not-matched', path: filePath };
    }
    if (rule.fileTypes !== null && !rule.fileTypes.some((type) => hasFileType(filePath, type))) {
      return { code: 'file-type-not-matched', path: filePath };
    }
  }
  if (kinds !== null && !suitsKinds(rule, kinds)) return { code: 'entity-kind-not-matched', kinds };
  return null;
}

function branchMatches(wanted: string, branch: string | null): boolean {
  return branch !== null && (wanted === branch || globMatcher(wanted)(branch));
}

/** `ts` fits `a.ts` and `a.test.ts`, `test.ts` only the second; `.env` alone has no type. Case does not count. */
function hasFileType(path: string, type: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return name.lastIndexOf(`.${type.toLowerCase()}`) > 0 && name.endsWith(`.${type.toLowerCase()}`);
}

function suitsKinds(rule: RuleDoc, kinds: readonly EntityKind[]): boolean {
  return rule.entityKinds === null || rule.entityKinds.some((kind) => kinds.includes(kind));
}

/**
 * While the kind of code is unknown, every rule that stands for some kind is possible: one for methods must not hide the
 * organisation's rule of the same key from functions. Whatever stands for a set of kinds also stands for one of them, so
 * the kinds one by one, and code of no named kind, are enough.
 */
function possibleStandings(group: readonly RuleDoc[], audience: Audience): Standing[] {
  if (group.every((rule) => rule.entityKinds === null)) return [standingRule(group, audience)];
  return [[], ...entityKinds.map((kind) => [kind])]
    .map((kinds) => group.filter((rule) => suitsKinds(rule, kinds)))
    .filter((suited) => suited.length > 0)
    .map((suited) => standingRule(suited, audience));
}

/**
 * Whether a rule stands for a finding whose kinds are known now, and how strictly; null when another rule of its key, or
 * none, is in charge there. `ruleId`: the id of the rule that made the finding.
 */
export function resolveFinding(
  resolution: Resolution,
  ruleId: string,
  key: string,
  kinds: readonly EntityKind[],
): ResolvedRule | null {
  const suited = (resolution.candidates.get(key) ?? []).filter((rule) => suitsKinds(rule, kinds));
  if (suited.length === 0) return null;
  const standing = standingRule(suited, resolution.audience);
  return standing.rule.id === ruleId ? resolved(standing) : null;
}

function applying({ rule, enforcement, raisedBy }: Standing, kindsUnknown: boolean): Reason {
  if (raisedBy !== null) return { code: 'applies-raised', by: raisedBy, from: rule.enforcement, to: enforcement };
  return kindsUnknown && rule.entityKinds !== null ? { code: 'applies-by-entity-kind' } : { code: 'applies' };
}

function sortedTrace(trace: TraceEntry[], documents: readonly RuleDoc[]): TraceEntry[] {
  const byId = new Map(documents.map((rule) => [rule.id, rule]));
  return trace.sort((a, b) => {
    const [left, right] = [byId.get(a.ruleId), byId.get(b.ruleId)];
    if (a.applies !== b.applies) return a.applies ? -1 : 1;
    return left && right ? bySpecificity(left, right) : 0;
  });
}

/** Answers to coding agents hold at most so many rules; a review holds them all. */
export const agentRuleLimit = 50;

export interface Capped {
  rules: ResolvedRule[];
  truncated: boolean;
  /** Before the cut. */
  total: number;
}

/** Keeps the strictest, then the most specific, then the highest priority; the order of what is kept stays. */
export function capRules(rules: readonly ResolvedRule[], limit: number = agentRuleLimit): Capped {
  const kept = new Set([...rules].sort(byStrictness).slice(0, limit));
  return { rules: rules.filter((rule) => kept.has(rule)), truncated: rules.length > limit, total: rules.length };
}
