// Reads git's diff into files and hunks, and answers the one question a reviewer's comments hang on: which lines can be
// commented on. Pure; it must not know GitHub's JSON.
export interface DiffLine {
  kind: ' ' | '+' | '-' | '\\';
  text: string;
  old: number | null;
  new: number | null;
  /** GitHub's `position`: 1 is the line under the file's first hunk header. */
  position: number;
}

export interface DiffHunk {
  header: string;
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: DiffLine[];
}

export interface FileDiff {
  path: string;
  oldPath: string | null;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  sha: string | null;
  additions: number;
  deletions: number;
  binary: boolean;
  /** As the API gives it: hunks only. Null when binary, empty or too large. */
  patch: string | null;
  hunks: DiffHunk[];
}

export type Side = 'LEFT' | 'RIGHT';

const PATCH_BYTES_MAX = 1_000_000;
const PATCH_LINES_MAX = 20_000;

interface RawEntry {
  status: string;
  path: string;
  oldPath: string | null;
  newSha: string;
}

function parseRaw(raw: string): RawEntry[] {
  const parts = raw.split('\0');
  const entries: RawEntry[] = [];
  for (let i = 0; i + 1 < parts.length; ) {
    const [, , , newSha = '', status = ''] = (parts[i] ?? '').slice(1).split(' ');
    const twoPaths = status.startsWith('R') || status.startsWith('C');
    const first = parts[i + 1] ?? '';
    entries.push({
      status: status.charAt(0),
      path: twoPaths ? (parts[i + 2] ?? '') : first,
      oldPath: twoPaths ? first : null,
      newSha,
    });
    i += twoPaths ? 3 : 2;
  }
  return entries;
}

function parseHunks(section: string): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let hunk: DiffHunk | undefined;
  let oldLine = 0;
  let newLine = 0;
  let position = 0;
  const lines = section.split('\n');
  for (const line of lines) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (header) {
      oldLine = Number(header[1]);
      newLine = Number(header[3]);
      if (hunk) position += 1;
      hunk = {
        header: line,
        oldStart: oldLine,
        oldLines: Number(header[2] ?? 1),
        newStart: newLine,
        newLines: Number(header[4] ?? 1),
        lines: [],
      };
      hunks.push(hunk);
      continue;
    }
    if (!hunk) continue;
    position += 1;
    const kind = line.charAt(0);
    const text = line.slice(1);
    if (kind === '+') hunk.lines.push({ kind, text, old: null, new: newLine++, position });
    else if (kind === '-') hunk.lines.push({ kind, text, old: oldLine++, new: null, position });
    else if (kind === '\\') hunk.lines.push({ kind, text, old: null, new: null, position });
    else hunk.lines.push({ kind: ' ', text, old: oldLine++, new: newLine++, position });
  }
  return hunks;
}

const statuses: Record<string, FileDiff['status']> = { A: 'added', D: 'removed', R: 'renamed', T: 'changed' };

export function parseDiff(raw: string, patch: string): FileDiff[] {
  // Split at line feeds only: a `^` would also match behind a carriage return or U+2028 inside a hostile file.
  const sections = `\n${patch}`.split('\ndiff --git ').slice(1);
  let next = 0;
  return parseRaw(raw).map((entry) => {
    let section = sections[next++] ?? '';
    if (entry.status === 'T') section += sections[next++] ?? ''; // a type change is a deletion and an addition
    const start = section.indexOf('\n@@ ');
    const text = start < 0 ? '' : section.slice(start + 1).replace(/\n$/, '');
    const hunks = entry.status === 'T' ? [] : parseHunks(text);
    const lines = hunks.flatMap((h) => h.lines);
    const large = text.length > PATCH_BYTES_MAX || lines.length > PATCH_LINES_MAX;
    return {
      path: entry.path,
      oldPath: entry.oldPath,
      status: statuses[entry.status] ?? 'modified',
      sha: /^0+$/.test(entry.newSha) ? null : entry.newSha,
      additions: lines.filter((l) => l.kind === '+').length,
      deletions: lines.filter((l) => l.kind === '-').length,
      binary: start < 0 && section.includes('\nBinary files '),
      patch: large || text === '' ? null : text,
      hunks: large ? [] : hunks,
    };
  });
}

function onSide(line: DiffLine, side: Side): number | null {
  return side === 'RIGHT' ? line.new : line.old;
}

export interface Anchor {
  file: FileDiff;
  position: number;
  /** Hunk header down to the commented line, as GitHub shows it above a comment. */
  diffHunk: string;
}

/** Where a comment on this line hangs; null when the line is in no hunk, or a range leaves its hunk. */
export function findAnchor(
  files: FileDiff[],
  path: string,
  line: number,
  side: Side,
  startLine: number | null,
  startSide: Side,
): Anchor | null {
  const file = files.find((f) => f.path === path);
  if (!file) return null;
  for (const hunk of file.hunks) {
    const at = hunk.lines.findIndex((l) => onSide(l, side) === line);
    if (at < 0) continue;
    const from = startLine === null ? at : hunk.lines.findIndex((l) => onSide(l, startSide) === startLine);
    if (from < 0 || from > at) return null;
    const shown = hunk.lines.slice(0, at + 1).map((l) => l.kind + l.text);
    return { file, position: hunk.lines[at]?.position ?? 1, diffHunk: [hunk.header, ...shown].join('\n') };
  }
  return null;
}

/** Where an old line stands after a change; null when the change touched it. */
export function carryLine(file: FileDiff | undefined, line: number): number | null {
  let shift = 0;
  for (const hunk of file?.hunks ?? []) {
    for (const l of hunk.lines) {
      if (l.old === line) return l.kind === '-' ? null : l.new;
    }
    if (hunk.oldStart + hunk.oldLines <= line) shift += hunk.newLines - hunk.oldLines;
  }
  return line + shift;
}
