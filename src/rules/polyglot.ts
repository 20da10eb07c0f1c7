// One intent in several languages: which payload a rule has for a file. Pure.
import type { LanguageImplementation, RuleDoc, RuleEnforcement } from './document.ts';
import { languageName, languagesServing } from './language.ts';
import type { ResolvedRule } from './resolve.ts';

export interface RuleForFile extends ResolvedRule {
  /** The rule is told as advice only: it has no payload for the language of the file, or the language is unknown. */
  noLanguageImpl: boolean;
}

/**
 * After resolution, puts the payload for the file's language in place of the rule's five fields. A rule in one language is
 * left as it is. Without a payload for the language a polyglot rule is a suggestion that no engine runs, also where it
 * was raised: nothing stands behind a stricter word.
 */
export function forLanguage(
  resolved: ResolvedRule,
  implementations: readonly LanguageImplementation[],
  language: string | null,
): RuleForFile {
  const { rule } = resolved;
  if (!rule.polyglot) return { ...resolved, noLanguageImpl: false };
  const payload = language === null ? undefined : payloadFor(rule, implementations, languageName(language));
  const bare = { semgrepRule: null, astGrepQuery: null, astGrepFix: null, example: null, counterExample: null };
  if (payload === undefined) {
    const enforcement: RuleEnforcement = 'suggest';
    return { ...resolved, rule: { ...rule, ...bare, engine: 'none' }, enforcement, noLanguageImpl: true };
  }
  const { semgrepRule, astGrepQuery, astGrepFix, example, counterExample } = payload;
  const own = { semgrepRule, astGrepQuery, astGrepFix, example, counterExample };
  return { ...resolved, rule: { ...rule, ...own }, noLanguageImpl: false };
}

function payloadFor(
  rule: RuleDoc,
  implementations: readonly LanguageImplementation[],
  language: string,
): LanguageImplementation | undefined {
  const listed = (rule.languages ?? []).map(languageName);
  for (const name of languagesServing(language)) {
    if (!listed.includes(name)) continue;
    const found = implementations.find((one) => one.ruleId === rule.id && languageName(one.language) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
