// Suggestions from the engine to the click: one click writes the file that the fixer computes, and what a click could not
// write so is no suggestion, for each condition.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Engine, MatchEngine } from '../../src/analysis/engine.ts';
import { loadEngine } from '../../src/analysis/native.ts';
import type { Edit } from '../../src/finding.ts';
import { applyEdit } from '../../src/review/apply.ts';
import * as code from '../fixable.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import type { ReviewComment } from '../github/state.ts';
import { type House, openHouse, unpaced } from './house.ts';

let house: House;
let repo: FakeRepository;
let count = 0;

/** Edits that the real engine does not offer, by the path of the finding: those of other kinds of rules. */
const planted = new Map<string, Edit>();
const real = loadEngine();
const engine: Engine & MatchEngine = {
  ...real,
  async analyzeChange(request) {
    const report = await real.analyzeChange(request);
    const findings = report.findings.map((one) => ({ ...one, edit: planted.get(one.place.path) ?? one.edit }));
    return { ...report, findings };
  },
};

beforeAll(async () => {
  house = await openHouse();
  await house.work(engine, unpaced);
});
afterAll(() => house.stop());
beforeEach(() => {
  count += 1;
  planted.clear();
});
afterEach(() => house.github.assertClean());

async function review(head: Record<string, string>, base: Record<string, string> = {}): Promise<FakePull> {
  const files = { 'requirements.txt': 'django==5.2\n', ...base };
  repo = await house.github.createRepository(`acme/suggest-${count}`, { files });
  const pull = await repo.openPull({ files: { 'shop/models.py': code.models, ...head } });
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await house.settled();
  return pull;
}

function only(pull: FakePull, path = 'shop/a.py'): ReviewComment {
  const [comment, ...rest] = pull.comments().filter((one) => one.path === path);
  expect(rest).toEqual([]);
  if (comment === undefined) throw new Error(`no comment on ${path}`);
  return comment;
}

function edit(startLine: number, before: string, after: string, path = 'shop/a.py'): Edit {
  const lines = before.split('\n');
  const endLine = startLine + lines.length - 1;
  const endColumn = (lines.at(-1)?.length ?? 0) + 1;
  return { place: { path, startLine, startColumn: 1, endLine, endColumn, startByte: 0, endByte: 0 }, before, after };
}

const refusal = (comment: ReviewComment) =>
  /<summary>The edit in line \d+ of [^<]+, not directly applicable: ([^<]*)<\/summary>/.exec(comment.body)?.[1];

test('one click writes the very file that the fixer computes', async () => {
  const wide = code.customers.replace('result = []', 'result = []  # 名前 😀 é');
  const pull = await review({ 'shop/a.py': code.customers, 'shop/b.py': wide, 'shop/c.py': code.cities });
  for (const comment of pull.comments()) await pull.commitSuggestion(comment);
  const text = (path: string) => repo.git.file(pull.headSha, path);
  expect(await text('shop/a.py')).toBe(code.customersFixed);
  expect(await text('shop/b.py')).toBe(code.customersFixed.replace('result = []', 'result = []  # 名前 😀 é'));
  expect(await text('shop/c.py')).toBe(code.citiesFixed);
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await house.settled();
  expect(pull.check()?.title).toBe('No new problems');
});

const line = (text: string, n: number) => text.split('\n')[n - 1] ?? '';
const cities = `${code.cities.split('\n').slice(0, 3).join('\n')}\n# \`\`\`\`\n${code.cities.split('\n').slice(3).join('\n')}`;

test.each([
  [
    'several lines',
    code.customers,
    edit(6, `${line(code.customers, 6)}\n${line(code.customers, 7)}`, '    if x:\n\n\ty'),
  ],
  ['lines that go', code.customers, edit(5, line(code.customers, 5), '')],
  ['the last line, which has no end', code.cities, edit(5, line(code.cities, 5), '    return []\n# end')],
  ['the last line that goes, which has no end', code.cities, edit(5, line(code.cities, 5), '')],
  ['runs of backticks', cities, edit(4, '# ````', '# `````\n```\n``` </details>')],
  ['a blank line at the end', code.customers, edit(5, line(code.customers, 5), '    result = []\n')],
])('so it does with %s', async (_name, text, one) => {
  planted.set('shop/a.py', one);
  const pull = await review({ 'shop/a.py': text });
  await pull.commitSuggestion(only(pull));
  const fixed = Buffer.from(applyEdit(one, Buffer.from(text)) ?? []).toString('utf8');
  expect(await repo.git.file(pull.headSha, 'shop/a.py')).toBe(fixed);
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await house.settled();
  pull.comments();
});

const filler = Array.from({ length: 12 }, (_, index) => `    x${index} = ${index}\n`).join('');
const far = (read: string) =>
  `from shop.models import Order\n\n\ndef far():\n    orders = Order.objects.all()\n${filler}    for order in orders:\n        ${read}\n`;

test('an edit whose lines are not part of the diff is none', async () => {
  const pull = await review({ 'shop/a.py': far('print(order.customer.name)') }, { 'shop/a.py': far('print(order)') });
  const comment = only(pull);
  expect([comment.originalLine, refusal(comment)]).toEqual([19, 'its lines are not together in one part of the diff']);
  expect(comment.body).toContain(
    '```diff\n-    orders = Order.objects.all()\n+    orders = Order.objects.all().select_related("customer")\n```',
  );
});

test('an edit that reaches from one part of the diff into another is none', async () => {
  const head = far('print(order.customer.name)').replace('def far', 'def near');
  const lines = head.split('\n').slice(3, 19).join('\n');
  planted.set('shop/a.py', edit(4, lines, '# gone'));
  const pull = await review({ 'shop/a.py': head }, { 'shop/a.py': far('print(order)') });
  expect(refusal(only(pull))).toBe('its lines are not together in one part of the diff');
});

test('of two edits of the same lines the surer is one', async () => {
  const pull = await review({ 'shop/a.py': code.both });
  const [first, second] = pull.comments();
  expect([first?.originalLine, second?.originalLine]).toEqual([6, 8]);
  expect(first?.body).toContain('```suggestion\n');
  expect(second && refusal(second)).toBe('another suggestion is for the same lines');
});

test('an edit in a file with other line ends is none', async () => {
  const text = code.customers.replaceAll('\n', '\r\n');
  planted.set('shop/a.py', edit(6, line(code.customers, 6), line(code.customersFixed, 6)));
  const comment = only(await review({ 'shop/a.py': text }));
  expect([comment.originalLine, refusal(comment)]).toEqual([7, 'a click would not keep its line ends']);
});

test('an edit of part of a line is none', async () => {
  const part = edit(6, line(code.customers, 6).slice(4), 'for order in []:');
  part.place.startColumn = 5;
  planted.set('shop/a.py', part);
  expect(refusal(only(await review({ 'shop/a.py': code.customers })))).toBe('it is not one of whole lines');
});

test('an edit of a file that the change does not touch is none', async () => {
  planted.set('shop/a.py', edit(1, 'django==5.2', 'django==5.3', 'requirements.txt'));
  const comment = only(await review({ 'shop/a.py': code.customers }));
  expect([comment.path, refusal(comment)]).toEqual(['shop/a.py', 'this change does not touch the file']);
});

test('a long edit is none, and is not shown', async () => {
  const long = code.customers.replace('Order.objects.all():', `Order.objects.all():  # ${'long '.repeat(90)}`);
  const comment = only(await review({ 'shop/a.py': long }));
  expect([comment.originalLine, comment.body.includes('select_related("customer")\n')]).toEqual([7, false]);
  expect(comment.body).not.toMatch(/```suggestion|```diff/);
});

test('an edit for a head that has moved on is never posted', async () => {
  repo = await house.github.createRepository(`acme/suggest-${count}`, {
    files: { 'requirements.txt': 'django==5.2\n' },
  });
  house.github.fail({ fault: { kind: 'delay', ms: 1_500 }, times: 1, route: /^GIT/ });
  const pull = await repo.openPull({ files: { 'shop/models.py': code.models, 'shop/a.py': code.customers } });
  await pull.push({ 'shop/a.py': code.customersFixed });
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await house.settled();
  expect([pull.comments(), pull.check()?.title]).toEqual([[], 'No new problems']);
});
