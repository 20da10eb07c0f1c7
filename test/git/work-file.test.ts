// Single files of a working tree, read and replaced: whole or not at all, never elsewhere.
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readWorkFile, replaceWorkFile } from '../../src/git/work-file.ts';

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'work-file-')));
  root = join(folder, 'tree');
  await mkdir(join(root, 'src'), { recursive: true });
  await writeFile(join(root, 'src/a.py'), 'a\n');
  await writeFile(join(folder, 'outside.py'), 'outside\n');
  return () => rm(folder, { recursive: true, force: true });
});

test('a file is replaced whole and keeps its permissions', async () => {
  await chmod(join(root, 'src/a.py'), 0o750);
  const before = await readWorkFile(root, 'src/a.py');
  await replaceWorkFile(root, 'src/a.py', before, Buffer.from('b\r\n'));
  expect(await readFile(join(root, 'src/a.py'), 'utf8')).toBe('b\r\n');
  expect((await stat(join(root, 'src/a.py'))).mode & 0o7777).toBe(0o750);
  expect(await readdir(join(root, 'src'))).toEqual(['a.py']);
});

test('the root itself may be reached by a link', async () => {
  await symlink(root, join(folder, 'alias'));
  expect((await readWorkFile(join(folder, 'alias'), 'src/a.py')).bytes.toString()).toBe('a\n');
});

test('one that changed since it was read stays, and nothing is left behind', async () => {
  const before = await readWorkFile(root, 'src/a.py');
  await writeFile(join(root, 'src/a.py'), 'theirs\n');
  await expect(replaceWorkFile(root, 'src/a.py', before, Buffer.from('b\n'))).rejects.toThrow('changed meanwhile');
  expect(await readFile(join(root, 'src/a.py'), 'utf8')).toBe('theirs\n');
  expect(await readdir(join(root, 'src'))).toEqual(['a.py']);
});

test.each([
  ['../outside.py', 'leads out of the working tree'],
  ['src/../../outside.py', 'leads out of the working tree'],
  ['/etc/hostname', 'leads out of the working tree'],
  ['.git/config', 'leads out of the working tree'],
  ['src/.GIT/config', 'leads out of the working tree'],
  ['src/none.py', 'not in the working tree'],
  ['none/a.py', 'not in the working tree'],
  ['src', 'no regular file'],
  ['src/link.py', 'no regular file'],
  ['linked/outside.py', 'behind a symbolic link'],
])('%s is refused', async (path, reason) => {
  await symlink('../../outside.py', join(root, 'src/link.py'));
  await symlink('..', join(root, 'linked'));
  await expect(readWorkFile(root, path)).rejects.toThrow(reason);
  const before = { bytes: Buffer.from('outside\n'), mode: 0o644 };
  await expect(replaceWorkFile(root, path, before, Buffer.from('x'))).rejects.toThrow(reason);
  expect(await readFile(join(folder, 'outside.py'), 'utf8')).toBe('outside\n');
});
