// A finding keeps its id over edits of its code and renames of its file, and gives it to nobody else.
import { describe, expect, it } from 'vitest';
import type { ChangedFile, Finding } from '../../src/finding.ts';
import { withKnownIds } from '../../src/review/identity.ts';
import { finding } from './report.ts';

const file = (path: string, status: ChangedFile['status'] = 'modified'): ChangedFile => ({
  path,
  basePath: null,
  status,
  hunks: [],
});
const at = (n: number, path: string, over: Partial<Finding> = {}) =>
  finding(n, { place: { ...finding(n).place, path }, ...over });
const idsOf = (now: Finding[], known: Finding[], files = [file('shop/views.py')]) =>
  withKnownIds(now, known, files).map(({ id }) => Number.parseInt(id.slice(4), 16));

const edited = { code: 'customer = Customer.objects.only("name").get(pk=order.customer_id)' };

describe('an id goes on', () => {
  it.each<[string, Finding[], Finding[], ChangedFile[] | undefined, number[]]>([
    ['the same', [finding(1)], [finding(1), finding(2)], undefined, [1]],
    ['edited', [finding(9, edited)], [finding(1)], undefined, [1]],
    ['rewritten', [finding(9, { code: 'total = Line.objects.count()' })], [finding(1)], undefined, [9]],
    ['another rule', [finding(9, { ruleId: 'db/write-in-loop' })], [finding(1)], undefined, [9]],
    ['another model', [finding(9, { model: 'Line' })], [finding(1)], undefined, [9]],
    ['another function', [finding(9, { symbol: 'invoices' })], [finding(1)], undefined, [9]],
    ['in a renamed file', [at(9, 'b.py')], [at(1, 'a.py')], [file('b.py')], [1]],
    [
      'in a file renamed from a deleted one',
      [at(9, 'b.py')],
      [at(1, 'a.py')],
      [file('a.py', 'deleted'), file('b.py')],
      [1],
    ],
    ['copied into another file', [at(9, 'b.py')], [at(1, 'a.py')], [file('a.py'), file('b.py')], [9]],
    ['renamed and edited', [at(9, 'b.py', edited)], [at(1, 'a.py')], [file('b.py')], [9]],
    ['given once', [finding(8, edited), finding(9)], [finding(1)], undefined, [8, 1]],
    ['not taken from one that stands', [finding(1), finding(9)], [finding(1)], undefined, [1, 9]],
    ['the nearer of two alike', [finding(12)], [finding(1), finding(10)], undefined, [10]],
  ])('%s', (_, now, known, files, ids) => {
    expect(idsOf(now, known, files)).toEqual(ids);
    expect(idsOf(now, [...known].reverse(), files)).toEqual(ids);
  });
});
