// Rules of a team through the real addon: a scan, a change in each class of newness, matches of another engine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExternalMatch, RuleSet } from '../../src/analysis/engine.ts';
import { loadEngine } from '../../src/analysis/native.ts';

const engine = loadEngine();
const settings = { exclude: [], levels: {} };

const noLog: RuleSet = {
  rules: [
    {
      id: 'file:.driftline/rules/log.yml#no-log',
      text: 'id: no-log\nlanguage: ts\nmessage: no $A here\nrule: {pattern: console.log($A)}\nfix: log($A)\n',
      fix: null,
    },
    { id: 'file:.driftline/rules/bad.yml#bad', text: 'id: bad\nlanguage: ts\nrule: {kind: nothing}\n', fix: null },
  ],
  utilities: [],
};

let repository: string;

function git(...args: string[]): string {
  const own = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...own, ...args], { cwd: repository, encoding: 'utf8' }).trim();
}

function commit(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'x');
  return git('rev-parse', 'HEAD');
}

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'driftline-rules-'));
  git('init', '-q', '-b', 'main');
});

afterEach(() => rmSync(repository, { recursive: true, force: true }));

test('a scan tells matches, problems and checked fixes', async () => {
  commit({ 'src/a.ts': "export function f() {\n  console.log('x');\n}\n" });
  const report = await engine.scan({ root: repository, paths: [], ...settings, ruleSet: noLog });
  expect(report.matches).toMatchObject([
    {
      rule: noLog.rules[0]?.id,
      message: "no 'x' here",
      symbol: 'f',
      entity: { name: 'f', kinds: ['function'], startLine: 1, endLine: 3, exported: true },
      newness: null,
      edit: { before: "  console.log('x');", after: "  log('x');" },
    },
  ]);
  expect(report.ruleProblems).toMatchObject([{ rule: noLog.rules[1]?.id }]);
  expect(report.stats).toMatchObject({ rules: 1, ruleFiles: 1 });
});

test('a change tells what is new and a rule without fix gets the one of the request', async () => {
  const base = commit({ 'a.ts': 'console.log(1);\n' });
  const head = commit({ 'a.ts': 'console.log(1);\nconsole.log(2);\n' });
  const [rule] = noLog.rules;
  if (rule === undefined) throw new Error('there is one');
  const ruleSet = { rules: [{ ...rule, fix: 'trace($A)' }], utilities: [] };
  const report = await engine.analyzeChange({ repository, base, head, ...settings, ruleSet });
  expect(report.matches.map(({ newness, anchorLine, edit }) => [newness, anchorLine, edit?.after])).toEqual([
    ['existing', 1, undefined],
    ['new', 2, 'trace(2);'],
  ]);
});

test('matches of another engine get ids, newness and checked fixes', async () => {
  const base = commit({ 'a.py': 'eval(x)\n' });
  const head = commit({ 'a.py': 'def f():\n    eval(y)\neval(x)\n' });
  const external = (startByte: number, endByte: number, fix: string | null): ExternalMatch => {
    return { rule: 'no-eval', path: 'a.py', startByte, endByte, message: 'no eval', fix, suppressed: false };
  };
  const matches = { head: [external(13, 20, 'int(y)'), external(21, 28, 'int((x)')], base: [external(0, 7, null)] };
  const found = await engine.compareMatches({ repository, base, head, exclude: [], matches });
  expect(found.matches.map(({ newness, symbol, edit }) => [newness, symbol, edit?.after])).toEqual([
    ['new', 'f', '    int(y)'],
    ['existing', '', undefined],
  ]);
  const placed = await engine.placeMatches({ root: repository, exclude: [], matches: [external(13, 20, null)] });
  expect(placed.matches.map(({ id, newness, place }) => [id, newness, place.startLine])).toEqual([
    [found.matches[0]?.id, null, 2],
  ]);
  const outside = { ...external(0, 1, null), path: '../a.py' };
  const none = await engine.placeMatches({ root: repository, exclude: [], matches: [outside] });
  expect(none).toMatchObject({ matches: [], ruleNotices: ['matches in ../a.py are left out: no file below the root'] });
});
