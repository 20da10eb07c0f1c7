// Which fixes are meant, and which stay when the edited files are analysed again.
import { describe, expect, it } from 'vitest';
import type { Finding, Report } from '../../src/finding.ts';
import { chosen, soundFixes } from '../../src/review/fix.ts';
import { finding, report } from './report.ts';

const texts = new Map([
  ['a.py', new TextEncoder().encode('one\ntwo\nthree\n')],
  ['b.py', new TextEncoder().encode('one\ntwo\nthree\n')],
]);
const words = ['one', 'two', 'three'];

/** A problem in this line, whose fix is in the same line. */
function fixable(n: number, path: string, line: number, over: Partial<Finding> = {}): Finding {
  const place = { path, startLine: line, startColumn: 1, endLine: line, endColumn: 4, startByte: 0, endByte: 3 };
  const before = words[line - 1] ?? '';
  return finding(n, { place, edit: { place, before, after: before.toUpperCase() }, ...over });
}

const [first, second, third] = [fixable(1, 'a.py', 1), fixable(2, 'a.py', 3), fixable(3, 'b.py', 2)];
const all = [first, second, third];

async function tried(found: Finding[], answer: (paths: string[], round: number) => Partial<Report>) {
  const rounds: string[][] = [];
  const fixes = await soundFixes(report(found), found, texts, async (files) => {
    rounds.push([...files.keys()]);
    return report([], answer([...files.keys()], rounds.length));
  });
  const skipped = fixes.skipped.map((skip) => `${skip.finding.id.slice(-1)}: ${skip.reason}`);
  return { rounds, applied: fixes.applied.map(({ id }) => id.slice(-1)), skipped, after: fixes.after };
}

describe('the fixes of a change', () => {
  it('are applied when all problems are gone with them', async () => {
    const { rounds, applied, skipped, after } = await tried(all, () => ({ findings: [] }));
    expect([rounds, applied, skipped]).toEqual([[['a.py', 'b.py']], ['1', '2', '3'], []]);
    expect(after?.findings).toEqual([]);
  });

  it('are left out in a file where a problem is new, and the rest is tried again', async () => {
    const fresh = finding(9, { place: { ...first.place, startLine: 2 }, symbol: 'another' });
    const { rounds, applied, skipped } = await tried(all, (paths) => ({
      findings: paths.includes('a.py') ? [fresh] : [],
    }));
    expect([rounds, applied]).toEqual([[['a.py', 'b.py'], ['b.py']], ['3']]);
    const reason = 'it would come with a new problem (n-plus-one/loop-query)';
    expect(skipped).toEqual([`1: ${reason}`, `2: ${reason}`]);
  });

  it('are all left out when the new problem is in another file', async () => {
    const elsewhere = finding(9, { place: { ...first.place, path: 'c.py' } });
    const { applied, skipped, after } = await tried(all, () => ({ findings: [elsewhere] }));
    expect([applied, skipped.length, after]).toEqual([[], 3, null]);
  });

  it('are left out where the problem stands as before', async () => {
    const { applied, skipped } = await tried(all, (paths) => ({ findings: paths.includes('b.py') ? [third] : [] }));
    expect([applied, skipped]).toEqual([['1', '2'], ['3: the problem would not be gone']]);
  });

  it('are left out where the file can no longer be analysed', async () => {
    const lost = { path: 'b.py', reason: 'timeout' as const, detail: '' };
    const { applied, skipped } = await tried(all, (paths) => ({ skipped: paths.includes('b.py') ? [lost] : [] }));
    expect([applied, skipped]).toEqual([['1', '2'], ['3: its file could not be analysed with it']]);
  });

  it('count a problem whose code is part of a fix as the same one, and equal ones that move up', async () => {
    const other = finding(4, { place: { ...first.place, startLine: 2 }, symbol: 'other' });
    const renamed = { ...other, id: finding(5).id };
    const fixes = await soundFixes(report([first, other]), [first], texts, async () => report([renamed]));
    expect(fixes.applied).toEqual([first]);
    // The second of two equal problems takes the id of the first when that is fixed.
    const movedUp = await soundFixes(report([first, second]), [first], texts, async () =>
      report([{ ...second, id: first.id }]),
    );
    expect(movedUp.applied).toEqual([first]);
  });

  it('come to an end when nothing holds', async () => {
    let n = 0;
    const { rounds, applied, skipped } = await tried(all, (paths) => {
      n += 1;
      return { findings: [finding(20 + n, { place: { ...first.place, path: paths[0] ?? '' }, symbol: `s${n}` })] };
    });
    expect([rounds.length, applied, skipped.length]).toEqual([2, [], 3]);
  });
});

describe('what a person names', () => {
  const quiet = fixable(4, 'b.py', 1, { certainty: 'possible' });
  const other = fixable(5, 'b.py', 3, { ruleId: 'team/rule' });
  const found = [other, ...all, quiet];

  it('nothing: all that is reported aloud', () => {
    expect(chosen(found, { kind: 'all' })).toEqual([first, second, third, other]);
  });
  it('a rule: all its problems', () => {
    expect(chosen(found, { kind: 'rule', ruleId: 'team/rule' })).toEqual([other]);
    expect(chosen(found, { kind: 'rule', ruleId: 'team' })).toEqual([]);
  });
  it('a finding, by the beginning of its id', () => {
    expect(chosen(found, { kind: 'finding', prefix: quiet.id })).toEqual([quiet]);
  });
});
