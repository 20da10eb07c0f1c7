// What a run of Semgrep becomes for reviews and scans: nothing that did not run is lost, and ignore files hold in a checkout.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { answerOf, semgrepRunner } from '../../src/analysis/semgrep/answer.ts';
import { Semgrep, type SemgrepResult } from '../../src/analysis/semgrep/semgrep.ts';
import { answer, FakeSemgrep } from './fake-semgrep.ts';

const fake = new FakeSemgrep();
const root = mkdtempSync(path.join(tmpdir(), 'driftline-tree-'));
afterAll(() => {
  fake.remove();
  rmSync(root, { recursive: true, force: true });
});

const text = 'rules:\n  - { id: a, languages: [python], severity: ERROR, message: m, pattern: x }\n';
const rules = [{ id: 'file:a#a', ruleId: 'a', text }];

test('wrong rules, rules that did not run and files that were not finished are told in words', () => {
  const incomplete: SemgrepResult['incomplete'] = [
    { rule: 'r', path: 'a.py', reason: 'timeout', message: '' },
    { rule: null, path: 'b.py', reason: 'syntax', message: 'line 1' },
    { rule: 'r', path: 'b.py', reason: 'syntax', message: 'line 2' },
    ...Array.from({ length: 30 }, (_, index) => ({
      rule: null,
      path: `c${index}.py`,
      reason: 'syntax' as const,
      message: '',
    })),
    { rule: null, path: 'd.py', reason: 'memory', message: '' },
  ];
  const result = {
    matches: [],
    failed: [{ rule: 'f', message: 'no' }],
    notEvaluated: [{ rule: 'n', reason: 'old' }],
    incomplete,
  };
  const told = answerOf(result as unknown as SemgrepResult, ['r', 's']);
  expect(told.notEvaluated).toEqual([
    { id: 'f', reason: 'no' },
    { id: 'n', reason: 'old' },
    { id: 'r', reason: 'Semgrep took too long on a.py' },
    { id: 'r', reason: 'Semgrep needs too much memory on d.py' },
    { id: 's', reason: 'Semgrep needs too much memory on d.py' },
  ]);
  expect(told.notices).toHaveLength(21);
  expect([told.notices[0], told.notices[1], told.notices[20]]).toEqual([
    'Semgrep: b.py was read in part only',
    'Semgrep: c0.py was read in part only',
    'Semgrep: 11 more such files',
  ]);
});

test('a checkout is looked at whole, so that its ignore files hold; of a tree what is asked, without what git ignores', async () => {
  const run = semgrepRunner(new Semgrep({ program: fake.program, maxProcesses: 1 }));
  fake.behave({ stdout: answer() });
  await run({ rules, root, paths: ['a.py'], isCheckout: true });
  await run({ rules, root, paths: ['a.py'], isCheckout: false });
  const [checkout, tree] = fake.started.map(({ argv }) => argv);
  expect([checkout?.at(-1), checkout?.includes('--no-git-ignore')]).toEqual(['.', true]);
  expect([tree?.at(-1), tree?.includes('--no-git-ignore')]).toEqual(['./a.py', false]);
});

test('without Semgrep its rules are named with the reason', async () => {
  const run = semgrepRunner(new Semgrep({ program: '/nowhere', maxProcesses: 1 }));
  const reason = 'SEMGREP_PATH "/nowhere" is no program that this user can run';
  expect(await run({ rules, root, paths: [], isCheckout: true })).toEqual({
    matches: [],
    wrong: [],
    timedOut: [],
    notEvaluated: [{ id: 'file:a#a', reason }],
    notices: [],
  });
});
