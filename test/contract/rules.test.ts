// The team's rules in storage: one suite, run on SQLite and on a real PostgreSQL server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LanguageImplementation } from '../../src/rules/document.ts';
import { resolveRules } from '../../src/rules/resolve.ts';
import { openStorage, type Storage, type StorageConfig } from '../../src/storage/open.ts';
import { input, rule, subject, uuid } from '../rules/make-rule.ts';
import { databases } from './databases.ts';

const full = rule({
  title: 'Nul \u2028 “quotes” and \\ slashes',
  type: 'architectural',
  scope: 'path',
  enforcement: 'block',
  status: 'staged',
  category: 'security',
  engine: 'builtin',
  pathGlob: 'src/**',
  fileTypes: ['ts'],
  entityKinds: ['method'],
  branch: 'release/*',
  semgrepRule: 'rules: []',
  astGrepQuery: 'pattern: x',
  astGrepFix: 'fix: y',
  semanticFilter: { business_value: { $gte: 'high' } },
  importBoundary: { from: 'src/web/**', to: 'src/db/**', mode: 'deny' },
  example: 'good',
  counterExample: 'bad',
  priority: 10,
  polyglot: true,
  languages: ['typescript'],
  locked: true,
  sourcePatternId: 'pattern_1',
  needsReview: true,
  autoDowngrade: false,
  revision: 3,
  validation: { valid: false, errors: ['unknown metavariable'] },
  cwe: ['CWE-89'],
  url: 'https://example.org/rules/sql',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-02-01T00:00:00.000Z',
});

describe.each(databases())('rules on $name', (database) => {
  let config: StorageConfig;
  let storage: Storage;

  beforeAll(() => database.start());
  afterAll(() => database.stop());
  beforeEach(async () => {
    config = await database.empty();
    storage = await openStorage(config);
    return () => storage.close();
  });

  test('RUL-079: every field is read back as saved; saving again replaces, but for the time of creation', async () => {
    expect(await storage.rules.save(full)).toEqual(full);
    const changed = { ...full, title: 'Other', locked: false, fileTypes: null, createdAt: '2026-03-01T00:00:00.000Z' };
    expect(await storage.rules.save(changed)).toEqual({ ...changed, createdAt: full.createdAt });
    expect(await storage.rules.query({ orgId: 'acme' })).toHaveLength(1);
  });

  test('RUL-066: what is no rule is refused with the paths of its fields, and nothing is stored', async () => {
    const wrong = { ...input, scope: 'path' as const, priority: -1 };
    await expect(storage.rules.save(wrong)).rejects.toThrow(/"priority"/);
    expect(await storage.rules.query({ orgId: 'acme' })).toEqual([]);
  });

  test('RUL-064: filters by repository, user, status, type and scope', async () => {
    const all = [
      rule({ id: uuid(1), scope: 'org', type: 'styling' }),
      rule({ id: uuid(2), repoId: 'shop' }),
      rule({ id: uuid(3), repoId: 'other', status: 'archived' }),
      rule({ id: uuid(4), scope: 'workspace', workspaceUserId: '7' }),
      rule({ id: uuid(5), scope: 'workspace', workspaceUserId: '8' }),
    ];
    for (const one of all) await storage.rules.save(one);
    const found = async (filter: object) =>
      (await storage.rules.query({ orgId: 'acme', ...filter })).map(({ id }) => Number(id.slice(-2)));
    expect(await found({})).toEqual([1, 2, 3, 4, 5]);
    expect(await found({ repoId: 'shop' })).toEqual([1, 2, 4, 5]);
    expect(await found({ repoId: 'shop', userId: '7' })).toEqual([1, 2, 4]);
    expect(await found({ status: 'archived' })).toEqual([3]);
    expect(await found({ type: 'styling' })).toEqual([1]);
    expect(await found({ scope: 'workspace' })).toEqual([4, 5]);
    const documents = await storage.rules.query({ orgId: 'acme', repoId: 'shop' });
    expect(resolveRules(documents, subject).rules.map((one) => one.rule.id)).toEqual([uuid(2)]);
  });

  test('RUL-074: one organisation never sees or changes the rules of another, also under the same id', async () => {
    await storage.rules.save(rule());
    await storage.rules.save(rule({ orgId: 'rival', title: 'Theirs' }));
    expect((await storage.rules.get('acme', uuid(1)))?.title).toBe('Use ESM imports');
    expect(await storage.rules.query({ orgId: 'rival' })).toMatchObject([{ title: 'Theirs' }]);
    expect(await storage.rules.remove('acme', uuid(1))).toBe(true);
    expect(await storage.rules.archive('nobody', uuid(1))).toBe(false);
    expect(await storage.rules.query({ orgId: 'rival' })).toMatchObject([{ title: 'Theirs', status: 'active' }]);
  });

  test('RUL-069: rules are archived, and removed', async () => {
    await storage.rules.save(rule());
    expect(await storage.rules.archive('acme', uuid(1))).toBe(true);
    expect(await storage.rules.get('acme', uuid(1))).toMatchObject({ status: 'archived' });
    expect(await storage.rules.remove('acme', uuid(1))).toBe(true);
    expect(await storage.rules.remove('acme', uuid(1))).toBe(false);
    expect(await storage.rules.get('acme', uuid(1))).toBeNull();
  });

  test('T-19.9, T-19.10: one payload for each language, gone with the rule', async () => {
    await storage.rules.save(rule({ polyglot: true, languages: ['go', 'python'] }));
    const payload = (language: string, astGrepQuery: string) =>
      LanguageImplementation.parse({ ruleId: uuid(1), language, astGrepQuery });
    await storage.rules.saveImplementation('acme', payload('python', 'pattern: a'));
    await storage.rules.saveImplementation('acme', payload('go', 'pattern: b'));
    await storage.rules.saveImplementation('acme', payload('go', 'pattern: c'));
    expect(await storage.rules.implementations('acme')).toEqual([
      payload('go', 'pattern: c'),
      payload('python', 'pattern: a'),
    ]);
    expect(await storage.rules.implementations('rival')).toEqual([]);
    await expect(storage.rules.saveImplementation('rival', payload('go', 'pattern: x'))).rejects.toThrow();
    await storage.rules.remove('acme', uuid(1));
    expect(await storage.rules.implementations('acme')).toEqual([]);
  });

  test('the database itself refuses unknown values', async () => {
    await storage.rules.save(rule());
    for (const change of [
      "scope = 'team'",
      "enforcement = 'error'",
      'locked = 2',
      'priority = 1001',
      "engine = 'eslint'",
    ]) {
      await expect(database.raw(config, `update rules set ${change}`), change).rejects.toThrow();
    }
  });
});

describe('RUL-068 on SQLite', () => {
  const [sqlite] = databases();

  test('the resolution query uses an index', async () => {
    const config = await sqlite?.empty();
    if (!sqlite || !config) throw new Error('no SQLite');
    const storage = await openStorage(config);
    await storage.close();
    const where = "org_id = 'a' and (repo_id = 'r' or repo_id is null) and status = 'active'";
    const plan = await sqlite.raw(config, `explain query plan select * from rules where ${where}`);
    expect(JSON.stringify(plan)).toMatch(/USING INDEX rules_/);
    await sqlite.stop();
  });
});
