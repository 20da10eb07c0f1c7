// Every case of the rules that Driftline brings along, run by the engine in every language of its rule.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadEngine } from '../../src/analysis/native.ts';
import { runTrials } from '../../src/analysis/rule-trial.ts';
import { extensionOf } from '../../src/rules/language.ts';
import { engineRules } from '../../src/rules/rule-set.ts';
import { trialsOf } from '../../src/rules/test/trial.ts';
import { packFiles, packRules, packTests } from '../rules/recommended-pack.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'driftline-recommended-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('finds what is wrong, and nothing in what is right', async () => {
  const { tests, problems: wrong } = packTests;
  const { trials, rules, untested, problems } = trialsOf(packRules, tests);
  expect([wrong, untested, problems]).toEqual([[], [], []]);
  expect(trials.length).toBeGreaterThan(packRules.length * 6 - 1);
  const asked = { trials, rules, documents: packRules, utilities: [], timeoutMs: 50_000 };
  expect(await runTrials(loadEngine(), asked)).toEqual({ failures: [], left: 0 });
}, 60_000);

it('offers the fix of a rule that has one, where it holds', async () => {
  const { astGrep: ruleSet } = engineRules({ documents: packRules, utilities: [], implementations: [] }, null);
  mkdirSync(path.join(folder, 'spec'));
  const fixed = async (key: string, index: number) => {
    const file = packFiles.find(({ yaml }) => yaml.id === key);
    const language = packRules.find((rule) => rule.key === key)?.languages?.[0] ?? '';
    // Rules for tests look nowhere else.
    const name = `spec/a_spec.${extensionOf(language)}`;
    writeFileSync(path.join(folder, name), `${file?.cases.invalid[index]}\n`);
    const { matches } = await loadEngine().scan({ root: folder, paths: [name], exclude: [], levels: {}, ruleSet });
    return matches.find((match) => match.rule === packRules.find((rule) => rule.key === key)?.id)?.edit?.after;
  };
  expect(await fixed('driftline/python-assert-on-tuple', 0)).toBe('assert total > 0, "no items"');
  expect(await fixed('driftline/python-unsafe-yaml-load', 1)).toBe('yaml.safe_load(text)');
  expect(await fixed('driftline/java-decimal-from-double', 0)).toBe('class A { Object a = BigDecimal.valueOf(0.1); }');
  expect(await fixed('driftline/csharp-rethrow', 0)).toBe(
    'class A { void F() { try { G(); } catch (IOException ex) { Log(ex); throw; } } }',
  );
  expect(await fixed('driftline/js-focused-test', 0)).toBe("it('adds', () => {});");
  expect(await fixed('driftline/js-focused-test', 2)).toBe("describe('adds', () => {});");
});
