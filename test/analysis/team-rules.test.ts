// What a rule was kept from seeing is told, and never taken for clean: a file that Semgrep cannot be given, a rule that was
// stopped.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadEngine } from '../../src/analysis/native.ts';
import { localOwner, readTeamRules } from '../../src/analysis/rule-source.ts';
import { runRules } from '../../src/analysis/team-rules.ts';
import { folderState } from '../../src/cli/rule-files.ts';
import { ruleDeps } from '../../src/cli/team.ts';
import { parseRepositoryConfig } from '../../src/repository-config.ts';
import { conclusionOf } from '../../src/review/check.ts';
import { answer, FakeSemgrep } from './fake-semgrep.ts';

const fake = new FakeSemgrep();
const repository = mkdtempSync(path.join(tmpdir(), 'driftline-team-'));
afterAll(() => {
  fake.remove();
  rmSync(repository, { recursive: true, force: true });
});

function git(...args: string[]): string {
  const own = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...own, ...args], { cwd: repository, encoding: 'utf8' }).trim();
}

function commit(files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(repository, name), text);
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  return git('rev-parse', 'HEAD');
}

test('a rule that blocks and is stopped makes the check as an engine that is missing does (RUL-418)', async () => {
  git('init', '-q', '-b', 'main');
  const base = commit({ 'README.md': 'x\n' });
  const sum = `const x = ${'1 +\n'.repeat(1_500)}1;\n`;
  const head = commit({ 'a.ts': sum });
  const slow = Array.from({ length: 8 }).reduce<object>(
    (inner) => ({ kind: 'binary_expression', has: { ...inner, stopBy: 'end' } }),
    { kind: 'debugger_statement' },
  );
  const rule = { id: 'slow', language: 'ts', severity: 'error', message: 'm', rule: slow };
  execFileSync('mkdir', ['-p', path.join(repository, '.driftline/rules')]);
  writeFileSync(path.join(repository, '.driftline/rules/slow.yml'), JSON.stringify(rule));
  const config = parseRepositoryConfig(Buffer.from('levels: { slow: block }\n'));
  const asked = { owner: localOwner, config, others: [], implementations: [] };
  const rules = await readTeamRules(folderState(repository), asked);
  rmSync(path.join(repository, '.driftline'), { recursive: true });
  const deps = ruleDeps(loadEngine(), { program: null, maxProcesses: 1 }, true);
  const request = { repository, base, head, exclude: [], levels: config.levels };
  const { report } = await runRules(deps, request, { rules, owner: localOwner, branch: null, userId: null });
  expect(report.findings).toEqual([]);
  expect(report.ruleReview?.notEvaluated).toMatchObject([
    { ruleId: 'slow', level: 'block', reason: expect.stringMatching(/^it was stopped in a\.ts: takes more steps/) },
  ]);
  const word = (onEngineUnavailable: 'neutral' | 'failure') =>
    conclusionOf(report.findings, report.ruleReview, { onWarn: 'success', onEngineUnavailable });
  expect([word('neutral'), word('failure')]).toEqual(['neutral', 'failure']);
});

test('a file that Semgrep could not be given is told, one that no rule is for is not', async () => {
  git('init', '-q', '-b', 'main');
  const base = commit({ 'a.sol': 'x\n' });
  const large = 'y\n'.repeat(700_000);
  const head = commit({ 'a.sol': 'y\n', 'big.sol': large, 'big.lua': large, 'b\\c.sol': 'y\n' });
  execFileSync('mkdir', ['-p', path.join(repository, '.driftline/rules')]);
  const rule = { id: 'r', languages: ['solidity'], severity: 'ERROR', message: 'm', pattern: 'y' };
  writeFileSync(path.join(repository, '.driftline/rules/r.yml'), JSON.stringify({ rules: [rule] }));
  const config = parseRepositoryConfig(null);
  const asked = { owner: localOwner, config, others: [], implementations: [] };
  const rules = await readTeamRules(folderState(repository), asked);
  fake.behave({ stdout: answer() });
  const deps = ruleDeps(loadEngine(), { program: fake.program, maxProcesses: 1 }, true);
  const request = { repository, base, head, exclude: [], levels: {} };
  const { report } = await runRules(deps, request, { rules, owner: localOwner, branch: null, userId: null });
  expect(fake.started.length).toBe(1);
  expect(report.ruleReview?.notices).toEqual([
    'b\\c.sol: its name is no name of a file everywhere, so Semgrep did not look at it',
    'big.sol: it has 1400000 bytes, so Semgrep did not look at it',
  ]);
});
