// The rules of a repository and what they may ask about its code, read from one state of it: a commit, or a folder. Whoever
// calls hands in how files of that state are read.
import type { Level } from '../finding.ts';
import { type RepositoryConfig, repositoryConfigPath } from '../repository-config.ts';
import type { RepositoryFacts } from '../rules/code-context.ts';
import { codeOwnersPaths, parseCodeOwners } from '../rules/code-owners.ts';
import type { LanguageImplementation, RuleDoc } from '../rules/document.ts';
import type { UtilityRule } from '../rules/file/ast-grep.ts';
import { folderProblem, readSgConfig } from '../rules/file/folders.ts';
import { type FileProblem, fileProblem } from '../rules/file/problem.ts';
import { isRuleFile, type RuleFile, readRuleFiles, ruleFolder, utilityFolder } from '../rules/file/read.ts';
import { yamlBounds } from '../rules/file/yaml.ts';
import type { Judging } from '../rules/judge.ts';
import { isTestFile, type RuleTests, readTests, testFolder } from '../rules/test/cases.ts';

export interface RepositoryState {
  /** null: a working tree. */
  commit: string | null;
  /** Time of the commit, UTC, ISO 8601; a working tree has none of its own. */
  at: string;
  readFiles(wanted: {
    under: readonly string[];
    wants: (path: string) => boolean;
    maxFiles: number;
    maxBytes: number;
  }): Promise<{ files: RuleFile[]; cut: boolean; links: string[] }>;
}

export interface RuleOwner {
  orgId: string;
  repoId: string;
}

/** A working tree belongs to no account; its rules are those of one nameless repository. */
export const localOwner: RuleOwner = { orgId: 'local', repoId: 'local' };

export interface TeamRules {
  commit: string | null;
  /** Where its rule files lie, utility rules and all. */
  folders: string[];
  /** Where tests of ast-grep's form lie. */
  testFolders: string[];
  /** null: not asked for. */
  tests: RuleTests | null;
  documents: RuleDoc[];
  utilities: UtilityRule[];
  implementations: readonly LanguageImplementation[];
  /** Of the sgconfig.yml, where it counts: language → globs of files that count as it. */
  languageGlobs: Readonly<Record<string, readonly string[]>>;
  problems: FileProblem[];
  facts: RepositoryFacts;
  levels: Readonly<Record<string, Level | 'off'>>;
  report: Judging['report'];
}

export interface RulesAsked {
  owner: RuleOwner;
  config: RepositoryConfig;
  /** Rules from elsewhere: a pack, the database. */
  others: readonly RuleDoc[];
  implementations: readonly LanguageImplementation[];
  /** Also read the tests of rules. */
  withTests?: boolean;
}

/** Beyond it the rest is not read; 500 rules are the limit anyway. */
const maxFiles = 2_000;
const sgConfigPath = 'sgconfig.yml';

export async function readTeamRules(state: RepositoryState, asked: RulesAsked): Promise<TeamRules> {
  const { owner, config, others, implementations, withTests = false } = asked;
  const { folders, utilityFolders, testFolders, languageGlobs, problems } = await foldersOf(state, config);
  const { files, cut, links } = await state.readFiles({
    under: [...folders, ...utilityFolders],
    wants: isRuleFile,
    maxFiles,
    maxBytes: yamlBounds.maxBytes,
  });
  if (cut) {
    const what = `there are more than ${maxFiles} rule files, and the rest is not read`;
    problems.push(fileProblem('too-many-rules', ruleFolder, null, what));
  }
  for (const link of links)
    problems.push(fileProblem('link', link, null, 'this is a link, and links are not followed'));
  const { commit, at } = state;
  const { impliedEnforcementCap, report } = config.rules;
  const read = readRuleFiles(files, { ...owner, commit, at, impliedEnforcementCap }, utilityFolders);
  return {
    commit,
    folders: [...folders, ...utilityFolders],
    testFolders,
    tests: withTests ? await testsOf(state, testFolders) : null,
    documents: [...read.rules, ...others],
    utilities: read.utilities,
    implementations,
    languageGlobs,
    problems: [...problems, ...read.problems],
    facts: { areas: config.areas, values: config.values, owners: await ownersOf(state), fanInThreshold: 0 },
    levels: config.levels,
    report,
  };
}

async function testsOf(state: RepositoryState, under: readonly string[]): Promise<RuleTests> {
  const { files, cut, links } = await state.readFiles({
    under,
    wants: isTestFile,
    maxFiles,
    maxBytes: yamlBounds.maxBytes,
  });
  const { tests, problems } = readTests(files);
  if (cut) {
    const what = `there are more than ${maxFiles} files with tests of rules, and the rest is not read`;
    problems.push(fileProblem('too-many-tests', testFolder, null, what));
  }
  problems.push(...links.map((link) => fileProblem('link', link, null, 'this is a link, and links are not followed')));
  return { tests, problems };
}

async function foldersOf(state: RepositoryState, { rules }: RepositoryConfig) {
  const problems: FileProblem[] = [];
  const folders = [ruleFolder];
  const utilityFolders = [utilityFolder];
  const testFolders = [testFolder];
  let languageGlobs: Readonly<Record<string, readonly string[]>> = {};
  for (const folder of rules.paths) {
    const problem = folderProblem(repositoryConfigPath, null, folder);
    if (problem === null) folders.push(folder.replace(/\/+$/, ''));
    else problems.push(problem);
  }
  if (rules.sgconfig) {
    const file = await oneFile(state, [sgConfigPath]);
    if (file === null) {
      const what = 'rules.sgconfig is true, and there is no such file';
      problems.push(fileProblem('missing-field', sgConfigPath, null, what));
    } else {
      const config = readSgConfig(sgConfigPath, file.bytes);
      folders.push(...config.ruleDirs.map(plainFolder));
      utilityFolders.push(...config.utilDirs.map(plainFolder));
      testFolders.push(...config.testDirs.map(plainFolder));
      problems.push(...config.problems);
      languageGlobs = config.languageGlobs;
    }
  }
  return { folders, utilityFolders, testFolders, languageGlobs, problems };
}

/** `./rules/` is `rules`. */
function plainFolder(folder: string): string {
  return folder.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}

const ownersMaxBytes = 3 * 1024 * 1024;

async function ownersOf(state: RepositoryState) {
  const file = await oneFile(state, codeOwnersPaths);
  return parseCodeOwners(file === null ? '' : new TextDecoder().decode(file.bytes));
}

/** The first of these that exists. */
async function oneFile(state: RepositoryState, paths: readonly string[]): Promise<RuleFile | null> {
  const wanted = { under: paths, wants: () => true, maxFiles: paths.length, maxBytes: ownersMaxBytes };
  const { files } = await state.readFiles(wanted);
  return paths.map((path) => files.find((file) => file.path === path)).find((file) => file !== undefined) ?? null;
}
