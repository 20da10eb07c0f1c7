// What judges a pull request: always settings and rules of its base, so that it cannot relax its own review.
// A broken file is no reason to stop: the review goes on by default settings and says so.
import type { RuleHistory } from '../src/analysis/rule-history.ts';
import type { RuleOwner, TeamRules } from '../src/analysis/rule-source.ts';
import { UserError } from '../src/errors.ts';
import {
  type Operator,
  parseRepositoryConfig,
  type RepositoryConfig,
  repositoryConfigPath,
  repositoryConfigWarnings,
} from '../src/repository-config.ts';
import { ruleIds } from '../src/review/rule.ts';
import { ruleIdOf } from '../src/rules/rule-finding.ts';
import type { Deps, Repository } from './job.ts';

export interface BaseSettings {
  config: RepositoryConfig;
  rules: TeamRules;
  /** Plain sentences for the head of the check's summary. */
  notices: string[];
}

export async function baseSettings(
  mirror: string,
  baseSha: string,
  repository: Repository,
  deps: Pick<Deps, 'readFile' | 'storage' | 'rulesAt' | 'settings'>,
): Promise<BaseSettings> {
  const bytes = await deps.readFile(mirror, baseSha, repositoryConfigPath);
  const { config, notices } = configOf(bytes, deps.settings);
  const rules = await rulesAt(mirror, baseSha, repository, config, deps);
  if (notices.length > 0) return { config, rules, notices };
  const known = [...ruleIds, ...rules.documents.map(ruleIdOf)];
  const warnings = repositoryConfigWarnings(bytes, known).map(
    (warning) => `In the configuration on the base branch, ${warning}.`,
  );
  return { config, rules, notices: warnings };
}

/** The rules in the files of a commit, and those of the database. `withTests`: as of `RulesAsked`. */
export async function rulesAt(
  mirror: string,
  sha: string,
  repository: Repository,
  config: RepositoryConfig,
  { storage, rulesAt: read }: Pick<Deps, 'storage' | 'rulesAt'>,
  withTests = false,
): Promise<TeamRules> {
  const owner = ownerOf(repository);
  const others = await storage.rules.query({ ...owner, status: 'active' });
  const isPolyglot = others.some(({ polyglot }) => polyglot);
  const implementations = isPolyglot ? await storage.rules.implementations(owner.orgId) : [];
  return read(mirror, sha, { owner, config, others, implementations, withTests });
}

function configOf(bytes: Buffer | null, operator: Operator): { config: RepositoryConfig; notices: string[] } {
  try {
    return { config: parseRepositoryConfig(bytes, repositoryConfigPath, operator), notices: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const what = `The configuration on the base branch cannot be used, so default settings apply: ${error.message}.`;
    return { config: parseRepositoryConfig(null, repositoryConfigPath, operator), notices: [what] };
  }
}

/** An installation of the App is one account; its rules are seen by no other. */
export function ownerOf({ installationId, repositoryId }: Repository): RuleOwner {
  return { orgId: String(installationId), repoId: String(repositoryId) };
}

/**
 * Which rules were too slow here. `runId`: the run whose outcome is to be counted; null: none. What a stranger brings in a
 * fork is never counted, or three pull requests could put a rule out of use.
 */
export function historyOf(
  { repositoryId }: Repository,
  runId: string | null,
  { storage }: Pick<Deps, 'storage'>,
): RuleHistory {
  return {
    setAside: (rules) => storage.ruleTrouble.setAside(repositoryId, rules),
    async add({ timedOut, gotThrough }) {
      if (runId === null) return;
      await storage.ruleTrouble.timedOut(repositoryId, runId, timedOut);
      await storage.ruleTrouble.gotThrough(repositoryId, gotThrough);
    },
  };
}
