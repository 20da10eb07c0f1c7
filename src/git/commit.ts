// Writes a commit with new bytes in some files of another commit, so that it can be analysed before anybody sees it.
// Only objects are written: no branch moves and no working tree is touched.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitOptions, git, gitText } from './run.ts';

/** Always the same, so that the same tree on the same parent is the same commit. */
export const identity = {
  GIT_AUTHOR_NAME: 'driftline',
  GIT_AUTHOR_EMAIL: 'driftline@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'driftline',
  GIT_COMMITTER_EMAIL: 'driftline@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
};

export interface WrittenFile {
  path: string;
  mode: '100644' | '100755';
  bytes: Uint8Array;
}

export interface WrittenCommit {
  commit: string;
  tree: string;
  /** Of the parent. */
  baseTree: string;
  /** With the mode that each file has in the parent. */
  files: WrittenFile[];
}

/** `files`: new bytes of regular files of `parent`, by path. Throws when one of the paths is none. */
export async function commitFiles(
  repository: string,
  parent: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<WrittenCommit> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-index-'));
  const at: GitOptions = {
    cwd: repository,
    config: { 'safe.directory': '*', 'core.splitIndex': 'false' },
    env: { GIT_INDEX_FILE: join(folder, 'index'), ...identity },
  };
  try {
    const modes = await modesOf([...files.keys()], parent, at);
    const written: WrittenFile[] = [];
    const entries: string[] = [];
    for (const [path, bytes] of files) {
      const mode = modes.get(path);
      if (mode === undefined) throw new Error(`${path} is no file of ${parent}`);
      const blob = await gitText(['hash-object', '-w', '--stdin'], { ...at, input: Buffer.from(bytes) });
      entries.push(`${mode} ${blob}\t${path}\0`);
      written.push({ path, mode, bytes });
    }
    await git(['read-tree', parent], at);
    await git(['update-index', '-z', '--index-info'], { ...at, input: entries.join('') });
    // The blobs of files that no review reads are not in a mirror.
    const tree = await gitText(['write-tree', '--missing-ok'], at);
    const commit = await gitText(['commit-tree', '-p', parent, '-m', 'Fixes', tree], at);
    const baseTree = await gitText(['rev-parse', '--verify', `${parent}^{tree}`], at);
    return { commit, tree, baseTree, files: written };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function modesOf(paths: string[], commit: string, at: GitOptions): Promise<Map<string, WrittenFile['mode']>> {
  const modes = new Map<string, WrittenFile['mode']>();
  const entries = await git(['ls-tree', '-z', '--full-tree', '--end-of-options', commit, '--', ...paths], at);
  for (const entry of entries.toString('utf8').split('\0')) {
    const tab = entry.indexOf('\t');
    const mode = entry.slice(0, tab).split(' ')[0];
    if (mode === '100644' || mode === '100755') modes.set(entry.slice(tab + 1), mode);
    // An old way to write that the group may write; GitHub takes only the two above.
    if (mode === '100664') modes.set(entry.slice(tab + 1), '100644');
  }
  return modes;
}
