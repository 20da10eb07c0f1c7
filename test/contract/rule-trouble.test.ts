// Rules that take too long: counted in storage, set aside by a review, on SQLite and on a real PostgreSQL server. The engine is
// real; Semgrep is handed in, so that it times out when the test says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { historyOf } from '../../queue/settings.ts';
import { loadEngine } from '../../src/analysis/native.ts';
import type { TeamRules } from '../../src/analysis/rule-source.ts';
import { type RuleDeps, runRules } from '../../src/analysis/team-rules.ts';
import { conclusionOf } from '../../src/review/check.ts';
import { openStorage, type Storage } from '../../src/storage/open.ts';
import { rule } from '../rules/make-rule.ts';
import { noRules } from '../rules/no-rules.ts';
import { databases } from './databases.ts';

const engine = loadEngine();
const repository = { installationId: 1, repositoryId: 7, owner: 'acme', name: 'shop' };
const owner = { orgId: '1', repoId: '7' };

function rulesOf(pattern: string, enforcement: 'block' | 'warn' = 'block'): TeamRules {
  const slow = rule({
    id: 'file:.driftline/rules/a.yml#slow',
    key: 'slow',
    orgId: '1',
    repoId: '7',
    origin: 'file',
    fileRef: { path: '.driftline/rules/a.yml', line: 1, commit: null },
    engine: 'semgrep',
    semgrepRule: `rules: [{id: slow, message: m, severity: ERROR, languages: [python], pattern: ${pattern}}]`,
    languages: ['python'],
    enforcement,
  });
  return { ...noRules, documents: [slow] };
}

describe.each(databases())('RUL-171: a rule that takes too long, on $name', (database) => {
  let storage: Storage;
  let folder: string;
  let change: { repository: string; base: string; head: string };

  beforeAll(async () => {
    await database.start();
    folder = mkdtempSync(join(tmpdir(), 'driftline-slow-'));
    const own = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgSign=false'];
    const git = (...args: string[]) => execFileSync('git', [...own, ...args], { cwd: folder, encoding: 'utf8' }).trim();
    git('init', '-q');
    const commit = (text: string) => {
      writeFileSync(join(folder, 'a.py'), text);
      git('add', '-A');
      git('commit', '-q', '-m', 'x');
      return git('rev-parse', 'HEAD');
    };
    change = { repository: folder, base: commit('x = 1\n'), head: commit('x = 2\n') };
  });
  afterAll(async () => {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    storage = await openStorage(await database.empty());
    await storage.repositories.see(repository);
    return () => storage.close();
  });

  let runs = 0;

  /** One review: whether Semgrep was started, and what the check says of the rule. */
  async function review(rules: TeamRules, isSlow: boolean, runId: string | null = `run-${++runs}`) {
    let started = false;
    const deps: RuleDeps = {
      engine,
      twoPassEnabled: true,
      filesAt: async () => [],
      changedPaths: async () => null,
      checkout: async () => ({ root: folder, skipped: [], dispose: async () => {} }),
      async semgrep({ rules: given }) {
        started = true;
        const timedOut = isSlow ? given.map(({ id }) => id) : [];
        const notEvaluated = timedOut.map((id) => ({ id, reason: 'Semgrep took too long on a.py' }));
        return { matches: [], notEvaluated, wrong: [], timedOut, notices: [] };
      },
    };
    const history = historyOf(repository, runId, { storage });
    const asked = { rules, owner, branch: 'main', userId: null, history };
    const { report } = await runRules(deps, { ...change, exclude: [], levels: {} }, asked);
    const settings = { onWarn: 'success', onEngineUnavailable: 'neutral' } as const;
    const [lost] = report.ruleReview?.notEvaluated ?? [];
    return [started, lost?.reason ?? null, conclusionOf(report.findings, report.ruleReview, settings)];
  }

  const slow = [true, 'Semgrep took too long on a.py', 'neutral'];
  const fine = [true, null, 'success'];
  const aside = 'it took too long in 3 reviews in a row, so it is set aside until its text is changed';

  test('is set aside after three reviews in a row, named, and never green where it blocks', async () => {
    const rules = rulesOf('f()');
    for (const _ of [1, 2, 3]) expect(await review(rules, true)).toEqual(slow);
    expect(await review(rules, false)).toEqual([false, aside, 'neutral']);
    expect(await review(rulesOf('f()', 'warn'), false)).toEqual([false, aside, 'success']);
    expect(await review(rulesOf('g()'), false)).toEqual(fine);
    // Its text was changed, so the count is gone for the old one too.
    expect(await review(rules, true)).toEqual(slow);
  });

  test('starts anew when it gets through, or when its text is another', async () => {
    for (const isSlow of [true, true, false, true, true]) await review(rulesOf('f()'), isSlow);
    expect(await review(rulesOf('g()'), true)).toEqual(slow);
    expect(await review(rulesOf('g()'), true)).toEqual(slow);
    expect(await review(rulesOf('g()'), true)).toEqual(slow);
    expect((await review(rulesOf('g()'), true))[0]).toBe(false);
  });

  test('counts a run once, a fork never, and one repository for itself', async () => {
    const rules = rulesOf('f()');
    for (const runId of ['one', 'one', 'one', null, null, null]) expect(await review(rules, true, runId)).toEqual(slow);
    await storage.ruleTrouble.timedOut(7, 'two', [{ ruleId: 'other', textHash: 'a' }]);
    await storage.repositories.see({ ...repository, repositoryId: 8 });
    for (const runId of ['a', 'b', 'c']) {
      await storage.ruleTrouble.timedOut(8, runId, [{ ruleId: rules.documents[0]?.id ?? '', textHash: 'a' }]);
    }
    expect(await review(rules, false)).toEqual(fine);
  });
});
