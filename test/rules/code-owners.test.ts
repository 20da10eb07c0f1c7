import { describe, expect, it } from 'vitest';
import { ownersOf, parseCodeOwners } from '../../src/rules/code-owners.ts';

/** The example of GitHub's own documentation, with what the text beside it says. */
const documented = parseCodeOwners(`# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`);

const owners = (path: string, of = documented) => ownersOf(of, path)?.owners ?? null;

describe('RUL-193 CODEOWNERS', () => {
  it.each([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['src/a/b.js', ['@js-owner']],
    ['main.go', ['docs@example.com']],
    ['deep/er/x.txt', ['@octo-org/octocats']],
    ['build/logs/a.log', ['@octocat']],
    ['deeply/nested/logs/x', ['@octocat']],
    ['docs/getting-started.md', ['@doctocat']],
    ['lib/apps/x.rb', ['@octocat']],
    ['apps/web/x.rb', ['@octocat']],
    ['scripts/a.sh', ['@doctocat', '@octocat']],
    ['apps/github/x.rb', []],
  ])('%s: %j', (path, expected) => {
    expect(owners(path)).toEqual(expected);
  });

  it.each([
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/build/a.md', false],
    ['docs/*', 'lib/docs/a.md', false],
    ['docs', 'lib/docs/a.md', true],
    ['docs/api', 'docs/api/a.md', true],
    ['docs/api', 'lib/docs/api/a.md', false],
    ['/docs', 'docs/a/b.md', true],
    ['/docs', 'lib/docs/a.md', false],
    ['logs/', 'a/logs/b', true],
    ['logs/', 'a/logs', false],
    ['/a/**/z.ts', 'a/b/c/z.ts', true],
    ['*.d.ts', 'src/.hidden/x.d.ts', true],
    ['src/**', 'src/a', true],
    ['a{b,c}', 'ab', false],
    ['my\\ docs/', 'my docs/a', true],
    ['SRC/', 'src/a', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(owners(path, parseCodeOwners(`${pattern} @a`))).toEqual(expected ? ['@a'] : null);
  });

  it('leaves out what GitHub leaves out, and says so', () => {
    const { rules, skipped } = parseCodeOwners('!a @x\r\n[ab].ts @x\r\n\\#a @x\r\n*a*b*c*d* @x\r\nok @y\r\n');
    expect(rules.map(({ line, pattern }) => [line, pattern])).toEqual([[5, 'ok']]);
    expect(skipped.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  it('bounds a hostile file', () => {
    const { rules, skipped } = parseCodeOwners('a @x\n'.repeat(6_000));
    expect([rules.length, skipped.length]).toEqual([5_000, 1_000]);
    expect(parseCodeOwners('x'.repeat(4_000_000)).rules).toEqual([]);
  });
});
