// Which rules a change edits.
import { expect, test } from 'vitest';
import { editedRules } from '../../src/rules/edited.ts';
import { read } from './file/sample.ts';

const rule = (id: string, pattern: string) => `id: ${id}\nlanguage: ts\nrule: ${pattern}\n`;
const rulesOf = (files: Record<string, string>) => {
  const { rules, utilities } = read(files);
  return { documents: rules, utilities };
};
const edited = (base: Record<string, string>, head: Record<string, string>) =>
  editedRules(rulesOf(base), rulesOf(head)).map(({ key }) => key);

const files = {
  '.driftline/rules/a.yml': [rule('a', '{ pattern: a() }'), rule('b', '{ matches: inner }')].join('---\n'),
  '.driftline/utils/outer.yml': rule('inner', '{ matches: deepest }'),
  '.driftline/utils/deepest.yml': rule('deepest', '{ pattern: x() }'),
};

test('new and changed ones, and not those that moved down in their file', () => {
  const name = '.driftline/rules/a.yml';
  expect(edited(files, files)).toEqual([]);
  expect(edited(files, { ...files, [name]: `# new\n${files[name]}` })).toEqual([]);
  expect(edited(files, { ...files, [name]: files[name].replace('a()', 'aa()') })).toEqual(['a']);
  expect(edited(files, { ...files, 'b.yml': rule('c', '{ pattern: c() }') })).toEqual(['c']);
});

test('those that call an edited utility rule, also through another one', () => {
  const called = [
    'matches:   inner',
    '"matches": "inner"',
    "all: [{ matches: 'inner' }]",
    'matches: { inner: { A: x } }',
  ];
  for (const [index, text] of called.entries()) {
    const own = { ...files, 'c.yml': rule(`c${index}`, `\n  ${text}`) };
    const gone = { ...own, '.driftline/utils/outer.yml': rule('other', '{ pattern: x() }') };
    expect(edited(own, gone)).toEqual(['b', `c${index}`]);
  }
  expect(edited(files, { ...files, '.driftline/utils/deepest.yml': rule('deepest', '{ pattern: y() }') })).toEqual([
    'b',
  ]);
});
