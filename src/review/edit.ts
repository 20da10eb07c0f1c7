// The edit of a finding: as a diff for people, and on which line of a review it can be applied with one click.
import type { ChangedFile, Edit, Finding } from '../finding.ts';

/** Lines that go and lines that come, as in a diff. */
export function diffText({ before, after }: Edit): string {
  const marked = (mark: string, text: string) => text.split('\n').map((line) => `${mark}${line}`);
  return [...marked('-', before), ...marked('+', after)].join('\n');
}

/**
 * Where the comment of a finding stands. A suggestion replaces the lines its comment stands on, and these must
 * lie within one hunk on the new side (RUL-420); a line that an earlier suggestion of the review replaces is not
 * suggested again. `taken` is added to. `null`: the finding belongs to no line of the diff.
 */
export function commentPlace(
  finding: Finding,
  files: readonly ChangedFile[],
  taken: Set<string>,
): { path: string; startLine: number | null; line: number; suggested: boolean } | null {
  const { anchorLine, anchorPath, edit } = finding;
  if (anchorLine === null || anchorPath === null) return null;
  const plain = { path: anchorPath, startLine: null, line: anchorLine, suggested: false };
  if (edit === null) return plain;
  const { path, startLine, endLine } = edit.place;
  const hunks = files.find((file) => file.path === path)?.hunks ?? [];
  const inHunk = hunks.some(
    ({ newStart, newLines }) => newStart <= startLine && endLine < newStart + newLines && newLines > 0,
  );
  const lines = Array.from({ length: endLine - startLine + 1 }, (_, index) => `${path}:${startLine + index}`);
  if (!inHunk || lines.some((line) => taken.has(line))) return plain;
  for (const line of lines) taken.add(line);
  return { path, startLine: startLine === endLine ? null : startLine, line: endLine, suggested: true };
}
