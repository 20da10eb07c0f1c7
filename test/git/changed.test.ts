// The names of the files of a change, in a real repository.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { changedPaths } from '../../src/git/changed.ts';

let repo: string;

function git(...args: string[]): string {
  const named = ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args];
  return execFileSync('git', named, { cwd: repo, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

async function commit(files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) await writeFile(join(repo, path), text);
  git('add', '--all');
  git('commit', '-qm', 'step');
  return git('rev-parse', 'HEAD');
}

beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), 'changed-'));
  git('init', '-q', '-b', 'main');
  await commit({ 'kept.py': 'a = 1\n', 'old.js': 'const a = 1;\n', 'gone.rb': 'a = 1\n' });
  return () => rm(repo, { recursive: true, force: true });
});

test('are those on either side since the head left the base, whatever they are called', async () => {
  git('checkout', '-qb', 'topic');
  await rename(join(repo, 'old.js'), join(repo, 'new name\n.ts'));
  await rm(join(repo, 'gone.rb'));
  const head = await commit({ '-ä.py': 'b = 1\n' });
  git('checkout', '-q', 'main');
  const base = await commit({ 'kept.py': 'a = 2\n' });
  const paths = await changedPaths({ repository: repo, base, head });
  expect(paths?.sort()).toEqual(['-ä.py', 'gone.rb', 'new name\n.ts', 'old.js']);
});

test('are not known without a common ancestor', async () => {
  const base = git('rev-parse', 'HEAD');
  git('checkout', '-q', '--orphan', 'other');
  const head = await commit({ 'b.py': 'b = 1\n' });
  expect(await changedPaths({ repository: repo, base, head })).toBeNull();
  expect(await changedPaths({ repository: repo, base, head: 'f'.repeat(40) })).toBeNull();
});
