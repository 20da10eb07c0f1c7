// Applies the edits of findings to the texts of files: bottom-up, each edit only where the text is still the one that
// was analysed, byte for byte elsewhere. Pure; it must not know where the texts come from nor where they go.
import type { Edit, Finding } from '../finding.ts';
import { compareLevel } from './level.ts';
import { byPlace } from './select.ts';

export interface SkippedFix {
  finding: Finding;
  /** One plain sentence part, without a full stop. */
  reason: string;
}

export interface AppliedFixes {
  /** The new bytes of each file that changes, by path. */
  files: Map<string, Uint8Array>;
  /** By place. Several findings may share one edit; then it is applied once and all are listed. */
  applied: Finding[];
  /** By place. */
  skipped: SkippedFix[];
}

const byteOrderMark = '\uFEFF';

/** Which of two edits that touch the same lines is applied (RUL-420): the higher level, then the surer, then by place. */
export function byClaim(a: Finding, b: Finding): number {
  return compareLevel(a.level, b.level) || b.confidence - a.confidence || byPlace(a, b);
}

export function sameEdit(a: Edit, b: Edit): boolean {
  return sameLines(a, b) && a.before === b.before && a.after === b.after;
}

function sameLines({ place: a }: Edit, { place: b }: Edit): boolean {
  return a.path === b.path && a.startLine === b.startLine && a.endLine === b.endLine;
}

export function overlap({ place: a }: Edit, { place: b }: Edit): boolean {
  return a.path === b.path && a.startLine <= b.endLine && b.startLine <= a.endLine;
}

/** Of findings without an edit nothing is said. `texts`: the analysed bytes of the files that edits are in. */
export function applyEdits(findings: readonly Finding[], texts: ReadonlyMap<string, Uint8Array>): AppliedFixes {
  const skipped: SkippedFix[] = [];
  const won: { finding: Finding; edit: Edit }[] = [];
  const applied: Finding[] = [];
  const lines = new Map<string, string[] | null>();
  for (const finding of [...findings].sort(byClaim)) {
    const { edit } = finding;
    if (edit === null) continue;
    const { path } = edit.place;
    if (!lines.has(path)) lines.set(path, linesOf(texts.get(path)));
    const reason = refusal(edit, texts.has(path), lines.get(path) ?? null);
    const rival = won.find((other) => overlap(other.edit, edit));
    if (reason !== null) skipped.push({ finding, reason });
    else if (rival !== undefined && !sameEdit(rival.edit, edit)) {
      const { ruleId, place } = rival.finding;
      skipped.push({ finding, reason: `its lines are those of the fix of ${ruleId} in line ${place.startLine}` });
    } else {
      applied.push(finding);
      if (rival === undefined) won.push({ finding, edit });
    }
  }
  const files = new Map<string, Uint8Array>();
  const bottomUp = won.map(({ edit }) => edit).sort((a, b) => b.place.startLine - a.place.startLine);
  for (const edit of bottomUp) {
    const { path } = edit.place;
    const now = lines.get(path);
    if (now === null || now === undefined) continue;
    lines.set(path, replaced(now, edit));
  }
  for (const path of [...new Set(bottomUp.map((edit) => edit.place.path))].sort()) {
    files.set(path, new TextEncoder().encode((lines.get(path) ?? []).join('\n')));
  }
  return {
    files,
    applied: applied.sort(byPlace),
    skipped: skipped.sort((a, b) => byPlace(a.finding, b.finding)),
  };
}

/** The file with this edit alone; null where it does not stand on the lines that it was made for. */
export function applyEdit(edit: Edit, bytes: Uint8Array): Uint8Array | null {
  const lines = linesOf(bytes);
  if (lines === null || refusal(edit, true, lines) !== null) return null;
  return new TextEncoder().encode(replaced(lines, edit).join('\n'));
}

/** What stands between line feeds, a carriage return at the end included; null when the bytes are no UTF-8. */
function linesOf(bytes: Uint8Array | undefined): string[] | null {
  try {
    // The mark is kept, so that decoding loses no byte.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array()).split('\n');
  } catch {
    return null;
  }
}

function refusal(edit: Edit, isThere: boolean, lines: readonly string[] | null): string | null {
  const { startLine, endLine, startColumn } = edit.place;
  if (!isThere) return 'its file cannot be read';
  if (lines === null) return 'its file is not UTF-8';
  if (startColumn !== 1 || endLine < startLine) return 'the fix is not one of whole lines';
  if (!edit.after.isWellFormed()) return 'the fix is not text';
  if (edit.after !== '' && unified(edit.before) === unified(edit.after)) return 'the fix changes nothing';
  return standing(lines, edit) === ours(edit.before, edit) ? null : 'its lines are not those that were analysed';
}

/** The lines of the edit as they stand, between line feeds, without a byte order mark; null when there are not so many. */
function standing(lines: readonly string[], { place: { startLine, endLine } }: Edit): string | null {
  const isPhantom = endLine === lines.length && lines[endLine - 1] === '' && endLine > 1;
  if (endLine > lines.length || isPhantom) return null;
  const text = lines.slice(startLine - 1, endLine).map((line, index) => bare(lines, startLine - 1 + index, line));
  return startLine === 1 ? withoutMark(text.join('\n')) : text.join('\n');
}

/** A line without the carriage return that belongs to its end; the last one has no end. */
function bare(lines: readonly string[], index: number, line: string): string {
  return index < lines.length - 1 && line.endsWith('\r') ? line.slice(0, -1) : line;
}

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

function unified(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\r$/, '');
}

function ours(text: string, { place }: Edit): string {
  return place.startLine === 1 ? withoutMark(unified(text)) : unified(text);
}

/** The file ends its lines as it did: those that come as those that go, and a last line without an end stays so. */
function replaced(lines: readonly string[], edit: Edit): string[] {
  const { startLine, endLine } = edit.place;
  const [from, to] = [startLine - 1, endLine];
  const head = lines.slice(0, from);
  const tail = lines.slice(to);
  const mark = startLine === 1 && lines[0]?.startsWith(byteOrderMark) ? byteOrderMark : '';
  if (edit.after === '') return withMark(mark, withoutLines(head, tail));
  const isEnded = (index: number) => index < lines.length - 1;
  const ends = (index: number) => isEnded(index) && (lines[index] ?? '').endsWith('\r');
  // A file of one line without an end says nothing of how its lines end.
  const between = isEnded(from) ? ends(from) : ends(from - 1);
  const text = ours(edit.after, edit).split('\n');
  const coming = text.map((line, index) => {
    const isCarried = index === text.length - 1 ? ends(to - 1) : between;
    return isCarried ? `${line}\r` : line;
  });
  return withMark(mark, [...head, ...coming, ...tail]);
}

/** The lines go with their ends. When the last one had none, the one that is last now has none. */
function withoutLines(head: readonly string[], tail: readonly string[]): string[] {
  if (tail.length > 0) return [...head, ...tail];
  const last = head.at(-1);
  return last === undefined ? [''] : [...head.slice(0, -1), last.replace(/\r$/, '')];
}

function withMark(mark: string, lines: string[]): string[] {
  return mark === '' ? lines : [`${mark}${lines[0] ?? ''}`, ...lines.slice(1)];
}
