// The rule files of a working tree, read from disk: bounded, and without following links out of it.
import { closeSync, type Dirent, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { type FileProblem, fileProblem } from '../rules/file/problem.ts';
import {
  isRuleFile,
  type RuleFile,
  type RuleFiles,
  readRuleFiles,
  ruleFolder,
  utilityFolder,
} from '../rules/file/read.ts';
import { yamlBounds } from '../rules/file/yaml.ts';

/** A working tree belongs to no account; its rules are those of one nameless repository. */
export const localOwner = { orgId: 'local', repoId: 'local' } as const;

/** Beyond it the rest is not read; 500 rules are the limit anyway. */
const maxFiles = 2_000;

/** `root` is absolute and without links. No folder of rules means no rules, which is no error. */
export function readWorkTreeRules(root: string): RuleFiles {
  const found: Found = { files: [], problems: [] };
  for (const folder of [ruleFolder, utilityFolder]) collect(root, folder, found);
  const read = readRuleFiles(found.files, {
    ...localOwner,
    commit: null,
    // A working tree has no time of its own; all its rules are equally new.
    at: '1970-01-01T00:00:00Z',
    impliedEnforcementCap: 'warn',
  });
  return { ...read, problems: [...found.problems, ...read.problems] };
}

interface Found {
  files: RuleFile[];
  problems: FileProblem[];
}

function collect(root: string, folder: string, found: Found): void {
  const link = folder
    .split('/')
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))
    .find((part) => lstatSync(path.join(root, part), { throwIfNoEntry: false })?.isSymbolicLink());
  if (link !== undefined) {
    found.problems.push(linkProblem(link));
    return;
  }
  const waiting = [folder];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of entriesOf(root, below)) {
      const name = `${below}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(name);
      if (!isRuleFile(name)) continue;
      if (entry.isSymbolicLink()) found.problems.push(linkProblem(name));
      if (!entry.isFile()) continue;
      if (found.files.length >= maxFiles) {
        const what = `there are more than ${maxFiles} rule files, and the rest is not read`;
        found.problems.push(fileProblem('too-many-rules', folder, null, what));
        return;
      }
      found.files.push({ path: name, bytes: startOf(path.join(root, name)) });
    }
  }
}

/** As in a commit, where a link is no file. */
function linkProblem(name: string): FileProblem {
  return fileProblem('link', name, null, 'this is a link, and links are not followed');
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

/** One byte more than is allowed is enough to tell that a file is too large. */
function startOf(file: string): Uint8Array {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const buffer = new Uint8Array(yamlBounds.maxBytes + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    return buffer.slice(0, length);
  } catch (error) {
    throw new UserError('unreadable-rules', `${JSON.stringify(file)} cannot be read`, { cause: error });
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
