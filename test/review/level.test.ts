// RUL-410: the table of levels, as comments, annotations, SARIF and conclusions of a planned review show it.
import { describe, expect, it } from 'vitest';
import { type Finding, levels } from '../../src/finding.ts';
import { levelTable } from '../../src/review/level.ts';
import { planReview } from '../../src/review/plan.ts';
import { finding, nothingPosted, report, planSettings as settings } from './report.ts';

/** `comment annotation SARIF conclusion`, with - for none. */
function shown(over: Partial<Finding>, given: { onWarn?: 'success'; minConfidence?: number } = {}): string {
  const { review, check, sarif } = planReview(report([finding(1, over)]), nothingPosted, { ...settings, ...given });
  const [result] = sarif.runs[0]?.results ?? [];
  const parts = [review?.comments[0]?.line, check.annotations[0]?.level, result?.level, check.conclusion];
  return [...parts, result?.baselineState].map((part) => part ?? '-').join(' ');
}

describe('RUL-410: each level', () => {
  it.each([
    ['suggest', '1 - note success new'],
    ['warn', '1 warning warning neutral new'],
    ['block', '1 failure error failure new'],
  ] as const)('%s', (level, expected) => {
    expect(shown({ level })).toBe(expected);
  });

  it('has its row, the loudest first', () => {
    expect(Object.keys(levelTable)).toEqual(levels);
  });

  it('a warning is green by setting', () => {
    expect(shown({ level: 'warn' }, { onWarn: 'success' })).toBe('1 warning warning success new');
  });
});

describe('RUL-408, 414: each class of newness that is reported', () => {
  it.each([
    ['new', { anchorLine: 1 }, '1 failure error failure new'],
    ['caused', { anchorLine: 7 }, '7 failure error failure new'],
    ['caused', { anchorLine: null }, '- failure error failure new'],
    ['touched', { anchorLine: 1 }, '1 failure error failure unchanged'],
    ['existing', { anchorLine: 1 }, '- failure error failure unchanged'],
  ] as const)('%s %j', (newness, over, expected) => {
    expect(shown({ level: 'block', newness, ...over })).toBe(expected);
  });
});

it('RUL-191: low confidence holds back the comment and nothing else', () => {
  expect(shown({ level: 'block', confidence: 0.59 }, { minConfidence: 0.6 })).toBe('- failure error failure new');
  expect(shown({ level: 'block', confidence: 0.6 }, { minConfidence: 0.6 })).toBe('1 failure error failure new');
  const unsure = report([finding(1, { confidence: 0.5 })]);
  const { summary, text } = planReview(unsure, nothingPosted, { ...settings, minConfidence: 0.6 }).check;
  expect(summary).toContain('1 problem too unsure for a comment');
  expect(text).toContain('shop/views.py:1');
});
