// A commit with other bytes in some files, made of objects alone.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readFileAt } from '../../src/git/blob.ts';
import { commitFiles } from '../../src/git/commit.ts';
import { readFilesAt } from '../../src/git/files.ts';

let repo: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: repo,
    encoding: 'utf8',
  }).trimEnd();

beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), 'commit-'));
  git('init', '-q', '-b', 'main');
  await mkdir(join(repo, 'src'));
  await writeFile(join(repo, 'src/a.py'), 'a\n');
  await writeFile(join(repo, 'src/run.py'), 'run\n');
  await chmod(join(repo, 'src/run.py'), 0o755);
  await writeFile(join(repo, ':(top) [x]*.py'), 'odd\n');
  await symlink('src/a.py', join(repo, 'link.py'));
  git('add', '-A');
  git('commit', '-qm', 'one');
  return () => rm(repo, { recursive: true, force: true });
});

test('has the new bytes and the old modes, and moves nothing', async () => {
  const head = git('rev-parse', 'HEAD');
  const [a, run, odd] = ['A\r\n', 'RUN 😀', 'ODD\n'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  const files = new Map([
    ['src/a.py', a],
    ['src/run.py', run],
    [':(top) [x]*.py', odd],
  ]);
  const made = await commitFiles(repo, head, files);
  expect(git('diff-tree', '-r', '--name-status', head, made.commit).split('\n')).toHaveLength(3);
  expect(git('show', `${made.commit}:src/run.py`)).toBe('RUN 😀');
  expect(made.files.map(({ path, mode }) => [path, mode])).toEqual([
    ['src/a.py', '100644'],
    ['src/run.py', '100755'],
    [':(top) [x]*.py', '100644'],
  ]);
  expect(git('rev-parse', `${made.commit}^`, `${made.commit}^{tree}`).split('\n')).toEqual([head, made.tree]);
  expect([git('rev-parse', 'HEAD'), git('status', '--porcelain')]).toEqual([head, '']);
  expect((await commitFiles(repo, head, files)).commit).toBe(made.commit);
});

test.each(['none.py', 'src', 'link.py'])('%s is no file whose bytes can be replaced', async (path) => {
  await expect(commitFiles(repo, git('rev-parse', 'HEAD'), new Map([[path, Buffer.from('x')]]))).rejects.toThrow(
    `${path} is no file of`,
  );
});

test('a name that looks like a pattern is read as a name', async () => {
  const head = git('rev-parse', 'HEAD');
  const odd = ':(top) [x]*.py';
  expect((await readFileAt(repo, head, odd))?.toString()).toBe('odd\n');
  const wanted = { wants: () => true, maxFiles: 9, maxBytes: 99 };
  const { files } = await readFilesAt(repo, head, { under: [odd, 'src/a.py'], ...wanted });
  expect(files.map(({ path }) => path)).toEqual([odd, 'src/a.py']);
});
