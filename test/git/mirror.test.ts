// The mirror against real repositories over HTTP: what is fetched, what is not, and what two processes do to each other.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TransientError } from '../../src/errors.ts';
import { readFileAt } from '../../src/git/blob.ts';
import { type MirrorOptions, Mirrors } from '../../src/git/mirror.ts';
import { issueToken } from '../github/auth.ts';
import { type FakeGitHub, startFakeGitHub } from '../github/fake.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';

let github: FakeGitHub;
let folder: string;
let count = 0;

beforeAll(async () => {
  github = await startFakeGitHub();
});
afterAll(() => github.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mirrors-'));
  github.world.faults.clear();
  return () => rm(folder, { recursive: true, force: true });
});

function repository(): Promise<FakeRepository> {
  count += 1;
  const files = {
    'shop/views.py': 'def view():\n    pass\n',
    'shop/other.py': 'unchanged = 1\n',
    'README.md': 'text\n',
    'picture.png': 'not text\n',
    Gemfile: "gem 'rails'\n",
    '.github/driftline.yml': 'exclude: []\n',
  };
  return github.createRepository(`acme/shop-${count}`, { files });
}

function mirrors(more: Partial<MirrorOptions> = {}): Mirrors {
  return new Mirrors({ root: folder, maxBytes: 1e9, ...more });
}

function token(): string {
  const made = issueToken(github.world.state, { permissions: { contents: 'read' } });
  if (typeof made === 'string') throw new Error(made);
  return made.value;
}

async function request(repository: FakeRepository, pull: FakePull) {
  return {
    repositoryId: repository.id,
    access: { url: `${github.origin}/${repository.name}.git`, token: token() },
    pull: pull.number,
    headSha: pull.headSha,
    baseSha: await repository.git.must('refs/heads/main'),
    baseRef: 'main',
  };
}

function git(path: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: path, encoding: 'utf8' });
}

/** `blob` or `missing`, by revision and path. */
function has(path: string, object: string): string {
  const input = `${object}\n`;
  const answer = execFileSync('git', ['cat-file', '--batch-check=%(objecttype)'], {
    cwd: path,
    input,
    encoding: 'utf8',
  });
  return answer.trim().split(' ').at(-1) ?? '';
}

test('brings every source and manifest, changed or not, and no picture', async () => {
  const repo = await repository();
  const pull = await repo.openPull({
    files: { 'shop/views.py': 'def view():\n    return 1\n', 'picture.png': 'new\n' },
  });
  const wanted = await request(repo, pull);
  const mirror = await mirrors().prepare(wanted);
  expect(has(mirror.path, `${wanted.headSha}:shop/views.py`)).toBe('blob');
  expect(has(mirror.path, `${wanted.baseSha}:shop/views.py`)).toBe('blob');
  expect(has(mirror.path, `${wanted.headSha}:Gemfile`)).toBe('blob');
  expect(has(mirror.path, `${wanted.headSha}:shop/other.py`)).toBe('blob');
  expect(has(mirror.path, `${wanted.headSha}:picture.png`)).toBe('missing');
  expect(String(await readFileAt(mirror.path, wanted.baseSha, '.github/driftline.yml'))).toBe('exclude: []\n');
  expect(await readFileAt(mirror.path, wanted.baseSha, '.github/none.yml')).toBeNull();
  expect(await readFileAt(mirror.path, wanted.baseSha, '.github')).toBeNull();
  await mirror.release();
});

test('a second review of the same commits asks the remote for nothing', async () => {
  const repo = await repository();
  const wanted = await request(repo, await repo.openPull({ files: { 'a.py': 'a = 1\n' } }));
  await (await mirrors().prepare(wanted)).release();
  const before = github.world.state.gitCalls.length;
  await (await mirrors().prepare(wanted)).release();
  expect(github.world.state.gitCalls.length).toBe(before);
});

test('follows a force-push, and still finds a head that was pushed away', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { 'a.py': 'a = 1\n' } });
  const first = await request(repo, pull);
  await pull.forcePush({ 'b.py': 'b = 1\n' });
  const second = await request(repo, pull);
  expect(second.headSha).not.toBe(first.headSha);
  const mirror = await mirrors().prepare(second);
  expect(has(mirror.path, `${second.headSha}:b.py`)).toBe('blob');
  await mirror.release();
  const late = await mirrors().prepare(first);
  expect(has(late.path, `${first.headSha}:a.py`)).toBe('blob');
  await late.release();
});

test('the token is in no file of the mirror, in no reference of it, and in no error', async () => {
  const repo = await repository();
  const wanted = await request(repo, await repo.openPull({ files: { 'a.py': 'a = 1\n' } }));
  const mirror = await mirrors().prepare(wanted);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  const basic = Buffer.from(`x-access-token:${wanted.access.token}`).toString('base64');
  for (const file of files) {
    const text = await readFile(join(file.parentPath, file.name), 'latin1');
    expect(text.includes(wanted.access.token) || text.includes(basic)).toBe(false);
  }
  await mirror.release();
  const wrong = { ...wanted, headSha: 'f'.repeat(40), access: { ...wanted.access, token: 'ghs_wrong' } };
  const error = await mirrors()
    .prepare(wrong)
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TransientError);
  const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
  expect(shown).not.toContain('ghs_wrong');
  expect(shown).not.toContain(Buffer.from('x-access-token:ghs_wrong').toString('base64'));
});

test('a remote that breaks off is a passing fault, and the next attempt succeeds', async () => {
  const repo = await repository();
  const wanted = await request(repo, await repo.openPull({ files: { 'a.py': 'a = 1\n' } }));
  github.fail({ fault: { kind: 'drop' }, times: 1, route: /^GIT/ });
  await expect(mirrors().prepare(wanted)).rejects.toBeInstanceOf(TransientError);
  const mirror = await mirrors().prepare(wanted);
  expect(has(mirror.path, `${wanted.headSha}:a.py`)).toBe('blob');
  await mirror.release();
});

test('a base branch that replaces a folder of branches is no conflict', async () => {
  const repo = await repository();
  await repo.git.setRef('refs/heads/release/1', await repo.git.must('refs/heads/main'));
  const pull = await repo.openPull({ base: 'release/1', files: { 'a.py': 'a = 1\n' } });
  await (await mirrors().prepare({ ...(await request(repo, pull)), baseRef: 'release/1' })).release();
  await repo.git.deleteRef('refs/heads/release/1');
  const newBase = await repo.git.commit(
    'release',
    { 'c.py': 'c = 1\n' },
    'Base',
    await repo.git.must('refs/heads/main'),
  );
  const wanted = { ...(await request(repo, pull)), baseRef: 'release', baseSha: newBase };
  const mirror = await mirrors().prepare(wanted);
  expect(has(mirror.path, newBase)).toBe('commit');
  await mirror.release();
});

test('a branch name that would say more than a name is refused', async () => {
  const repo = await repository();
  const wanted = await request(repo, await repo.openPull({ files: { 'a.py': 'a = 1\n' } }));
  for (const baseRef of ['main:refs/heads/x', '--upload-pack=touch x', 'a b', 'a\nb', '*']) {
    await expect(mirrors().prepare({ ...wanted, headSha: 'f'.repeat(40), baseRef })).rejects.toThrow(
      /base branch has a name/,
    );
  }
});

test('evicts what was unused for longest, never what is in use', async () => {
  const [a, b, c] = [await repository(), await repository(), await repository()];
  const open = async (repo: FakeRepository) => request(repo, await repo.openPull({ files: { 'a.py': 'a = 1\n' } }));
  const small = mirrors({ maxBytes: 1 });
  const first = await small.prepare(await open(a));
  await (await small.prepare(await open(b))).release();
  const names = async () => (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  const name = (repo: FakeRepository) => `127.0.0.1-${repo.id}`;
  await small.prepare(await open(c));
  expect(await names()).toEqual([name(a), name(c)].sort());
  await first.release();
  await small.prepare(await open(b));
  expect(await names()).toEqual([name(b), name(c)].sort());
});

test('a mirror whose user died counts as free', async () => {
  const [a, b] = [await repository(), await repository()];
  const open = async (repo: FakeRepository) => request(repo, await repo.openPull({ files: { 'a.py': 'a = 1\n' } }));
  await (await mirrors().prepare(await open(a))).release();
  const leases = join(folder, '.state', `127.0.0.1-${a.id}`, 'leases');
  await writeFile(join(leases, 'of-a-dead-process'), '');
  const old = new Date(Date.now() - 120_000);
  await utimes(join(leases, 'of-a-dead-process'), old, old);
  await mirrors({ maxBytes: 1 }).prepare(await open(b));
  expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual([`127.0.0.1-${b.id}`]);
});

test('many reviews of one repository at once leave a sound mirror', async () => {
  const repo = await repository();
  const pulls = [];
  for (let n = 0; n < 6; n++) pulls.push(await repo.openPull({ files: { [`f${n}.py`]: `n = ${n}\n` } }));
  const wanted = await Promise.all(pulls.map((pull) => request(repo, pull)));
  // Two of these share nothing but the folder, as two processes do.
  const both = [mirrors(), mirrors()];
  const ready = await Promise.all(wanted.map((one, n) => (both[n % 2] ?? mirrors()).prepare(one)));
  for (const [n, mirror] of ready.entries()) expect(has(mirror.path, `${wanted[n]?.headSha}:f${n}.py`)).toBe('blob');
  expect(
    git(ready[0]?.path ?? '', 'for-each-ref', 'refs/driftline/pull')
      .split('\n')
      .filter(Boolean),
  ).toHaveLength(6);
  await Promise.all(ready.map((mirror) => mirror.release()));
});

test('lock files of a git that was killed do not stop the next one', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { 'a.py': 'a = 1\n' } });
  const mirror = await mirrors().prepare(await request(repo, pull));
  await mirror.release();
  await writeFile(join(mirror.path, 'refs', 'driftline', 'pull', `${pull.number}.lock`), '');
  await writeFile(join(mirror.path, 'packed-refs.lock'), '');
  await pull.push({ 'a.py': 'a = 2\n' });
  const wanted = await request(repo, pull);
  const again = await mirrors().prepare(wanted);
  expect(has(again.path, `${wanted.headSha}:a.py`)).toBe('blob');
  await again.release();
});

test('a damaged mirror is made anew', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { 'a.py': 'a = 1\n' } });
  const mirror = await mirrors().prepare(await request(repo, pull));
  await mirror.release();
  for (const file of await readdir(join(mirror.path, 'objects', 'pack'))) {
    const path = join(mirror.path, 'objects', 'pack', file);
    await rm(path, { force: true });
    await writeFile(path, 'damaged');
  }
  await pull.push({ 'a.py': 'a = 2\n' });
  const wanted = await request(repo, pull);
  await mirrors()
    .prepare(wanted)
    .then(
      (ready) => ready.release(),
      () => undefined,
    );
  const again = await mirrors().prepare(wanted);
  expect(has(again.path, `${wanted.headSha}:a.py`)).toBe('blob');
  await again.release();
});

test('packs are gathered when there are many, and what was there stays', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { 'a.py': 'a = 0\n' } });
  const few = mirrors({ packsMax: 3 });
  let wanted = await request(repo, pull);
  for (let n = 1; n <= 4; n++) {
    await (await few.prepare(wanted)).release();
    await pull.push({ 'a.py': `a = ${n}\n` });
    wanted = await request(repo, pull);
  }
  const mirror = await few.prepare(wanted);
  const packs = (await readdir(join(mirror.path, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
  expect(packs.length).toBeLessThanOrEqual(4);
  expect(has(mirror.path, `${wanted.headSha}:a.py`)).toBe('blob');
  expect(has(mirror.path, `${wanted.baseSha}:Gemfile`)).toBe('blob');
  await mirror.release();
});
