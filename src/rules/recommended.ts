// The rules that Driftline brings along ("driftline/recommended"), out of their files: rules of every repository that any
// rule of the team's own goes before. Pure.
import type { Level } from '../finding.ts';
import { type RuleDoc, recommendedPack } from './document.ts';
import { problemLine } from './file/problem.ts';
import { type RuleFile, readRuleFiles } from './file/read.ts';
import { runsOn } from './language.ts';

/** Folder of the pack → the languages that a rule in it is run in, beginning with the one that it is written in. */
const languagesOf: Record<string, readonly string[]> = {
  // ast-grep takes these for three languages; what only uses JavaScript's syntax reads the same in all of them.
  javascript: ['JavaScript', 'TypeScript', 'Tsx'],
  typescript: ['TypeScript', 'Tsx'],
  jsx: ['Tsx', 'JavaScript'],
  python: ['Python'],
  ruby: ['Ruby'],
  java: ['Java'],
  csharp: ['CSharp'],
};

/** Which files are which: of the rules that share a key exactly one is in charge of a file. */
const fileTypesOf: Record<string, string[]> = {
  JavaScript: ['js', 'jsx', 'mjs', 'cjs'],
  TypeScript: ['ts', 'mts', 'cts'],
  Tsx: ['tsx'],
};

/**
 * `files`: paths relative to the pack. One document for each rule, with everything checked: slow, so it is done when the pack
 * is made, and `inItsLanguages` takes what came of it. Throws for a file that is not sound: the pack is ours.
 */
export function readRecommended(files: readonly RuleFile[]): RuleDoc[] {
  const at = '1970-01-01T00:00:00Z';
  const nobody = { orgId: 'driftline', repoId: 'driftline', commit: null, at, impliedEnforcementCap: 'warn' } as const;
  const { rules, problems } = readRuleFiles(files, nobody);
  const wrong = problems[0];
  if (wrong !== undefined) throw new Error(`${recommendedPack}: ${problemLine(wrong)}`);
  return rules;
}

const page = 'https://github.com/driftline/driftline/blob/main/docs/recommended-rules.md';

/**
 * A rule as `readRecommended` gives it, as one document for each language that it is run in. The id that findings, `levels`
 * and ignore comments name is `driftline/…`, as it stands in the file. The documents belong to no organisation yet;
 * `recommendedRules` gives them one.
 */
export function inItsLanguages(rule: RuleDoc): RuleDoc[] {
  const path = rule.fileRef?.path ?? '';
  const languages = languagesOf[path.split('/')[0] ?? ''];
  if (languages === undefined) throw new Error(`${recommendedPack}: ${path} lies in a folder of no language`);
  return languages.map((language) => ({
    ...rule,
    id: `file:${recommendedPack}/${path}#${language}`,
    scope: 'org',
    repoId: null,
    // As the oldest rule of the organisation: what anybody sets up for the same key goes before it.
    origin: 'database',
    priority: 0,
    createdBy: recommendedPack,
    fileRef: null,
    url: `${page}#${rule.key.replaceAll('/', '')}`,
    languages: [language],
    fileTypes: fileTypesOf[language] ?? null,
    astGrepQuery: rule.astGrepQuery?.replace(/^language:.*$/m, `language: ${language}`) ?? null,
  }));
}

export interface RecommendedFor {
  orgId: string;
  /** `levels` of the configuration: naming a rule that is off by default there switches it on. */
  levels: Readonly<Record<string, Level | 'off'>>;
}

/** What `inItsLanguages` gives, as rules of an organisation. */
export function recommendedRules(pack: readonly RuleDoc[], { orgId, levels }: RecommendedFor): RuleDoc[] {
  return pack.map((rule) => {
    const isWanted = rule.status === 'draft' && (levels[rule.key] ?? 'off') !== 'off';
    return { ...rule, orgId, status: isWanted ? 'active' : rule.status };
  });
}

export function isRecommended({ createdBy }: Pick<RuleDoc, 'createdBy'>): boolean {
  return createdBy === recommendedPack;
}

/** `documents` without those of the pack for languages that no file of `paths` is in: to make them ready costs time. */
export function recommendedOn(documents: readonly RuleDoc[], paths: readonly string[]): RuleDoc[] {
  const isIdle = new Map<string, boolean>();
  const idle = (rule: RuleDoc) => {
    const language = rule.languages?.join() ?? '';
    const known = isIdle.get(language) ?? !paths.some((path) => runsOn(rule, path) === true);
    isIdle.set(language, known);
    return known;
  };
  return documents.filter((rule) => !isRecommended(rule) || !idle(rule));
}
