// What the engines are given to run, out of rule documents: ast-grep's texts and Semgrep's. Pure.
import { stringify } from 'yaml';
import { engineOf, type LanguageImplementation, type RuleDoc } from './document.ts';
import type { UtilityRule } from './file/ast-grep.ts';
import { runsOn } from './language.ts';
import { ruleIdOf } from './rule-finding.ts';

export interface EngineRules {
  astGrep: {
    rules: { id: string; text: string; fix: string | null }[];
    utilities: { id: string; text: string }[];
    languageGlobs: { language: string; globs: string[] }[];
  };
  /** `id` is the document's, `text` a complete Semgrep file with this rule alone. */
  semgrep: { id: string; ruleId: string; text: string }[];
}

export interface RuleTexts {
  documents: readonly RuleDoc[];
  utilities: readonly UtilityRule[];
  /** What rules in several languages run in each. */
  implementations: readonly LanguageImplementation[];
  /** Of an sgconfig.yml: language → globs of files that count as it. */
  languageGlobs?: Readonly<Record<string, readonly string[]>>;
}

/** Stands between the id of a document and the language of its payload. */
const languageMark = '\n';

/** The id of the document behind an id of `EngineRules`. */
export function documentIdOf(id: string): string {
  return id.split(languageMark)[0] ?? id;
}

/** `paths`: the files that are looked at, so that Semgrep is not started for rules of other languages; null: not known. */
export function engineRules(texts: RuleTexts, paths: readonly string[] | null): EngineRules {
  const documents = texts.documents.flatMap((rule) => payloads(rule, texts.implementations));
  const astGrep = documents.flatMap((rule) => {
    if (engineOf(rule) !== 'ast_grep' || rule.astGrepQuery === null) return [];
    return [{ id: rule.id, text: astGrepText(rule, rule.astGrepQuery), fix: rule.astGrepFix }];
  });
  const semgrep = documents.flatMap((rule) => {
    if (engineOf(rule) !== 'semgrep' || rule.semgrepRule === null) return [];
    if (paths !== null && !paths.some((path) => runsOn(rule, path) !== false)) return [];
    return [{ id: rule.id, ruleId: ruleIdOf(rule), text: rule.semgrepRule }];
  });
  const utilities = texts.utilities.map(({ id, text }) => ({ id, text }));
  const languageGlobs = Object.entries(texts.languageGlobs ?? {}).map(([language, globs]) => ({
    language,
    globs: [...globs],
  }));
  return { astGrep: { rules: astGrep, utilities, languageGlobs }, semgrep };
}

/** A rule in several languages as one rule for each. */
function payloads(rule: RuleDoc, implementations: readonly LanguageImplementation[]): RuleDoc[] {
  if (!rule.polyglot) return [rule];
  return implementations
    .filter(({ ruleId }) => ruleId === rule.id)
    .map(({ language, semgrepRule, astGrepQuery, astGrepFix }) => {
      const id = `${rule.id}${languageMark}${language}`;
      return { ...rule, id, languages: [language], semgrepRule, astGrepQuery, astGrepFix };
    });
}

/** Rules of the database may hold the rule object alone: then it becomes a document of its first language. */
function astGrepText(rule: RuleDoc, query: string): string {
  if (rule.origin === 'file' || /^language\s*:/m.test(query)) return query;
  const head = { id: ruleIdOf(rule), language: rule.languages?.[0] ?? '', message: rule.title };
  const indented = query.replace(/^/gm, '  ');
  return `${stringify(head)}rule:\n${indented}\n`;
}
