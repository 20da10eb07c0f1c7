// The edit of a finding in a review: whether GitHub can apply it with one click, and where its comment then stands.
// Pure. GitHub replaces the lines that a comment stands on by the text of its suggestion block, and no more (RUL-420).
import type { ChangedFile, Edit, Finding } from '../finding.ts';
import { applyEdit, byClaim, overlap } from './apply.ts';

/** Longer edits are no reading for a comment, in characters of what goes and what comes. */
export const editLimit = 800;

/** Lines that go and lines that come, as in a diff. */
export function diffText({ before, after }: Edit): string {
  const marked = (mark: string, text: string) => text.split('\n').map((line) => `${mark}${line}`);
  return [...marked('-', before), ...(after === '' ? [] : marked('+', after))].join('\n');
}

/** The text between the fences of a suggestion: without a line the lines go. */
export function suggestionBlock({ after }: Edit): string {
  const longest = Math.max(2, ...(after.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}suggestion\n${after === '' ? '' : `${after}\n`}${fence}`;
}

/**
 * Would one click on the suggestion write the very file that the fixer computes? Not where lines end in more than a
 * line feed or the file begins with a byte order mark: a suggestion cannot say so.
 */
export function isVerbatim(edit: Edit, bytes: Uint8Array): boolean {
  const fixed = applyEdit(edit, bytes);
  if (fixed === null) return false;
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n');
  const { startLine, endLine } = edit.place;
  lines.splice(startLine - 1, endLine - startLine + 1, ...(edit.after === '' ? [] : edit.after.split('\n')));
  const clicked = new TextEncoder().encode(lines.join('\n'));
  return clicked.length === fixed.length && clicked.every((byte, index) => byte === fixed[index]);
}

/** Why the edit of a finding is not a suggestion, in words that follow "not directly applicable:". */
export type Refusal = string;

/**
 * What speaks against a suggestion, per finding with an edit; null: nothing. Of edits on the same lines the one with
 * the higher level, then the surer, is suggested. `notVerbatim`: ids of findings for which `isVerbatim` is not true.
 */
export function suggestionRefusals(
  findings: readonly Finding[],
  files: readonly ChangedFile[],
  notVerbatim: ReadonlySet<string>,
): Map<Finding, Refusal | null> {
  const refusals = new Map<Finding, Refusal | null>();
  const suggested: Edit[] = [];
  for (const finding of [...findings].sort(byClaim)) {
    const { edit, id } = finding;
    if (edit === null) continue;
    const refusal = refusalOf(edit, files, notVerbatim.has(id), suggested);
    refusals.set(finding, refusal);
    if (refusal === null) suggested.push(edit);
  }
  return refusals;
}

function refusalOf(
  edit: Edit,
  files: readonly ChangedFile[],
  isOtherwise: boolean,
  suggested: readonly Edit[],
): Refusal | null {
  const { path, startLine, endLine, startColumn } = edit.place;
  const hunks = files.find((file) => file.path === path)?.hunks;
  if (hunks === undefined) return 'this change does not touch the file';
  const lines = edit.before.split('\n').length;
  if (startColumn !== 1 || lines !== endLine - startLine + 1) return 'it is not one of whole lines';
  const within = hunks.some(
    ({ newStart, newLines }) => newLines > 0 && newStart <= startLine && endLine < newStart + newLines,
  );
  if (!within) return 'its lines are not together in one part of the diff';
  if (isOtherwise || /\r/.test(`${edit.before}${edit.after}`)) return 'a click would not keep its line ends';
  if (!isShown(edit)) return 'it is long';
  return suggested.some((other) => overlap(other, edit)) ? 'another suggestion is for the same lines' : null;
}

export function isShown({ before, after }: Edit): boolean {
  return before.length + after.length <= editLimit;
}

/**
 * Where the comment of a finding stands: on the lines that its suggestion replaces, else on its anchor.
 * null: the finding belongs to no line of the diff.
 */
export function commentPlace(
  finding: Finding,
  suggested: boolean,
): { path: string; startLine: number | null; line: number } | null {
  const { anchorLine, anchorPath, edit } = finding;
  if (anchorLine === null || anchorPath === null) return null;
  if (edit === null || !suggested) return { path: anchorPath, startLine: null, line: anchorLine };
  const { path, startLine, endLine } = edit.place;
  return { path, startLine: startLine === endLine ? null : startLine, line: endLine };
}
