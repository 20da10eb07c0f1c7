// The names of the files that a change touches, from a local repository, without reading any of them.
import { GitError, git } from './run.ts';

/**
 * Paths on either side of the change from where `head` left `base`, so that a renamed file has both of its names. Null where
 * git cannot tell, as for commits without a common ancestor.
 */
export async function changedPaths(wanted: {
  repository: string;
  /** Full commit ids. */
  base: string;
  head: string;
  signal?: AbortSignal;
}): Promise<string[] | null> {
  const { repository, base, head, signal } = wanted;
  const options = ['--name-only', '-z', '--no-renames', '--no-ext-diff', '--end-of-options'];
  try {
    const output = await git(['diff', ...options, `${base}...${head}`], {
      cwd: repository,
      config: { 'safe.directory': '*' },
      signal,
    });
    return output
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '');
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
