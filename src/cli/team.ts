// The team's rules for the commands: those of the repository, of the folders that the command line names, and what runs them.
import { existsSync, realpathSync, statSync } from 'node:fs';
import type { Engine, MatchEngine } from '../analysis/engine.ts';
import { recommendedFor } from '../analysis/recommended.ts';
import {
  localOwner,
  type RepositoryState,
  type RulesAsked,
  readTeamRules,
  type TeamRules,
} from '../analysis/rule-source.ts';
import { semgrepRunner } from '../analysis/semgrep/answer.ts';
import { Semgrep } from '../analysis/semgrep/semgrep.ts';
import type { RuleDeps } from '../analysis/team-rules.ts';
import type { SemgrepSettings } from '../config.ts';
import { UserError } from '../errors.ts';
import { changedPaths } from '../git/changed.ts';
import { checkOut } from '../git/checkout.ts';
import { listFilesAt, readFilesAt, timeOfCommit } from '../git/files.ts';
import type { RepositoryConfig } from '../repository-config.ts';
import { problemLine } from '../rules/file/problem.ts';
import { isRuleFile, readRuleFiles } from '../rules/file/read.ts';
import { yamlBounds } from '../rules/file/yaml.ts';
import { printable } from './printable.ts';
import { filesOfFolder } from './rule-files.ts';

/** `folders`: what `--rules` names, relative to the working folder. Problems of files are told on standard error. */
export async function commandRules(
  state: RepositoryState,
  config: RepositoryConfig,
  folders: readonly string[],
): Promise<TeamRules> {
  const rules = await localRules(state, config);
  for (const folder of folders) {
    const files = await filesOfFolder(rulesFolder(folder), isRuleFile, yamlBounds.maxBytes);
    const source = { ...localOwner, commit: null, at: '1970-01-01T00:00:00Z', impliedEnforcementCap: 'block' } as const;
    const read = readRuleFiles(files, source);
    rules.documents.push(...read.rules);
    rules.utilities.push(...read.utilities);
    rules.problems.push(...read.problems);
  }
  for (const problem of rules.problems) {
    process.stderr.write(printable(`driftline: ${problemLine(problem)}`).concat('\n'));
  }
  return rules;
}

/** The rules that judge a local repository, without those of the command line. */
export function localRules(state: RepositoryState, config: RepositoryConfig, withTests = false): Promise<TeamRules> {
  const others = recommendedFor(localOwner, config);
  return readTeamRules(state, { owner: localOwner, config, others, implementations: [], withTests });
}

function rulesFolder(given: string): string {
  if (!existsSync(given) || !statSync(given).isDirectory()) {
    throw new UserError('no-such-path', `--rules ${JSON.stringify(given)} is not a folder`);
  }
  return realpathSync(given);
}

/** A commit of a local repository, as the reader of rules sees it. */
export async function commitState(repository: string, sha: string): Promise<RepositoryState> {
  return {
    commit: sha,
    at: await timeOfCommit(repository, sha),
    readFiles: (wanted) => readFilesAt(repository, sha, wanted),
  };
}

/** What runs rules: the addon, Semgrep as a process, and folders of single files for it. */
export function ruleDeps(engine: Engine & MatchEngine, settings: SemgrepSettings, twoPassEnabled: boolean): RuleDeps {
  return {
    engine,
    semgrep: semgrepRunner(new Semgrep(settings)),
    checkout: checkOut,
    filesAt: listFilesAt,
    changedPaths,
    twoPassEnabled,
  };
}

/** The rules of a commit, those that Driftline brings along among them. */
export async function rulesOfCommit(repository: string, sha: string, asked: RulesAsked): Promise<TeamRules> {
  const others = [...asked.others, ...recommendedFor(asked.owner, asked.config)];
  return readTeamRules(await commitState(repository, sha), { ...asked, others });
}
