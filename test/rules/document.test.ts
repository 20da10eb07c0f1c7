import { describe, expect, it } from 'vitest';
import { categoryOf, engineOf, keyOfTitle, RuleDoc } from '../../src/rules/document.ts';
import { globMatcher, ruleGlobProblem } from '../../src/rules/glob.ts';
import { input, rule } from './make-rule.ts';

/** `field: message` of everything that is wrong. */
function problems(overrides: object): string[] {
  const parsed = RuleDoc.safeParse({ ...input, ...overrides });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('RUL-079 a rule document', () => {
  it('has every field of the catalogue, with null for what was left out', () => {
    expect(Object.keys(rule()).sort()).toEqual(
      [
        ...['id', 'orgId', 'repoId', 'title', 'description', 'type', 'scope', 'enforcement', 'status', 'pathGlob'],
        ...['fileTypes', 'entityKinds', 'branch', 'workspaceUserId', 'semgrepRule', 'astGrepQuery', 'astGrepFix'],
        ...['semanticFilter', 'example', 'counterExample', 'priority', 'polyglot', 'languages', 'createdBy'],
        ...['sourcePatternId', 'createdAt', 'updatedAt', 'key', 'engine', 'category', 'locked', 'origin', 'fileRef'],
        ...['importBoundary', 'needsReview', 'autoDowngrade', 'revision', 'validation', 'cwe', 'url'],
      ].sort(),
    );
    expect(rule()).toMatchObject({
      pathGlob: null,
      priority: 0,
      locked: false,
      origin: 'database',
      key: 'use-esm-imports',
    });
  });

  it.each([
    ['type', 'security'],
    ['scope', 'team'],
    ['enforcement', 'error'],
    ['status', 'review_needed'],
    ['engine', 'eslint'],
    ['category', 'style'],
    ['origin', 'git'],
  ])('RUL-050 to 061: refuses an unknown %s', (field, value) => {
    expect(problems({ [field]: value })).toEqual([expect.stringMatching(`^${field}: Invalid option`)]);
  });

  it.each(['id', 'orgId', 'title', 'description', 'type', 'scope', 'enforcement', 'status', 'createdBy', 'updatedAt'])(
    'RUL-066: names the missing field %s',
    (field) => {
      expect(problems({ [field]: undefined })).toEqual([expect.stringMatching(`^${field}: `)]);
    },
  );

  it('refuses what it does not know, and values out of bounds', () => {
    expect(problems({ severity: 'high' })).toEqual([expect.stringContaining('severity')]);
    expect(problems({ priority: 1_001 })).toHaveLength(1);
    expect(problems({ priority: 0.5 })).toHaveLength(1);
    expect(problems({ entityKinds: ['macro'] })).toHaveLength(1);
    expect(problems({ fileTypes: ['.ts'] })).toHaveLength(1);
    expect(problems({ updatedAt: 'yesterday' })).toHaveLength(1);
    expect(problems({ semanticFilter: { owner: '@web', area: 'api' } })).toHaveLength(1);
    expect(problems({ importBoundary: { from: 'src/web/**', to: 'src/db/**', mode: 'maybe' } })).toHaveLength(1);
  });

  it.each([
    [{ scope: 'path' }, 'pathGlob: scope path needs a pathGlob'],
    [{ scope: 'branch' }, 'branch: scope branch needs a branch'],
    [{ scope: 'workspace' }, 'workspaceUserId: scope workspace needs a workspaceUserId'],
    [{ scope: 'org', repoId: null, pathGlob: 'src/**' }, 'pathGlob: scope org allows no pathGlob'],
    [{ scope: 'org', repoId: null, branch: 'main' }, 'branch: scope org allows no branch'],
    [{ scope: 'org' }, 'repoId: scope org allows no repoId'],
    [{ repoId: null }, 'repoId: scope repo needs a repoId; a rule for all repositories has scope org'],
    [{ polyglot: true }, 'languages: a polyglot rule needs its languages'],
  ])('RUL-077: %j', (overrides, message) => {
    expect(problems(overrides)).toEqual([message]);
  });

  it.each(['repo', 'branch', 'workspace'])('RUL-077: scope %s may be narrowed to files', (scope) => {
    expect(problems({ scope, pathGlob: 'src/**', branch: 'main', workspaceUserId: '7' })).toEqual([]);
  });
});

describe('what a document leaves open', () => {
  it('RUL-126: the key is the title in lower case with hyphens, in any script', () => {
    expect(keyOfTitle('  Use `ESM` imports! ')).toBe('use-esm-imports');
    expect(keyOfTitle('Правило №1')).toBe('правило-no1');
    expect(keyOfTitle('!!!')).toBe('!!!');
  });

  it('RUL-154: one engine, ast-grep before Semgrep', () => {
    expect(engineOf(rule())).toBe('none');
    expect(engineOf(rule({ semgrepRule: 'rules: []' }))).toBe('semgrep');
    expect(engineOf(rule({ semgrepRule: 'rules: []', astGrepQuery: 'pattern: x' }))).toBe('ast_grep');
    expect(engineOf(rule({ astGrepQuery: 'pattern: x', semgrepRule: 'rules: []', engine: 'semgrep' }))).toBe('semgrep');
    expect(engineOf(rule({ importBoundary: { from: 'a/**', to: 'b/**', mode: 'deny' } }))).toBe('builtin');
  });

  it('RUL-433: the category goes by the type', () => {
    expect(categoryOf(rule({ type: 'syntactic' }))).toBe('correctness');
    expect(categoryOf(rule({ type: 'styling' }))).toBe('convention');
    expect(categoryOf(rule({ category: 'security' }))).toBe('security');
  });
});

describe('RUL-125 globs', () => {
  it.each([
    ['**/*.ts', '.github/x.ts', true],
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'lib/src/a.ts', false],
    ['src/**', 'src', false],
    ['**', 'a/.b/c', true],
    ['src/**/x.ts', 'src/x.ts', true],
    ['*.ts', 'a.ts', true],
    ['*.ts', 'a/b.ts', false],
    ['/src/*.ts', 'src/a.ts', true],
    ['./src/*.ts', 'src/a.ts', true],
    ['src/{a,b}/*.ts', 'src/b/x.ts', true],
    ['[ab].ts', 'c.ts', false],
    ['a?c', 'abc', true],
    ['SRC/**', 'src/a', false],
    ['**/*.ts', 'a\nb/x.ts', true],
    ['app/(a|b)/*.ts', 'app/a/x.ts', false],
    ['app/[[]slug]/*.ts', 'app/[slug]/x.ts', true],
    ['c++/$x/^y.ts', 'c++/$x/^y.ts', true],
    ['a\\*.ts', 'a*.ts', true],
    ['a\\*.ts', 'ab.ts', false],
    ['app/(group)/*.ts', 'app/(group)/x.ts', true],
  ])('%s on %j: %s', (glob, path, expected) => {
    expect(globMatcher(glob)(path)).toBe(expected);
  });

  it.each([
    ['', 'empty'],
    ['src/', 'end it with /**'],
    ['!src/**', 'starts with !'],
    ['+(a|aa)b', 'not supported'],
    ['{1..100000}.ts', 'ranges'],
    ['../x/*.ts', '..'],
    ['src/{a', 'not closed'],
    ['*a*a*a*a*b', 'more than 3 times *'],
    ['**/a/**/b/**/c/**/d', 'more than 3 times **'],
    ['**/*a*a*/**/*a*a*', 'more than 6 wildcards'],
    ['a'.repeat(301), 'longer'],
  ])('refuses %j', (glob, reason) => {
    expect(ruleGlobProblem(glob)).toContain(reason);
    expect(globMatcher(glob)('src/a.ts')).toBe(false);
  });
});
