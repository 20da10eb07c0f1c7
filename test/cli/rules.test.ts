// `driftline rules` as a user meets it: real processes over a real folder.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// A start of Semgrep takes seconds, and a busy machine many of them.
vi.setConfig({ testTimeout: 400_000 });

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'driftline-rules-')));
const tree = path.join(folder, 'shop');
const bare = path.join(folder, 'bare');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rules = (args: string[], cwd = tree, env: Record<string, string> = {}) =>
  execa(process.execPath, [main, 'rules', ...args], {
    cwd,
    reject: false,
    env: { NO_COLOR: '', ...env },
    stripFinalNewline: false,
  });

function put(name: string, text: string) {
  mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
  writeFileSync(path.join(tree, name), text);
}

const typo =
  'driftline: .driftline/rules/a.yml, line 10: there is no "metadata.driftline.enforcment", perhaps "enforcement" was meant. Remove or rename it.\n';

beforeAll(() => {
  mkdirSync(bare);
  put(
    '.driftline/rules/a.yml',
    `id: no-print
language: python
message: No print
rule: { pattern: print($$$) }
metadata: { driftline: { enforcement: block } }
---
id: typo
language: python
rule: { pattern: x }
metadata: { driftline: { enforcment: block } }
`,
  );
  put(
    '.driftline/rules/deep/s.yaml',
    `rules:
  - id: eval
    message: "eval is evil \\e[31m"
    languages: [ts]
    severity: ERROR
    pattern: eval(...)
    metadata: { driftline: { scope: path, pathGlob: "src/**" } }
`,
  );
  put('.driftline/rules/notes.txt', 'not a rule');
  put('src/a.ts', '');
});

describe('driftline rules', () => {
  it('list shows every rule, and on standard error what is wrong', async () => {
    const { stdout, stderr, exitCode } = await rules(['list']);
    expect(stdout).toBe(`  block    no-print  No print
           repo, python, ast-grep
           .driftline/rules/a.yml:1
  warn     eval  eval is evil \ufffd[31m
           path, files src/**, ts, Semgrep
           .driftline/rules/deep/s.yaml:2
2 rules
`);
    expect(stderr).toBe(typo);
    expect(exitCode).toBe(0);
  });

  it('explain says why a rule applies to a file and another does not, also before the file exists', async () => {
    const { stdout, exitCode } = await rules(['explain', 'lib/new.ts']);
    expect(stdout).toBe(`lib/new.ts: 1 of 2 rules applies

  block    no-print  No print
           Applies: it is for this repository.
           Finds nothing here: it is written for python, and the file is typescript.
           .driftline/rules/a.yml:1

  -        eval  eval is evil \ufffd[31m
           Does not apply: lib/new.ts does not match src/**.
           .driftline/rules/deep/s.yaml:2
`);
    expect(exitCode).toBe(0);
    const below = await rules(['explain', 'a.ts', '--root', '..', '--format', 'json'], path.join(tree, 'src'));
    expect(JSON.parse(below.stdout)).toMatchObject({
      path: 'src/a.ts',
      rules: [
        { key: 'eval', enforcement: 'warn' },
        { key: 'no-print', enforcement: 'block' },
      ],
      trace: [
        { key: 'eval', reason: { code: 'applies' } },
        { key: 'no-print', applies: true },
      ],
      problems: [{ code: 'unknown-field', line: 10 }],
    });
  });

  it('explain refuses a path outside, in one line', async () => {
    const { stdout, stderr, exitCode } = await rules(['explain', '../../etc/passwd']);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^driftline: "\.\.\/\.\.\/etc\/passwd" is not below --root [^\n]+\n$/);
  });

  it('validate exits 1 when anything is refused, and 0 when not', async () => {
    const wrong = await rules(['validate']);
    expect(wrong.stdout).toBe(`${typo.replace('driftline: ', '')}2 sound rules; 1 problem\n`);
    expect(wrong.exitCode).toBe(1);
    const none = await rules(['validate', '--root', bare]);
    expect([none.stdout, none.exitCode]).toEqual(['0 sound rules; nothing refused\n', 0]);
    expect(JSON.parse((await rules(['validate', '--format', 'json'])).stdout)).toMatchObject({ valid: false });
  });

  it('validate tries Semgrep rules with Semgrep, and says so where it cannot', async () => {
    const root = path.join(folder, 'semgrep');
    mkdirSync(path.join(root, '.driftline/rules'), { recursive: true });
    writeFileSync(
      path.join(root, '.driftline/rules/s.yml'),
      `rules:
  - { id: good, message: m, languages: [ts], severity: ERROR, pattern: a() }
  - { id: wrong, message: m, languages: [python], severity: ERROR, pattern: "a(" }
  - { id: unknown, message: m, languages: [tss], severity: ERROR, pattern: a() }
`,
    );
    const tried = await rules(['validate', '--root', root]);
    expect(tried.stdout).toMatch(
      /^\.driftline\/rules\/s\.yml, line 4: Semgrep cannot run the rule: Semgrep knows no language "tss"\. Correct the rule\.\n.*, line 3: Semgrep cannot run the rule: Invalid pattern .*\n3 sound rules; 2 problems\n$/,
    );
    expect(tried.exitCode).toBe(1);
    const without = await rules(['validate', '--root', root], tree, { SEMGREP_PATH: '/nowhere' });
    expect([without.stdout, without.exitCode]).toEqual([
      'note: .driftline/rules/s.yml, line 2: this and 2 more Semgrep rules were not tried with Semgrep: SEMGREP_PATH "/nowhere" is no program that this user can run. Run `npm run setup`, or set SEMGREP_PATH.\n3 sound rules; nothing refused\n',
      0,
    ]);
  });

  it('test runs Semgrep rules on the code beside them', async () => {
    const root = path.join(folder, 'tested');
    const below = path.join(root, '.driftline/rules');
    mkdirSync(below, { recursive: true });
    writeFileSync(
      path.join(below, 's.yml'),
      `rules:
  - { id: eval, message: m, languages: [ts], severity: ERROR, pattern: eval(...) }
  - { id: alone, message: m, languages: [ts], severity: ERROR, pattern: alone() }
`,
    );
    const code = '// ruleid: eval\neval(a)\n// ok: eval\nevil(a)\n// todook: eval\neval(b)\n';
    writeFileSync(path.join(below, 's.ts'), code);
    const good = await rules(['test', '--root', root]);
    expect([good.stdout, good.stderr, good.exitCode]).toEqual([
      '1 rule tested; 1 rule without a test: as expected\n',
      '',
      0,
    ]);
    writeFileSync(path.join(below, 's.ts'), `${code}eval(c)\n// ruleid: eval, alone\nnothing()\n`);
    const wrong = await rules(['test', '--root', root]);
    expect([wrong.stdout, wrong.exitCode]).toEqual([
      `.driftline/rules/s.ts:7: eval false alarm: matches here and must not
.driftline/rules/s.ts:9: eval missed: must match here and does not
.driftline/rules/s.ts:9: alone missed: must match here and does not
2 rules tested: 3 failures
`,
      1,
    ]);
    const without = await rules(['test', '--root', root], tree, { SEMGREP_PATH: '/nowhere' });
    expect(without.stderr).toMatch(/^driftline: SEMGREP_PATH "\/nowhere" is no program [^\n]+\n$/);
    expect(without.exitCode).toBe(2);
  });

  it('test runs ast-grep rules on the code of their tests, and fails for a file of tests that is wrong', async () => {
    const root = path.join(folder, 'tested-ast-grep');
    const write = (name: string, text: string) => {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    };
    const rule = (id: string) => `id: ${id}\nlanguage: ts\nrule: { pattern: eval($A) }\n`;
    write('.driftline/rules/a.yml', [rule('eval'), rule('alone')].join('---\n'));
    write('lint/rules/b.yml', rule('listed'));
    write('lint/tests/b.yml', 'id: listed\nvalid: [evil(b)]\ninvalid: [eval(b)]\n');
    write('sgconfig.yml', 'ruleDirs: [lint/rules]\ntestConfigs: [{ testDir: lint/tests }]\n');
    write('.driftline/rule-tests/a.yml', 'id: eval\nvalid:\n  - evil(a)\n  - eval(a)\ninvalid: [eval(a), evil(b)]\n');
    write('.driftline/rule-tests/__snapshots__/a.yml', 'not looked at');
    const run = (...args: string[]) => rules(['test', '--root', root, ...args]);
    const wrong = await run();
    expect([wrong.stdout, wrong.stderr, wrong.exitCode]).toEqual([
      `.driftline/rule-tests/a.yml:4: eval false alarm in valid code "eval(a)"
.driftline/rule-tests/a.yml:5: eval missed: no match in invalid code "evil(b)"
1 rule tested; 1 rule without a test: 2 failures
`,
      '',
      1,
    ]);
    write('.github/driftline.yml', 'rules: { sgconfig: true }\n');
    const listed = await run('--filter', '^(listed|alone)$');
    expect([listed.stdout, listed.exitCode]).toEqual(['1 rule tested; 1 rule without a test: as expected\n', 0]);
    write('.driftline/rule-tests/b.yml', 'id: gone\nvalid: [x]\n---\nid: alone\nvalid: x\n');
    const bad = await run('--filter', 'alone|gone', '--format', 'json');
    expect([JSON.parse(bad.stdout).problems, bad.exitCode]).toMatchObject([
      [
        { code: 'wrong-value', path: '.driftline/rule-tests/b.yml', line: 5 },
        { code: 'no-such-rule', level: 'note', line: 1 },
      ],
      1,
    ]);
    const regex = await run('--filter', '(');
    expect([regex.stderr, regex.exitCode]).toEqual([
      'driftline: --filter "(" is no regular expression. See `driftline help`.\n',
      2,
    ]);
  });

  it('list shows a rule in several languages once', async () => {
    const root = path.join(folder, 'languages');
    mkdirSync(path.join(root, '.driftline/rules'), { recursive: true });
    mkdirSync(path.join(root, '.github'));
    writeFileSync(path.join(root, '.github/driftline.yml'), 'rules: { recommended: true }\n');
    const rule = (language: string) =>
      `id: eval-${language}\nlanguage: ${language}\nmessage: No eval\nrule: { pattern: eval($A) }\nmetadata: { driftline: { key: no-eval } }\n`;
    writeFileSync(path.join(root, '.driftline/rules/a.yml'), ['TypeScript', 'Tsx'].map(rule).join('---\n'));
    const { stdout } = await rules(['list', '--root', root]);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '  suggest  no-eval  No eval',
      '           repo, TypeScript, Tsx, ast-grep',
      '           .driftline/rules/a.yml:1',
      '           .driftline/rules/a.yml:7',
    ]);
    expect(stdout.match(/ driftline\/js-useless-catch /g)).toHaveLength(1);
    expect(stdout).toContain(
      'org, JavaScript, TypeScript, Tsx, ast-grep\n           driftline/recommended/javascript/useless-catch.yml\n',
    );
  });

  it('a tree without rules is told where to put them', async () => {
    for (const args of [['list'], ['explain', 'a.ts']]) {
      const { stdout, exitCode } = await rules([...args, '--root', bare], bare);
      expect([stdout, exitCode]).toEqual(['No rules: put ast-grep or Semgrep YAML below .driftline/rules.\n', 0]);
    }
  });

  it('links are told and not followed', async () => {
    const linked = path.join(folder, 'linked');
    mkdirSync(path.join(linked, '.driftline/rules'), { recursive: true });
    symlinkSync(path.join(tree, '.driftline/rules/a.yml'), path.join(linked, '.driftline/rules/a.yml'));
    symlinkSync(path.join(tree, '.driftline/rules'), path.join(linked, '.driftline/utils'));
    const { stdout, exitCode } = await rules(['validate', '--root', linked]);
    expect(stdout).toBe(
      [
        '.driftline/rules/a.yml: this is a link, and links are not followed. Put the file or folder itself there.',
        '.driftline/utils: this is a link, and links are not followed. Put the file or folder itself there.',
        '0 sound rules; 2 problems\n',
      ].join('\n'),
    );
    expect(exitCode).toBe(1);
  });
});
