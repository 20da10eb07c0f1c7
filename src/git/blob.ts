// Reads one file of a commit from a local repository. It never touches the network or the working tree.
import { type GitOptions, git } from './run.ts';

/** The bytes of a regular file, or null when there is none at this path. Links are not followed. */
export async function readFileAt(repository: string, sha: string, path: string): Promise<Buffer | null> {
  const options: GitOptions = { cwd: repository, config: { 'safe.directory': '*' } };
  const tree = ['ls-tree', '-z', '--full-tree', '--end-of-options', sha, '--', path];
  const entry = (await git(tree, options)).toString('utf8').split('\0')[0] ?? '';
  const [mode, type, id] = (entry.split('\t')[0] ?? '').split(' ');
  if (id === undefined || type !== 'blob' || mode === '120000') return null;
  return git(['cat-file', 'blob', id], options);
}
