import { describe, expect, it } from 'vitest';
import { newnessClasses } from '../../src/finding.ts';
import { categories, enforcements } from '../../src/rules/document.ts';
import {
  defaultEnforcementSettings as defaults,
  type Enforced,
  findingStates,
  scoutTypes,
  severityOf,
  shownAs,
} from '../../src/rules/enforcement.ts';
import { isReported, newnessOf, reportModes } from '../../src/rules/newness.ts';

const finding: Enforced = {
  enforcement: 'warn',
  state: 'open',
  newness: 'new',
  confidence: 0.75,
  entityMeetsHunk: true,
};

/** `comment annotation SARIF conclusion summary`, with - for none. */
function shown(about: Partial<Enforced>, settings: Partial<typeof defaults> = {}): string {
  const { comment, annotation, sarif, conclusion, summary } = shownAs(
    { ...finding, ...about },
    { ...defaults, ...settings },
  );
  const level = sarif && `${sarif.level}${sarif.suppressed ? '/suppressed' : ''}`;
  return [comment, annotation, level, conclusion, summary].map((part) => part ?? '-').join(' ');
}

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

describe('RUL-410 the table of levels', () => {
  it.each([
    ['a', { enforcement: 'suggest' }, 'line - note success listed'],
    ['b', { enforcement: 'warn' }, 'line warning warning neutral listed'],
    ['c', { enforcement: 'block' }, 'line failure error failure listed'],
    ['d', { enforcement: 'block', state: 'excepted' }, '- notice note/suppressed success excepted'],
    ['e', { enforcement: 'block', state: 'staged' }, '- - - success -'],
    ['dismissed', { enforcement: 'block', state: 'dismissed' }, '- - note/suppressed success dismissed'],
  ] as const)('RUL-410%s %j', (_, about, expected) => {
    expect(shown(about)).toBe(expected);
  });

  it('a warning is green by setting', () => {
    expect(shown({}, { onWarn: 'success' })).toBe('line warning warning success listed');
  });

  it.each([
    ['suggest', 'ignored-in-change', '- - note/suppressed success ignored'],
    ['warn', 'ignored-in-change', '- - note/suppressed success ignored'],
    ['block', 'ignored-in-change', 'line failure error failure listed'],
    ['suggest', 'ignored-on-base', '- - - success -'],
    ['block', 'ignored-on-base', '- - - success -'],
  ] as const)('RUL-417: %s %s', (enforcement, state, expected) => {
    expect(shown({ enforcement, state })).toBe(expected);
  });

  it.each([
    ['new', 'new', 'line failure error failure listed'],
    ['caused', 'new', 'nearest failure error failure listed'],
    ['touched', 'new', '- - - success counted'],
    ['existing', 'new', '- - - success counted'],
    ['touched', 'touched', 'line failure error failure listed'],
    ['existing', 'touched', '- - - success counted'],
    ['existing', 'all', '- failure error failure listed'],
  ] as const)('RUL-408: block, %s, reported %s', (newness, report, expected) => {
    expect(shown({ enforcement: 'block', newness }, { report })).toBe(expected);
  });

  it('RUL-408: caused elsewhere, without a line of the diff near it, stands in the check', () => {
    expect(shown({ newness: 'caused', entityMeetsHunk: false })).toBe('- warning warning neutral listed');
  });

  it('RUL-191: low confidence holds back the comment and nothing else', () => {
    expect(shown({ enforcement: 'block', confidence: 0.59 })).toBe('- failure error failure listed');
    expect(shown({ enforcement: 'block', confidence: 0.6 })).toBe('line failure error failure listed');
  });

  it('RUL-414: says of SARIF results whether they are new', () => {
    const state = (newness: Enforced['newness']) =>
      shownAs({ ...finding, newness }, { ...defaults, report: 'all' }).sarif?.baselineState;
    expect(newnessClasses.map(state)).toEqual(['new', 'new', 'unchanged', 'unchanged']);
  });

  it('fails no check with anything but open or freshly ignored blocks', () => {
    const failing = findingStates.flatMap((state) =>
      enforcements
        .filter((enforcement) => shownAs({ ...finding, state, enforcement }, defaults).conclusion === 'failure')
        .map((one) => `${state} ${one}`),
    );
    expect(failing).toEqual(['open block', 'ignored-in-change block']);
  });
});

describe('RUL-433 what attribution is told', () => {
  it('severity by enforcement, kind of defect by category', () => {
    expect(enforcements.map((one) => severityOf(one, 'convention'))).toEqual(['LOW', 'MEDIUM', 'HIGH']);
    expect(enforcements.map((one) => severityOf(one, 'security'))).toEqual(['LOW', 'MEDIUM', 'CRITICAL']);
    expect(categories.map((one) => scoutTypes[one])).toEqual(['security', 'bugs', 'bugs', 'tests', 'spec']);
  });
});
