import { expect, it } from 'vitest';
import type { Level, RuleReview } from '../../src/finding.ts';
import { conclusionOf } from '../../src/review/check.ts';
import { finding } from './report.ts';

const rules: RuleReview = {
  commit: null,
  ran: 1,
  notEvaluated: [],
  ignored: [],
  stoodBefore: 0,
  filtered: 0,
  problems: [],
  notices: [],
  trace: [],
  preview: null,
};
const settings = { onWarn: 'neutral', onEngineUnavailable: 'neutral' } as const;
const notRun = (level: Level): RuleReview => ({ ...rules, notEvaluated: [{ ruleId: 'r', level, reason: 'missing' }] });
const wrongFile: RuleReview = {
  ...rules,
  preview: { problems: [{ path: 'a.yml', line: 1, message: 'wrong' }], effects: [], testFailures: [], notices: [] },
};

// RUL-416, 418: the first of these that is so.
it.each([
  ['nothing', [], rules, settings, 'success'],
  ['a suggestion', ['suggest'], rules, settings, 'success'],
  ['a warning', ['warn'], rules, settings, 'neutral'],
  ['a warning, green by setting', ['warn'], rules, { ...settings, onWarn: 'success' }, 'success'],
  ['a block', ['block', 'warn'], rules, settings, 'failure'],
  ['a wrong rule file', [], wrongFile, settings, 'failure'],
  ['a block that could not be run', [], notRun('block'), { ...settings, onWarn: 'success' }, 'neutral'],
  ['the same, fail closed', ['warn'], notRun('block'), { ...settings, onEngineUnavailable: 'failure' }, 'failure'],
  ['a warning that could not be run', [], notRun('warn'), settings, 'success'],
  ['no rules at all', ['warn'], null, settings, 'neutral'],
] as const)('%s', (_, levels, review, given, expected) => {
  const findings = levels.map((level, index) => finding(index + 1, { level }));
  expect(conclusionOf(findings, review, given)).toBe(expected);
});
