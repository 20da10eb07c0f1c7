// Weaknesses and pages of rules, in the ways in which people write them.
import { describe, expect, it, test } from 'vitest';
import { loadRecommended } from '../../../src/analysis/recommended.ts';
import { readRuleFiles } from '../../../src/rules/file/read.ts';
import { pageOf, weaknesses } from '../../../src/rules/file/references.ts';
import { inItsLanguages, readRecommended } from '../../../src/rules/recommended.ts';

describe('weaknesses', () => {
  it.each([
    [{ cwe: 'CWE-89' }, ['CWE-89']],
    [{ cwe: 'CWE-089: SQL injection' }, ['CWE-89']],
    [{ cwe: ["CWE-79: Improper Neutralization ('XSS')", 'cwe-80', 'CWE-79'] }, ['CWE-79', 'CWE-80']],
    [{ cwe: ['CWE-0', 'CWE-1234567', 7, null] }, null],
    [{ cwe: { id: 'CWE-89' } }, null],
    [{}, null],
    [null, null],
    ['cwe', null],
  ])('%j', (metadata, expected) => {
    expect(weaknesses(metadata)).toEqual(expected);
  });
});

describe('page', () => {
  it.each([
    [{ references: ['http://a.example/', 'https://b.example/x', 'https://c.example/'] }, [], 'https://b.example/x'],
    [{ source: 'https://a.example/s', references: 'https://b.example/' }, [], 'https://a.example/s'],
    [{ source: 'https://a.example/' }, ['https://own.example/'], 'https://own.example/'],
    [
      { references: ['https://a.example/x) [y](https://b.example/'] },
      [],
      'https://a.example/x%29%20[y]%28https://b.example/',
    ],
    [{ references: ['javascript:alert(1)', 'no address', 7] }, [undefined], null],
    [{ references: [`https://a.example/${'x'.repeat(2_000)}`] }, [], null],
  ])('%j %j', (metadata, candidates, expected) => {
    expect(pageOf(metadata, candidates)).toBe(expected);
  });
});

test('both formats carry them to the rule', () => {
  const source = {
    orgId: 'a',
    repoId: 'b',
    commit: null,
    at: '2026-01-01T00:00:00Z',
    impliedEnforcementCap: 'warn',
  } as const;
  const astGrep = [
    'id: one',
    'language: ts',
    'message: m',
    'url: https://example.org/one',
    'rule: {pattern: f()}',
    'metadata: {cwe: CWE-95}',
  ].join('\n');
  const semgrep = JSON.stringify({
    rules: [
      {
        id: 'two',
        message: 'm',
        severity: 'ERROR',
        languages: ['python'],
        pattern: 'f()',
        metadata: { cwe: ['CWE-89: x'], references: ['https://example.org/two'] },
      },
    ],
  });
  const files = [astGrep, semgrep].map((text, n) => ({ path: `.driftline/rules/${n}.yml`, bytes: Buffer.from(text) }));
  const { rules, problems } = readRuleFiles(files, source);
  expect(problems).toEqual([]);
  expect(rules.map(({ cwe, url }) => [cwe, url])).toEqual([
    [['CWE-95'], 'https://example.org/one'],
    [['CWE-89'], 'https://example.org/two'],
  ]);
});

test('a recommended rule leads to its own part of the page', () => {
  const rules = readRecommended(loadRecommended()).flatMap(inItsLanguages);
  const found = rules.find(({ key }) => key === 'driftline/csharp-sql-injection');
  expect([found?.cwe, found?.url]).toEqual([
    ['CWE-89'],
    'https://github.com/driftline/driftline/blob/main/docs/recommended-rules.md#driftlinecsharp-sql-injection',
  ]);
});
