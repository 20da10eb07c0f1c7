// A real bare repository: commits through `git fast-import`, diffs, merge bases and test merges from git itself, so that
// no fixture can drift from its diff. It must not know HTTP or pull requests.
import { randomUUID } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type FileDiff, parseDiff } from './diff.ts';

/** Text or bytes of a file; null deletes it; `from` renames; `symlink` points elsewhere. */
export type Change =
  | string
  | Uint8Array
  | null
  | { symlink: string }
  | { executable: string }
  | { from: string; to?: string };
export type Changes = Record<string, Change>;

const CONFIG = `[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[http]
\treceivepack = false
[gc]
\tauto = 0
`;
const AUTHOR = 'Mona Lisa <mona@example.com>';

function quoted(path: string): string {
  const escaped = path.replaceAll(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
  return `"${escaped}"`;
}

function isOdd(path: string): boolean {
  return path.split('/').some((part) => part === '..' || part === '.' || part === '.git');
}

export class GitRepository {
  readonly dir: string;
  #clock = 1_767_225_600; // 2026-01-01, one minute a commit: the same steps give the same SHAs
  readonly #diffs = new Map<string, Promise<FileDiff[]>>();

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async init(dir: string): Promise<GitRepository> {
    await execa('git', ['init', '-q', '--bare', '--initial-branch=main', dir]);
    await appendFile(join(dir, 'config'), CONFIG);
    return new GitRepository(dir);
  }

  async bytes(args: string[], input?: string | Uint8Array): Promise<Buffer> {
    const { stdout } = await execa('git', args, {
      cwd: this.dir,
      encoding: 'buffer',
      stripFinalNewline: false,
      ...(input === undefined ? {} : { input }),
      env: { GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C', ...this.#identity() },
    });
    return Buffer.from(stdout);
  }

  async run(args: string[], input?: string | Uint8Array): Promise<string> {
    return (await this.bytes(args, input)).toString('utf8').trimEnd();
  }

  #identity(): Record<string, string> {
    const date = `${this.#clock} +0000`;
    const who = { NAME: 'Mona Lisa', EMAIL: 'mona@example.com', DATE: date };
    return Object.fromEntries(
      Object.entries(who).flatMap(([k, v]) => [
        [`GIT_AUTHOR_${k}`, v],
        [`GIT_COMMITTER_${k}`, v],
      ]),
    );
  }

  /** Commits on top of `onto` (default: the branch itself) and moves the branch there. */
  async commit(branch: string, changes: Changes, message = 'Change', onto?: string | null): Promise<string> {
    this.#clock += 60;
    const parent = onto === undefined ? await this.resolve(`refs/heads/${branch}`) : onto;
    const parts: Buffer[] = [];
    const text = (s: string) => parts.push(Buffer.from(s));
    const data = (content: string | Uint8Array) => {
      const bytes = Buffer.from(content);
      text(`data ${bytes.length}\n`);
      parts.push(bytes);
      text('\n');
    };
    text(`commit refs/heads/${branch}\ncommitter ${AUTHOR} ${this.#clock} +0000\n`);
    data(message);
    if (parent) text(`from ${parent}\n`);
    const entries = Object.entries(changes).filter(([path]) => !isOdd(path));
    for (const [path, change] of entries) {
      const plain = typeof change === 'string' || change instanceof Uint8Array;
      if (change === null) text(`D ${quoted(path)}\n`);
      else if (!plain && 'from' in change) text(`R ${quoted(change.from)} ${quoted(path)}\n`);
      const content = plain ? change : change === null ? undefined : 'from' in change ? change.to : undefined;
      if (content !== undefined) {
        text(`M 100644 inline ${quoted(path)}\n`);
        data(content);
      } else if (change !== null && !plain && ('symlink' in change || 'executable' in change)) {
        text(`M ${'symlink' in change ? '120000' : '100755'} inline ${quoted(path)}\n`);
        data('symlink' in change ? change.symlink : change.executable);
      }
    }
    text('\n');
    await this.bytes(['fast-import', '--quiet', '--force', '--date-format=raw'], Buffer.concat(parts));
    const odd = Object.entries(changes).filter(([path]) => isOdd(path));
    return odd.length > 0 ? this.#addOdd(branch, odd, parent ?? null, message) : this.must(`refs/heads/${branch}`);
  }

  /** Adds paths that git itself would refuse (`../x`), as a hostile author can with a handmade tree. */
  async #addOdd(branch: string, odd: [string, Change][], parent: string | null, message: string): Promise<string> {
    let root = await this.run(['ls-tree', '-z', `refs/heads/${branch}`]);
    for (const [path, change] of odd) {
      const names = path.split('/');
      let entry = `100644 blob ${await this.run(['hash-object', '-w', '--stdin'], typeof change === 'string' ? change : '')}`;
      for (const name of names.slice(1).reverse()) {
        entry = `040000 tree ${await this.run(['mktree', '-z'], `${entry}\t${name}\0`)}`;
      }
      root = `${root}${entry}\t${names[0]}\0`;
    }
    const tree = await this.run(['mktree', '-z'], root);
    const sha = await this.run(['commit-tree', tree, ...(parent ? ['-p', parent] : []), '-m', message]);
    await this.setRef(`refs/heads/${branch}`, sha);
    return sha;
  }

  /** `entries` as `git update-index -z --index-info` reads them, over the tree `base`. */
  async treeWith(base: string | null, entries: string): Promise<string> {
    const index = join(this.dir, `index-${randomUUID()}`);
    const env = { GIT_INDEX_FILE: index };
    try {
      if (base !== null) await execa('git', ['read-tree', base], { cwd: this.dir, env });
      await execa('git', ['update-index', '-z', '--index-info'], { cwd: this.dir, env, input: entries });
      return (await execa('git', ['write-tree'], { cwd: this.dir, env })).stdout;
    } finally {
      await rm(index, { force: true });
    }
  }

  async commitTree(
    tree: string,
    parents: string[],
    message: string,
    author: { name: string; email: string },
  ): Promise<string> {
    this.#clock += 60;
    const who = { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email };
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
    const env = { LC_ALL: 'C', ...this.#identity(), ...who };
    return (await execa('git', args, { cwd: this.dir, input: message, env })).stdout;
  }

  async resolve(revision: string): Promise<string | null> {
    try {
      return await this.run(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
    } catch {
      return null;
    }
  }

  async must(revision: string): Promise<string> {
    const sha = await this.resolve(revision);
    if (!sha) throw new Error(`no commit ${revision} in ${this.dir}`);
    return sha;
  }

  async setRef(ref: string, sha: string): Promise<void> {
    await this.run(['update-ref', ref, sha]);
  }

  async deleteRef(ref: string): Promise<void> {
    await this.run(['update-ref', '-d', ref]);
  }

  /** Brings a commit of another repository here under `ref`, as opening a pull request from a fork does. */
  async take(other: GitRepository, sha: string, ref: string): Promise<void> {
    await this.run(['fetch', '-q', '--no-tags', other.dir, `+${sha}:${ref}`]);
  }

  async mergeBase(a: string, b: string): Promise<string> {
    return this.run(['merge-base', a, b]);
  }

  /** Commits of `head` that are not in `base`, newest first. */
  async commits(base: string, head: string): Promise<string[]> {
    const list = await this.run(['rev-list', `${base}..${head}`]);
    return list === '' ? [] : list.split('\n');
  }

  async contains(ancestor: string, head: string): Promise<boolean> {
    const { exitCode } = await execa('git', ['merge-base', '--is-ancestor', ancestor, head], {
      cwd: this.dir,
      reject: false,
    });
    return exitCode === 0;
  }

  /** The test merge GitHub keeps at refs/pull/N/merge; null on a conflict. */
  async testMerge(base: string, head: string, message: string): Promise<string | null> {
    const { stdout, exitCode } = await execa('git', ['merge-tree', '--write-tree', base, head], {
      cwd: this.dir,
      reject: false,
    });
    const tree = stdout.split('\n')[0] ?? '';
    if (exitCode !== 0) return null;
    return this.run(['commit-tree', tree, '-p', base, '-p', head, '-m', message]);
  }

  /** What a pull request shows: merge base to head, renames followed, three lines of context. */
  diff(from: string, to: string): Promise<FileDiff[]> {
    const key = `${from} ${to}`;
    let found = this.#diffs.get(key);
    if (!found) {
      found = this.#diff(from, to);
      this.#diffs.set(key, found);
    }
    return found;
  }

  async #diff(from: string, to: string): Promise<FileDiff[]> {
    const same = ['-M', '--no-color', '--no-ext-diff', '--no-textconv', from, to];
    const raw = await this.bytes(['diff', '--raw', '-z', '--no-abbrev', ...same]);
    const patch = await this.bytes(['diff', '-p', '-U3', '--full-index', ...same]);
    return parseDiff(raw.toString('utf8'), patch.toString('utf8'));
  }

  async file(revision: string, path: string): Promise<string | null> {
    try {
      return (await this.bytes(['cat-file', 'blob', `${revision}:${path}`])).toString('utf8');
    } catch {
      return null;
    }
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}
