// YAML that means harm: each ends in one line within a bounded time, and never in the end of the process.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestingBeyond } from '../../../src/rules/file/nesting.ts';
import { readRuleFiles } from '../../../src/rules/file/read.ts';
import { yamlBounds } from '../../../src/rules/file/yaml.ts';
import { codes, lines, read, readOne, source } from './sample.ts';

const size = yamlBounds.maxBytes;
const fill = (piece: string, length = size) => piece.repeat(Math.floor(length / piece.length));

/** Nine anchors of nine aliases each, the classic: nine to the ninth values. */
const laughs = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, index) => {
    const below = `*${'abcdefgh'[index]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => below).join(',')}]`;
  }),
].join('\n');

const manyKeys = Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join('\n');
const rule = (id: string) => `id: ${id}\nlanguage: ts\nrule: { pattern: x }\n`;

describe('RUL-404h hostile YAML', () => {
  it.each([
    ['an alias bomb', laughs, 'unsafe-yaml:1'],
    [
      'many aliases of one anchor',
      `a: &a [x, y]\nb: [${Array.from({ length: 20_000 }, () => '*a').join(',')}]`,
      'unsafe-yaml:1',
    ],
    ['an anchor inside itself', 'id: &a { x: *a }\n', 'unsafe-yaml:1'],
    ['an alias of nothing', 'id: *nobody\n', 'not-yaml:1'],
    ['open brackets', fill('['), 'too-deep:1'],
    ['brackets, all closed', fill('[', size / 2) + fill(']', size / 2), 'too-deep:1'],
    ['open braces', fill('{a: '), 'too-deep:1'],
    ['lists in lists on one line', fill('- '), 'too-deep:1'],
    ['keys in keys on one line', fill('? '), 'too-deep:1'],
    ['maps in maps', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'too-deep:65'],
    ['documents without end', fill('---\n'), 'too-many-documents:501'],
    ['too large', 'a'.repeat(size + 1), 'too-large:-'],
    ['a key twice', 'id: a\nlanguage: ts\nid: b\n', 'duplicate-key:3'],
    ['a key twice, deep down', `${rule('a')}utils:\n  u: { kind: x, kind: y }\n`, 'duplicate-key:5'],
    ['a tag of Python', 'id: !!python/object/apply:os.system ["id"]\n', 'unsafe-yaml:1'],
    ['a tag of JavaScript', '\nid: !!js/function "function(){}"\n', 'unsafe-yaml:2'],
    ['a tag of its own', 'id: !secret x\n', 'unsafe-yaml:1'],
    ['many keys', manyKeys, 'no-rule:1'],
    ['a map as a key', '? { a: 1 }\n: x\n', 'not-yaml:1'],
    ['anchors without end', fill('&a '), 'not-yaml:1'],
    ['quotes that never close', `id: "${fill('a', 1_000)}`, 'not-yaml:1'],
    ['a prototype', '__proto__: { id: x }\nconstructor: x\n', 'no-rule:1'],
  ])('%s', (_, text, code) => {
    const start = process.cpuUsage();
    const found = readOne(text);
    const { user, system } = process.cpuUsage(start);
    expect(codes(found)).toEqual([code]);
    expect(lines(found)[0]?.includes('\n')).toBe(false);
    expect((user + system) / 1_000).toBeLessThan(5_000);
  });

  it('text that is not UTF-8', () => {
    const { problems } = readRuleFiles([{ path: 'a.yml', bytes: new Uint8Array([0x69, 0xff, 0xfe]) }], source);
    expect(problems.map(({ code }) => code)).toEqual(['not-utf8']);
  });

  it('a byte-order mark and Windows line ends are no harm', () => {
    const { rules, problems } = readOne(`\ufeff${rule('a').replaceAll('\n', '\r\n')}---\r\n${rule('b')}`);
    expect(problems).toEqual([]);
    expect(rules.map(({ key, fileRef }) => [key, fileRef?.line])).toEqual([
      ['a', 1],
      ['b', 5],
    ]);
  });

  it('more than 500 rules: the first 500 hold, the rest are told in one line', () => {
    const text = Array.from({ length: 300 }, (_, index) => rule(`r${index}`)).join('---\n');
    const found = read({ 'a.yml': text, 'b.yml': text.replaceAll('id: r', 'id: s') });
    expect(found.rules).toHaveLength(500);
    expect(lines(found)).toEqual([
      'b.yml, line 801: the repository has more than 500 rules; 100 are left out, from this one on. Remove or merge rules.',
    ]);
  });

  it('more text than 4 MB: the files beyond are told', () => {
    const filler = `${rule('a')}note: ${'x'.repeat(size - 100)}\n`;
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`r/${String(index).padStart(2, '0')}.yml`, filler]),
    );
    const found = read(files);
    expect(found.rules).toHaveLength(16);
    expect(found.problems.filter(({ level }) => level === 'refused').map(({ path, what }) => [path, what])).toEqual([
      ['r/16.yml', 'the rule files together are larger than 4 MB; 4 are left out'],
    ]);
  });

  it('a rule as deep as people write them is not too deep', () => {
    const nested = (depth: number): string =>
      depth === 0
        ? '{ pattern: x }'
        : `\n${'    '.repeat(13 - depth)}any:\n${'    '.repeat(13 - depth)}  - has: ${nested(depth - 1)}`;
    expect(codes(readOne(`id: a\nlanguage: ts\nrule:${nested(12)}\n`))).toEqual([]);
    expect(nestingBeyond('a: |\n  [[[[\n  - - - -\n', 2, 10)).toBeNull();
  });

  it('whatever the bytes are, reading ends in rules or lines', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'id: ',
        'rule: ',
        'language: ts',
        'rules:',
        '\n',
        '  ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '&a ',
        '*a',
        '!!x ',
        '|',
        '>',
        '"',
        "'",
        '---',
        '? ',
        ': ',
        ', ',
        '#',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const found = readOne(pieces.join(''));
        for (const line of lines(found)) expect(line).toMatch(/^\.driftline\/rules\/a\.yml(, line \d+)?: [^\n]+\.$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
