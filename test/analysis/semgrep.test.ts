// Rules run by the real Semgrep: what it finds and where, what it cannot run, and that nothing of it is lost or made up.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Semgrep, type SemgrepRequest } from '../../src/analysis/semgrep/semgrep.ts';

// A start of Semgrep takes seconds, and a busy machine many of them.
vi.setConfig({ testTimeout: 400_000 });

const semgrep = new Semgrep({ program: null, maxProcesses: 1 });
const trees: string[] = [];
afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'driftline-tree-'));
  trees.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

/** `more`: keys of the rule besides the usual ones, as YAML lines without indentation. */
function rule(name: string, more: string, languages = 'python', id = `file:${name}`) {
  const lines = [`id: ${name}`, `languages: [${languages}]`, 'severity: ERROR', ...more.split('\n')];
  const message = /^message:/m.test(more) ? '' : '\n    message: m';
  return { id, text: `rules:\n  - ${lines.join('\n    ')}${message}\n` };
}

const run = (root: string, rules: SemgrepRequest['rules'], more: Partial<SemgrepRequest> = {}) =>
  semgrep.run({ rules, root, paths: [], gitignore: false, timeoutMs: 380_000, ...more });

/** The matched text, from the bytes that are named. */
const textAt = (
  root: string,
  { path: file, startByte, endByte }: { path: string; startByte: number; endByte: number },
) => readFileSync(path.join(root, file)).subarray(startByte, endByte).toString('utf8');

describe('matches', () => {
  it('are named in bytes, with emoji, CRLF and a mark at the start, in every kind of rule', async () => {
    const python = '\ufeffx = "😀é"; foo("😀", 1)\r\nfoo("é") # 😀\r\nfoo(\r\n  "ü")\r\n';
    const root = tree({ 'a.py': python, 'tests/é b.txt': 'ä 😀 key=secret\r\nkey=😀😀 b\r\n' });
    const { state, matches, scanned } = await run(root, [
      rule('code', 'message: calls $X\npattern: foo($X, ...)\nfix: bar($X)'),
      rule('regex', 'pattern-regex: foo\\("[^"]*"', 'regex'),
      rule('text', 'pattern: key=$VALUE', 'generic'),
    ]);
    expect(state).toBe('ok');
    expect(scanned).toEqual(['a.py', 'tests/é b.txt']);
    expect(matches.map((match) => [match.rule, match.path, textAt(root, match), match.message, match.fix])).toEqual([
      ['file:regex', 'a.py', 'foo("😀"', 'm', null],
      ['file:code', 'a.py', 'foo("😀", 1)', 'calls "😀"', 'bar("😀")'],
      ['file:regex', 'a.py', 'foo("é"', 'm', null],
      ['file:code', 'a.py', 'foo("é")', 'calls "é"', 'bar("é")'],
      ['file:code', 'a.py', 'foo(\r\n  "ü")', 'calls "ü"', 'bar("ü")'],
      ['file:text', 'tests/é b.txt', 'key=secret', 'm', null],
    ]);
  });

  it('carry the comment that suppresses them: of their rule, of all, above them; not of another', async () => {
    const root = tree({
      'a.py':
        'foo(1)  # nosemgrep: one\nfoo(2)  # nosemgrep\n# nosemgrep: one, two\nfoo(3)\nfoo(4)  # nosemgrep: other\nfoo(5)\n',
    });
    const { state, matches } = await run(root, [
      rule('one', 'pattern: foo(...)'),
      rule('two', 'pattern: foo($X)\nmetadata: { driftline: { key: k } }'),
    ]);
    expect(state).toBe('ok');
    expect(matches.map((match) => [match.rule.replace('file:', ''), textAt(root, match), match.suppressed])).toEqual([
      ['one', 'foo(1)', true],
      ['two', 'foo(1)', false],
      ['one', 'foo(2)', true],
      ['two', 'foo(2)', true],
      ['one', 'foo(3)', true],
      ['two', 'foo(3)', true],
      ['one', 'foo(4)', false],
      ['two', 'foo(4)', false],
      ['one', 'foo(5)', false],
      ['two', 'foo(5)', false],
    ]);
  });

  it('belong to their rule though another one has the same id', async () => {
    const root = tree({ 'a.py': 'foo(1)\nbar(2)\n' });
    const { stats, matches } = await run(root, [
      rule('same', 'pattern: foo($X)', 'python', 'file:a#same'),
      rule('same', 'pattern: bar($X)', 'python', 'file:b#same'),
    ]);
    expect(matches.map((match) => [match.rule, textAt(root, match)])).toEqual([
      ['file:a#same', 'foo(1)'],
      ['file:b#same', 'bar(2)'],
    ]);
    expect(stats).toMatchObject({ rules: 2, files: 1, processes: 2 });
  });

  it('are found in tests and in ignored files of a checkout, and where the ignore file of the tree lets them', async () => {
    const files = {
      '.gitignore': 'out.py\n',
      'out.py': 'foo(1)\n',
      'tests/a.py': 'foo(1)\n',
      'node_modules/a.py': 'foo(1)\n',
    };
    const everywhere = await run(tree(files), [rule('a', 'pattern: foo($X)')]);
    expect(everywhere.matches.map(({ path: file }) => file)).toEqual(['node_modules/a.py', 'out.py', 'tests/a.py']);
    const root = tree({ ...files, '.semgrepignore': 'tests/\n' });
    const { matches } = await run(root, [rule('a', 'pattern: foo($X)')]);
    expect(matches.map(({ path: file }) => file)).toEqual(['node_modules/a.py', 'out.py']);
    const asked = await run(root, [rule('a', 'pattern: foo($X)')], { paths: ['tests/a.py'] });
    expect(asked.matches.map(({ path: file }) => file)).toEqual(['tests/a.py']);
  });

  it('are left out in files of a working tree that git ignores', async () => {
    const root = tree({ '.gitignore': 'out.py\n', 'out.py': 'foo(1)\n', 'tests/a.py': 'foo(1)\n' });
    execFileSync('git', ['init', '-q'], { cwd: root });
    const { matches } = await run(root, [rule('a', 'pattern: foo($X)')], { gitignore: true });
    expect(matches.map(({ path: file }) => file)).toEqual(['tests/a.py']);
  });
});

describe('rules that cannot run', () => {
  it('are told one by one and do not take the others with them', async () => {
    const root = tree({ 'a.py': 'foo(1)\n', 'broken.py': 'def (:\n  foo(\n' });
    const { state, failed, notEvaluated, matches, incomplete } = await run(root, [
      rule('good', 'pattern: foo($X)'),
      rule('pattern', 'pattern: foo('),
      rule('schema', 'patterns: 3'),
      rule('both', 'pattern: a\npattern-either: [pattern: b]'),
      rule('language', 'pattern: x', 'pythonnn'),
      rule('plugin', 'pattern: x', 'elixir'),
      rule('newer', 'min-version: 99.0.0\npattern: foo($X)'),
      rule('regex', 'pattern-regex: "(a"', 'regex'),
      ...Array.from({ length: 20 }, (_, index) => rule(`more-${index}`, `pattern: more${index}()`)),
    ]);
    expect(state).toBe('ok');
    expect(matches.map(({ rule: id }) => id)).toEqual(['file:good']);
    expect(failed).toEqual([
      { rule: 'file:both', message: expect.stringMatching(/mutually exclusive: 'pattern', 'pattern-either'/) },
      { rule: 'file:language', message: 'Semgrep knows no language "pythonnn"' },
      { rule: 'file:pattern', message: expect.stringMatching(/^Invalid pattern for Python/) },
      { rule: 'file:regex', message: expect.any(String) },
      { rule: 'file:schema', message: "3 is not of type 'array'" },
    ]);
    expect(notEvaluated).toEqual([
      { rule: 'file:newer', reason: 'This rule requires upgrading Semgrep from version 1.182.0 to at least 99.0.0' },
      { rule: 'file:plugin', reason: expect.stringMatching(/^Missing Semgrep extension needed for parsing Elixir/) },
    ]);
    expect(incomplete.map(({ rule: id, path: file, reason }) => [id, file, reason])).toEqual([
      [null, 'broken.py', 'syntax'],
    ]);
  });

  it('are found without code to look at', async () => {
    const rules = [rule('good', 'pattern: foo($X)'), rule('pattern', 'pattern: foo(')];
    expect(await semgrep.validate(rules, 380_000)).toEqual({
      state: 'ok',
      failed: [{ rule: 'file:pattern', message: expect.stringMatching(/^Invalid pattern for Python/) }],
    });
  });
});

describe('rules that would take for ever', () => {
  it('stop when the time of the run is up, and are named', async () => {
    const root = tree({ 'a.py': `x = [${'f(1), '.repeat(9_000)}]\n` });
    const from = performance.now();
    const { state, reason, matches, notEvaluated } = await run(root, [rule('all', 'pattern: f($X)')], {
      timeoutMs: 8_000,
    });
    expect(performance.now() - from).toBeLessThan(20_000);
    expect([state, matches]).toEqual(['timed-out', []]);
    expect(notEvaluated).toEqual([{ rule: 'file:all', reason: 'Semgrep was stopped after 8 s' }]);
    expect(reason).toBe('Semgrep was stopped after 8 s');
  });

  it('end by themselves where only their expression explodes, and the others find what they find', async () => {
    const root = tree({ 'a.txt': `${'a'.repeat(60)}!\n`.repeat(50) });
    const { state, matches, notEvaluated } = await run(root, [
      rule('explodes', 'pattern-regex: "^(a|aa)+$"', 'regex'),
      rule('good', 'pattern-regex: "!"', 'regex'),
    ]);
    expect([state, notEvaluated]).toEqual(['ok', []]);
    expect(new Set(matches.map(({ rule: id }) => id))).toEqual(new Set(['file:good']));
    expect(matches).toHaveLength(50);
  });
});
