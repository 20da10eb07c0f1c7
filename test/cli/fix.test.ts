// `driftline review --fix` as a user meets it: real processes, a real repository, the files afterwards.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JsonReport } from '../../src/cli/format/json.ts';
import * as code from '../fixable.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
let shop: string;

const put = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(shop, name)), { recursive: true });
  writeFileSync(path.join(shop, name), text);
};
const get = (name: string) => readFileSync(path.join(shop, name), 'utf8');
const git = (...args: string[]) =>
  execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: shop });
const fix = (...args: string[]) =>
  execa(process.execPath, [main, 'review', '--base', 'main', '--fix', ...args], {
    cwd: shop,
    reject: false,
    env: { NO_COLOR: '' },
  });

beforeEach(async () => {
  shop = mkdtempSync(path.join(tmpdir(), 'driftline-fix-'));
  await git('init', '-q', '-b', 'main');
  for (const [name, text] of Object.entries(code.shopFiles)) put(name, text);
  await git('add', '-A');
  await git('commit', '-qm', 'base');
  await git('switch', '-qc', 'feature');
});
afterEach(() => rmSync(shop, { recursive: true, force: true }));

it('writes the fixes, says what it did, and reports what remains', async () => {
  put('shop/a.py', code.customers);
  put('shop/b.py', code.both);
  put('shop/c.py', code.cities);
  chmodSync(path.join(shop, 'shop/a.py'), 0o755);
  const first = await fix('--format', 'json', '--fail-on', 'warn');
  expect(first.stderr.replaceAll(/df1_[0-9a-f]{8}/g, 'ID').split('\n')).toEqual([
    'driftline: fixed shop/a.py:7 n-plus-one/lazy-relation (ID)',
    'driftline: fixed shop/b.py:7 n-plus-one/lazy-relation (ID)',
    'driftline: fixed shop/c.py:5 n-plus-one/lazy-relation (ID)',
    'driftline: not fixed shop/b.py:8 n-plus-one/lazy-relation (ID): its lines are those of the fix of n-plus-one/lazy-relation in line 7',
    'driftline: 3 problems fixed in 3 files',
  ]);
  const { findings } = JsonReport.parse(JSON.parse(first.stdout));
  expect(findings.map(({ place }) => `${place.path}:${place.startLine}`)).toEqual(['shop/b.py:8']);
  expect(first.exitCode).toBe(1);
  expect([get('shop/a.py'), get('shop/b.py'), get('shop/c.py')]).toEqual([
    code.customersFixed,
    code.bothFixedOnce,
    code.citiesFixed,
  ]);
  expect(statSync(path.join(shop, 'shop/a.py')).mode & 0o777).toBe(0o755);
  const second = await fix('--fail-on', 'warn');
  expect(second.stderr).toContain('1 problem fixed in 1 file');
  expect([get('shop/b.py'), second.exitCode]).toEqual([code.bothFixed, 0]);
  const third = await fix('--fail-on', 'warn');
  expect([third.stdout.split('\n')[0], third.stderr, third.exitCode]).toEqual([
    expect.stringContaining('No new problems'),
    'driftline: nothing was fixed',
    0,
  ]);
  expect((await git('status', '--porcelain')).stdout).toBe('?? shop/a.py\n?? shop/b.py\n?? shop/c.py');
  expect(readdirSync(path.join(shop, 'shop')).sort()).toEqual(['a.py', 'b.py', 'c.py', 'models.py']);
});

it('edits the lines that stand in the tree, also where git has other line ends', async () => {
  await git('config', 'core.autocrlf', 'true');
  put('shop/a.py', code.customers.replaceAll('\n', '\r\n'));
  const { stderr } = await fix();
  expect(stderr).toContain('1 problem fixed in 1 file');
  expect(get('shop/a.py')).toBe(code.customersFixed.replaceAll('\n', '\r\n'));
});

it('edits nothing but the working tree', async () => {
  put('shop/a.py', code.customers);
  await git('add', '-A');
  await git('commit', '-qm', 'names');
  const { stderr, exitCode } = await fix('--head', 'feature');
  expect(stderr).toBe('driftline: --fix cannot edit "feature". Leave out --head: only the working tree can be edited.');
  expect([get('shop/a.py'), exitCode]).toEqual([code.customers, 2]);
});

it('never writes through a symbolic link', async () => {
  put('shop/a.py', code.customers);
  await git('add', '-A');
  await git('commit', '-qm', 'names');
  // Git is told not to look at the file, so what it holds is still the text that has the problem.
  await git('update-index', '--assume-unchanged', 'shop/a.py');
  put('elsewhere.txt', code.customers);
  rmSync(path.join(shop, 'shop/a.py'));
  symlinkSync('../elsewhere.txt', path.join(shop, 'shop/a.py'));
  const { stderr } = await fix();
  expect(stderr).toMatch(/not fixed shop\/a\.py:7 .*: it is no regular file\n/);
  expect(get('elsewhere.txt')).toBe(code.customers);
});
