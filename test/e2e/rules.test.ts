// The team's rules on the whole road: files on the base branch, a pull request, comments, annotations and the check.
import type { Log } from 'sarif';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { type House, openHouse } from './house.ts';

let house: House;
let count = 0;

beforeAll(async () => {
  house = await openHouse();
  await house.work();
});
afterAll(() => house.stop());
afterEach(() => house.github.assertClean());

const source = 'export function run(x: string) {\n  return x;\n}\n';
const evil = 'export function run(x: string) {\n  return eval(x);\n}\n';

function noEval(enforcement: string, more = ''): string {
  return [
    'id: no-eval',
    'language: TypeScript',
    'message: eval runs text as code',
    'rule: { pattern: eval($A) }',
    more,
    `metadata: { driftline: { enforcement: ${enforcement} } }`,
    '',
  ].join('\n');
}

function repository(files: Record<string, string>): Promise<FakeRepository> {
  count += 1;
  return house.github.createRepository(`acme/rules-${count}`, { files: { 'src/a.ts': source, ...files } });
}

async function concluded(pull: FakePull): Promise<void> {
  await house.github.until('the check is concluded', () => pull.check('Driftline')?.status === 'completed');
  await house.settled();
  // What nobody reads counts as noise.
  pull.comments();
}

/** Conclusion, title, lines with a comment, levels of annotations. */
function said(pull: FakePull): unknown[] {
  const check = pull.check();
  return [
    check?.conclusion,
    check?.title,
    pull.comments().map(({ path, originalLine }) => `${path}:${originalLine}`),
    check?.annotations.map(({ annotation_level: level }) => level),
  ];
}

/** Level and state of what code scanning was told last. */
function sarif(repo: FakeRepository): string[] {
  const log = repo.uploads().at(-1)?.log as Log | undefined;
  return (log?.runs[0]?.results ?? []).map(({ level, baselineState }) => `${level} ${baselineState}`);
}

const ruleFile = '.driftline/rules/no-eval.yml';

describe('RUL-410: levels', () => {
  test.each([
    ['suggest', ['success', '1 new problem', ['src/a.ts:2'], []], 'note new'],
    ['warn', ['neutral', '1 new problem', ['src/a.ts:2'], ['warning']], 'warning new'],
    ['block', ['failure', '1 new problem', ['src/a.ts:2'], ['failure']], 'error new'],
  ])('%s', async (enforcement, expected, uploaded) => {
    const repo = await repository({ [ruleFile]: noEval(enforcement) });
    const pull = await repo.openPull({ files: { 'src/a.ts': evil } });
    await concluded(pull);
    expect(said(pull)).toEqual(expected);
    expect(sarif(repo)).toEqual([uploaded]);
  });

  test('a staged rule leaves no trace', async () => {
    const staged = noEval('block').replace('enforcement: block', 'enforcement: block, status: staged');
    const repo = await repository({ [ruleFile]: staged });
    const pull = await repo.openPull({ files: { 'src/a.ts': evil } });
    await concluded(pull);
    expect(said(pull)).toEqual(['success', 'No new problems', [], []]);
  });
});

describe('RUL-407, 408: what stood before is a number', () => {
  const guarded = 'export function run(x: string) {\n  check(x);\n  return eval(x);\n}\n';

  const nothing = ['success', 'No new problems', [], []];
  const touching = evil.replace('eval(x);', 'eval(x); // again');

  test.each([
    ['existing', `${evil}\nexport const more = 1;\n`],
    ['touched', touching],
  ])('%s', async (_, head) => {
    const repo = await repository({ [ruleFile]: noEval('block'), 'src/a.ts': evil });
    const pull = await repo.openPull({ files: { 'src/a.ts': head } });
    await concluded(pull);
    expect(said(pull)).toEqual(nothing);
    expect(sarif(repo)).toEqual([]);
    expect(pull.check()?.summary).toContain('stood before this change (not reported) | 1 |');
  });

  // What stands on a line of the diff has its comment there, and any class that is asked for can fail the check.
  test.each([
    ['touched', touching, ['failure', '1 new problem', ['src/a.ts:2'], ['failure']]],
    ['touched', `${evil}${'\n'.repeat(9)}export const more = 1;\n`, nothing],
    ['all', touching, ['failure', '1 new problem', ['src/a.ts:2'], ['failure']]],
    ['all', `${evil}${'\n'.repeat(9)}export const more = 1;\n`, ['failure', '1 new problem', [], ['failure']]],
  ])('rules.report: %s, %j', async (report, head, expected) => {
    const settings = { '.github/driftline.yml': `rules: { report: ${report} }\n` };
    const repo = await repository({ [ruleFile]: noEval('block'), 'src/a.ts': evil, ...settings });
    const pull = await repo.openPull({ files: { 'src/a.ts': head } });
    await concluded(pull);
    expect(said(pull)).toEqual(expected);
    expect(sarif(repo)).toEqual(expected === nothing ? [] : ['error unchanged']);
  });

  test.each([
    ['suggest', 'success', []],
    ['warn', 'neutral', ['warning']],
    ['block', 'failure', ['failure']],
  ])('caused, near the change: %s', async (level, conclusion, annotations) => {
    const within = 'inside: { kind: statement_block, stopBy: end, has: { pattern: check($$$), stopBy: end } }';
    const unguarded = noEval(level).replace('eval($A) }', () => `eval($A), not: { ${within} } }`);
    const repo = await repository({ [ruleFile]: unguarded, 'src/a.ts': guarded });
    const pull = await repo.openPull({ files: { 'src/a.ts': evil } });
    await concluded(pull);
    expect(said(pull)).toEqual([
      conclusion,
      '1 new problem',
      [expect.stringMatching(/^src\/a\.ts:[123]$/)],
      annotations,
    ]);
  });

  test('caused, far from the change: only the check can say it', async () => {
    const within = 'inside: { kind: program, stopBy: end, has: { pattern: "import \\"./guard\\"" } }';
    const unguarded = noEval('block').replace('eval($A) }', () => `eval($A), not: { ${within} } }`);
    const code = `${'// Nothing here.\n'.repeat(20)}${evil}`;
    const repo = await repository({ [ruleFile]: unguarded, 'src/a.ts': `import "./guard";\n${code}` });
    const pull = await repo.openPull({ files: { 'src/a.ts': code } });
    await concluded(pull);
    expect(said(pull)).toEqual(['failure', '1 new problem', [], ['failure']]);
    expect(pull.check()?.summary).toContain('could not be put on a line of the diff');
    expect(sarif(repo)).toEqual(['error new']);
  });
});

test('RUL-191, 403: what the operator sets holds for every repository', async () => {
  const strict = await openHouse();
  try {
    await strict.work();
    const review = async (name: string) => {
      const soft = noEval('suggest').replaceAll('eval', 'alert');
      const files = { 'src/a.ts': source, [ruleFile]: noEval('warn'), '.driftline/rules/soft.yml': soft };
      const repo = await strict.github.createRepository(`acme/${name}`, { files });
      const pull = await repo.openPull({ files: { 'src/a.ts': `${evil}\nexport const a = () => alert(1);\n` } });
      await strict.github.until('the check is concluded', () => pull.check('Driftline')?.status === 'completed');
      return said(pull);
    };
    Object.assign(strict.config.review, { maxInlineComments: 1, onWarn: 'success' });
    // The louder one has the place.
    expect(await review('few')).toEqual(['success', '2 new problems', ['src/a.ts:2'], ['warning']]);
    Object.assign(strict.config.review, { maxInlineComments: null, onWarn: null, minConfidence: 0.9 });
    expect(await review('sure')).toEqual(['neutral', '2 new problems', [], ['warning']]);
  } finally {
    await strict.stop();
  }
});

describe('a change cannot weaken what judges it', () => {
  test('RUL-404f: the rule that it deletes still finds, and the check says so', async () => {
    const repo = await repository({ [ruleFile]: noEval('block') });
    const pull = await repo.openPull({ files: { 'src/a.ts': evil, [ruleFile]: null } });
    await concluded(pull);
    expect(pull.check()?.conclusion).toBe('failure');
    expect(pull.check()?.text).toContain('is removed');
  });

  test('RUL-417: an ignore comment of the change silences a warning and not a block', async () => {
    const ignored = evil.replace('  return eval', '  // ast-grep-ignore: no-eval\n  return eval');
    const outcome = async (enforcement: string) => {
      const repo = await repository({ [ruleFile]: noEval(enforcement) });
      const pull = await repo.openPull({ files: { 'src/a.ts': ignored } });
      await concluded(pull);
      return [pull.check()?.conclusion, pull.check()?.text?.includes('Silenced by a comment that this change brings')];
    };
    expect(await outcome('warn')).toEqual(['success', true]);
    expect((await outcome('block'))[0]).toBe('failure');
  });

  test('RUL-404g: a rule file that is wrong fails the check on its line, a good one is shown', async () => {
    const repo = await repository({});
    const good = await repo.openPull({ files: { [ruleFile]: noEval('block'), 'src/a.ts': evil } });
    await concluded(good);
    expect(good.check()?.conclusion).toBe('success');
    expect(good.check()?.text).toContain(
      'it matches 1 place in the files of this change, 1 of them new; nothing on the base branch',
    );
    const bad = await repo.openPull({ files: { [ruleFile]: noEval('block').replace('language: TypeScript\n', '') } });
    await concluded(bad);
    expect(bad.check()?.conclusion).toBe('failure');
    expect(bad.check()?.annotations.map(({ path, annotation_level: level }) => [path, level])).toEqual([
      [ruleFile, 'failure'],
    ]);
  });
});

describe('RUL-404g: the preview of rules that a change edits', () => {
  const tests = '.driftline/rule-tests/no-eval.yml';
  const cases = 'id: no-eval\nvalid: [evil(a)]\ninvalid:\n  - eval(a)\n  - evil(b)\n';

  test('counts on this change and on the base branch; a failing test is shown on its line and fails nothing', async () => {
    const repo = await repository({ 'src/b.ts': `${evil}eval(1);\n`, 'lib/c.ts': evil, 'lib/d.py': 'eval(x)\n' });
    const pull = await repo.openPull({ files: { [ruleFile]: noEval('block'), [tests]: cases, 'src/a.ts': evil } });
    await concluded(pull);
    const check = pull.check();
    expect(said(pull)).toEqual(['success', 'No new problems', [], ['warning']]);
    expect(check?.text).toContain(
      'no-eval is new (block): it matches 1 place in the files of this change, 1 of them new; 3 places in 2 files on the base branch.',
    );
    expect(check?.text).toContain('Tests of these rules: 1 rule with 3 cases: 1 failure.');
    expect(check?.summary).toContain('1 test of the rules of this change failed.');
    expect(check?.annotations.map(({ path, start_line: line, message }) => [path, line, message])).toEqual([
      [tests, 5, 'no-eval missed: no match in invalid code "evil(b)"'],
    ]);
  });

  test('a rule whose files the App does not keep is not counted, and that is said', async () => {
    const repo = await repository({ 'main.go': 'package main\n\nfunc main() { eval(1) }\n', 'src/b.ts': evil });
    const go = noEval('warn').replace('no-eval', 'go-eval').replace('TypeScript', 'Go');
    const files = { [ruleFile]: noEval('warn'), '.driftline/rules/go-eval.yml': go };
    const pull = await repo.openPull({ files });
    await concluded(pull);
    expect(pull.check()?.text).toContain('not counted on the base branch: none of its files could be.');
    expect(pull.check()?.text).toContain('1 place in 1 file on the base branch.');
    expect(pull.check()?.text).toContain('of 1 the content is not kept here');
  });

  test('an edited test alone runs, and a rule that is as it was is not counted', async () => {
    const repo = await repository({ [ruleFile]: noEval('warn') });
    const pull = await repo.openPull({ files: { [tests]: cases.replace('  - evil(b)\n', '') } });
    await concluded(pull);
    expect(said(pull)).toEqual(['success', 'No new problems', [], []]);
    expect(pull.check()?.text).toContain('Tests of these rules: 1 rule with 2 cases: as expected.');
    expect(pull.check()?.text).not.toContain('is changed');
  });

  test('rules of an edited utility rule are shown, those that will not run are not counted', async () => {
    const utility = (name: string) => `id: bad-call\nlanguage: TypeScript\nrule: { pattern: ${name}($A) }\n`;
    const calling = noEval('warn').replace('{ pattern: eval($A) }', '{ matches: bad-call }');
    const repo = await repository({
      [ruleFile]: calling,
      '.driftline/utils/bad-call.yml': utility('evil'),
      'src/b.ts': evil,
    });
    const files = {
      '.driftline/utils/bad-call.yml': utility('eval'),
      '.driftline/rules/draft.yml':
        'id: later\nlanguage: ts\nrule: { pattern: x }\nmetadata: { driftline: { status: draft } }\n',
    };
    const pull = await repo.openPull({ files });
    await concluded(pull);
    expect(pull.check()?.text).toContain(
      'no-eval is changed (warn): it matches nothing in the files of this change; 1 place in 1 file on the base branch.',
    );
    expect(pull.check()?.text).toContain('later is new (suggest): its status is draft, so it will not run.');
    expect(pull.check()?.text).toContain('Tests of these rules: none for 2 rules.');
  });
});

describe('Semgrep', () => {
  const semgrepRule = JSON.stringify({
    rules: [
      {
        id: 'no-exec',
        message: 'exec runs text as code',
        severity: 'ERROR',
        languages: ['python'],
        pattern: 'exec($X)',
        metadata: { driftline: { enforcement: 'block' } },
      },
    ],
  });

  test('its rules find what is new', async () => {
    const repo = await repository({ '.driftline/rules/exec.yml': semgrepRule, 'b.py': 'def f(x):\n    exec(x)\n' });
    const pull = await repo.openPull({ files: { 'b.py': 'def f(x):\n    exec(x)\n\n\ndef g(x):\n    exec(x)\n' } });
    await concluded(pull);
    expect(said(pull)).toEqual(['failure', '1 new problem', ['b.py:6'], ['failure']]);
  }, 120_000);

  test('the preview counts what a new one matches on the base branch', async () => {
    const repo = await repository({ 'b.py': 'exec(x)\n', 'c/d.py': 'exec(x)\nexec(y)\n' });
    const pull = await repo.openPull({ files: { '.driftline/rules/exec.yml': semgrepRule, 'b.py': 'exec(y)\n' } });
    // Three starts of Semgrep, which take their time on a busy machine.
    await house.github.until('the check is concluded', () => pull.check()?.status === 'completed', 200_000);
    await concluded(pull);
    expect(pull.check()?.text).toMatch(
      /no-exec is new \(block\): it matches 1 place in the files of this change, 1 of them new; (3 places in 2 files on the base branch|not counted on the base branch: it takes longer than 30 s)\./,
    );
  }, 240_000);

  test('RUL-418: without it a blocking rule is told, and the check is not green', async () => {
    const bare = await openHouse();
    try {
      bare.config.semgrep.program = '/nowhere/semgrep';
      await bare.work();
      for (const [setting, expected] of [
        ['neutral', 'neutral'],
        ['failure', 'failure'],
      ]) {
        const files = {
          '.driftline/rules/exec.yml': semgrepRule,
          '.github/driftline.yml': `rules: { onEngineUnavailable: ${setting} }\n`,
        };
        const repo = await bare.github.createRepository(`acme/bare-${setting}`, {
          files: { 'b.py': 'x = 1\n', ...files },
        });
        const pull = await repo.openPull({ files: { 'b.py': 'exec(x)\n' } });
        await bare.github.until('the check is concluded', () => pull.check('Driftline')?.status === 'completed');
        expect(pull.check()?.conclusion).toBe(expected);
        expect(pull.check()?.text).toContain('no-exec');
      }
    } finally {
      await bare.stop();
    }
  });
});

test('a model in a file that the change does not touch is known', async () => {
  const models = 'from django.db import models\n\n\nclass Order(models.Model):\n    name = models.TextField()\n';
  const view =
    'from shop.models import Order\n\n\ndef view(ids):\n    for pk in ids:\n        print(Order.objects.get(pk=pk))\n';
  const repo = await repository({
    'shop/models.py': models,
    'shop/views.py': 'x = 1\n',
    'requirements.txt': 'Django==5.0\n',
  });
  const pull = await repo.openPull({ files: { 'shop/views.py': view } });
  await concluded(pull);
  expect(pull.check()?.title).toBe('1 new problem');
});
