// How often new rules match on the base branch, where that branch is larger than what is counted.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine } from '../../src/analysis/native.ts';
import { effectOnBase } from '../../src/analysis/rule-effect.ts';
import { localOwner, readTeamRules } from '../../src/analysis/rule-source.ts';
import { ruleDeps } from '../../src/cli/team.ts';
import { parseRepositoryConfig } from '../../src/repository-config.ts';
import { bytes } from '../rules/file/sample.ts';
import { FakeSemgrep } from './fake-semgrep.ts';

const fake = new FakeSemgrep();
const repository = mkdtempSync(path.join(tmpdir(), 'driftline-effect-'));
afterAll(() => {
  fake.remove();
  rmSync(repository, { recursive: true, force: true });
});

function git(args: string[], input?: string): string {
  const env = { ...process.env, GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a' };
  const who = { ...env, GIT_COMMITTER_EMAIL: 'a@b' };
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8', env: who, input }).trim();
}

let base: string;

beforeAll(() => {
  git(['init', '-q', '--bare']);
  const blob = git(['hash-object', '-w', '--stdin'], 'eval(a)\n');
  const names = (count: number, ending: string) => Array.from({ length: count }, (_, index) => `f${index}.${ending}`);
  const all = [...names(5_003, 'ts'), ...names(301, 'py'), 'only.rb'];
  const tree = git(['mktree'], all.map((name) => `100644 blob ${blob}\t${name}\n`).join(''));
  base = git(['commit-tree', '-m', 'x', tree]);
});

async function effect(files: Record<string, string>) {
  const state = {
    commit: null,
    at: '2026-01-01T00:00:00Z',
    readFiles: async ({ wants }: { wants: (path: string) => boolean }) => ({
      files: Object.entries(files).flatMap(([name, text]) => (wants(name) ? [{ path: name, bytes: bytes(text) }] : [])),
      cut: false,
      links: [],
    }),
  };
  const config = parseRepositoryConfig(null);
  const rules = await readTeamRules(state, { owner: localOwner, config, others: [], implementations: [] });
  const deps = ruleDeps(loadEngine(), { program: fake.program, maxProcesses: 1 }, true);
  const request = { repository, base, head: base, exclude: [], levels: {} };
  const asked = { rules, owner: localOwner, branch: null, userId: null };
  const { words, notices } = await effectOnBase(deps, request, asked, rules.documents);
  return { words: Object.fromEntries(words), notices };
}

const rule = (id: string, language: string) => `id: ${id}\nlanguage: ${language}\nrule: { pattern: eval($A) }\n`;

test('no more files than the bound are counted, and that is said; Semgrep is not started for many', async () => {
  const semgrep = { id: 'py', languages: ['python'], severity: 'ERROR', message: 'm', pattern: 'eval(...)' };
  const { words, notices } = await effect({
    '.driftline/rules/a.yml': rule('ts', 'ts'),
    '.driftline/rules/b.yml': JSON.stringify({ rules: [semgrep] }),
  });
  expect(words).toEqual({
    // The bound of one rule.
    ts: '1000 places in 1000 files on the base branch',
    py: 'not counted on the base branch: there are more than 300 files for Semgrep',
  });
  expect(notices[0]).toBe('On the base branch 5000 of 5003 files are counted.');
  expect(notices[1]).toMatch(/^On the base branch: .*1,?000/);
  expect(fake.started).toEqual([]);
}, 60_000);

test('only files that a rule is for are written and counted', async () => {
  const files = { '.driftline/rules/a.yml': rule('rb', 'ruby'), '.driftline/rules/b.yml': rule('go', 'go') };
  expect(await effect(files)).toEqual({
    words: { rb: '1 place in 1 file on the base branch', go: 'no file for it on the base branch' },
    notices: [],
  });
});
