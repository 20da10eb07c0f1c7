// Reads the files below some folders of a commit from a local repository, in two processes however many they are.
// Links and submodules are no files; nothing of the working tree is touched.
import { type GitOptions, git, gitText } from './run.ts';

export interface FileAt {
  /** Relative to the root, with `/`. */
  path: string;
  /** Of a larger file only one byte more than `maxBytes`, so that a reader sees that it is too large. */
  bytes: Uint8Array;
}

export interface FilesWanted {
  /** Folders or single files; one that does not exist has no files. */
  under: readonly string[];
  wants: (path: string) => boolean;
  maxFiles: number;
  /** Of one file. */
  maxBytes: number;
}

/** Ordered by path. Beyond `maxFiles` the rest is left out, and `cut` says so. `links`: wanted names that are links. */
export async function readFilesAt(
  repository: string,
  sha: string,
  { under, wants, maxFiles, maxBytes }: FilesWanted,
): Promise<{ files: FileAt[]; cut: boolean; links: string[] }> {
  if (under.length === 0) return { files: [], cut: false, links: [] };
  const options: GitOptions = { cwd: repository, config: { 'safe.directory': '*' } };
  const list = ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', sha, '--', ...under];
  const entries = (await git(list, options)).toString('utf8').split('\0').flatMap(entryOf);
  const named = entries.filter(({ path }) => wants(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const wanted = named.filter(({ isLink }) => !isLink);
  const kept = wanted.slice(0, maxFiles);
  const small = kept.filter(({ size }) => size <= maxBytes);
  const ids = small.map(({ id }) => `${id}\n`).join('');
  const output = small.length === 0 ? Buffer.alloc(0) : await git(['cat-file', '--batch'], { ...options, input: ids });
  const texts = new Map(blobsOf(output, small));
  const files = kept.map(({ path }) => ({ path, bytes: texts.get(path) ?? new Uint8Array(maxBytes + 1) }));
  const links = named.filter(({ isLink }) => isLink).map(({ path }) => path);
  return { files, cut: wanted.length > kept.length, links };
}

/** Every regular file of a commit. `size` in bytes; null: its content is not here, as in a mirror that holds only a part. */
export async function listFilesAt(
  repository: string,
  sha: string,
  signal?: AbortSignal,
): Promise<{ path: string; size: number | null }[]> {
  const options: GitOptions = { cwd: repository, config: { 'safe.directory': '*' }, signal };
  const list = ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', sha];
  const entries = (await git(list, options)).toString('utf8').split('\0').flatMap(entryOf);
  return entries
    .filter(({ isLink }) => !isLink)
    .map(({ path, size }) => ({ path, size: Number.isNaN(size) ? null : size }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** When a commit was made: UTC, ISO 8601, to the second. */
export async function timeOfCommit(repository: string, sha: string): Promise<string> {
  const options: GitOptions = { cwd: repository, config: { 'safe.directory': '*' } };
  const seconds = Number(await gitText(['show', '-s', '--format=%ct', '--end-of-options', sha], options));
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

interface Entry {
  path: string;
  isLink: boolean;
  id: string;
  size: number;
}

/** `100644 blob ID    SIZE\tPATH` */
function entryOf(line: string): Entry[] {
  const tab = line.indexOf('\t');
  const [mode, type, id, size] = line.slice(0, Math.max(tab, 0)).split(/ +/);
  if (type !== 'blob' || id === undefined) return [];
  return [{ path: line.slice(tab + 1), isLink: mode === '120000', id, size: Number(size) }];
}

/** Each answer is `ID blob SIZE`, a line break, the bytes, and a line break; they come in the order of the questions. */
function* blobsOf(output: Buffer, entries: readonly Entry[]): Generator<[string, Uint8Array]> {
  let at = 0;
  for (const { path, size } of entries) {
    const start = output.indexOf('\n', at) + 1;
    yield [path, output.subarray(start, start + size)];
    at = start + size + 1;
  }
}
