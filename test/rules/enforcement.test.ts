import { describe, expect, it } from 'vitest';
import { newnessClasses } from '../../src/finding.ts';
import { categories, enforcements } from '../../src/rules/document.ts';
import { fateOf, scoutTypes, severityOf } from '../../src/rules/enforcement.ts';
import { isReported, newnessOf, reportModes } from '../../src/rules/newness.ts';

describe('RUL-407 newness', () => {
  it.each([
    ['new on a changed line', false, { start: 5, end: 9 }, 'new'],
    ['its last line changed', false, { start: 1, end: 5 }, 'new'],
    ['its first line changed', false, { start: 6, end: 6 }, 'new'],
    ['new, caused elsewhere', false, { start: 7, end: 9 }, 'caused'],
    ['pre-existing, touched', true, { start: 5, end: 5 }, 'touched'],
    ['pre-existing', true, { start: 1, end: 4 }, 'existing'],
  ])('%s', (_, inBaseline, range, expected) => {
    expect(newnessOf({ inBaseline, range, changed: [{ start: 5, end: 6 }] })).toBe(expected);
  });

  it('a change that only deletes lines causes elsewhere', () => {
    expect(newnessOf({ inBaseline: false, range: { start: 3, end: 3 }, changed: [] })).toBe('caused');
  });

  it('RUL-408: what is reported', () => {
    const table = reportModes.map((mode) => newnessClasses.filter((one) => isReported(one, mode)).join(' '));
    expect(table).toEqual(['new caused', 'new caused touched', 'new caused touched existing']);
  });
});

describe('what becomes of a match', () => {
  it.each([
    ['suggest', 'ignored-in-change', 'ignored'],
    ['warn', 'ignored-in-change', 'ignored'],
    ['block', 'ignored-in-change', 'reported'],
    ['suggest', 'ignored-on-base', null],
    ['block', 'ignored-on-base', null],
  ] as const)('RUL-417: %s %s', (enforcement, state, expected) => {
    expect(fateOf({ enforcement, state, newness: 'new' }, 'new')).toBe(expected);
  });

  it.each([
    ['new', 'reported reported counted counted'],
    ['touched', 'reported reported reported counted'],
    ['all', 'reported reported reported reported'],
  ] as const)('RUL-408: open, with rules.report %s', (report, expected) => {
    const fates = newnessClasses.map((newness) => fateOf({ enforcement: 'block', state: 'open', newness }, report));
    expect(fates.join(' ')).toBe(expected);
  });

  it('what stood before and is ignored is a number, not a mention', () => {
    expect(fateOf({ enforcement: 'warn', state: 'ignored-in-change', newness: 'existing' }, 'new')).toBe('counted');
  });
});

describe('RUL-433 what attribution is told', () => {
  it('severity by enforcement, kind of defect by category', () => {
    expect(enforcements.map((one) => severityOf(one, 'convention'))).toEqual(['LOW', 'MEDIUM', 'HIGH']);
    expect(enforcements.map((one) => severityOf(one, 'security'))).toEqual(['LOW', 'MEDIUM', 'CRITICAL']);
    expect(categories.map((one) => scoutTypes[one])).toEqual(['security', 'bugs', 'bugs', 'tests', 'spec']);
  });
});
