// Where Semgrep is. It is not ours: it may be missing, elsewhere or broken, and each of that is said in one line.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { quoted } from '../../config.ts';

export type Found = { program: string } | { unavailable: string };

/**
 * The program to start, as an absolute path: `configured` (SEMGREP_PATH), else `semgrep` on PATH, else the project's own.
 * A configured one that is not there is not replaced by another: it would be a version that nobody chose.
 */
export function findSemgrep(configured: string | null, searchPath: string = process.env.PATH ?? ''): Found {
  if (configured !== null) {
    const program = path.resolve(configured);
    if (isProgram(program)) return { program };
    return { unavailable: `SEMGREP_PATH ${quoted(configured)} is no program that this user can run` };
  }
  const onPath = searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, 'semgrep'))
    .find(isProgram);
  const program = onPath ?? fromProject();
  return program === null ? { unavailable: 'Semgrep is not installed' } : { program };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Set-up puts it beside the sources; compiled files lie one folder deeper. */
function fromProject(): string | null {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, '.venv', process.platform === 'win32' ? 'Scripts' : 'bin', 'semgrep');
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) return null;
  }
}
