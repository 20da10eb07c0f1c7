// Where a finding stands by what was said of it, and who may say what.
import { describe, expect, it } from 'vitest';
import { mayGive, type Signal, splitByStanding, standingsOf, type Verdict } from '../../src/review/verdict.ts';
import { finding } from './report.ts';

const one = finding(1);

function said(pull: number, ...verdicts: Verdict[]): Signal[] {
  return verdicts.map((verdict, index) => ({
    findingId: one.id,
    ruleId: one.ruleId,
    pull,
    verdict,
    reason: '',
    actor: { id: 1, login: 'mona', role: 'admin' },
    at: pull * 1000,
    order: index,
  }));
}

const stateIn = (pull: number, signals: Signal[]) => standingsOf(signals, pull).get(one.id)?.state ?? 'open';

describe('where a finding stands', () => {
  it.each<[string, Signal[], number, string]>([
    ['nothing was said', [], 1, 'open'],
    ['confirmed', said(1, 'confirm'), 1, 'confirmed'],
    ['a false positive', said(1, 'false-positive'), 1, 'false_positive'],
    ['will not be fixed', said(1, 'wont-fix'), 1, 'accepted'],
    ['does not apply', said(1, 'not-applicable'), 1, 'accepted'],
    ['overridden', said(1, 'override'), 1, 'accepted'],
    ['the latest counts', said(1, 'false-positive', 'confirm'), 1, 'confirmed'],
    ['taken back', said(1, 'wont-fix', 'undo'), 1, 'open'],
    ['taken back all the way', said(1, 'confirm', 'false-positive', 'undo'), 1, 'open'],
    ['said again after that', said(1, 'wont-fix', 'undo', 'wont-fix'), 1, 'accepted'],
    ['a false positive of an earlier one', said(1, 'false-positive'), 2, 'false_positive'],
    ['a false positive of a later one', said(3, 'false-positive'), 2, 'false_positive'],
    ['other words of another one', said(1, 'wont-fix'), 2, 'open'],
    ['confirmed elsewhere', said(1, 'confirm'), 2, 'open'],
    ['no longer a false positive there', said(1, 'false-positive', 'undo'), 2, 'open'],
    ['two others: the later word', [...said(1, 'false-positive'), ...said(2, 'confirm')], 3, 'open'],
    ['its own word before that of a later one', [...said(2, 'confirm'), ...said(3, 'false-positive')], 2, 'confirmed'],
    ['its own undo too', [...said(1, 'false-positive'), ...said(2, 'undo')], 2, 'open'],
    ['its own undo before a later word', [...said(2, 'undo'), ...said(3, 'false-positive')], 2, 'open'],
  ])('%s', (_, signals, pull, state) => {
    expect(stateIn(pull, signals)).toBe(state);
    expect(stateIn(pull, [...signals].reverse())).toBe(state);
  });

  it('parts what is reported from what is not', () => {
    const two = finding(2);
    const standings = standingsOf(said(1, 'wont-fix'), 1);
    expect(splitByStanding([one, two], standings)).toMatchObject({ open: [two], settled: [{ finding: one }] });
    // Said with write access where the rule was lenient: it opens no gate that blocks now.
    const [word] = said(1, 'wont-fix');
    const lenient = word === undefined ? [] : [{ ...word, actor: { ...word.actor, role: 'write' as const } }];
    const strict = { ...one, level: 'block' as const };
    expect(splitByStanding([one], standingsOf(lenient, 1)).open).toEqual([]);
    expect(splitByStanding([strict], standingsOf(lenient, 1)).open).toEqual([strict]);
    expect(splitByStanding([strict], standings).open).toEqual([]);
    expect(splitByStanding([one, two], standingsOf(said(1, 'confirm'), 1))).toEqual({ open: [one, two], settled: [] });
  });
});

describe('who may', () => {
  const roles = ['admin', 'maintain', 'write', 'triage', 'read', 'none'] as const;
  const may = (verdict: Verdict, level: 'block' | 'warn') => roles.filter((role) => mayGive(role, verdict, level));

  it.each<Verdict>(['false-positive', 'wont-fix', 'not-applicable', 'override'])('%s', (verdict) => {
    expect(may(verdict, 'warn')).toEqual(['admin', 'maintain', 'write']);
    expect(may(verdict, 'block')).toEqual(['admin', 'maintain']);
  });

  it.each<Verdict>(['confirm', 'undo'])('%s', (verdict) => {
    expect(may(verdict, 'warn')).toEqual(['admin', 'maintain', 'write']);
    expect(may(verdict, 'block')).toEqual(['admin', 'maintain', 'write']);
  });
});
