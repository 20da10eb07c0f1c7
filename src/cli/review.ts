// `driftline review`: the change base...head of a local repository, with the engine and the settings
// that the App would use. No network, no queue, no database; the repository is written to only by `--fix`, and then
// only files of its working tree.
import type { Progress } from '../analysis/engine.ts';
import { UserError } from '../errors.ts';
import { readFileAt } from '../git/blob.ts';
import { defaultBase, repositoryRoot, resolveRevision } from '../git/resolve.ts';
import { snapshotWorkingTree } from '../git/worktree.ts';
import { repositoryConfigPath } from '../repository-config.ts';
import { commandEngine } from './engine.ts';
import { fixWorkingTree } from './fix.ts';
import { exitCodeOf, parseFailOn, parseFormat } from './format/format.ts';
import { configOf, printReport } from './print.ts';

export interface ReviewOptions {
  repo: string;
  base?: string;
  head?: string;
  format: string;
  failOn: string;
  /** Write the fixes into the working tree, and report what remains. */
  fix?: boolean;
}

export async function review(options: ReviewOptions): Promise<number> {
  const format = parseFormat(options.format);
  const failOn = parseFailOn(options.failOn);
  if (options.fix && options.head !== undefined) {
    throw new UserError('fix-needs-working-tree', `--fix cannot edit ${JSON.stringify(options.head)}`);
  }
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
    const { repository, head } = target;
    const engine = commandEngine();
    const analyse = (at: string, onProgress?: (progress: Progress) => void) =>
      engine.analyzeChange({
        repository,
        base,
        head: at,
        exclude: config.exclude,
        levels: config.levels,
        // The working tree is read from a repository that is made for the moment.
        cacheName: repo,
        ...(onProgress && { onProgress }),
      });
    const report = await printReport(format, true, async (onProgress) => {
      const found = await analyse(head, onProgress);
      return options.fix ? fixWorkingTree({ root: repo, repository, head, report: found, analyse }) : found;
    });
    return exitCodeOf(report, failOn);
  } finally {
    await target.dispose();
  }
}
