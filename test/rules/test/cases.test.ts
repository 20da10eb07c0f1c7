// Tests of ast-grep's form: what is read, what is wrong with them, and which code each rule is tried on.
import { expect, test } from 'vitest';
import { problemLine } from '../../../src/rules/file/problem.ts';
import { isTestFile, readTests } from '../../../src/rules/test/cases.ts';
import { failureOf, trialsOf } from '../../../src/rules/test/trial.ts';
import { bytes, read } from '../file/sample.ts';

const readOne = (text: string) => readTests([{ path: 't.yml', bytes: bytes(text) }]);

test('a file holds several tests; every case knows its line, and what is no text is taken as it is written', () => {
  const { tests, problems } = readOne('id: a\nvalid:\n  - x\n  - 3\ninvalid: [y]\nnote: free\n---\nid: b\nvalid:\n');
  expect(problems).toEqual([]);
  expect(tests).toEqual([
    {
      id: 'a',
      path: 't.yml',
      line: 1,
      valid: [
        { code: 'x', line: 3 },
        { code: '3', line: 4 },
      ],
      invalid: [{ code: 'y', line: 5 }],
    },
    { id: 'b', path: 't.yml', line: 8, valid: [], invalid: [] },
  ]);
});

test.each([
  ['- x', 't.yml, line 1: this is no test of a rule.'],
  ['valid: [x]', 't.yml, line 1: the test does not name a rule by id.'],
  ['id: [a]', 't.yml, line 1: id must be a text.'],
  ['id: a\nvalid: x', 't.yml, line 2: valid must be a list of code.'],
  ['id: a\ninvalid:\n  - x\n  - { y: z }', 't.yml, line 4: "invalid[1]" is no text.'],
  ['id: a\nid: b', 't.yml, line 2: the key "id" stands twice in one map.'],
])('%j is refused with its line', (text, expected) => {
  const { tests, problems } = readOne(text);
  expect(tests).toEqual([]);
  expect(problems.map((problem) => problemLine(problem).startsWith(expected))).toEqual([true]);
});

test('beyond so many cases the rest is left out and told', () => {
  const half = `id: a\nvalid: [${'x,'.repeat(2_600)}]\n`;
  const { tests, problems } = readTests([
    { path: 'b.yml', bytes: bytes(half) },
    { path: 'a.yml', bytes: bytes(half) },
  ]);
  expect(tests.map(({ path }) => path)).toEqual(['a.yml']);
  expect(problems.map(({ code, path }) => [code, path])).toEqual([['too-many-tests', 'b.yml']]);
});

test('snapshots are no tests', () => {
  expect(['t/a.yml', 't/deep/a.test.yaml', 't/__snapshots__/a.yml', 't/a.txt'].filter(isTestFile)).toEqual([
    't/a.yml',
    't/deep/a.test.yaml',
  ]);
});

test('each rule has its cases to itself, wherever in a repository it applies', () => {
  const { rules } = read({
    '.driftline/rules/a.yml': [
      'id: a # first\nlanguage: ts\nrule: { pattern: a() }\nfiles: ["src/**"]\nignores: ["**/x/**"]\n',
      'id: b\nlanguage: Python\nrule: { pattern: b() }\n',
    ].join('---\n'),
  });
  const { tests } = readOne('id: a\nvalid: [b()]\ninvalid: [a()]\n---\nid: gone\nvalid: [x]\n');
  const { trials, untested, problems, ...plan } = trialsOf(rules, tests);
  expect(trials.map(({ file, code, isInvalid }) => [file, code, isInvalid])).toEqual([
    ['rule0/case0.ts', 'b()', false],
    ['rule0/case1.ts', 'a()', true],
  ]);
  expect(plan.rules).toEqual([
    {
      id: rules[0]?.id,
      text: 'id: a # first\nlanguage: ts\nrule: { pattern: a() }\nfiles:\n  - rule0/**\n',
      fix: null,
    },
  ]);
  expect(untested).toEqual([rules[1]]);
  expect(problems.map(({ level, what }) => [level, what])).toEqual([['note', 'there is no rule "gone" to test']]);
  expect(trialsOf(rules, tests, new Set(['gone'])).problems).toEqual([]);
});

test('a failure is a missed match or a false alarm', () => {
  const { rules } = read({ 'a.yml': 'id: a\nlanguage: ts\nrule: { pattern: a() }\n' });
  const [rule] = rules;
  if (rule === undefined) throw new Error('there is one');
  const trial = { rule: rule.id, file: 'x', code: '\na()\nb()', isInvalid: true, path: 't.yml', line: 3 };
  expect(failureOf(trial, rule, true)).toBeNull();
  expect(failureOf(trial, rule, false)?.what).toBe('missed: no match in invalid code "a()…"');
  expect(failureOf({ ...trial, isInvalid: false }, rule, false)).toBeNull();
  expect(failureOf({ ...trial, code: 'a()', isInvalid: false }, rule, true)).toEqual({
    path: 't.yml',
    line: 3,
    rule: 'a',
    what: 'false alarm in valid code "a()"',
  });
});
