// From matches of rules to findings: which rule is in charge at the place, how strict it is there, what is known of the
// code, and what of it is reported. Pure: the same matches and documents give the same findings.
import type { Finding, Level, RuleMatch } from '../finding.ts';
import { type CodeContext, codeContext, type RepositoryFacts } from './code-context.ts';
import { type EntityKind, engineOf, type RuleDoc } from './document.ts';
import { fateOf } from './enforcement.ts';
import { evaluateHybrid } from './hybrid.ts';
import type { ReportMode } from './newness.ts';
import { type Resolution, type ResolvedRule, resolveFinding, resolveRules, type Subject } from './resolve.ts';
import { findingOf, ruleIdOf } from './rule-finding.ts';
import { documentIdOf } from './rule-set.ts';

/** What judges the matches of one review or scan; of a pull request everything in it is that of the base. */
export interface Judging {
  documents: readonly RuleDoc[];
  subject: Pick<Subject, 'orgId' | 'repoId' | 'branch' | 'userId'>;
  facts: RepositoryFacts;
  /** `levels` of the configuration: by the id that findings carry. */
  levels: Readonly<Record<string, Level | 'off'>>;
  report: ReportMode;
  /** HYBRID_EVALUATION_ENABLED. */
  twoPassEnabled: boolean;
}

export interface Judged {
  findings: Finding[];
  /** Silenced by nothing but an ignore comment that the change itself brings. */
  ignored: Finding[];
  /** Matches that stood before, and that are not asked for. */
  stoodBefore: number;
  /** Matches that a semantic filter dropped. */
  filtered: number;
}

interface InCharge {
  match: RuleMatch;
  ruleId: string;
  path: string;
  line: number;
  resolved: ResolvedRule;
  level: Level;
}

const ignoredStates = { before: 'ignored-on-base', now: 'ignored-in-change' } as const;

export function judgeMatches(matches: readonly RuleMatch[], judging: Judging): Judged {
  const resolutions = new Map<string, Resolution>();
  const hits = matches.flatMap((match) => inCharge(match, judging, resolutions));
  const { violations, semanticFiltered } = evaluateHybrid({
    hits,
    filterOf: ({ resolved }) => resolved.rule.semanticFilter,
    contextOf: ({ match }) => contextOf(match, judging.facts),
    twoPassEnabled: judging.twoPassEnabled,
  });
  const judged: Judged = { findings: [], ignored: [], stoodBefore: 0, filtered: semanticFiltered };
  for (const hit of violations) {
    const { match, resolved, level, confidence, semanticContext } = hit;
    const state = match.suppressed === null ? 'open' : ignoredStates[match.suppressed];
    // A scan has no before: everything in it is reported.
    const newness = match.newness ?? 'new';
    const fate = fateOf({ enforcement: level, state, newness }, judging.report);
    const finding = findingOf(match, resolved.rule, { level, newness, confidence, semanticContext });
    if (fate === 'counted') judged.stoodBefore += 1;
    else if (fate === 'ignored') judged.ignored.push(finding);
    else if (fate === 'reported') judged.findings.push(finding);
  }
  return judged;
}

/** The rule that made the match, where it is in charge of the place and not switched off. */
function inCharge(match: RuleMatch, judging: Judging, resolutions: Map<string, Resolution>): InCharge[] {
  const { path, startLine } = match.place;
  const resolution = resolutions.get(path) ?? resolveFor(path, judging);
  resolutions.set(path, resolution);
  const id = documentIdOf(match.rule);
  const document = judging.documents.find((rule) => rule.id === id);
  if (document === undefined) return [];
  const resolved = resolveFinding(resolution, document.id, document.key, kindsOf(match));
  if (resolved === null) return [];
  const ruleId = ruleIdOf(document);
  const level = levelOf(resolved, judging.levels[ruleId]);
  return level === 'off' ? [] : [{ match, ruleId, path, line: startLine, resolved, level }];
}

export function resolveFor(filePath: string | null, { documents, subject }: Pick<Judging, 'documents' | 'subject'>) {
  return resolveRules(documents, { ...subject, filePath, entityKinds: null, audience: 'review', statuses: ['active'] });
}

/** Code outside of everything that has a name is still code of the file. */
function kindsOf({ entity }: RuleMatch): EntityKind[] {
  return (entity?.kinds ?? ['file']) as EntityKind[];
}

/** What a repository says of a locked rule can only make it stricter. */
export function levelOf({ rule, enforcement }: ResolvedRule, setting: Level | 'off' | undefined): Level | 'off' {
  if (setting === undefined) return enforcement;
  if (!rule.locked) return setting;
  const order: readonly (Level | 'off')[] = ['block', 'warn', 'suggest', 'off'];
  return order.indexOf(setting) < order.indexOf(enforcement) ? setting : enforcement;
}

function contextOf({ entity, place }: RuleMatch, facts: RepositoryFacts): CodeContext | null {
  if (entity === null) return null;
  const kinds = entity.kinds as EntityKind[];
  // Callers and packages are not known of a match; what hangs on them stays at its middle value.
  const known = { path: place.path, public: false, callers: 0, package: null, generated: false };
  return codeContext({ ...entity, ...known, kinds }, facts);
}

/** Rules that may apply to some file of the repository and that an engine can run. */
export function runnableRules({ documents, subject }: Pick<Judging, 'documents' | 'subject'>): RuleDoc[] {
  return resolveCandidates(documents, subject).filter((rule) => ['ast_grep', 'semgrep'].includes(engineOf(rule)));
}

function resolveCandidates(documents: readonly RuleDoc[], subject: Judging['subject']): RuleDoc[] {
  const { candidates } = resolveFor(null, { documents, subject });
  return documents.filter((rule) => candidates.get(rule.key)?.includes(rule));
}
