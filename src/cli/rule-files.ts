// A working tree as the reader of rules sees it: files below some folders, bounded, and without following links out of it.
import { closeSync, type Dirent, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import type { RepositoryState } from '../analysis/rule-source.ts';
import { UserError } from '../errors.ts';
import type { RuleFile } from '../rules/file/read.ts';

type Wanted = Parameters<RepositoryState['readFiles']>[0];
type Found = Awaited<ReturnType<RepositoryState['readFiles']>>;

/** `root` is absolute and without links. */
export function folderState(root: string): RepositoryState {
  return {
    commit: null,
    // A working tree has no time of its own; all its rules are equally new.
    at: '1970-01-01T00:00:00Z',
    readFiles: async (wanted) => {
      const found: Found = { files: [], cut: false, links: [] };
      for (const name of wanted.under) collect(root, name, wanted, found);
      return found;
    },
  };
}

function collect(root: string, name: string, wanted: Wanted, found: Found): void {
  const parts = name.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
  const link = parts.find((part) => statOf(root, part)?.isSymbolicLink());
  if (link !== undefined) {
    found.links.push(link);
    return;
  }
  if (statOf(root, name)?.isFile()) take(root, name, wanted, found);
  const waiting = [name];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of entriesOf(root, below)) {
      const inner = `${below}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(inner);
      else if (entry.isSymbolicLink() && wanted.wants(inner)) found.links.push(inner);
      else if (entry.isFile()) take(root, inner, wanted, found);
      if (found.cut) return;
    }
  }
}

function take(root: string, name: string, { wants, maxFiles, maxBytes }: Wanted, found: Found): void {
  if (!wants(name)) return;
  if (found.files.length >= maxFiles) found.cut = true;
  else found.files.push({ path: name, bytes: startOf(path.join(root, name), maxBytes + 1) });
}

function statOf(root: string, name: string) {
  return lstatSync(path.join(root, name), { throwIfNoEntry: false });
}

function entriesOf(root: string, folder: string): Dirent[] {
  try {
    return readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new UserError('unreadable-rules', `${folder} cannot be read`, { cause: error });
  }
}

/** Files of `folder`, wherever it lies, by names below it. For rules that the command line is given besides. */
export async function filesOfFolder(folder: string, wants: Wanted['wants'], maxBytes: number): Promise<RuleFile[]> {
  const { base, dir } = path.parse(path.resolve(folder));
  const { files } = await folderState(dir).readFiles({ under: [base], wants, maxFiles: 2_000, maxBytes });
  return files;
}

/** One byte more than is allowed is enough to tell that a file is too large. */
function startOf(file: string, length: number): Uint8Array {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const buffer = new Uint8Array(length);
    let filled = 0;
    for (let got = -1; got !== 0 && filled < length; filled += got) {
      got = readSync(descriptor, buffer, filled, length - filled, null);
    }
    return buffer.slice(0, filled);
  } catch (error) {
    throw new UserError('unreadable-rules', `${JSON.stringify(file)} cannot be read`, { cause: error });
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
