// Every case of the rules that Driftline brings along, run by the engine in every language of its rule.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadEngine } from '../../src/analysis/native.ts';
import type { Report } from '../../src/finding.ts';
import type { RuleDoc } from '../../src/rules/document.ts';
import { engineRules } from '../../src/rules/rule-set.ts';
import { packFiles, packRules } from '../rules/recommended-pack.ts';

const extensions: Record<string, string> = {
  JavaScript: 'js',
  TypeScript: 'ts',
  Tsx: 'tsx',
  Python: 'py',
  Ruby: 'rb',
  Java: 'java',
  CSharp: 'cs',
};

interface Case {
  rule: RuleDoc;
  path: string;
  code: string;
  isWrong: boolean;
}

const cases = packRules.flatMap((rule): Case[] => {
  const file = packFiles.find(({ yaml }) => yaml.id === rule.key);
  const language = rule.languages?.[0] ?? '';
  const name = (kind: string, index: number) => {
    const folder = `${rule.key.replace('driftline/', '')}-${language.toLowerCase()}`;
    // Rules for tests look nowhere else.
    return `${file?.yaml.files ? 'spec' : 'src'}/${folder}/${kind}${index}_spec.${extensions[language]}`;
  };
  const of = (isWrong: boolean, codes: readonly string[] = []) =>
    codes.map((code, index) => ({ rule, path: name(isWrong ? 'invalid' : 'valid', index), code, isWrong }));
  return [...of(false, file?.cases.valid), ...of(true, file?.cases.invalid)];
});

let folder: string;
let report: Report;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'driftline-recommended-'));
  for (const { path: name, code } of cases) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), `${code}\n`);
  }
  const { astGrep: ruleSet } = engineRules({ documents: packRules, utilities: [], implementations: [] }, null);
  report = await loadEngine().scan({ root: folder, paths: [], exclude: [], levels: {}, ruleSet });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const matchesOf = ({ rule, path: name }: Case) =>
  report.matches.filter((match) => match.rule === rule.id && match.place.path === name);

it('compiles every rule and looks at every case', () => {
  expect(report.ruleProblems).toEqual([]);
  expect(report.ruleNotices).toEqual([]);
  // Code of tests is looked at by rules and left out by everything else.
  expect(report.skipped.filter(({ reason }) => reason !== 'excluded')).toEqual([]);
  expect(cases.length).toBeGreaterThan(packRules.length * 6 - 1);
});

it('finds what is wrong, and nothing in what is right', () => {
  const mistaken = cases.filter((one) => matchesOf(one).length > 0 !== one.isWrong);
  expect(mistaken.map(({ path: name, code }) => `${name}: ${code}`)).toEqual([]);
});

it('offers the fix of a rule that has one, where it holds', () => {
  const fixed = (key: string, index: number) => {
    const one = cases.filter(({ rule, isWrong }) => rule.key === key && isWrong)[index];
    return one === undefined ? undefined : matchesOf(one)[0]?.edit?.after;
  };
  expect(fixed('driftline/python-assert-on-tuple', 0)).toBe('assert total > 0, "no items"');
  expect(fixed('driftline/python-unsafe-yaml-load', 1)).toBe('yaml.safe_load(text)');
  expect(fixed('driftline/java-decimal-from-double', 0)).toBe('class A { Object a = BigDecimal.valueOf(0.1); }');
  expect(fixed('driftline/csharp-rethrow', 0)).toBe(
    'class A { void F() { try { G(); } catch (IOException ex) { Log(ex); throw; } } }',
  );
  expect(fixed('driftline/js-focused-test', 0)).toBe("it('adds', () => {});");
  expect(fixed('driftline/js-focused-test', 2)).toBe("describe('adds', () => {});");
});
