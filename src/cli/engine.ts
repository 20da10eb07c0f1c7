// The engine as the commands for one repository run it: with all cores, and with a cache in the user's own folder,
// where people look for such things and know that they may delete them.
import { availableParallelism } from 'node:os';
import envPaths from 'env-paths';
import type { Engine, MatchEngine } from '../analysis/engine.ts';
import { loadEngine } from '../analysis/native.ts';
import type { RuleDeps } from '../analysis/team-rules.ts';
import { readReviewSettings, readSemgrepSettings } from '../config.ts';
import { ruleDeps } from './team.ts';

export function commandEngine(): Engine & MatchEngine {
  const cacheDir = envPaths('driftline', { suffix: '' }).cache;
  return loadEngine({ cacheDir, threads: availableParallelism() });
}

/** The engine, and what runs the team's rules beside it. */
export function commandDeps(): RuleDeps {
  return ruleDeps(commandEngine(), readSemgrepSettings(process.env), readReviewSettings(process.env).twoPassEnabled);
}
