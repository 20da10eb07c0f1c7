// What the operator of a server sets and what a repository may make of it.
import { expect, test } from 'vitest';
import { noOperator, parseRepositoryConfig } from '../src/repository-config.ts';

// The operator's word is the bound: a repository may ask for fewer comments and a stricter check, never for less.
test.each([
  [{}, '', [20, 'neutral', 'neutral']],
  [{ maxInlineComments: 5, onWarn: 'success', onEngineUnavailable: 'failure' }, '', [5, 'success', 'failure']],
  [{ maxInlineComments: 30 }, 'review: {maxInlineComments: 40}', [30, 'neutral', 'neutral']],
  [{ maxInlineComments: 30 }, 'review: {maxInlineComments: 7}', [7, 'neutral', 'neutral']],
  [{ onWarn: 'neutral' }, 'check: {onWarn: success}', [20, 'neutral', 'neutral']],
  [{ onWarn: 'success' }, 'check: {onWarn: neutral}', [20, 'neutral', 'neutral']],
  [{ onEngineUnavailable: 'failure' }, 'rules: {onEngineUnavailable: neutral}', [20, 'neutral', 'failure']],
  [{ onEngineUnavailable: 'neutral' }, 'rules: {onEngineUnavailable: failure}', [20, 'neutral', 'failure']],
  [{}, 'check: {onWarn: success}\nrules: {onEngineUnavailable: failure}', [20, 'success', 'failure']],
] as const)('under an operator who says %j, %j', (operator, text, expected) => {
  const { review, check, rules } = parseRepositoryConfig(Buffer.from(text), 'x', { ...noOperator, ...operator });
  expect([review.maxInlineComments, check.onWarn, rules.onEngineUnavailable]).toEqual(expected);
});
