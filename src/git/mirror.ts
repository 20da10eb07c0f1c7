// A bare mirror per repository, kept between reviews: commits and trees of what was reviewed, and the blobs that
// the engine reads, fetched in one batch. It gets an address and a token; it must not know who issued them.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError, TransientError } from '../errors.ts';
import { GitError, type GitOptions, git, gitText } from './run.ts';
import { type Lease, Shelf } from './shelf.ts';
import { isAlwaysRead, mayBeRenamed } from './wanted.ts';

export interface MirrorOptions {
  /** Folder that holds all mirrors. */
  root: string;
  maxBytes: number;
  staleMs?: number;
  /** For one fetch from the network. */
  fetchTimeoutMs?: number;
  /** Each fetch leaves a pack; above this many they are gathered into one. */
  packsMax?: number;
}

export interface MirrorRequest {
  repositoryId: number;
  /** https URL without credentials, and the token that opens it. */
  access: { url: string; token: string };
  pull: number;
  headSha: string;
  baseSha: string;
  baseRef: string;
  signal?: AbortSignal;
}

export interface Mirror {
  /** Path of the bare repository. */
  path: string;
  /** It may be evicted from now on. */
  release(): Promise<void>;
}

export class Mirrors {
  readonly #shelf: Shelf;
  readonly #options: Required<MirrorOptions>;

  constructor(options: MirrorOptions) {
    this.#options = { staleMs: 30_000, fetchTimeoutMs: 300_000, packsMax: 40, ...options };
    this.#shelf = new Shelf(this.#options);
  }

  /** Brings base and head of a pull request, and every blob a review of it reads, into the mirror. */
  async prepare(request: MirrorRequest): Promise<Mirror> {
    const name = `${new URL(request.access.url).hostname}-${request.repositoryId}`;
    const held = await this.#shelf.lock(name, this.#options.fetchTimeoutMs, request.signal);
    if (held === null) throw new TransientError('the mirror stayed locked by another review', null);
    let lease: Lease;
    const path = this.#shelf.folder(name);
    try {
      await create(path, this.#options.root);
      await clearLocks(path);
      await this.#fetch(path, request);
      if (!(await this.#shelf.inUse(name))) await tidy(path, this.#options.packsMax, this.#remote(path, request));
      lease = await this.#shelf.lease(name);
    } catch (error) {
      // A mirror damaged by a machine that lost power is made anew by the next attempt.
      if (isDamage(error) && !(await this.#shelf.inUse(name))) await rm(path, { recursive: true, force: true });
      throw faultOf(error);
    } finally {
      await held.release();
    }
    await this.#shelf.evict();
    return { path, release: () => lease.release() };
  }

  async #fetch(path: string, request: MirrorRequest): Promise<void> {
    const remote = this.#remote(path, request);
    const { headSha, baseSha } = request;
    if (!(await hasAll(path, [headSha, baseSha], 'commit'))) {
      const refspecs = [
        `+refs/pull/${request.pull}/head:refs/driftline/pull/${request.pull}`,
        `+refs/heads/${branch(request.baseRef)}:refs/driftline/base/${hash(request.baseRef)}`,
      ];
      await fetch(refspecs, remote);
    }
    // Force-pushed away meanwhile, or a base branch that was rewritten: the commits themselves can still be asked for.
    for (const sha of [headSha, baseSha]) {
      if (!(await hasAll(path, [sha], 'commit'))) await fetch([`+${sha}:refs/driftline/commit/${sha}`], remote);
    }
    const missing = await missingBlobs(path, await wantedBlobs(path, baseSha, headSha));
    if (missing.length > 0) await fetch(missing, remote, { 'fetch.negotiationAlgorithm': 'noop' });
  }

  /** How to reach the remote. It stands in the environment of one command; nothing of it is written to the mirror. */
  #remote(path: string, request: MirrorRequest): GitOptions {
    const { url, token } = request.access;
    const { protocol } = new URL(url);
    if (!['https:', 'http:'].includes(protocol)) throw new PermanentError(`cannot clone over ${protocol}//`);
    const secret = Buffer.from(`x-access-token:${token}`).toString('base64');
    return {
      cwd: path,
      config: {
        'safe.directory': '*',
        'remote.origin.url': url,
        'remote.origin.promisor': 'true',
        'remote.origin.partialCloneFilter': 'blob:none',
        [`protocol.${protocol.slice(0, -1)}.allow`]: 'always',
        'http.extraHeader': `Authorization: Basic ${secret}`,
        'http.lowSpeedLimit': '1000',
        'http.lowSpeedTime': '60',
        'transfer.fsckObjects': 'false',
      },
      timeoutMs: this.#options.fetchTimeoutMs,
      signal: request.signal,
      secrets: [token, secret],
    };
  }
}

async function create(path: string, root: string): Promise<void> {
  if (await hasAny(path, 'HEAD')) return;
  const draft = join(root, `.new-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  await git(['init', '--quiet', '--bare', '--template='], { cwd: draft });
  await rm(path, { recursive: true, force: true });
  await rename(draft, path);
}

async function fetch(wants: string[], remote: GitOptions, config: Record<string, string> = {}): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--filter=blob:none',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
  ];
  await git([...args, '--recurse-submodules=no', '--stdin', 'origin'], {
    ...remote,
    config: { ...remote.config, ...config },
    input: `${wants.join('\n')}\n`,
  });
}

interface Change {
  path: string;
  status: string;
  /** Blob ids of the sides that are regular files. */
  blobs: string[];
}

/** The blobs on both sides of the changed files, and everything else that a review reads. */
async function wantedBlobs(path: string, baseSha: string, headSha: string): Promise<string[]> {
  const mergeBase = await gitText(['merge-base', baseSha, headSha], local(path)).catch(() => baseSha);
  const changes = await changesOf(path, mergeBase, headSha);
  const moved = changes.some(({ status }) => status === 'A') && changes.some(({ status }) => status === 'D');
  const wanted = new Set<string>();
  for (const change of changes) {
    // A rule may be for any kind of text; what is no text can only be half of a renamed file.
    const pairs = moved && change.status !== 'M';
    if ((pairs || change.status !== 'D') && mayBeRenamed(change.path)) for (const id of change.blobs) wanted.add(id);
  }
  for (const commit of new Set([mergeBase, baseSha, headSha])) {
    const entries = await git(['ls-tree', '-r', '-z', '--full-tree', commit], local(path));
    for (const entry of entries.toString('latin1').split('\0')) {
      const tab = entry.indexOf('\t');
      const [mode, , id] = entry.slice(0, tab).split(' ');
      if (isFile(mode) && id !== undefined && isAlwaysRead(entry.slice(tab + 1))) wanted.add(id);
    }
  }
  return [...wanted].sort();
}

async function changesOf(path: string, from: string, to: string): Promise<Change[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to];
  // Read as single bytes: a name that is no UTF-8 stays one name.
  const fields = (await git(args, local(path))).toString('latin1').split('\0');
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode, newMode, oldId = '', newId = '', status = ''] = (fields[at] ?? '').slice(1).split(' ');
    const blobs = [isFile(oldMode) ? oldId : '', isFile(newMode) ? newId : ''].filter((id) => id !== '');
    changes.push({ path: fields[at + 1] ?? '', status, blobs });
  }
  return changes;
}

function isFile(mode: string | undefined): boolean {
  return mode === '100644' || mode === '100755' || mode === '100664';
}

async function missingBlobs(path: string, ids: string[]): Promise<string[]> {
  const answer = await gitText(['cat-file', '--batch-check=%(objectname)'], {
    ...local(path),
    input: `${ids.join('\n')}\n`,
  });
  return ids.length === 0 ? [] : answer.split('\n').flatMap((line) => /^([0-9a-f]+) missing$/.exec(line)?.[1] ?? []);
}

async function hasAll(path: string, ids: string[], type: string): Promise<boolean> {
  const input = `${ids.join('\n')}\n`;
  const answer = await gitText(['cat-file', '--batch-check=%(objecttype)'], { ...local(path), input });
  return answer.split('\n').every((line) => line === type);
}

/** Lock files of a git that was killed. Only called by the holder of the mirror's lock, so no live git owns them. */
async function clearLocks(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    const dead = entry.isFile() && (entry.name.endsWith('.lock') || entry.name.startsWith('tmp_'));
    if (dead) await rm(join(entry.parentPath, entry.name), { force: true });
  }
}

/** Every fetch leaves a pack; many packs make every look-up slow. Only when nobody reads. */
async function tidy(path: string, packsMax: number, remote: GitOptions): Promise<void> {
  const packs = (await readdir(join(path, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
  if (packs.length > packsMax) await git(['gc', '--quiet', '--prune=2.weeks.ago'], remote);
}

async function hasAny(folder: string, name: string): Promise<boolean> {
  return readdir(folder).then(
    (names) => names.includes(name),
    () => false,
  );
}

function local(path: string): GitOptions {
  return { cwd: path, config: { 'safe.directory': '*' } };
}

/** A branch name as git allows it, so that it cannot say more than a name in a refspec. */
function branch(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  if (name === '' || /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|^[-/]|\/$|\.lock$/.test(name)) {
    throw new PermanentError('the base branch has a name that git does not allow');
  }
  return name;
}

/** Branches `a` and `a/b` cannot stand side by side as refs, but one may follow the other on the remote. */
function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

function isDamage(error: unknown): boolean {
  const signs =
    /corrupt|bad object|bad tree|not a git repository|unable to read|does not match index|invalid index-pack/i;
  return error instanceof GitError && signs.test(error.stderr);
}

function faultOf(error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  return new TransientError(error.message, null, { cause: error });
}
