// The engine as the commands for one repository run it: with all cores, and with a cache in the user's own folder,
// where people look for such things and know that they may delete them.
import { availableParallelism } from 'node:os';
import envPaths from 'env-paths';
import type { Engine } from '../analysis/engine.ts';
import { loadEngine } from '../analysis/native.ts';

export function commandEngine(): Engine {
  const cacheDir = envPaths('driftline', { suffix: '' }).cache;
  return loadEngine({ cacheDir, threads: availableParallelism() });
}
