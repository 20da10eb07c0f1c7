import { describe, expect, it } from 'vitest';
import { enforcements, type RuleDoc, type RuleInput } from '../../src/rules/document.ts';
import { capRules, resolveFinding, resolveRules, type Subject } from '../../src/rules/resolve.ts';
import { rule, subject, uuid } from './make-rule.ts';

const org = (more: Partial<RuleInput> = {}) => rule({ id: uuid(10), scope: 'org', ...more });
const repo = (more: Partial<RuleInput> = {}) => rule({ id: uuid(20), ...more });
const path = (more: Partial<RuleInput> = {}) => rule({ id: uuid(30), scope: 'path', pathGlob: 'src/**', ...more });
const branch = (more: Partial<RuleInput> = {}) => rule({ id: uuid(40), scope: 'branch', branch: 'main', ...more });
const personal = (more: Partial<RuleInput> = {}) =>
  rule({ id: uuid(50), scope: 'workspace', workspaceUserId: '7', ...more });

/** `id:enforcement` of what applies, in order. */
function applied(rules: readonly RuleDoc[], about: Partial<Subject> = {}): string[] {
  return resolveRules(rules, { ...subject, ...about }).rules.map(
    (one) => `${Number(one.rule.id.slice(-12))}:${one.enforcement}`,
  );
}

/** Reason code by the number of the rule. */
function reasons(rules: readonly RuleDoc[], about: Partial<Subject> = {}): Record<number, string> {
  const { trace } = resolveRules(rules, { ...subject, ...about });
  return Object.fromEntries(trace.map((entry) => [Number(entry.ruleId.slice(-12)), entry.reason.code]));
}

describe('T-03 resolution', () => {
  it('T-03.1 an org rule applies to all repositories', () => {
    expect(applied([org()])).toEqual(['10:warn']);
    expect(applied([org()], { repoId: 'other' })).toEqual(['10:warn']);
    expect(applied([repo()], { repoId: 'other' })).toEqual([]);
  });

  it('T-03.2, RUL-127: repo overrides org with the same title', () => {
    expect(applied([org({ enforcement: 'warn' }), repo({ enforcement: 'block' })])).toEqual(['20:block']);
    expect(reasons([org(), repo()])).toEqual({ 10: 'overridden', 20: 'applies' });
  });

  it('T-03.3 a path rule only within its glob', () => {
    expect(applied([path()])).toEqual(['30:warn']);
    expect(applied([path()], { filePath: 'lib/a.ts' })).toEqual([]);
    expect(applied([repo({ pathGlob: 'lib/**' })])).toEqual([]);
  });

  it('T-03.4 a workspace rule is visible to its owner only', () => {
    expect(applied([personal()])).toEqual(['50:warn']);
    expect(applied([personal()], { userId: '8' })).toEqual([]);
    expect(applied([personal()], { userId: null })).toEqual([]);
  });

  it('T-03.5 by specificity, then priority, then the newest, then the id', () => {
    const rules = [
      org({ title: 'a', priority: 1_000 }),
      repo({ title: 'b', id: uuid(21), priority: 10 }),
      repo({ title: 'c', id: uuid(22), priority: 20 }),
      repo({ title: 'd', id: uuid(23), priority: 10, updatedAt: '2026-02-01T00:00:00Z' }),
      repo({ title: 'e', id: uuid(20), priority: 10 }),
      path({ title: 'f' }),
      branch({ title: 'g' }),
      personal({ title: 'h' }),
    ];
    expect(applied(rules).map((one) => Number.parseInt(one, 10))).toEqual([50, 40, 30, 22, 23, 20, 21, 10]);
  });

  it('T-03.6 the most specific of a title wins, and of a key where titles differ', () => {
    expect(applied([org(), repo(), path(), branch()])).toEqual(['40:warn']);
    expect(applied([org(), repo(), path()])).toEqual(['30:warn']);
    expect(applied([org({ key: 'esm', title: 'x' }), repo({ key: 'esm', title: 'y' })])).toEqual(['20:warn']);
    expect(applied([org({ key: 'one' }), repo({ key: 'two' })])).toEqual(['20:warn', '10:warn']);
  });

  it('T-03.7 the cap keeps block rules of the organisation before anything more specific', () => {
    const many = Array.from({ length: 60 }, (_, index) => repo({ id: uuid(100 + index), title: `rule ${index}` }));
    const { rules } = resolveRules([...many, org({ title: 'no secrets', enforcement: 'block' })], subject);
    const capped = capRules(rules);
    expect(capped).toMatchObject({ truncated: true, total: 61 });
    expect(capped.rules).toHaveLength(50);
    expect(capped.rules.at(-1)?.rule.title).toBe('no secrets');
    expect(capRules(rules.slice(0, 50))).toMatchObject({ truncated: false, total: 50 });
  });

  it('T-03.10, RUL-130: nothing matches, so nothing is returned', () => {
    expect(applied([])).toEqual([]);
    expect(applied([path()], { filePath: 'README.md' })).toEqual([]);
  });
});

describe('the steps', () => {
  it.each([
    ['src/cart.ts', ['ts'], true],
    ['src/cart.TS', ['ts'], true],
    ['src/cart.test.ts', ['test.ts'], true],
    ['src/cart.tsx', ['ts'], false],
    ['src/ts', ['ts'], false],
    ['.ts', ['ts'], false],
    ['src/cart.py', ['ts', 'py'], true],
  ])('RUL-122: %s against %j: %s', (filePath, fileTypes, expected) => {
    expect(applied([repo({ fileTypes })], { filePath })).toHaveLength(expected ? 1 : 0);
  });

  it('RUL-131: without a path neither glob nor file type narrows', () => {
    expect(
      applied([path(), repo({ title: 'x', fileTypes: ['py'] }), org({ title: 'y' })], { filePath: null }),
    ).toHaveLength(3);
  });

  it('RUL-132: the branch is a name or a glob, and unknown matches none', () => {
    const release = branch({ branch: 'release/*' });
    expect(applied([release], { branch: 'release/1.2' })).toHaveLength(1);
    expect(applied([release], { branch: 'release/1/2' })).toHaveLength(0);
    expect(applied([release], { branch: null })).toHaveLength(0);
    expect(applied([branch({ branch: 'feat{1}' })], { branch: 'feat{1}' })).toHaveLength(1);
  });

  it('RUL-120: only active rules, unless staged ones are asked for', () => {
    for (const status of ['draft', 'staged', 'archived'] as const) expect(applied([repo({ status })])).toEqual([]);
    expect(applied([repo({ status: 'staged' })], { statuses: ['staged'] })).toHaveLength(1);
  });

  it('RUL-074: rules of another organisation leave no trace', () => {
    expect(resolveRules([rule({ orgId: 'rival' })], subject)).toMatchObject({ rules: [], trace: [] });
  });

  it('RUL-405b: in a review a personal rule suggests at most', () => {
    expect(applied([personal({ enforcement: 'block' })], { audience: 'review' })).toEqual(['50:suggest']);
    expect(applied([personal({ enforcement: 'block' })])).toEqual(['50:block']);
  });
});

describe('RUL-123 kinds of code', () => {
  const methods = path({ entityKinds: ['method'], enforcement: 'block' });
  const all = org({ enforcement: 'suggest' });

  it('narrow when the kind is known', () => {
    expect(applied([methods, all], { entityKinds: ['method'] })).toEqual(['30:block']);
    expect(applied([methods, all], { entityKinds: ['function', 'test'] })).toEqual(['10:suggest']);
    expect(reasons([methods], { entityKinds: ['function'] })).toEqual({ 30: 'entity-kind-not-matched' });
  });

  it('narrow for each finding when it is not: a rule for methods hides no other from functions', () => {
    const resolution = resolveRules([methods, all], subject);
    expect(resolution.rules.map((one) => one.rule.id)).toEqual([methods.id, all.id]);
    const stands = (of: RuleDoc, kinds: Parameters<typeof resolveFinding>[3]) =>
      resolveFinding(resolution, of.id, of.key, kinds)?.enforcement ?? null;
    expect(stands(methods, ['method'])).toBe('block');
    expect(stands(methods, ['function'])).toBeNull();
    expect(stands(all, ['method'])).toBeNull();
    expect(stands(all, ['function'])).toBe('suggest');
    expect(stands(all, [])).toBe('suggest');
  });

  it('are named in the trace', () => {
    expect(reasons([methods, all])).toEqual({ 30: 'applies-by-entity-kind', 10: 'applies' });
  });
});

describe('RUL-128, 133 locks, files and personal rules', () => {
  const strict = (a: number, b: number) => enforcements[Math.max(a, b)];

  it.each(enforcements.flatMap((below, i) => enforcements.map((above, j) => [below, above, strict(i, j)] as const)))(
    'a locked org rule at %s with a repo rule at %s stands at %s',
    (below, above, expected) => {
      expect(applied([org({ locked: true, enforcement: below }), repo({ enforcement: above })])).toEqual([
        `10:${expected}`,
      ]);
    },
  );

  it.each(enforcements.flatMap((below, i) => enforcements.map((above, j) => [below, above, strict(i, j)] as const)))(
    'a personal rule can only add or tighten: repo %s, own %s, stands at %s',
    (below, above, expected) => {
      expect(applied([repo({ enforcement: below }), personal({ enforcement: above })])).toEqual([`20:${expected}`]);
      expect(applied([repo({ enforcement: below }), personal({ enforcement: above })], { audience: 'review' })).toEqual(
        [`20:${below}`],
      );
    },
  );

  it('the least specific lock holds against later locks', () => {
    const rules = [org({ locked: true, enforcement: 'warn' }), repo({ locked: true, enforcement: 'block' }), path()];
    expect(applied(rules)).toEqual(['10:block']);
    expect(reasons(rules)).toEqual({ 10: 'applies-raised', 20: 'locked-out', 30: 'locked-out' });
  });

  it('a lock on a rule that is overridden by nothing changes nothing', () => {
    expect(applied([org({ enforcement: 'block' }), repo({ locked: true, enforcement: 'suggest' })])).toEqual([
      '20:suggest',
    ]);
  });

  it('a file goes before the database in one scope, unless that is locked', () => {
    const file = repo({
      id: 'file:.driftline/rules/esm.yml#esm',
      origin: 'file',
      fileRef: { path: '.driftline/rules/esm.yml', line: 1, commit: null },
      enforcement: 'suggest',
    });
    const database = repo({ priority: 1_000, enforcement: 'block' });
    const winner = (rules: RuleDoc[]) =>
      resolveRules(rules, subject).rules.map((one) => [one.rule.origin, one.enforcement]);
    expect(winner([file, database])).toEqual([['file', 'suggest']]);
    expect(winner([file, repo({ locked: true, enforcement: 'block' })])).toEqual([['database', 'block']]);
  });
});

describe('the trace', () => {
  it('has one entry and one sentence for each rule, those that apply first', () => {
    const rules = [
      org({ title: 'a' }),
      repo({ id: uuid(21), title: 'b', repoId: 'other' }),
      repo({ id: uuid(22), title: 'c', status: 'staged' }),
      branch({ title: 'd', branch: 'release/*' }),
      personal({ title: 'e', workspaceUserId: '8' }),
      path({ title: 'f', pathGlob: 'lib/**' }),
      repo({ id: uuid(23), title: 'g', fileTypes: ['py', 'rb'] }),
    ];
    expect(
      resolveRules(rules, subject).trace.map((entry) => [entry.applies, entry.reason.code, entry.sentence]),
    ).toEqual([
      [true, 'applies', 'Applies: it is for every repository of the organisation.'],
      [false, 'other-user', 'Does not apply: it is personal to another user.'],
      [false, 'other-branch', 'Does not apply: it is for branch release/*, and this is main.'],
      [false, 'path-not-matched', 'Does not apply: src/cart.ts does not match lib/**.'],
      [false, 'other-repository', 'Does not apply: it belongs to another repository.'],
      [false, 'not-active', 'Does not apply: its status is staged.'],
      [false, 'file-type-not-matched', 'Does not apply: src/cart.ts is none of the file types py, rb.'],
    ]);
  });

  it('names what raised or replaced a rule', () => {
    const [kept, out] = resolveRules([org({ locked: true }), repo({ enforcement: 'block' })], subject).trace;
    expect(kept?.sentence).toBe(
      `Applies: it is for every repository of the organisation; ${uuid(20)} of the same key raised it from warn to block.`,
    );
    expect(out?.sentence).toBe(
      `Does not apply: ${uuid(10)} has the same key and is locked, so it can only be made stricter.`,
    );
  });
});
