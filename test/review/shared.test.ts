// The one check of several pull requests with one head: the worst conclusion, in a text that is the same in any order.
import { expect, test } from 'vitest';
import type { CheckPlan } from '../../src/review/plan.ts';
import { isWorse, type OtherPull, withOthers } from '../../src/review/shared.ts';
import { finding } from './report.ts';

const check: CheckPlan = {
  conclusion: 'success',
  title: 'No new problems',
  summary: 'Fine.',
  text: null,
  annotations: [],
};

const other = (number: number, over: Partial<OtherPull> = {}): OtherPull => ({
  number,
  url: `https://github.test/acme/shop/pull/${number}`,
  conclusion: 'success',
  reason: null,
  findings: [],
  ...over,
});

test('alone, a pull request keeps its check', () => {
  expect(withOthers(check, 7, [])).toBe(check);
});

test('the worst conclusion stands and is told with the problems behind it', () => {
  const blocked = other(9, { conclusion: 'failure', findings: [finding(3, { level: 'block' })] });
  const told = withOthers(check, 7, [other(8, { conclusion: null }), blocked]);
  expect(told.conclusion).toBe('failure');
  expect(told.title).toBe('#9: 1 new problem; #7: No new problems; #8: Under review');
  expect(told.summary).toMatchInlineSnapshot(`
    "Several open pull requests have this commit as their head. It has one check for all of them, and the worst conclusion stands.

    | Pull request | Conclusion | |
    |---|---|---|
    | [#9](https://github.test/acme/shop/pull/9) | failure | 1 new problem |
    | #7 | success | No new problems |
    | [#8](https://github.test/acme/shop/pull/8) | pending | Under review |

    About #7:

    Fine."
  `);
  expect(told.text).toMatch(/^### Problems of #9\n- `shop\/views\.py:3` /);
  expect(withOthers(check, 7, [blocked, other(8, { conclusion: null })])).toEqual(told);
});

test('a better word of another changes no conclusion, and what was not reviewed counts least', () => {
  const mine = { ...check, conclusion: 'failure' as const };
  expect(withOthers(mine, 7, [other(8)]).conclusion).toBe('failure');
  const skipped = { ...check, conclusion: 'skipped' as const, title: 'Not reviewed' };
  expect(withOthers(skipped, 7, [other(8)])).toMatchObject({
    conclusion: 'success',
    title: '#8: No new problems; #7: Not reviewed',
  });
  const outage = other(8, { conclusion: 'neutral', reason: 'GitHub did not answer', findings: [finding(1)] });
  expect(withOthers(check, 7, [outage])).toMatchObject({
    conclusion: 'neutral',
    title: '#8: Not reviewed; #7: No new problems',
    text: null,
  });
  expect(isWorse('success', null)).toBe(true);
  expect(isWorse('skipped', 'cancelled')).toBe(false);
});

test('hundreds of them stay within the limits of GitHub', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    other(index + 10, {
      conclusion: 'failure',
      findings: Array.from({ length: 10 }, (_, line) => finding(line + 1, { level: 'block' })),
    }),
  );
  const told = withOthers(check, 7, many);
  expect(told.summary).toContain('… and 281 more');
  expect(told.summary.length).toBeLessThanOrEqual(65_535);
  expect(told.text?.length).toBeLessThanOrEqual(65_535);
  expect(told.title.length).toBeLessThanOrEqual(255);
});
