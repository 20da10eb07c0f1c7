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
      '1 Semgrep rule tested; 1 Semgrep rule without a test: as expected\n',
      '',
      0,
    ]);
    writeFileSync(path.join(below, 's.ts'), `${code}eval(c)\n// ruleid: eval, alone\nnothing()\n`);
    const wrong = await rules(['test', '--root', root]);
    expect([wrong.stdout, wrong.exitCode]).toEqual([
      `.driftline/rules/s.ts:7: eval matches here and must not
.driftline/rules/s.ts:9: eval must match here and does not
.driftline/rules/s.ts:9: alone must match here and does not
2 Semgrep rules tested: 3 failures
`,
      1,
    ]);
    const without = await rules(['test', '--root', root], tree, { SEMGREP_PATH: '/nowhere' });
    expect(without.stderr).toMatch(/^driftline: SEMGREP_PATH "\/nowhere" is no program [^\n]+\n$/);
    expect(without.exitCode).toBe(2);
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
