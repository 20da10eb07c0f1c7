// The finding that a match of a rule becomes: its words, as the rule's author wrote them. Pure.
import type { Finding, Level, Newness, RuleInfo, RuleMatch } from '../finding.ts';
import { categoryOf, engineOf, type RuleDoc, type RuleEnforcement } from './document.ts';
import { confidenceWithoutContext, type SemanticContext } from './hybrid.ts';

/** The id that findings carry, that `levels` go by and that ignore comments name: a file's own, else the key. */
export function ruleIdOf(rule: Pick<RuleDoc, 'id' | 'key' | 'fileRef'>): string {
  const own = rule.fileRef === null ? '' : `file:${rule.fileRef.path}#`;
  return own !== '' && rule.id.startsWith(own) ? rule.id.slice(own.length) : rule.key;
}

const severities: Record<RuleEnforcement, Finding['severity']> = { block: 'high', warn: 'medium', suggest: 'low' };

export interface Verdict {
  level: Level;
  newness: Newness;
  confidence: number;
  semanticContext: SemanticContext | null;
}

export function findingOf(match: RuleMatch, rule: RuleDoc, verdict: Verdict): Finding {
  const { level, newness, confidence, semanticContext } = verdict;
  const { title, rest } = titleAndRest(match.message || rule.title);
  const { id, place, anchorLine, anchorPath, related, symbol, code, edit } = match;
  return {
    id,
    ruleId: ruleIdOf(rule),
    engine: engineOf(rule) === 'semgrep' ? 'semgrep' : 'ast-grep',
    rule: ruleInfo(rule, match.message),
    level,
    severity: severities[level],
    confidence,
    certainty: 'certain',
    factors: [{ reason: reasonOf(semanticContext), value: semanticContext ? confidence : confidenceWithoutContext }],
    orm: '',
    model: null,
    symbol,
    title,
    message: rest,
    fix: match.note ?? '',
    edit,
    place,
    anchorLine,
    anchorPath,
    related,
    code,
    newness,
  };
}

function reasonOf(context: SemanticContext | null): string {
  if (context === null) return 'a rule of the team matches';
  const areas = context.featureArea.length === 0 ? '' : `, in ${context.featureArea.join(', ')}`;
  return `a rule of the team matches code of ${context.businessValue} value${areas}`;
}

/** A title that only repeats the message (as it is without one of its own) would be said twice: then the id is the name. */
function ruleInfo(rule: RuleDoc, message: string): RuleInfo {
  const repeats = oneLine(message).startsWith(oneLine(rule.title)) || /\$[A-Z{]/.test(rule.title);
  return {
    name: repeats || rule.title.length > nameMax ? ruleIdOf(rule) : rule.title,
    summary: rule.title,
    help: rule.description === rule.title ? '' : rule.description,
    url: rule.url,
    tags: [categoryOf(rule), ...(rule.cwe ?? [])],
  };
}

const nameMax = 60;
const titleMax = 160;

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The first sentence, on one line, as title; what follows it as message. A long sentence stays whole in the message. */
export function titleAndRest(message: string): { title: string; rest: string } {
  const text = oneLine(message);
  const end = /[.!?](?= [\p{Lu}`"'(])/u.exec(text);
  const sentence = end === null ? text : text.slice(0, end.index + 1);
  const title = sentence.replace(/\.$/, '');
  if (title.length > titleMax) return { title: `${title.slice(0, titleMax - 1)}…`, rest: text };
  return { title, rest: text.slice(sentence.length).trim() };
}
