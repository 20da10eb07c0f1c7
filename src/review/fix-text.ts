// What is said of fixes: the message of the commit, and the answers to whoever asked. Pure. Names in a commit message
// are a stranger's too: no trailer, no mention, no reference to an issue and no word to a build can come of them.
import type { Finding } from '../finding.ts';
import type { SkippedFix } from './apply.ts';
import { code, count, prose } from './markdown.ts';

const listed = 20;

/** The line by which a later attempt knows the commit of an earlier one. `key`: of letters, digits and hyphens. */
export function requestTrailer(key: string): string {
  return `Driftline-Request: ${key}`;
}

/** Ends in a paragraph of trailers. */
export function commitMessage(applied: readonly Finding[], key: string): string {
  const [only] = applied;
  const title =
    applied.length === 1 && only !== undefined
      ? `Fix a problem found by Driftline (${harmless(only.ruleId)})`
      : `Fix ${count(applied.length, 'problem')} found by Driftline`;
  const lines = applied
    .slice(0, listed)
    .map(({ ruleId, place, id }) => `- ${harmless(`${place.path}:${place.startLine} ${ruleId}`)} ${id.slice(0, 12)}`);
  const more = applied.length > listed ? [`- and ${applied.length - listed} more`] : [];
  return [title, '', ...lines, ...more, '', requestTrailer(key)].join('\n');
}

/** A character of no width parts what would be read: `@name`, `#12`, `GH-12`, `[skip ci]`. */
function harmless(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
    .replace(/[@#[]|\bGH-/gi, '$&\u200b')
    .replace(/:\/\//g, ':\u200b//');
}

export function committedText(sha: string, applied: readonly Finding[], skipped: readonly SkippedFix[]): string {
  const files = new Set(applied.map(({ place }) => place.path)).size;
  const what = `Committed as ${sha.slice(0, 12)}: ${count(applied.length, 'problem')} fixed in ${count(files, 'file')}.`;
  return [what, skippedText(skipped)].filter((part) => part !== '').join('\n\n');
}

/** The fixes that were left out, with their reasons; empty without any. */
export function skippedText(skipped: readonly SkippedFix[]): string {
  if (skipped.length === 0) return '';
  const lines = skipped.slice(0, listed).map(({ finding, reason }) => {
    const { place, ruleId } = finding;
    return `- ${code(`${place.path}:${place.startLine}`)} (${code(ruleId)}): ${prose(reason)}`;
  });
  const more = skipped.length > listed ? [`- … and ${skipped.length - listed} more`] : [];
  return ['Not fixed:', '', ...lines, ...more].join('\n');
}
