// `driftline rules` as a user meets it: real processes over a real folder.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'driftline-rules-')));
const tree = path.join(folder, 'shop');
const bare = path.join(folder, 'bare');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rules = (args: string[], cwd = tree) =>
  execa(process.execPath, [main, 'rules', ...args], {
    cwd,
    reject: false,
    env: { NO_COLOR: '' },
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
