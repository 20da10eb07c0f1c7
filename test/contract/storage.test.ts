// What every database must do the same: one suite, run on SQLite and on a real PostgreSQL server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/finding.ts';
import type { PullSnapshot, RepositoryRef } from '../../src/review/pull.ts';
import { openStorage, type Storage, type StorageConfig } from '../../src/storage/open.ts';
import { databases } from './databases.ts';

// GitHub's ids no longer fit 32 bits.
const repository: RepositoryRef = {
  installationId: 5_000_000_001,
  repositoryId: 6_000_000_002,
  owner: 'acme',
  name: 'shop',
};
const account = { id: 7_000_000_003, login: 'acme', type: 'Organization' };
const far = 4_000_000_000;

function pull(change: Partial<PullSnapshot> = {}): PullSnapshot {
  return {
    repository,
    number: 7,
    title: 'Show the orders',
    state: 'open',
    draft: false,
    author: 'mona',
    headSha: 'a'.repeat(40),
    headRef: 'orders',
    baseSha: 'b'.repeat(40),
    baseRef: 'main',
    fork: false,
    url: 'https://github.test/acme/shop/pull/7',
    ...change,
  };
}

function finding(number: number, change: Partial<Finding> = {}): Finding {
  const place = {
    path: 'shop/views.py',
    startLine: 10,
    startColumn: 5,
    endLine: 10,
    endColumn: 25,
    startByte: 120,
    endByte: 140,
  };
  return {
    id: `df1_${number.toString(16).padStart(32, '0')}`,
    ruleId: 'n-plus-one/loop-query',
    engine: 'n-plus-one',
    rule: null,
    newness: 'new',
    level: 'warn',
    severity: 'high',
    confidence: 0.87,
    certainty: 'likely',
    factors: [{ reason: 'loop over a query', value: 0.9 }],
    orm: 'django',
    model: null,
    symbol: 'orders',
    title: 'One query per order',
    message: 'The loop runs `get` once per order.',
    fix: 'Use `select_related`.',
    edit: null,
    place,
    anchorLine: 10,
    anchorPath: place.path,
    related: [{ role: 'loop', place, message: 'the loop' }],
    code: 'order.customer.name',
    ...change,
  };
}

describe.each(databases())('storage on $name', (database) => {
  let config: StorageConfig;
  let storage: Storage;

  beforeAll(() => database.start());
  afterAll(() => database.stop());
  beforeEach(async () => {
    config = await database.empty();
    storage = await openStorage(config);
    return () => storage.close();
  });

  describe('installations', () => {
    test('are saved, suspended, removed and come back', async () => {
      const { installations } = storage;
      expect(await installations.get(repository.installationId)).toBeNull();
      await installations.save({ id: repository.installationId, account, permissions: { checks: 'write' } });
      await installations.save({
        id: repository.installationId,
        account,
        permissions: { checks: 'write', contents: 'read' },
      });
      expect(await installations.get(repository.installationId)).toEqual({
        id: repository.installationId,
        account,
        permissions: { checks: 'write', contents: 'read' },
        suspended: false,
        removed: false,
      });

      await installations.setSuspended(repository.installationId, true);
      expect(await installations.get(repository.installationId)).toMatchObject({ suspended: true });
      await installations.setSuspended(repository.installationId, false);
      expect(await installations.get(repository.installationId)).toMatchObject({ suspended: false });

      await installations.remove(repository.installationId);
      expect(await installations.get(repository.installationId)).toMatchObject({ removed: true });
      await installations.save({ id: repository.installationId, account, permissions: {} });
      expect(await installations.get(repository.installationId)).toMatchObject({ removed: false, permissions: {} });
    });

    test('gain and lose repositories; removing one takes its repositories along and no others', async () => {
      const { installations, repositories } = storage;
      await installations.save({ id: 1, account, permissions: {} });
      await installations.save({ id: 2, account: { ...account, id: 8 }, permissions: {} });
      const added = Array.from({ length: 1200 }, (_, index) => ({
        id: index + 1,
        owner: 'acme',
        name: `r${index + 1}`,
        private: index % 2 === 0,
      }));
      await installations.setRepositories(1, { added, removed: [] });
      await installations.setRepositories(2, {
        added: [{ id: 9001, owner: 'other', name: 'x', private: false }],
        removed: [],
      });
      await installations.setRepositories(1, { added: [], removed: added.slice(1).map(({ id }) => ({ id })) });
      expect(await repositories.ofInstallation(1)).toEqual([
        { installationId: 1, repositoryId: 1, owner: 'acme', name: 'r1', private: true, removed: false },
      ]);

      // Another installation's repository cannot be taken away by naming its id.
      await installations.setRepositories(1, { added: [], removed: [{ id: 9001 }] });
      expect(await repositories.ofInstallation(2)).toHaveLength(1);
      await installations.remove(1);
      expect(await repositories.ofInstallation(1)).toEqual([]);
      expect(await repositories.ofInstallation(2)).toHaveLength(1);
      expect(await repositories.get(1)).toMatchObject({ removed: true });
    });
  });

  test('a repository may be heard of before its installation, and follows renames and transfers', async () => {
    const { installations, repositories } = storage;
    await repositories.see(repository);
    expect(await repositories.get(repository.repositoryId)).toEqual({ ...repository, private: null, removed: false });
    await installations.save({ id: repository.installationId, account, permissions: { checks: 'write' } });
    await repositories.see(repository);
    expect(await installations.get(repository.installationId)).toMatchObject({ permissions: { checks: 'write' } });

    const moved = { ...repository, installationId: 44, owner: 'new-owner', name: 'store' };
    await repositories.see(moved);
    expect(await repositories.get(repository.repositoryId)).toMatchObject(moved);
    expect(await repositories.get(123)).toBeNull();
  });

  test('pull requests are read back as saved, whatever their title holds', async () => {
    const { pulls } = storage;
    const hostile = pull({ title: "'; drop table pulls; -- 🎉 \u202e", draft: true, fork: true, headRef: 'a\tb' });
    await pulls.save(pull());
    await pulls.save(hostile);
    expect(await pulls.get(repository.repositoryId, 7)).toEqual(hostile);
    await pulls.save(pull({ title: 'NUL \0 and half \ud83c a pair' }));
    expect((await pulls.get(repository.repositoryId, 7))?.title).toBe('NUL \ufffd and half \ufffd a pair');
    await pulls.close(repository.repositoryId, 7);
    await pulls.close(repository.repositoryId, 8);
    expect(await pulls.get(repository.repositoryId, 7)).toMatchObject({ state: 'closed' });
    expect(await pulls.get(repository.repositoryId, 8)).toBeNull();
    expect(await pulls.get(1, 7)).toBeNull();
  });

  describe('runs', () => {
    test('a killed run is taken up again with its check; a concluded one stands', async () => {
      const { runs } = storage;
      const first = await runs.start(pull(), { again: false });
      expect(first).toMatchObject({ started: true, run: { attempt: 1, status: 'running', checkId: null, pull: 7 } });
      await runs.setCheck(first.run.id, 9_000_000_004);

      const second = await runs.start(pull(), { again: false });
      expect(second).toMatchObject({ started: true, run: { id: first.run.id, attempt: 2, checkId: 9_000_000_004 } });

      const outcome = { conclusion: 'neutral' as const, reason: 'an outage', stats: { totalMs: 12.5, comments: 3 } };
      await runs.conclude(first.run.id, outcome);
      await runs.conclude(first.run.id, outcome);
      const third = await runs.start(pull(), { again: false });
      expect(third.started).toBe(false);
      expect(third.run).toMatchObject({ id: first.run.id, attempt: 2, status: 'concluded', ...outcome });
      expect(third.run.concludedAt).not.toBeNull();
      expect(await runs.get(first.run.id)).toEqual(third.run);
    });

    test('asked for anew, a concluded run starts afresh on the new base', async () => {
      const { runs } = storage;
      const first = await runs.start(pull(), { again: false });
      await runs.setCheck(first.run.id, 1);
      await runs.conclude(first.run.id, { conclusion: 'success', reason: null, stats: { comments: 1 } });
      const again = await runs.start(pull({ baseSha: 'c'.repeat(40) }), { again: true });
      expect(again).toMatchObject({
        started: true,
        run: {
          id: first.run.id,
          attempt: 2,
          status: 'running',
          checkId: null,
          conclusion: null,
          standing: 'success',
          reason: null,
          stats: {},
        },
      });
      expect(again.run.baseSha).toBe('c'.repeat(40));
    });

    test('what a review came to stands until another is carried through', async () => {
      const { runs } = storage;
      const { run } = await runs.start(pull(), { again: false });
      await runs.conclude(run.id, { conclusion: 'failure', reason: null, stats: {} });
      for (const reason of ['an outage', 'another']) {
        const again = await runs.start(pull(), { again: true });
        expect(again.run.standing).toBe('failure');
        await runs.conclude(run.id, { conclusion: 'neutral', reason, stats: {} });
      }
      await runs.start(pull(), { again: true });
      await runs.conclude(run.id, { conclusion: 'success', reason: null, stats: {} });
      expect((await runs.start(pull(), { again: true })).run.standing).toBe('success');
    });

    test('many starts at once give one run and each its own attempt number', async () => {
      const other = await openStorage(config);
      const started = await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 ? other : storage).runs.start(pull(), { again: false })),
      );
      await other.close();
      expect(new Set(started.map(({ run }) => run.id)).size).toBe(1);
      expect(started.map(({ run }) => run.attempt).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, i) => i + 1),
      );
      expect(await database.raw(config, 'select id from review_runs')).toHaveLength(1);
    });

    test('each head has its own run; the last started is the latest', async () => {
      const { runs } = storage;
      const old = await runs.start(pull(), { again: false });
      await database.raw(config, 'update review_runs set started_at = 1000, updated_at = 1000');
      const next = await runs.start(pull({ headSha: 'd'.repeat(40) }), { again: false });
      expect(next.run.id).not.toBe(old.run.id);
      expect(await runs.latest(repository.repositoryId, 7)).toMatchObject({ id: next.run.id });
      expect(await runs.ofHead(repository.repositoryId, 7, 'a'.repeat(40))).toMatchObject({ id: old.run.id });
      expect(await runs.latest(repository.repositoryId, 8)).toBeNull();
      expect(await runs.ofHead(1, 7, 'a'.repeat(40))).toBeNull();
    });

    test('those of one head are found with what is known of their pull requests', async () => {
      const { runs, pulls } = storage;
      const one = await runs.start(pull({ number: 9 }), { again: false });
      const two = await runs.start(pull({ number: 8 }), { again: false });
      await runs.conclude(one.run.id, { conclusion: 'failure', reason: null, stats: {} });
      await runs.start(pull({ number: 8, headSha: 'd'.repeat(40) }), { again: false });
      await runs.start(pull({ number: 8, repository: { ...repository, repositoryId: 5 } }), { again: false });
      await pulls.close(repository.repositoryId, 9);
      const found = await runs.ofSharedHead(repository.repositoryId, 'a'.repeat(40));
      expect(found.map(({ id, open, headNow, conclusion, url }) => [id, open, headNow[0], conclusion, url])).toEqual([
        [two.run.id, true, 'd', null, pull().url],
        [one.run.id, false, 'a', 'failure', pull().url],
      ]);
      expect(found[0]?.repository).toEqual(repository);
    });

    test('unfinished ones are found by pull request and by standing still, oldest first', async () => {
      const { runs } = storage;
      const old = await runs.start(pull(), { again: false });
      await database.raw(config, 'update review_runs set started_at = 1000, updated_at = 1000');
      const next = await runs.start(pull({ headSha: 'd'.repeat(40) }), { again: false });
      const elsewhere = await runs.start(pull({ number: 8 }), { again: false });

      const ofPull = await runs.unfinished({ repositoryId: repository.repositoryId, pull: 7 });
      expect(ofPull.map(({ id }) => id)).toEqual([old.run.id, next.run.id]);
      expect(ofPull[0]?.repository).toEqual(repository);
      expect((await runs.unfinished({ notTouchedSince: 2000 })).map(({ id }) => id)).toEqual([old.run.id]);
      expect(await runs.unfinished({ notTouchedSince: far })).toHaveLength(3);

      await runs.conclude(old.run.id, { conclusion: 'cancelled', reason: 'superseded', stats: {} });
      await runs.conclude(elsewhere.run.id, { conclusion: 'success', reason: null, stats: {} });
      expect((await runs.unfinished({ notTouchedSince: far })).map(({ id }) => id)).toEqual([next.run.id]);
    });
  });

  describe('findings', () => {
    test('are read back whole and in order, and replaced by the next attempt', async () => {
      const { run } = await storage.runs.start(pull(), { again: false });
      const many = Array.from({ length: 1100 }, (_, index) => finding(2000 - index));
      await storage.findings.replaceForRun(run.id, many);
      expect(await storage.findings.ofRun(run.id)).toEqual(many);
      const few = [finding(3, { level: 'block', model: 'Order', anchorLine: null }), finding(1)];
      await storage.findings.replaceForRun(run.id, few);
      expect(await storage.findings.ofRun(run.id)).toEqual(few);
      await storage.findings.replaceForRun(run.id, []);
      expect(await storage.findings.ofRun(run.id)).toEqual([]);
    });

    test('keep hostile paths and code as they were', async () => {
      const { run } = await storage.runs.start(pull(), { again: false });
      const hostile = finding(1, {
        place: { ...finding(1).place, path: 'a\n"b\'\0\ud83c/../😀.py' },
        code: 'x = "\0\ud83c"; -- \u2028',
      });
      await storage.findings.replaceForRun(run.id, [hostile]);
      expect(await storage.findings.ofRun(run.id)).toEqual([hostile]);
    });

    test('a row that is no finding is refused when read, and one without a run when written', async () => {
      const { run } = await storage.runs.start(pull(), { again: false });
      await storage.findings.replaceForRun(run.id, [finding(1)]);
      await database.raw(config, `update findings set data = '{"id":"nonsense"}'`);
      await expect(storage.findings.ofRun(run.id)).rejects.toThrow(/ruleId/);
      await expect(storage.findings.replaceForRun('no-such-run', [finding(1)])).rejects.toThrow(/foreign key/i);
      expect(await database.raw(config, 'select run_id from findings')).toHaveLength(1);
    });
  });

  test('comments are one per finding and pull request', async () => {
    const { run } = await storage.runs.start(pull(), { again: false });
    const { run: other } = await storage.runs.start(pull({ number: 8 }), { again: false });
    const at = { id: run.id, repositoryId: repository.repositoryId, pull: 7 };
    const [one, two] = [finding(1).id, finding(2).id];
    await storage.comments.record(at, [
      { findingId: two, commentId: 12, path: 'b.py' },
      { findingId: one, commentId: 11, path: 'a.py' },
    ]);
    await storage.comments.record(at, [{ findingId: one, commentId: 11, path: 'a.py' }]);
    await storage.comments.record({ ...at, id: other.id, pull: 8 }, [{ findingId: one, commentId: 99, path: 'a.py' }]);
    await storage.comments.record(at, []);
    const stored = await storage.comments.ofPull(repository.repositoryId, 7);
    expect(stored.map(({ findingId, commentId, path }) => [findingId, commentId, path])).toEqual([
      [one, 11, 'a.py'],
      [two, 12, 'b.py'],
    ]);
    // Deleted by a person and posted anew: the new comment counts.
    await storage.comments.record(at, [{ findingId: one, commentId: 5_000_000_000, path: 'moved.py' }]);
    expect((await storage.comments.ofPull(repository.repositoryId, 7))[0]).toMatchObject({
      commentId: 5_000_000_000,
      path: 'moved.py',
      runId: run.id,
    });
    expect(await storage.comments.ofPull(1, 7)).toEqual([]);
  });

  test('of many equal deliveries at once exactly one is new', async () => {
    const delivery = { deliveryId: 'd-1', event: 'pull_request', installationId: 1, repositoryId: null };
    const answers = await Promise.all(Array.from({ length: 20 }, () => storage.deliveries.record(delivery)));
    expect(answers.filter((answer) => answer === 'new')).toHaveLength(1);
    expect(await storage.deliveries.record({ ...delivery, deliveryId: 'd-2' })).toBe('new');
    expect(await storage.deliveries.prune(1000)).toBe(0);
    expect(await storage.deliveries.prune(far)).toBe(2);
    expect(await storage.deliveries.record(delivery)).toBe('new');
  });

  test('the database itself refuses wrong types, wrong flags and rows without a parent', async () => {
    await storage.runs.start(pull(), { again: false });
    const refused = [
      "update pulls set updated_at = 'yesterday'",
      'update pulls set is_draft = 2',
      "update review_runs set conclusion = 'splendid'",
      "update review_runs set status = 'concluded'",
      'update pulls set repository_id = 1',
      'delete from repositories',
    ];
    for (const statement of refused) await expect(database.raw(config, statement), statement).rejects.toThrow();
    expect(await storage.pulls.get(repository.repositoryId, 7)).toEqual(pull());
  });
});
