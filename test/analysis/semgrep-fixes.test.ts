// Fixes of Semgrep's rules, by the real Semgrep and the real addon: which are offered, and how often Semgrep is started.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine } from '../../src/analysis/native.ts';
import { localOwner, type TeamRules } from '../../src/analysis/rule-source.ts';
import { semgrepRunner } from '../../src/analysis/semgrep/answer.ts';
import { Semgrep } from '../../src/analysis/semgrep/semgrep.ts';
import { type RuleDeps, runRules, type SemgrepRun, scanFolder } from '../../src/analysis/team-rules.ts';
import type { Report } from '../../src/finding.ts';
import { checkOut } from '../../src/git/checkout.ts';
import { readRuleFiles } from '../../src/rules/file/read.ts';
import { noRules } from '../rules/no-rules.ts';

const python = (id: string, pattern: string, fix?: string) => {
  return { id, message: id, severity: 'WARNING', languages: ['python'], pattern, ...(fix && { fix }) };
};
const written = {
  rules: [
    python('good', 'alpha($X)', 'run($X)'),
    python('leaves', 'beta($X)', 'beta($X + 1)'),
    python('brings', 'gamma($X)', 'forbidden($X)'),
    python('forbidden', 'forbidden($X)'),
    // Finds only below this folder: the files must lie where they lay.
    { ...python('placed', 'delta($X)', 'delta($X + 1)'), paths: { include: ['/pkg/*.py'] } },
  ],
};

let root: string;
let rules: TeamRules;
let started: SemgrepRun[];
const semgrep = semgrepRunner(new Semgrep({ program: null, maxProcesses: 1 }));
const deps: RuleDeps = {
  engine: loadEngine(),
  twoPassEnabled: true,
  checkout: checkOut,
  filesAt: async () => [],
  changedPaths: async () => null,
  semgrep(run) {
    started.push(run);
    return semgrep(run);
  },
};

function git(...args: string[]): string {
  const own = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...own, ...args], { cwd: root, encoding: 'utf8' }).trim();
}

function commit(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'x');
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'driftline-fixes-'));
  git('init', '-q');
  execFileSync('mkdir', [join(root, 'pkg')]);
  const source = { ...localOwner, commit: null, at: '2026-01-01T00:00:00Z', impliedEnforcementCap: 'block' } as const;
  const read = readRuleFiles([{ path: '.driftline/rules/a.yml', bytes: Buffer.from(JSON.stringify(written)) }], source);
  rules = { ...noRules, documents: read.rules };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const asked = () => ({ rules, owner: localOwner, branch: null, userId: null });

async function review(base: string, head: string): Promise<Report> {
  started = [];
  return (await runRules(deps, { repository: root, base, head, exclude: [], levels: {} }, asked())).report;
}

function offered({ findings }: Report): string[] {
  return findings.map(({ ruleId, place, edit }) => `${place.path} ${ruleId} ${edit?.after ?? '-'}`);
}

const files = {
  'a.py': 'alpha(1)\nalpha(2)\n',
  'b.py': 'beta(1)\n',
  'c.py': 'gamma(1)\n',
  // What falls in a file takes the others along.
  'd.py': 'alpha(1)\nbeta(1)\n',
  'pkg/e.py': 'delta(1)\n',
};
const expected = [
  'a.py good run(1)',
  'a.py good run(2)',
  'b.py leaves -',
  'c.py brings -',
  'd.py good -',
  'd.py leaves -',
  'pkg/e.py placed -',
];

test('a fix is offered where its match is gone and nothing comes, after one more run for all of them', async () => {
  const base = commit({ 'z.py': 'x = 1\n' });
  const head = commit(files);
  const report = await review(base, head);
  expect(offered(report)).toEqual(expected);
  // The base has none of the files, so there were the head and the fixes.
  expect(started.map(({ paths }) => paths.length)).toEqual([5, 5]);
  expect(report.ruleReview?.notEvaluated).toEqual([]);
  const again = await review(head, commit({ 'b.py': 'beta(1)\nforbidden(2)\n' }));
  expect(offered(again)).toEqual(['b.py forbidden -']);
  expect(started).toHaveLength(2);
}, 120_000);

test('a scan offers the same', async () => {
  started = [];
  commit({ 'b.py': files['b.py'] });
  const report = await scanFolder(deps, { root, paths: [], exclude: [], levels: {} }, asked());
  expect(offered(report)).toEqual(expected);
  expect(started).toHaveLength(2);
}, 120_000);

test('where they cannot be checked, none is offered, and the report says so', async () => {
  const failing: RuleDeps = {
    ...deps,
    semgrep: async (run) =>
      run.timeoutMs === undefined
        ? semgrep(run)
        : { matches: [], wrong: [], timedOut: [], notices: [], notEvaluated: [{ id: 'x', reason: 'it was stopped' }] },
  };
  const report = await scanFolder(failing, { root, paths: ['a.py'], exclude: [], levels: {} }, asked());
  expect(offered(report)).toEqual(['a.py good -', 'a.py good -']);
  expect(report.ruleReview?.notices).toContain(
    'Fixes of Semgrep rules are not offered, because they could not be checked: it was stopped',
  );
}, 120_000);
