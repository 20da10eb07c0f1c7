import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block, code, cut, plain, prose } from '../../src/review/markdown.ts';
import { findingMarker, findingOf, reviewedHeadOf, reviewMarker } from '../../src/review/marker.ts';

describe('code', () => {
  it('closes with a fence that the content does not hold', () => {
    expect(code('a`b')).toBe('``a`b``');
    expect(code('`x`')).toBe('`` `x` ``');
    expect(code('two\nlines')).toBe('`two lines`');
    expect(code('')).toBe('` `');
  });
});

describe('block', () => {
  it('cannot be closed by its content', () => {
    expect(block('a\n````\nb', 'py').split('\n')[0]).toBe('`````py');
  });
});

describe('plain', () => {
  it('leaves nothing that Markdown, HTML or GitHub acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'`*_[]()<>#@|~!a/:\\\n-'), maxLength: 60 }), (text) => {
        const out = plain(text);
        expect(out.replace(/\\./g, '')).not.toMatch(/[`*_[\]<>|~!\n\\]/);
        expect(out).not.toContain('://');
        expect(out).not.toMatch(/@(?!\u200b)/);
      }),
    );
  });
});

describe('prose', () => {
  it('keeps our code spans and escapes the rest', () => {
    expect(prose('see `a*b` and *c*')).toBe('see `a*b` and \\*c\\*');
    expect(prose('hello @octocat')).toBe('hello @\u200boctocat');
    expect(prose('<img src=x>')).toBe('\\<img src=x\\>');
  });

  it('treats text whose backticks do not pair as text', () => {
    expect(prose('one ` two <b>')).toBe('one \\` two \\<b\\>');
  });
});

describe('cut', () => {
  it('leaves no code span open, whose content would be Markdown then', () => {
    const text = `Before ${code('a `b` <img src=x> @acme/team [x](//y)')} and ${code('c'.repeat(40))} after.`;
    for (let limit = 10; limit < text.length; limit++) {
      const left = cut(text, limit, ' …').replace(/``.*?``(?!`)|(?<!`)`[^`]+`(?!`)/g, '');
      expect(left).not.toMatch(/[`<@[]/);
    }
    expect(cut(`${'x'.repeat(9)}😀😀`, 12, '…')).toBe(`${'x'.repeat(9)}😀…`);
    expect(cut(`${'x'.repeat(10)}😀😀`, 12, '…')).toBe(`${'x'.repeat(10)}…`);
  });

  it('never exceeds the limit', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.integer({ min: 30, max: 200 }), (text, limit) => {
        expect(cut(text, limit).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('markers', () => {
  const id = `df1_${'0a'.repeat(16)}`;
  const sha = 'c'.repeat(40);

  it('are read back', () => {
    expect(findingOf(`${findingMarker(id)}\nbody`)).toBe(id);
    expect(reviewedHeadOf(reviewMarker(sha))).toBe(sha);
  });

  it('do not count when quoted, indented or further down', () => {
    expect(findingOf(`> ${findingMarker(id)}`)).toBeNull();
    expect(findingOf(`hello\n${findingMarker(id)}`)).toBeNull();
    expect(findingOf(`${findingMarker(id)} trailing`)).toBeNull();
    expect(reviewedHeadOf(`x${reviewMarker(sha)}`)).toBeNull();
  });
});
