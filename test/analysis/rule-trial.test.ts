// Rules on the code of their tests, through the real addon.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { loadEngine } from '../../src/analysis/native.ts';
import { runTrials } from '../../src/analysis/rule-trial.ts';
import { readTests } from '../../src/rules/test/cases.ts';
import { trialsOf } from '../../src/rules/test/trial.ts';
import { bytes, read } from '../rules/file/sample.ts';

const engine = loadEngine();

async function run(rules: string, tests: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const { rules: documents, utilities } = read({ '.driftline/rules/a.yml': rules });
  const { trials, rules: texts } = trialsOf(documents, readTests([{ path: 't.yml', bytes: bytes(tests) }]).tests);
  return runTrials(engine, { trials, rules: texts, documents, utilities, timeoutMs: 60_000, ...more });
}

const noEval = 'id: no-eval\nlanguage: TypeScript\nrule: { pattern: eval($A) }\n';

test('says what is missed, what is a false alarm, and which rule does not run', async () => {
  const rules = [noEval, 'id: bad\nlanguage: ts\nrule: { kind: nothing }\n'].join('---\n');
  const tests = 'id: no-eval\nvalid: [evil(a), eval(b)]\ninvalid: [eval(c), evil(d)]\n---\nid: bad\nvalid: [x, y]\n';
  const { failures, left } = await run(rules, tests);
  expect(left).toBe(0);
  expect(failures.map(({ path, line, rule, what }) => [path, line, rule, what.slice(0, 40)])).toEqual([
    ['.driftline/rules/a.yml', 5, 'bad', expect.stringMatching(/^does not run: /)],
    ['t.yml', 2, 'no-eval', 'false alarm in valid code "eval(b)"'],
    ['t.yml', 3, 'no-eval', 'missed: no match in invalid code "evil(d'],
  ]);
});

test('where a rule applies in a repository, and ignore comments, do not count', async () => {
  const only = `${noEval}files: ["lib/**"]\nignores: ["**"]\n`;
  const { failures } = await run(only, 'id: no-eval\ninvalid:\n  - |\n    // ast-grep-ignore\n    eval(a)\n');
  expect(failures).toEqual([]);
});

test('many cases that match everywhere are all decided', async () => {
  const code = `'${'eval(a);'.repeat(150)}'`;
  const { failures, left } = await run(
    noEval,
    `id: no-eval\ninvalid: [${`${code}, `.repeat(60)}eval(b)]\nvalid: [x]\n`,
  );
  expect([failures, left]).toEqual([[], 0]);
});

test('code that the engine leaves alone is told and does not count as passed', async () => {
  const { failures } = await run(noEval, `id: no-eval\nvalid: ["// @generated\\nx"]\n`);
  expect(failures.map(({ what }) => what)).toEqual([expect.stringMatching(/^was not looked for in this code: /)]);
});

test('time is bounded, an abort is one, and nothing is left behind', async () => {
  const tests = `id: no-eval\nvalid: [${'x, '.repeat(600)}x]\n`;
  const folder = mkdtempSync(path.join(tmpdir(), 'driftline-trial-'));
  vi.stubEnv('TMPDIR', folder);
  expect(await run(noEval, tests, { timeoutMs: 0 })).toEqual({ failures: [], left: 601 });
  await expect(run(noEval, tests, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  expect(readdirSync(folder)).toEqual([]);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
