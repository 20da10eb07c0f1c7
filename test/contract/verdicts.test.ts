// Verdicts in storage: one suite, run on SQLite and on a real PostgreSQL server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Judged } from '../../src/review/judged.ts';
import type { PullSnapshot } from '../../src/review/pull.ts';
import type { Signal } from '../../src/review/verdict.ts';
import { openStorage, type Storage } from '../../src/storage/open.ts';
import { finding, report } from '../review/report.ts';
import { databases } from './databases.ts';

// GitHub's ids no longer fit 32 bits.
const repositoryId = 6_000_000_002;
const repository = { installationId: 5_000_000_001, repositoryId, owner: 'acme', name: 'shop' };
const far = 4_000_000_000_000;

function pull(change: Partial<PullSnapshot> = {}): PullSnapshot {
  const about = { title: 'Show the orders', state: 'open', draft: false, author: 'mona', fork: false } as const;
  const refs = { headSha: 'a'.repeat(40), headRef: 'orders', baseSha: 'b'.repeat(40), baseRef: 'main' };
  return { repository, number: 7, ...about, ...refs, url: 'https://github.test/acme/shop/pull/7', ...change };
}

describe.each(databases())('verdicts on $name', (database) => {
  let storage: Storage;

  beforeAll(() => database.start());
  afterAll(() => database.stop());
  beforeEach(async () => {
    storage = await openStorage(await database.empty());
    return () => storage.close();
  });

  const said = (change: Partial<Signal> = {}): Signal => ({
    findingId: finding(1).id,
    ruleId: 'n-plus-one/loop-query',
    pull: 7,
    verdict: 'wont-fix',
    reason: 'next year',
    actor: { id: 9_000_000_009, login: 'mona', role: 'maintain' },
    at: 1_800_000_000_123,
    order: 5_000_000_001,
    ...change,
  });

  test('are added once for each act, and read oldest first', async () => {
    await storage.runs.start(pull(), { again: false });
    const later = said({ verdict: 'undo', reason: '', at: 1_800_000_000_999 });
    await storage.signals.append(repositoryId, 'comment-2', [later]);
    await storage.signals.append(repositoryId, 'comment-1', [said(), said({ findingId: finding(2).id })]);
    await storage.signals.append(repositoryId, 'comment-1', [said({ reason: 'tried again', at: far })]);
    await storage.signals.append(repositoryId, 'comment-3', []);
    expect(await storage.signals.ofFindings(repositoryId, [finding(1).id])).toEqual([said(), later]);
    expect(await storage.signals.ofFindings(repositoryId, [finding(3).id])).toEqual([]);
    expect(await storage.signals.ofFindings(repositoryId + 1, [finding(1).id])).toEqual([]);
    expect(await storage.signals.ofAct(repositoryId, 7, 'comment-1')).toEqual([
      said(),
      said({ findingId: finding(2).id }),
    ]);
    expect(await storage.signals.ofAct(repositoryId, 8, 'comment-1')).toEqual([]);
    expect(await storage.signals.latestAt(repositoryId, 7)).toBe(later.at);
    expect(await storage.signals.latestAt(repositoryId, 8)).toBeNull();
    const many = Array.from({ length: 1200 }, (_, n) => finding(n).id);
    expect(await storage.signals.ofFindings(repositoryId, many)).toHaveLength(3);
  });

  test('name findings by the beginning of an id, at any head of the pull request', async () => {
    const { run } = await storage.runs.start(pull(), { again: false });
    await storage.findings.replaceForRun(run.id, [finding(1, { level: 'block' }), finding(2)]);
    const { run: other } = await storage.runs.start(pull({ number: 8 }), { again: false });
    await storage.findings.replaceForRun(other.id, [finding(3)]);
    const known = await storage.findings.known(repositoryId, 7, finding(1).id.slice(0, 12));
    expect(known.map(({ id, level }) => [id, level])).toEqual([
      [finding(1).id, 'block'],
      [finding(2).id, 'warn'],
    ]);
    expect(await storage.findings.known(repositoryId, 7, finding(3).id)).toEqual([]);
    const ids = [finding(2).id, finding(3).id];
    expect((await storage.findings.ofPull(repositoryId, 7, ids)).map(({ id }) => id)).toEqual([finding(2).id]);
    const heads = { headSha: 'a'.repeat(40) };
    expect(await storage.findings.openPullsWith(repositoryId, ids)).toEqual([
      { pull: 7, ...heads },
      { pull: 8, ...heads },
    ]);
    await storage.pulls.save(pull({ state: 'closed' }));
    await storage.pulls.save(pull({ number: 8, headSha: 'd'.repeat(40) }));
    expect(await storage.findings.openPullsWith(repositoryId, ids)).toEqual([]);
  });

  test('find what the latest review of a pull request was planned from', async () => {
    const judged: Judged = {
      report: report([finding(5)]),
      settings: { maxInlineComments: 25, onWarn: 'neutral', onEngineUnavailable: 'failure', notices: ['\0\ud83c'] },
      notVerbatim: [finding(5).id],
    };
    const { run } = await storage.runs.start(pull(), { again: false });
    await storage.reports.save(run.id, judged);
    await storage.reports.save(run.id, judged);
    expect(await storage.reports.ofRun(run.id)).toEqual(judged);
    const { run: next } = await storage.runs.start(pull({ headSha: 'c'.repeat(40) }), { again: false });
    await storage.reports.save(next.id, { ...judged, notVerbatim: [] });
    expect(await storage.reports.ofRun(run.id)).toBeNull();
    expect((await storage.reports.ofRun(next.id))?.notVerbatim).toEqual([]);
  });
});
