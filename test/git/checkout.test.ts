// Files of a commit in a folder of their own, also when the commit was made by somebody who wants them elsewhere.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { checkOut } from '../../src/git/checkout.ts';

let repository: string;

function git(args: string[], input?: string | Buffer): string {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const env = { ...process.env, ...who };
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8', env, input, stdio: 'pipe' }).trimEnd();
}

beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'checkout-'));
  git(['init', '-q', '--bare']);
  return () => rm(repository, { recursive: true, force: true });
});

interface File {
  text: string | Buffer;
  mode?: string;
}

/** Trees are written object by object, so that names which git itself refuses are possible. */
function commit(files: Record<string, string | File>): string {
  const blob = (text: string | Buffer) => git(['hash-object', '-w', '--stdin'], text);
  const entries = Object.entries(files).map(([path, file]) => ({
    path,
    ...(typeof file === 'string' ? { text: file } : file),
  }));
  const tree = (below: typeof entries): string => {
    const lines: Buffer[] = [];
    const names = [...new Set(below.map(({ path }) => path.split('/')[0] ?? ''))].sort();
    for (const name of names) {
      const inner = below.filter(({ path }) => path.startsWith(`${name}/`));
      const own = below.find(({ path }) => path === name);
      const [mode, id] =
        own === undefined
          ? ['40000', tree(inner.map(({ path, ...rest }) => ({ ...rest, path: path.slice(name.length + 1) })))]
          : [own.mode ?? '100644', own.mode === '160000' ? 'a'.repeat(40) : blob(own.text)];
      lines.push(Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex'));
    }
    return git(['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'], Buffer.concat(lines));
  };
  return git(['commit-tree', '-m', 'x', tree(entries)]);
}

const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

test('holds the wanted files byte for byte, private, with an empty ignore file, and is gone afterwards', async () => {
  const bytes = Buffer.from([0xff, 0, 13, 10]);
  const head = commit({
    'a.py': 'a = "é"\r\n',
    'src/b c.ts': { text: bytes, mode: '100755' },
    'other.py': 'x',
    'empty.py': '',
  });
  const { root, skipped, dispose } = await checkOut({
    repository,
    commit: head,
    base: head,
    paths: ['a.py', 'src/b c.ts', 'empty.py'],
  });
  expect(filesIn(root)).toEqual(['.semgrepignore', 'a.py', 'empty.py', 'src/b c.ts']);
  expect(readFileSync(join(root, 'a.py'), 'utf8')).toBe('a = "é"\r\n');
  expect(readFileSync(join(root, 'src/b c.ts'))).toEqual(bytes);
  expect(readFileSync(join(root, '.semgrepignore'), 'utf8')).toBe('');
  expect([lstatSync(root).mode & 0o777, lstatSync(join(root, 'src/b c.ts')).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(skipped).toEqual([]);
  await dispose();
  expect(existsSync(root)).toBe(false);
});

test('takes ignore files from the base alone, also those of folders', async () => {
  const base = commit({
    '.semgrepignore': 'base\n',
    'src/.semgrepignore': 'inner\n',
    'far/.semgrepignore': 'far\n',
    'src/a.py': '',
  });
  const head = commit({
    '.semgrepignore': '*\n',
    'src/.SemgrepIgnore': '*\n',
    'src/deep/.semgrepignore': '*\n',
    'src/deep/a.py': '',
  });
  const paths = ['.semgrepignore', 'src/.SemgrepIgnore', 'src/deep/.semgrepignore', 'src/deep/a.py'];
  const { root, skipped, dispose } = await checkOut({ repository, commit: head, base, paths });
  expect(filesIn(root)).toEqual(['.semgrepignore', 'src/.semgrepignore', 'src/deep/a.py']);
  expect(readFileSync(join(root, '.semgrepignore'), 'utf8')).toBe('base\n');
  expect(readFileSync(join(root, 'src/.semgrepignore'), 'utf8')).toBe('inner\n');
  const reason = 'ignore files are those of the base';
  expect(skipped).toEqual(paths.slice(0, 3).map((path) => ({ path, reason })));
  await dispose();
});

test('writes nothing outside of itself, no link, no submodule and no configuration of git', async () => {
  const head = commit({
    '../up.py': 'x',
    'a/../../up2.py': 'x',
    './dot.py': 'x',
    '.git/config': '[core]\n\tfsmonitor = touch /tmp/x\n',
    'src/.GIT/hooks/x': 'x',
    'back\\slash.py': 'x',
    'line\nbreak.py': 'x',
    '-rf.py': 'x',
    ':(top)magic.py': 'x',
    'link.py': { text: '/etc/passwd', mode: '120000' },
    module: { text: '', mode: '160000' },
    'large.py': 'x'.repeat(1024 * 1024 + 1),
    'fits.py': 'x'.repeat(1024 * 1024),
    [`${'n'.repeat(300)}.py`]: 'x',
  });
  const paths = [
    '../up.py',
    'a/../../up2.py',
    './dot.py',
    '.git/config',
    'src/.GIT/hooks/x',
    'back\\slash.py',
    'line\nbreak.py',
    '-rf.py',
    ':(top)magic.py',
    'link.py',
    'module',
    'large.py',
    'fits.py',
    `${'n'.repeat(300)}.py`,
    'absent.py',
    'src',
  ];
  const { root, skipped, dispose } = await checkOut({ repository, commit: head, base: head, paths });
  expect(filesIn(root)).toEqual(['-rf.py', '.semgrepignore', ':(top)magic.py', 'fits.py', 'line\nbreak.py']);
  expect(existsSync(join(root, '../up.py'))).toBe(false);
  expect(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]))).toEqual({
    '../up.py': 'its name is no name of a file everywhere',
    'a/../../up2.py': 'its name is no name of a file everywhere',
    './dot.py': 'its name is no name of a file everywhere',
    '.git/config': 'it is inside a .git folder',
    'src/.GIT/hooks/x': 'it is inside a .git folder',
    'back\\slash.py': 'its name is no name of a file everywhere',
    'link.py': 'it is a link',
    module: 'it is a submodule',
    'large.py': 'it has 1048577 bytes',
    [`${'n'.repeat(300)}.py`]: 'this disk does not allow its name',
    'absent.py': 'no such file',
    src: 'no such file',
  });
  await dispose();
});

test('skips what the mirror does not hold', async () => {
  const head = commit({ 'a.py': 'here\n', 'b.py': 'gone\n' });
  const id = git(['rev-parse', `${head}:b.py`]);
  await rm(join(repository, 'objects', id.slice(0, 2), id.slice(2)));
  const { root, skipped, dispose } = await checkOut({ repository, commit: head, base: head, paths: ['a.py', 'b.py'] });
  expect(filesIn(root)).toEqual(['.semgrepignore', 'a.py']);
  expect(skipped).toEqual([{ path: 'b.py', reason: 'its content is missing' }]);
  await dispose();
});

test('of an unknown commit leaves no folder behind', async () => {
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('driftline-checkout-'));
  const before = left();
  await expect(checkOut({ repository, commit: 'b'.repeat(40), base: 'b'.repeat(40), paths: ['a'] })).rejects.toThrow(
    /git ls-tree failed/,
  );
  expect(left()).toEqual(before);
});
