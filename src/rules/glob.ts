// Globs of rules: which are accepted, and what they match. Pure.
// picomatch compiles a glob to a backtracking expression, so its cost is bounded by what a glob may hold; and the engine's
// glob library must mean the same by it, so what only one of the two knows is refused.
import picomatch from 'picomatch';
import { globProblem } from '../repository-config.ts';

const maxLength = 300;
const maxStarsInSegment = 3;
const maxGlobstars = 3;
const maxWildcards = 6;

/**
 * What is wrong with a glob, as the end of a sentence ("it ends with a slash; …"), or null.
 * The bounds keep the dearest match at about a second: each further wildcard multiplies it by the length of the path.
 */
export function ruleGlobProblem(glob: string): string | null {
  if (glob === '') return 'it is empty';
  if (glob.length > maxLength) return `it is longer than ${maxLength} characters`;
  const broken = globProblem(glob);
  if (broken !== null) return broken;
  if (glob.startsWith('!')) return 'it starts with !, and a rule names the files that it is for';
  if (/(^|[^\\])[!?*+@]\(/.test(glob)) return 'groups such as @(a|b) are not supported; write {a,b}';
  if (/\{[^}]*\.\.[^}]*\}/.test(glob)) return 'ranges such as {1..3} are not supported; write {1,2,3}';
  if (glob.split('/').includes('..')) return 'it contains .., and globs start at the root of the repository';
  if (glob.endsWith('/')) return 'it ends with a slash and would match no file; end it with /**';
  const segments = glob.split('/');
  const globstars = segments.filter((segment) => segment === '**').length;
  const stars = segments.map((segment) => (segment === '**' ? 0 : (segment.match(/\*+/g) ?? []).length));
  if (globstars > maxGlobstars) return `it has more than ${maxGlobstars} times **`;
  if (Math.max(...stars) > maxStarsInSegment)
    return `it has more than ${maxStarsInSegment} times * between two slashes`;
  const total = globstars + stars.reduce((sum, count) => sum + count, 0);
  return total > maxWildcards ? `it has more than ${maxWildcards} wildcards` : null;
}

/** Compiled once: a review asks for the same few hundred globs with every file. Bounded, and nothing but a memory. */
const matchers = new Map<string, (path: string) => boolean>();
const maxMatchers = 10_000;

/**
 * A test for paths relative to the root of the repository, with `/`. Dot files match. A glob with a problem matches
 * nothing: schemas refuse it before it comes here.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const known = matchers.get(glob);
  if (known !== undefined) return known;
  if (matchers.size >= maxMatchers) matchers.clear();
  const matcher = compile(glob);
  matchers.set(glob, matcher);
  return matcher;
}

function compile(glob: string): (path: string) => boolean {
  if (ruleGlobProblem(glob) !== null) return () => false;
  // The flag lets `**` cross a folder with a line break in its name, which would otherwise hide files from every rule.
  // Parentheses and bars are letters here (Next.js names folders so), while picomatch passes them on to the expression.
  const plain = glob.replace(/^\.?\//, '').replace(/\\.|[()|]/gs, (mark) => (mark.length > 1 ? mark : `\\${mark}`));
  // `src/**` means what lies in the folder; picomatch would take a file named `src` as well, the engine's library not.
  const matches = picomatch(plain.replace(/\/\*\*$/, '/**/*'), {
    dot: true,
    noextglob: true,
    nonegate: true,
    flags: 's',
  });
  return (path) => matches(path);
}
