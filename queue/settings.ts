// The settings that judge a pull request: always those of its base, so that it cannot relax its own review.
// A broken file is no reason to stop: the review goes on by default settings and says so.

import { UserError } from '../src/errors.ts';
import {
  parseRepositoryConfig,
  type RepositoryConfig,
  repositoryConfigPath,
  repositoryConfigWarnings,
} from '../src/repository-config.ts';
import { ruleIds } from '../src/review/rule.ts';
import type { Deps } from './job.ts';

export interface BaseSettings {
  config: RepositoryConfig;
  /** Plain sentences for the head of the check's summary. */
  notices: string[];
}

export async function baseSettings(
  mirror: string,
  baseSha: string,
  deps: Pick<Deps, 'readFile'>,
): Promise<BaseSettings> {
  const bytes = await deps.readFile(mirror, baseSha, repositoryConfigPath);
  try {
    const notices = repositoryConfigWarnings(bytes, ruleIds).map(
      (warning) => `In the configuration on the base branch, ${warning}.`,
    );
    return { config: parseRepositoryConfig(bytes), notices };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { config: parseRepositoryConfig(null), notices: [notice(error.message)] };
  }
}

function notice(what: string): string {
  return `The configuration on the base branch cannot be used, so default settings apply: ${what}.`;
}
