// `driftline review`: the change base...head of a local repository, with the engine and the settings
// that the App would use. No network, no queue, no database; the repository is never written to.

import { readFileAt } from '../git/blob.ts';
import { defaultBase, repositoryRoot, resolveRevision } from '../git/resolve.ts';
import { snapshotWorkingTree } from '../git/worktree.ts';
import { repositoryConfigPath } from '../repository-config.ts';
import { commandEngine } from './engine.ts';
import { exitCodeOf, parseFailOn, parseFormat } from './format/format.ts';
import { configOf, printReport } from './print.ts';

export interface ReviewOptions {
  repo: string;
  base?: string;
  head?: string;
  format: string;
  failOn: string;
}

export async function review(options: ReviewOptions): Promise<number> {
  const format = parseFormat(options.format);
  const failOn = parseFailOn(options.failOn);
  const repo = await repositoryRoot(options.repo);
  const base = await resolveRevision(repo, options.base ?? (await defaultBase(repo)));
  const target =
    options.head === undefined
      ? await snapshotWorkingTree(repo)
      : { repository: repo, head: await resolveRevision(repo, options.head), dispose: async () => {} };
  try {
    const config = configOf(
      await readFileAt(repo, base, repositoryConfigPath),
      `${repositoryConfigPath} of ${base.slice(0, 12)}`,
    );
    const report = await printReport(format, true, (onProgress) =>
      commandEngine().analyzeChange({
        repository: target.repository,
        base,
        head: target.head,
        exclude: config.exclude,
        levels: config.levels,
        // The working tree is read from a repository that is made for the moment.
        cacheName: repo,
        onProgress,
      }),
    );
    return exitCodeOf(report, failOn);
  } finally {
    await target.dispose();
  }
}
