// A working tree as a commit, and the revisions a person may name, in real repositories.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { defaultBase, repositoryRoot, resolveRevision } from '../../src/git/resolve.ts';
import { snapshotWorkingTree } from '../../src/git/worktree.ts';

let repo: string;

function git(...args: string[]): string {
  const env = {
    ...process.env,
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  return execFileSync('git', args, { cwd: repo, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), 'worktree-'));
  git('init', '-q', '-b', 'main');
  await write('kept.py', 'kept = 1\n');
  await write('changed.py', 'changed = 1\n');
  await write('gone.py', 'gone = 1\n');
  await write('.gitignore', 'ignored.py\n');
  git('add', '.');
  git('commit', '-qm', 'one');
  return () => rm(repo, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(repo, path, '..'), { recursive: true });
  await writeFile(join(repo, path), text);
}

/** Every file with its contents and time, so that any write shows. Git refreshes the time of objects it meets again. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(repo, { recursive: true, withFileTypes: true });
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const at = await stat(path);
    hash.update(`${path} ${path.includes('/.git/objects/') ? '' : at.mtimeMs} ${at.size} `);
    if (at.isFile()) hash.update(await readFile(path));
  }
  return hash.digest('hex');
}

test('holds tracked changes and untracked files, not ignored ones, and writes nothing into the repository', async () => {
  await write('changed.py', 'changed = 2\n');
  await write('folder/new.py', 'new = 1\n');
  await write('staged.py', 'staged = 1\n');
  await write('ignored.py', 'ignored = 1\n');
  git('add', 'staged.py');
  await rm(join(repo, 'gone.py'));
  const before = await fingerprint();
  const snapshot = await snapshotWorkingTree(repo);
  const show = (...args: string[]) => execFileSync('git', args, { cwd: snapshot.repository, encoding: 'utf8' });
  const base = git('rev-parse', 'HEAD');
  expect(show('diff', '--name-status', base, snapshot.head).split('\n').filter(Boolean)).toEqual([
    'M\tchanged.py',
    'A\tfolder/new.py',
    'D\tgone.py',
    'A\tstaged.py',
  ]);
  expect(show('show', `${snapshot.head}:changed.py`)).toBe('changed = 2\n');
  expect(show('rev-parse', `${snapshot.head}^`).trim()).toBe(base);
  expect(await fingerprint()).toBe(before);
  await snapshot.dispose();
  await expect(stat(snapshot.repository)).rejects.toThrow();
  expect(await fingerprint()).toBe(before);
});

test('the same working tree gives the same commit', async () => {
  await write('changed.py', 'changed = 2\n');
  const first = await snapshotWorkingTree(repo);
  const second = await snapshotWorkingTree(repo);
  expect(second.head).toBe(first.head);
  expect(second.repository).not.toBe(first.repository);
  await first.dispose();
  await second.dispose();
});

test('works in a linked work tree, in a shallow clone and before the first commit', async () => {
  await write('changed.py', 'changed = 2\n');
  git('commit', '-qam', 'two');
  const linked = `${repo}-linked`;
  git('worktree', 'add', '-q', linked);
  const shallow = `${repo}-shallow`;
  git('clone', '-q', '--depth=1', `file://${repo}`, shallow);
  const empty = `${repo}-empty`;
  git('init', '-q', empty);
  try {
    for (const folder of [linked, shallow, empty]) {
      await writeFile(join(folder, 'more.py'), 'more = 1\n');
      const snapshot = await snapshotWorkingTree(folder);
      const files = execFileSync('git', ['ls-tree', '-r', '--name-only', snapshot.head], {
        cwd: snapshot.repository,
        encoding: 'utf8',
      });
      expect(files).toContain('more.py');
      execFileSync('git', ['rev-list', snapshot.head], { cwd: snapshot.repository });
      await snapshot.dispose();
    }
  } finally {
    for (const folder of [linked, shallow, empty]) await rm(folder, { recursive: true, force: true });
  }
});

test('runs no hook and no program of the repository', async () => {
  const trace = join(repo, '..', `ran-${process.pid}`);
  await write('.git/hooks/post-index-change', `#!/bin/sh\ntouch ${trace}\n`);
  execFileSync('chmod', ['+x', join(repo, '.git/hooks/post-index-change')]);
  git('config', 'core.fsmonitor', `touch ${trace}`);
  await write('changed.py', 'changed = 2\n');
  await (await snapshotWorkingTree(repo)).dispose();
  await expect(stat(trace)).rejects.toThrow();
});

test('says what has no working tree, and what in a working tree cannot be read', async () => {
  const bare = `${repo}-bare`;
  git('clone', '-q', '--bare', repo, bare);
  await expect(snapshotWorkingTree(bare)).rejects.toMatchObject({ code: 'no-working-tree' });
  await rm(bare, { recursive: true });
  await mkdir(join(repo, 'nested'));
  git('init', '-q', 'nested');
  await expect(snapshotWorkingTree(repo)).rejects.toThrow(/'nested\/' does not have a commit/);
});

test('leaves no folder behind when it is interrupted', async () => {
  const module = join(import.meta.dirname, '../../src/git/worktree.ts');
  const code = `import { snapshotWorkingTree } from ${JSON.stringify(module)};
    process.stdout.write((await snapshotWorkingTree(${JSON.stringify(repo)})).repository);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], { stdio: 'pipe' });
  const repository = String((await once(child.stdout, 'data'))[0]);
  expect((await stat(repository)).isDirectory()).toBe(true);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  await expect(stat(join(repository, '..'))).rejects.toThrow();
});

test('finds the repository around a folder, and says so when there is none', async () => {
  await mkdir(join(repo, 'a', 'b'), { recursive: true });
  expect(await repositoryRoot(join(repo, 'a', 'b'))).toBe(await repositoryRoot(repo));
  const outside = await mkdtemp(join(tmpdir(), 'outside-'));
  for (const folder of [outside, join(outside, 'none')]) {
    const error = await repositoryRoot(folder).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe('not-a-repository');
  }
  await rm(outside, { recursive: true });
});

test('a git that is pointed elsewhere by the environment does not lead us astray', async () => {
  process.env.GIT_DIR = '/nowhere';
  try {
    expect(await resolveRevision(repo, 'main')).toMatch(/^[0-9a-f]{40}$/);
  } finally {
    delete process.env.GIT_DIR;
  }
});

test('resolves revisions, and refuses what names no commit', async () => {
  const head = git('rev-parse', 'HEAD');
  expect(await resolveRevision(repo, 'main')).toBe(head);
  expect(await resolveRevision(repo, head.slice(0, 8))).toBe(head);
  for (const wrong of ['^main', 'nope', '--help', '-n', '', 'HEAD:kept.py', 'a b', 'HEAD~99']) {
    const error = await resolveRevision(repo, wrong).catch((caught: unknown) => caught);
    expect(error, wrong).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe('unknown-revision');
  }
});

test('takes the default branch as base, the one of the remote first', async () => {
  expect(await defaultBase(repo)).toBe('main');
  git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
  expect(await defaultBase(repo)).toBe('origin/HEAD');
  const empty = await mkdtemp(join(tmpdir(), 'empty-'));
  execFileSync('git', ['init', '-q', '-b', 'work'], { cwd: empty });
  await expect(defaultBase(empty)).rejects.toThrow(/no branch/);
  await rm(empty, { recursive: true });
});
