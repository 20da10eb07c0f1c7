// `driftline review --fix`: the fixes of what was found, tried on a copy first, then written into the working tree.
// What is printed here goes to standard error; the report of what remains is the caller's.
import { UserError } from '../errors.ts';
import type { Finding, Report } from '../finding.ts';
import { readFileAt } from '../git/blob.ts';
import { commitFiles } from '../git/commit.ts';
import { NoWorkFile, readWorkFile, replaceWorkFile, type WorkFile } from '../git/work-file.ts';
import { applyEdits, type SkippedFix } from '../review/apply.ts';
import { soundFixes } from '../review/fix.ts';
import { count } from '../review/markdown.ts';
import { byPlace } from '../review/select.ts';
import { printable } from './printable.ts';

export interface FixRequest {
  /** The top of the working tree. */
  root: string;
  /** The working tree as a commit, and the repository that holds it. */
  repository: string;
  head: string;
  report: Report;
  analyse: (head: string) => Promise<Report>;
}

/** Writes the fixes that hold; returns the report of the tree as it is then. */
export async function fixWorkingTree({ root, repository, head, report, analyse }: FixRequest): Promise<Report> {
  const withEdit = report.findings.filter(({ edit }) => edit !== null);
  const { files: there, skipped: closed } = await readFiles(root, withEdit);
  const open = withEdit.filter(({ edit }) => there.has(edit?.place.path ?? ''));
  // A filter of git may have made other bytes of a file than stand in the tree, such as other line ends.
  const inTree = applyEdits(open, new Map([...there].map(([path, file]) => [path, file.bytes])));
  const committed = new Map<string, Uint8Array>();
  for (const path of inTree.files.keys()) {
    const bytes = await readFileAt(repository, head, path);
    if (bytes !== null) committed.set(path, bytes);
  }
  const sound = await soundFixes(report, inTree.applied, committed, async (files) =>
    analyse((await commitFiles(repository, head, files)).commit),
  );
  const written = applyEdits(sound.applied, new Map([...there].map(([path, file]) => [path, file.bytes])));
  await writeFiles(root, there, written.files);
  tell(sound.applied, [...closed, ...inTree.skipped, ...sound.skipped], written.files.size);
  return sound.after ?? report;
}

async function readFiles(root: string, findings: readonly Finding[]) {
  const files = new Map<string, WorkFile>();
  const reasons = new Map<string, string>();
  const skipped: SkippedFix[] = [];
  for (const finding of findings) {
    const path = finding.edit?.place.path ?? '';
    if (!files.has(path) && !reasons.has(path)) {
      try {
        files.set(path, await readWorkFile(root, path));
      } catch (error) {
        if (!(error instanceof NoWorkFile)) throw error;
        reasons.set(path, error.message);
      }
    }
    const reason = reasons.get(path);
    if (reason !== undefined) skipped.push({ finding, reason });
  }
  return { files, skipped };
}

async function writeFiles(root: string, there: Map<string, WorkFile>, files: Map<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    const before = there.get(path);
    if (before === undefined) continue;
    try {
      await replaceWorkFile(root, path, before, bytes);
    } catch (error) {
      const why = error instanceof NoWorkFile ? error.message : String((error as NodeJS.ErrnoException).code ?? error);
      throw new UserError('not-writable', `${printable(path)} could not be written: ${why}`, { cause: error });
    }
  }
}

function tell(applied: readonly Finding[], skipped: readonly SkippedFix[], files: number): void {
  const line = (text: string) => process.stderr.write(`driftline: ${printable(text)}\n`);
  const about = ({ place, ruleId, id }: Finding) => `${place.path}:${place.startLine} ${ruleId} (${id.slice(0, 12)})`;
  for (const finding of applied) line(`fixed ${about(finding)}`);
  for (const { finding, reason } of [...skipped].sort((a, b) => byPlace(a.finding, b.finding))) {
    line(`not fixed ${about(finding)}: ${reason}`);
  }
  line(
    applied.length === 0 ? 'nothing was fixed' : `${count(applied.length, 'problem')} fixed in ${count(files, 'file')}`,
  );
}
