// What publishing found out, as the check tells it.
import { expect, test } from 'vitest';
import { withOutcome } from '../../src/review/outcome.ts';
import type { CheckPlan, InlineComment } from '../../src/review/plan.ts';

const check: CheckPlan = { conclusion: 'neutral', title: 't', summary: 'Found.', text: null, annotations: [] };
const refused = (path: string, line: number): InlineComment => ({
  findingId: `df1_${'0'.repeat(32)}`,
  path,
  line,
  startLine: null,
  body: '',
});

test('nothing to tell leaves the check as it is', () => {
  expect(withOutcome(check, { refused: [], notUploaded: null })).toBe(check);
});

test('both notes follow the summary', () => {
  const told = withOutcome(check, { refused: [refused('a.py', 3)], notUploaded: 'it is off' });
  expect(told.summary).toBe(
    'Found.\n\nGitHub did not accept 1 comment at its place:\n\n- `a.py:3`\n\nCode scanning has no results: it is off.',
  );
});

test('a file name can break out of nothing', () => {
  const { summary } = withOutcome(check, { refused: [refused('a`\n# @mona <b>.py', 3)], notUploaded: null });
  expect(summary.split('\n').at(-1)).toBe('- ``a` # @mona <b>.py:3``');
});

test('a long summary gives way to the notes, within the limit of GitHub', () => {
  const many = Array.from({ length: 300 }, (_, index) => refused(`${'d/'.repeat(100)}${index}.py`, 1));
  const told = withOutcome({ ...check, summary: 'x'.repeat(70_000) }, { refused: many, notUploaded: 'it is off' });
  expect(told.summary.length).toBeLessThanOrEqual(65_535);
  expect(told.summary).toContain('… and 280 more');
  expect(told.summary.endsWith('Code scanning has no results: it is off.')).toBe(true);
});
