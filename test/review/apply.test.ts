// Edits applied to bytes: which wins, what is refused, and that nothing else of a file changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit, Finding } from '../../src/finding.ts';
import { applyEdit, applyEdits } from '../../src/review/apply.ts';
import { isVerbatim } from '../../src/review/edit.ts';
import { finding } from './report.ts';

const path = 'shop/views.py';
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined | null) => (data ? Buffer.from(data).toString('utf8') : data);

function edit(startLine: number, before: string, after: string, file = path): Edit {
  const lines = before.split('\n');
  const place = {
    path: file,
    startLine,
    startColumn: 1,
    endLine: startLine + lines.length - 1,
    endColumn: (lines.at(-1) ?? '').length + 1,
    startByte: 0,
    endByte: 0,
  };
  return { place, before, after };
}

function apply(source: string, ...findings: Finding[]) {
  return applyEdits(findings, new Map([[path, bytes(source)]]));
}

function applied(source: string, ...edits: Edit[]): string | undefined | null {
  const all = edits.map((one, index) => finding(index + 1, { edit: one }));
  const result = apply(source, ...all);
  expect(result.skipped).toEqual([]);
  return text(result.files.get(path));
}

describe('an edit changes its lines and no other byte', () => {
  it.each([
    ['plain lines', 'a\nb\nc\n', edit(2, 'b', 'B'), 'a\nB\nc\n'],
    ['more lines than before', 'a\nb\nc\n', edit(2, 'b', 'B\nBB'), 'a\nB\nBB\nc\n'],
    ['fewer lines than before', 'a\nb\nc\n', edit(1, 'a\nb', 'x'), 'x\nc\n'],
    ['CRLF', 'a\r\nb\r\nc\r\n', edit(2, 'b', 'B\nBB'), 'a\r\nB\r\nBB\r\nc\r\n'],
    ['CRLF that the edit says too', 'a\r\nb\r\nc\r\n', edit(1, 'a\r\nb', 'x\r\ny\r\nz'), 'x\r\ny\r\nz\r\nc\r\n'],
    ['mixed line ends', 'a\nb\r\nc\n', edit(1, 'a', 'A'), 'A\nb\r\nc\n'],
    ['mixed line ends within', 'a\nb\r\nc\n', edit(1, 'a\nb', 'A\nB'), 'A\nB\r\nc\n'],
    ['no final newline', 'a\nb', edit(2, 'b', 'B\nBB'), 'a\nB\nBB'],
    ['no final newline, CRLF', 'a\r\nb', edit(2, 'b', 'B\nBB'), 'a\r\nB\r\nBB'],
    ['one line without an end', 'a', edit(1, 'a', 'b'), 'b'],
    ['a byte order mark', '\uFEFFa\nb\n', edit(1, 'a', 'A'), '\uFEFFA\nb\n'],
    ['a byte order mark that the edit says too', '\uFEFFa\nb\n', edit(1, '\uFEFFa', '\uFEFFA'), '\uFEFFA\nb\n'],
    ['multi-byte characters', 'é\n😀 b\nc\u2028d\n', edit(2, '😀 b', '😀 ß'), 'é\n😀 ß\nc\u2028d\n'],
    ['a line that goes', 'a\nb\nc\n', edit(2, 'b', ''), 'a\nc\n'],
    ['the last line that goes', 'a\nb\n', edit(2, 'b', ''), 'a\n'],
    ['the last line that goes, no final newline', 'a\r\nb', edit(2, 'b', ''), 'a'],
    ['the first line that goes, with a mark', '\uFEFFa\nb\n', edit(1, 'a', ''), '\uFEFFb\n'],
    ['all lines that go', 'a\nb\n', edit(1, 'a\nb', ''), ''],
    ['a blank line that goes', 'a\n\nb\n', edit(2, '', ''), 'a\nb\n'],
    ['a blank line', 'a\n\nb\n', edit(2, '', 'x'), 'a\nx\nb\n'],
    ['a carriage return within a line', 'a\rb\nc\n', edit(2, 'c', 'C'), 'a\rb\nC\n'],
  ])('%s', (_name, source, one, expected) => {
    expect(applied(source, one)).toBe(expected);
    expect(text(applyEdit(one, bytes(source)))).toBe(expected);
  });

  it('several of them, in any order of the findings', () => {
    const edits = [edit(1, 'a', 'A\nAA'), edit(4, 'd', ''), edit(2, 'b\nc', 'x')];
    expect(applied('a\nb\nc\nd\ne', ...edits)).toBe('A\nAA\nx\ne');
    expect(applied('a\nb\nc\nd\ne', ...edits.toReversed())).toBe('A\nAA\nx\ne');
  });

  it('whatever the lines are', () => {
    const line = fc.stringMatching(/^[ab 😀é`]{0,5}$/u);
    const end = fc.constantFrom('\n', '\r\n');
    const lines = fc.array(fc.tuple(line, end), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        lines,
        fc.boolean(),
        fc.nat(),
        fc.nat(3),
        fc.array(line, { maxLength: 3 }),
        (all, hasEnd, at, more, coming) => {
          const start = at % all.length;
          const stop = Math.min(start + more, all.length - 1);
          const ended = all.map(([one, lf], index) => (index === all.length - 1 && !hasEnd ? one : `${one}${lf}`));
          fc.pre(ended.at(-1) !== ''); // a last line without a character and without an end is none
          const before = all.slice(start, stop + 1).map(([one]) => one);
          const one = edit(start + 1, before.join('\n'), coming.join('\n'));
          fc.pre(one.after === '' || one.after !== one.before);
          const out = text(applyEdit(one, bytes(ended.join('')))) ?? '';
          const [head, tail] = [ended.slice(0, start).join(''), ended.slice(stop + 1).join('')];
          // When the last line goes that had no end, the one before it loses its own.
          const isCut = one.after === '' && stop === all.length - 1 && !hasEnd;
          if (isCut) expect(out).toBe(head.replace(/\r?\n$/, ''));
          else {
            expect([out.startsWith(head), out.endsWith(tail)]).toEqual([true, true]);
            const written = out.slice(head.length, out.length - tail.length).split(/\r?\n/);
            if (one.after === '') expect(written).toEqual(['']);
            else expect(written).toEqual(stop < all.length - 1 || hasEnd ? [...coming, ''] : coming);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('an edit is refused, with the reason', () => {
  it.each([
    ['where other text stands', 'a\nx\n', edit(2, 'b', 'B'), 'its lines are not those that were analysed'],
    ['beyond the end', 'a\nb\n', edit(3, '', 'B'), 'its lines are not those that were analysed'],
    ['far beyond the end', 'a\n', edit(9, 'b', 'B'), 'its lines are not those that were analysed'],
    ['that changes nothing', 'a\nb\n', edit(2, 'b', 'b'), 'the fix changes nothing'],
    ['with half a character', 'a\nb\n', edit(2, 'b', '\uD800'), 'the fix is not text'],
  ])('%s', (_name, source, one, reason) => {
    const result = apply(source, finding(1, { edit: one }));
    expect(result.skipped.map((skip) => skip.reason)).toEqual([reason]);
    expect([result.files.size, result.applied.length]).toEqual([0, 0]);
    expect(applyEdit(one, bytes(source))).toBeNull();
  });

  it('of part of a line', () => {
    const part = edit(1, 'a', 'b');
    part.place.startColumn = 3;
    expect(apply('xxa\n', finding(1, { edit: part })).skipped[0]?.reason).toBe('the fix is not one of whole lines');
  });

  it('in a file that is no UTF-8 or is not there', () => {
    const one = finding(1, { edit: edit(1, 'a', 'b') });
    const broken = applyEdits([one], new Map([[path, Uint8Array.of(0x61, 0x0a, 0xff)]]));
    expect(broken.skipped[0]?.reason).toBe('its file is not UTF-8');
    expect(applyEdits([one], new Map()).skipped[0]?.reason).toBe('its file cannot be read');
  });
});

describe('edits of the same lines', () => {
  const on = (n: number, over: Partial<Finding>) => finding(n, { edit: edit(2, 'b\nc', `x${n}`), ...over });
  const overlapping = (n: number, over: Partial<Finding>) => finding(n, { edit: edit(3, 'c\nd', `y${n}`), ...over });

  it('the higher level wins, then the surer, then the first', () => {
    const source = 'a\nb\nc\nd\n';
    const winner = (...findings: Finding[]) => {
      const one = apply(source, ...findings);
      expect(apply(source, ...findings.toReversed())).toEqual(one);
      expect(one.skipped.map(({ reason }) => reason)).toEqual([
        `its lines are those of the fix of n-plus-one/loop-query in line ${one.applied[0]?.place.startLine}`,
      ]);
      return text(one.files.get(path));
    };
    const sure = { confidence: 0.99 };
    expect(winner(on(1, { level: 'suggest', ...sure }), overlapping(2, { level: 'warn' }))).toBe('a\nb\ny2\n');
    expect(winner(on(1, { level: 'block' }), overlapping(2, { level: 'warn', ...sure }))).toBe('a\nx1\nd\n');
    expect(winner(on(1, { confidence: 0.7 }), overlapping(2, { confidence: 0.8 }))).toBe('a\nb\ny2\n');
    expect(winner(on(1, {}), overlapping(2, {}))).toBe('a\nx1\nd\n');
  });

  it('the same edit of two findings is applied once, for both', () => {
    const same = { edit: edit(2, 'b', 'B') };
    const result = apply('a\nb\nc\n', finding(1, same), finding(2, same));
    expect([text(result.files.get(path)), result.applied.length, result.skipped]).toEqual(['a\nB\nc\n', 2, []]);
  });

  it('one that is refused stands in nobody’s way', () => {
    const wrong = finding(1, { level: 'block', edit: edit(2, 'other', 'x') });
    const result = apply('a\nb\nc\n', wrong, finding(2, { edit: edit(2, 'b', 'B') }));
    expect([text(result.files.get(path)), result.applied.length]).toEqual(['a\nB\nc\n', 1]);
  });
});

describe('one click on a suggestion', () => {
  it.each([
    ['a line', 'a\nb\nc\n', edit(2, 'b', 'B'), true],
    ['a line that goes', 'a\nb\nc\n', edit(2, 'b', ''), true],
    ['the last line, no final newline', 'a\nb', edit(2, 'b', 'B'), true],
    ['the last line that goes, no final newline', 'a\nb', edit(2, 'b', ''), true],
    ['a line that ends in CRLF', 'a\r\nb\r\n', edit(2, 'b', 'B'), false],
    ['a line behind a byte order mark', '\uFEFFa\n', edit(1, 'a', 'A'), false],
    ['a line that reads otherwise', 'a\nx\n', edit(2, 'b', 'B'), false],
  ])('%s', (_name, source, one, expected) => {
    expect(isVerbatim(one, bytes(source))).toBe(expected);
  });
});
