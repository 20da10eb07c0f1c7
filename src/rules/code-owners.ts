// CODEOWNERS as GitHub reads it: who owns a file. Pure; the text is that of the base branch.
// GitHub's patterns look like .gitignore's and differ where it counts: `docs/*` does not reach into folders, and `!`, `[ ]`
// and `\#` are not supported. Hence each pattern becomes globs of ours instead of lines for a .gitignore library.
import { globMatcher, ruleGlobProblem } from './glob.ts';

export interface OwnerRule {
  /** 1-based line of the file. */
  line: number;
  pattern: string;
  /** As written: `@user`, `@org/team`, an address. Empty: nobody owns what matches. */
  owners: readonly string[];
  matches: (path: string) => boolean;
}

export interface CodeOwners {
  rules: readonly OwnerRule[];
  /** Lines that GitHub would leave out, or that cost too much to match. */
  skipped: readonly { line: number; reason: string }[];
}

/** GitHub reads no larger file. */
const maxBytes = 3 * 1024 * 1024;
const maxRules = 5_000;

/** Where GitHub looks, in its order; the first one that exists counts. */
export const codeOwnersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

export function parseCodeOwners(text: string): CodeOwners {
  const rules: OwnerRule[] = [];
  const skipped: { line: number; reason: string }[] = [];
  if (text.length > maxBytes) return { rules, skipped: [{ line: 1, reason: 'the file is larger than 3 MB' }] };
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const [pattern, ...owners] = wordsOf(raw);
    if (pattern === undefined) continue;
    const line = index + 1;
    const globs = globsOf(pattern);
    const problem = patternProblem(pattern) ?? globs.map(ruleGlobProblem).find((one) => one !== null) ?? null;
    if (problem !== null || rules.length >= maxRules) {
      skipped.push({ line, reason: problem ?? `the file has more than ${maxRules} patterns` });
      continue;
    }
    // Compiled when first asked for: most lines of a long file never decide anything.
    const matches = (path: string) => globs.some((glob) => globMatcher(glob)(path));
    rules.push({ line, pattern, owners, matches });
  }
  return { rules, skipped };
}

/** The last line that matches; null when none does. */
export function ownersOf({ rules }: CodeOwners, path: string): OwnerRule | null {
  return rules.findLast((rule) => rule.matches(path)) ?? null;
}

/** Pattern and owners, without the comment; a space in the pattern is written `\ `. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:\\.|[^\s\\]|\\$)+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

function patternProblem(pattern: string): string | null {
  if (pattern.startsWith('!')) return 'GitHub does not support ! here';
  if (/[[\]]/.test(pattern)) return 'GitHub does not support [ ] here';
  return pattern.startsWith('\\#') ? 'GitHub does not support \\# here' : null;
}

function globsOf(pattern: string): string[] {
  const folderOnly = pattern.endsWith('/');
  const bare = pattern.replace(/^\/|\/$/g, '').replace(/[{}]/g, '\\$&');
  if (bare === '' || bare === '*' || bare === '**') return ['**'];
  const anchored = pattern.slice(0, -1).includes('/');
  const path = anchored || bare.startsWith('**/') ? bare : `**/${bare}`;
  if (folderOnly) return [`${path}/**`];
  // `docs/*` names the files in a folder, `docs/api` a file or all of a folder.
  return anchored && path.endsWith('/*') ? [path] : path.endsWith('/**') ? [path] : [path, `${path}/**`];
}
