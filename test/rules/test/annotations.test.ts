// What comments in Semgrep's tests ask for, and when a rule does not do it.
import { expect, test } from 'vitest';
import { failuresOf, readAnnotations } from '../../../src/rules/test/annotations.ts';

test('annotations are read in every kind of comment and stand for the line after them', () => {
  const text = [
    '# ruleid: a, b.c',
    'x',
    '  // ok:a\r',
    'x',
    '/* todoruleid: a */ code',
    'x',
    '<!-- todook: a-b --> text',
    'x',
    '# ruleid: deepruleid: a',
    '# see ruleid: a',
    'x',
    '# ruleid: one',
    '# ok: two',
    'last',
  ].join('\n');
  expect(readAnnotations(text)).toEqual([
    { rule: 'a', expectation: 'ruleid', line: 2 },
    { rule: 'b.c', expectation: 'ruleid', line: 2 },
    { rule: 'a', expectation: 'ok', line: 4 },
    { rule: 'a', expectation: 'todoruleid', line: 6 },
    { rule: 'a-b', expectation: 'todook', line: 8 },
    { rule: 'one', expectation: 'ruleid', line: 14 },
    { rule: 'two', expectation: 'ok', line: 14 },
  ]);
});

test('a rule fails where it misses and where it matches unasked, never at what is known to be wrong', () => {
  const annotations = readAnnotations(
    '# ruleid: a\n1\n# ok: a\n2\n# todoruleid: a\n3\n# todook: a\n4\n# ruleid: b\n5\n6\n',
  );
  expect(failuresOf('a', annotations, [2, 8])).toEqual([]);
  expect(failuresOf('a', annotations, [2, 6])).toEqual([]);
  expect(failuresOf('a', annotations, [4, 11, 11])).toEqual([
    { rule: 'a', line: 2, kind: 'missed' },
    { rule: 'a', line: 4, kind: 'unexpected' },
    { rule: 'a', line: 11, kind: 'unexpected' },
  ]);
  expect(failuresOf('b', annotations, [])).toEqual([{ rule: 'b', line: 10, kind: 'missed' }]);
});
