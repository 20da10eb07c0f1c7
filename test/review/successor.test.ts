// Which finding takes over the comment of one whose code was edited.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/finding.ts';
import { successors } from '../../src/review/successor.ts';
import { finding } from './report.ts';

const at = (n: number, path: string) => finding(n, { place: { ...finding(n).place, path } });
const numberOf = (id: string) => Number.parseInt(id.slice(4), 16);
const heirs = (before: Finding[], now: Finding[]) =>
  [...successors(before, now)].map(([id, heir]) => [numberOf(id), numberOf(heir.id)]);

const edited = { code: 'customer = Customer.objects.only("name").get(pk=order.customer_id)' };

describe('a comment goes to', () => {
  it.each<[string, Finding[], Finding[], number[][]]>([
    ['nobody while its finding stands', [finding(1)], [finding(1), finding(2)], []],
    ['the edited one', [finding(1)], [finding(9, edited)], [[1, 9]]],
    ['nobody when the line is another', [finding(1)], [finding(9, { code: 'total = Line.objects.count()' })], []],
    ['nobody of another rule', [finding(1)], [finding(9, { ruleId: 'db/write-in-loop' })], []],
    ['nobody of another model', [finding(1)], [finding(9, { model: 'Line' })], []],
    ['nobody in another function', [finding(1)], [finding(9, { symbol: 'invoices' })], []],
    ['nobody in another file', [at(1, 'a.py')], [at(9, 'b.py')], []],
    ['one of two', [finding(1)], [finding(8, edited), finding(9)], [[1, 9]]],
    ['the nearer of two alike', [finding(1)], [finding(12), finding(4)], [[1, 4]]],
    ['nobody who has one', [finding(1), finding(2)], [finding(2)], []],
  ])('%s', (_, before, now, expected) => {
    expect(heirs(before, now)).toEqual(expected);
    expect(heirs([...before].reverse(), [...now].reverse())).toEqual(expected);
  });
});
