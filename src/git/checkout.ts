// Some files of a commit in a folder of their own, for a program that reads nothing but files. The names are text from an
// attacker: none leaves the folder, nothing becomes a link, and no ignore file of the change comes along.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type GitOptions, git } from './run.ts';

/** As large as the engine reads. */
const maxFileBytes = 1024 * 1024;
const ignoreFile = '.semgrepignore';

export interface CheckoutRequest {
  /** Bare or with a work tree. */
  repository: string;
  commit: string;
  /** Ignore files are those of this commit. */
  base: string;
  /** Relative to the root, with `/`. */
  paths: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface Checkout {
  /** Absolute; only this user can look into it. */
  root: string;
  /** Wanted files that are not in it, each with the reason in a few words. */
  skipped: { path: string; reason: string }[];
  dispose(): Promise<void>;
}

/** One that is no file of the commit is skipped like one that is too large; neither is an error. */
export async function checkOut(request: CheckoutRequest): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), 'driftline-checkout-'));
  const dispose = () => rm(root, { recursive: true, force: true, maxRetries: 3 });
  try {
    const skipped: Checkout['skipped'] = [];
    const wanted = await wantedFiles(request, skipped);
    const ignores = await ignoreFiles(request);
    if (!ignores.some(({ path }) => path === ignoreFile)) await writeFile(join(root, ignoreFile), '');
    await write(root, [...ignores, ...wanted], request, skipped);
    skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { root, skipped, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Entry {
  path: string;
  id: string;
}

async function wantedFiles(request: CheckoutRequest, skipped: Checkout['skipped']): Promise<Entry[]> {
  const listed = new Map((await entriesOf(request.commit, request)).map((entry) => [entry.path, entry]));
  return [...new Set(request.paths)].flatMap((path) => {
    const entry = listed.get(path);
    const reason = entry === undefined ? 'no such file' : (refusal(path) ?? kindOf(entry.mode));
    if (entry !== undefined && reason === null) return [entry];
    skipped.push({ path, reason: reason ?? '' });
    return [];
  });
}

/** Those of the folders that wanted files lie in. */
async function ignoreFiles(request: CheckoutRequest): Promise<Entry[]> {
  const folders = new Set(request.paths.flatMap((path) => ancestors(path)));
  return (await entriesOf(request.base, request)).filter(({ path, mode }) => {
    const { folder, name } = split(path);
    return name === ignoreFile && folders.has(folder) && refusal(folder) === null && kindOf(mode) === null;
  });
}

async function entriesOf(commit: string, request: CheckoutRequest): Promise<(Entry & { mode: string })[]> {
  const list = ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit];
  const output = (await git(list, options(request))).toString('utf8');
  return output.split('\0').flatMap((line) => {
    const tab = line.indexOf('\t');
    const [mode, , id] = line.slice(0, Math.max(tab, 0)).split(' ');
    return mode === undefined || id === undefined ? [] : [{ path: line.slice(tab + 1), mode, id }];
  });
}

/** Why a file of this name is not written; null: it is. */
function refusal(path: string): string | null {
  if (path === '') return null;
  const parts = path.split('/');
  const climbs = parts.some((part) => part === '' || part === '.' || part === '..');
  // A backslash separates folders on Windows, and a name that is no UTF-8 would be another one on disk.
  if (climbs || /[\\\0\ufffd]/.test(path)) return 'its name is no name of a file everywhere';
  const inner = parts.map((part) => part.toLowerCase());
  if (inner.includes('.git')) return 'it is inside a .git folder';
  if (inner.at(-1) === ignoreFile) return 'ignore files are those of the base';
  return null;
}

function kindOf(mode: string): string | null {
  if (mode === '120000') return 'it is a link';
  return mode.startsWith('100') ? null : 'it is a submodule';
}

/** Ignore files first: where names differ in case alone and the disk does not tell them apart, the first one stays. */
async function write(
  root: string,
  entries: readonly Entry[],
  request: CheckoutRequest,
  skipped: Checkout['skipped'],
): Promise<void> {
  const sizes = await sizesOf(entries, request);
  const small = entries.filter(({ path }, index) => {
    const size = sizes[index] ?? null;
    if (size !== null && size <= maxFileBytes) return true;
    skipped.push({ path, reason: size === null ? 'its content is missing' : `it has ${size} bytes` });
    return false;
  });
  if (small.length === 0) return;
  const input = small.map(({ id }) => `${id}\n`).join('');
  const output = await git(['cat-file', '--batch'], { ...options(request), input, maxBytes: 1024 * 1024 * 1024 });
  let at = 0;
  for (const { path } of small) {
    const header = output.indexOf('\n', at);
    const size = Number(output.toString('latin1', at, header).split(' ')[2]);
    const reason = await put(root, path, output.subarray(header + 1, header + 1 + size));
    if (reason !== null) skipped.push({ path, reason });
    at = header + 1 + size + 1;
  }
}

/** null: there is no such object, as in a mirror that holds only what reviews read. */
async function sizesOf(entries: readonly Entry[], request: CheckoutRequest): Promise<(number | null)[]> {
  if (entries.length === 0) return [];
  const input = entries.map(({ id }) => `${id}\n`).join('');
  const output = await git(['cat-file', '--batch-check=%(objectsize)'], { ...options(request), input });
  return output
    .toString('latin1')
    .trimEnd()
    .split('\n')
    .map((line) => (/^\d+$/.test(line) ? Number(line) : null));
}

async function put(root: string, path: string, bytes: Uint8Array): Promise<string | null> {
  try {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), bytes, { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') return 'another file has its name on this disk';
    if (code === 'ENAMETOOLONG' || code === 'EILSEQ' || code === 'EINVAL') return 'this disk does not allow its name';
    throw error;
  }
}

function options({ repository, signal }: CheckoutRequest): GitOptions {
  return { cwd: repository, config: { 'safe.directory': '*' }, signal };
}

function split(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(slash, 0)), name: path.slice(slash + 1) };
}

/** Every folder that the file lies in; '' is the root. */
function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}
