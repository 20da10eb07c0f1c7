// What publishing itself found out and the check must say: comments that GitHub refused, and why code scanning has
// nothing. Pure text.
import { code, count, cut, plain } from './markdown.ts';
import type { CheckPlan, InlineComment } from './plan.ts';

/** GitHub's limit is 65,535 characters. */
const summaryLimit = 65_500;
const listed = 20;

export interface Outcome {
  /** Comments whose place GitHub did not accept. */
  refused: readonly InlineComment[];
  /** Why nothing was uploaded to code scanning; null when it was. */
  notUploaded: string | null;
}

export function withOutcome(check: CheckPlan, { refused, notUploaded }: Outcome): CheckPlan {
  const notes = [
    refusedNote(refused),
    notUploaded === null ? '' : `Code scanning has no results: ${plain(notUploaded)}.`,
  ]
    .filter((note) => note !== '')
    .join('\n\n');
  if (notes === '') return check;
  return { ...check, summary: `${cut(check.summary, summaryLimit - notes.length - 2)}\n\n${notes}` };
}

function refusedNote(refused: readonly InlineComment[]): string {
  if (refused.length === 0) return '';
  const places = refused.slice(0, listed).map(({ path, line }) => `- ${code(`${path}:${line}`)}`);
  const more = refused.length > listed ? [`- … and ${refused.length - listed} more`] : [];
  return [`GitHub did not accept ${count(refused.length, 'comment')} at its place:`, '', ...places, ...more].join('\n');
}
