// The real addon over real repositories: reports that zod accepts, errors with a code, nothing that harms the process.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as Addon from '../../native/addon/index.d.ts';
import { EngineFailure, loadEngine, schemaVersion } from '../../src/analysis/native.ts';
import { UserError } from '../../src/errors.ts';
import { Report } from '../../src/finding.ts';

const addon: typeof Addon = createRequire(import.meta.url)('../../native/addon/driftline.node');
const engine = loadEngine();
const settings = { exclude: [], levels: {} };

const loop = `from django.db import models
from shop.models import Customer, Order


def totals():
    orders = Order.objects.filter(paid=True)
    for order in orders:
        customer = Customer.objects.get(id=order.customer_id)
        print(customer.name)
`;

let folder: string;
let repository: string;
let base: string;
let head: string;

function git(...args: string[]): string {
  const own = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...own, ...args], { cwd: repository, encoding: 'utf8' }).trim();
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

function commit(): string {
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'x');
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-native-'));
  repository = join(folder, 'shop');
  mkdirSync(repository);
  git('init', '-q', '-b', 'main');
  write('requirements.txt', 'django==5.1\n');
  base = commit();
  write('shop/totals.py', loop);
  head = commit();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a change and a scan give reports with the same finding', async () => {
  const change = await engine.analyzeChange({ repository, base, head, ...settings });
  expect(Report.strict().parse(change)).toEqual(change);
  expect(change).toMatchObject({ schemaVersion, mergeBase: base, head });
  expect(change.files).toMatchObject([{ path: 'shop/totals.py', basePath: null, status: 'added' }]);
  expect(change.findings.map(({ ruleId, anchorLine }) => [ruleId, anchorLine])).toEqual([['n-plus-one/loop-query', 8]]);
  const scan = await engine.scan({ root: repository, paths: [], ...settings });
  expect(scan.findings.map(({ id }) => id)).toEqual(change.findings.map(({ id }) => id));
});

test('levels and globs of the request count', async () => {
  const blocking = { exclude: [], levels: { 'n-plus-one/loop-query': 'block' as const } };
  const report = await engine.scan({ root: repository, paths: [], ...blocking });
  expect(report.findings.map(({ level }) => level)).toEqual(['block']);
  const off = { exclude: [], levels: { 'n-plus-one/loop-query': 'off' as const } };
  expect((await engine.scan({ root: repository, paths: [], ...off })).findings).toEqual([]);
  const excluded = await engine.scan({ root: repository, paths: [], exclude: ['shop/**'], levels: {} });
  expect(excluded.skipped).toEqual([
    { path: 'shop/totals.py', reason: 'excluded', detail: 'excluded by the configured glob shop/**' },
  ]);
});

test("a user's mistakes are one clear line", async () => {
  const wrong = (request: Partial<Addon.ChangeRequest>) =>
    engine.analyzeChange({ repository, base, head, ...settings, ...request });
  await expect(wrong({ head: 'main' })).rejects.toMatchObject({ name: 'UserError', code: 'unknown-revision' });
  await expect(wrong({ repository: folder })).rejects.toMatchObject({ name: 'UserError', code: 'not-a-repository' });
  const scan = engine.scan({ root: repository, paths: ['../x'], ...settings });
  await expect(scan).rejects.toMatchObject({ name: 'UserError', code: 'no-such-path' });
});

test('an addon that is missing or does not fit is refused', () => {
  const load = (addonPath: string) => () => loadEngine({ addonPath });
  expect(load(join(folder, 'none.node'))).toThrow(UserError);
  const old = join(folder, 'old.cjs');
  writeFileSync(old, 'exports.schemaVersion = () => 0;');
  expect(load(old)).toThrow('the Rust addon has schema version 0, this version of driftline needs 4');
});

test('a panic rejects with a code and the next call works', async () => {
  const request = { repository, base, head, settings: { exclude: [], levels: {} } };
  const call = addon.analyzeChange({ ...request, settings: { ...request.settings, fault: 'call' } });
  await expect(call).rejects.toMatchObject({ code: 'PANIC', phase: 'diff', message: 'internal error: asked to panic' });
  const file = await addon.analyzeChange({ ...request, settings: { ...request.settings, fault: 'file' } });
  expect(JSON.parse(file.toString()).skipped).toEqual([
    { path: 'shop/totals.py', reason: 'panic', detail: 'internal error: asked to panic' },
  ]);
  const next = JSON.parse((await addon.analyzeChange(request)).toString());
  expect(next.stats.filesAnalysed).toBe(1);
});

test('values that are not in the contract are errors, never defaults', async () => {
  const call = (change: object) => async () =>
    addon.analyzeChange({ repository, base, head, settings: { exclude: [], levels: {}, ...change } });
  await expect(call({ levels: { a: 'error' } })).rejects.toThrow();
  await expect(call({ levels: { a: 'Block' } })).rejects.toThrow();
  await expect(call({ exclude: 'a' })).rejects.toThrow();
  await expect(call({ levels: null })).rejects.toThrow();
  for (const budgetMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(call({ budgetMs })).rejects.toMatchObject({ code: 'BAD_REQUEST', phase: 'request' });
  }
});

test('an abort rejects at once with its reason', async () => {
  const aborted = AbortSignal.abort(new Error('superseded'));
  await expect(engine.scan({ root: repository, paths: [], ...settings, signal: aborted })).rejects.toThrow(
    'superseded',
  );
  const files = many(400);
  const controller = new AbortController();
  const running = engine.scan({ root: files, paths: [], ...settings, signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Work of the whole process, as other programs may keep it waiting.
  const before = process.cpuUsage();
  controller.abort(new Error('superseded'));
  await expect(running).rejects.toThrow('superseded');
  expect(milliseconds(process.cpuUsage(before))).toBeLessThan(100);
});

test('a budget too small for anything is an error that says so', async () => {
  const hasty = loadEngine({ budgetMs: 0.001 });
  const change = hasty.analyzeChange({ repository, base, head, ...settings });
  await expect(change).rejects.toThrow(EngineFailure);
  await expect(change).rejects.toMatchObject({ code: 'BUDGET' });
});

test('a heavy call leaves the JavaScript thread and the file system free', async () => {
  const root = many(400);
  const before = process.threadCpuUsage();
  const running = addon.scan({ root, paths: [], settings: { exclude: [], levels: {} } });
  await stat(root);
  const buffer = await running;
  // All that this thread did meanwhile, in one piece or many, is less than one piece may take.
  expect(milliseconds(process.threadCpuUsage(before))).toBeLessThan(20);
  expect(JSON.parse(buffer.toString()).stats.filesAnalysed).toBe(400);
});

test('files that the budget does not reach are skipped with that reason', async () => {
  const report = await loadEngine({ budgetMs: 400 }).scan({ root: many(400), paths: [], ...settings });
  const late = report.skipped.filter(({ reason }) => reason === 'budget').length;
  expect(late).toBeGreaterThan(0);
  expect(report.stats.filesAnalysed + late).toBe(400);
});

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

let manyFiles: string | undefined;

/** A folder with this many files of 14 KB. */
function many(count: number): string {
  if (manyFiles !== undefined) return manyFiles;
  manyFiles = join(folder, 'many');
  mkdirSync(manyFiles);
  const functions = Array.from({ length: 300 }, (_, n) => `def other_${n}(a, b):\n    return a + b * ${n}\n\n`);
  for (let n = 0; n < count; n++) writeFileSync(join(manyFiles, `f${n}.py`), functions.join(''));
  return manyFiles;
}
