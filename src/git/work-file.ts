// Reads and replaces single files of a working tree: never through a symbolic link, never outside the tree, and whole
// or not at all. It must not know what is written.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, realpath, rename, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Why a file of the working tree is left alone, in plain words without a full stop. */
export class NoWorkFile extends Error {}

export interface WorkFile {
  bytes: Buffer;
  /** Permission bits. */
  mode: number;
}

/** `path`: relative to the root, with `/`. Throws `NoWorkFile` for anything but a regular file of this tree. */
export async function readWorkFile(root: string, path: string): Promise<WorkFile> {
  const file = await placeOf(root, path);
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error: unknown) => {
    throw new NoWorkFile('its file cannot be read', { cause: error });
  });
  try {
    return { bytes: await handle.readFile(), mode: (await handle.stat()).mode & 0o7777 };
  } finally {
    await handle.close();
  }
}

/** Replaces the file when it still says what was read. Throws `NoWorkFile` when it does not, and what the system throws. */
export async function replaceWorkFile(root: string, path: string, before: WorkFile, bytes: Uint8Array): Promise<void> {
  const file = await placeOf(root, path);
  const draft = join(file, '..', `.driftline-${randomUUID()}.tmp`);
  try {
    const handle = await open(draft, 'wx', before.mode);
    try {
      await handle.writeFile(bytes);
      await handle.chmod(before.mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await readWorkFile(root, path)).bytes.equals(before.bytes)) {
      throw new NoWorkFile('its file was changed meanwhile');
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function placeOf(root: string, path: string): Promise<string> {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git')) {
    throw new NoWorkFile('its path leads out of the working tree');
  }
  const top = await realpath(root);
  const folder = join(top, posix.dirname(path));
  const file = join(folder, posix.basename(path));
  const [real, at] = await Promise.all([realpath(folder), lstat(file)]).catch((error: unknown) => {
    throw new NoWorkFile('its file is not in the working tree', { cause: error });
  });
  if (real !== folder) throw new NoWorkFile('its file lies behind a symbolic link');
  if (!at.isFile()) throw new NoWorkFile('it is no regular file');
  return file;
}
