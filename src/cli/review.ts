// `driftline review`: the change base...head of a local repository, with the engine and the settings
// that the App would use. No network, no queue, no database; the repository is written to only by `--fix`, and then
// only files of its working tree.
import type { Progress } from '../analysis/engine.ts';
import { reviewChange } from '../analysis/review-change.ts';
import { localOwner } from '../analysis/rule-source.ts';
import { UserError } from '../errors.ts';
import { readFileAt } from '../git/blob.ts';
import { defaultBase, repositoryRoot, resolveRevision } from '../git/resolve.ts';
import { snapshotWorkingTree } from '../git/worktree.ts';
import { repositoryConfigPath } from '../repository-config.ts';
import { commandDeps } from './engine.ts';
import { fixWorkingTree } from './fix.ts';
import { exitCodeOf, parseFailOn, parseFormat } from './format/format.ts';
import { configOf, printReport } from './print.ts';
import { commandRules, commitState, localRules } from './team.ts';

export interface ReviewOptions {
  repo: string;
  base?: string;
  head?: string;
  format: string;
  failOn: string;
  /** Folders of rules besides those of the base. */
  rules: string[];
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
  const baseName = options.base ?? (await defaultBase(repo));
  const base = await resolveRevision(repo, baseName);
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
    const rules = await commandRules(await commitState(repo, base), config, options.rules);
    const asked = { rules, owner: localOwner, branch: branchOf(baseName), userId: null };
    const rulesOfHead = async () => localRules(await commitState(target.repository, target.head), config, true);
    const deps = commandDeps();
    const analyse = (at: string, onProgress?: (progress: Progress) => void) => {
      const { exclude, levels } = config;
      // The working tree is read from a repository that is made for the moment.
      const request = { repository, base, head: at, exclude, levels, cacheName: repo };
      return reviewChange(deps, { ...request, ...(onProgress && { onProgress }) }, asked, rulesOfHead);
    };
    const report = await printReport(format, true, async (onProgress) => {
      const found = await analyse(head, onProgress);
      return options.fix ? fixWorkingTree({ root: repo, repository, head, report: found, analyse }) : found;
    });
    return exitCodeOf(report, failOn, config.rules.onEngineUnavailable);
  } finally {
    await target.dispose();
  }
}

/** Rules of a branch go by the name of the base, where it is one: `origin/main` is main, a commit or `HEAD~1` is none. */
function branchOf(base: string): string | null {
  const name = base.replace(/^(refs\/heads\/|(refs\/remotes\/)?origin\/)/, '');
  return /^[0-9a-f]{7,64}$|[~^@]|^HEAD$/.test(name) ? null : name;
}
