// `driftline scan`: whole files of a tree, no git needed. The tree gives context, findings are reported for the paths.
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { localOwner } from '../analysis/rule-source.ts';
import { scanFolder } from '../analysis/team-rules.ts';
import { UserError } from '../errors.ts';
import { type RepositoryConfig, repositoryConfigPath } from '../repository-config.ts';
import { commandDeps } from './engine.ts';
import { exitCodeOf, parseFailOn, parseFormat } from './format/format.ts';
import { configOf, printReport } from './print.ts';
import { folderState } from './rule-files.ts';
import { commandRules } from './team.ts';

export interface ScanOptions {
  root: string;
  rules: string[];
  format: string;
  failOn: string;
}

export async function scan(paths: readonly string[], options: ScanOptions): Promise<number> {
  const format = parseFormat(options.format);
  const failOn = parseFailOn(options.failOn);
  const root = rootOf(options.root);
  const config = configOfFolder(root);
  const rules = await commandRules(folderState(root), config, options.rules);
  const asked = { rules, owner: localOwner, branch: null, userId: null };
  const report = await printReport(format, false, (onProgress) =>
    scanFolder(
      commandDeps(),
      {
        root,
        paths: paths.map((given) => belowRoot(root, given)),
        exclude: config.exclude,
        levels: config.levels,
        onProgress,
      },
      asked,
    ),
  );
  return exitCodeOf(report, failOn, config.rules.onEngineUnavailable);
}

export function configOfFolder(root: string): RepositoryConfig {
  return configOf(readOptional(path.join(root, repositoryConfigPath)), repositoryConfigPath);
}

export function rootOf(given: string): string {
  if (!existsSync(given) || !statSync(given).isDirectory()) {
    throw new UserError('no-such-path', `--root ${JSON.stringify(given)} is not a folder`);
  }
  return realpathSync(given);
}

/** A path as the user typed it (below the working folder, or below the root), as the engine wants it. */
function belowRoot(root: string, given: string): string {
  const candidates = [path.resolve(given), path.resolve(root, given)];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) throw new UserError('no-such-path', `${JSON.stringify(given)} does not exist`);
  // The folder is resolved, the last name is not: a symbolic link is reported as one, never followed.
  const real = path.join(realpathSync(path.dirname(found)), path.basename(found));
  const relative = path.relative(root, found === root ? root : real);
  const outside = relative === '..' || relative.startsWith(`..${path.sep}`);
  if (outside || path.isAbsolute(relative)) {
    throw new UserError('no-such-path', `${JSON.stringify(given)} is not below --root ${JSON.stringify(root)}`);
  }
  return relative.split(path.sep).join('/');
}

/** As in a commit, a link or whatever else is not a regular file counts as none; a named pipe would never end. */
function readOptional(file: string): Uint8Array | null {
  try {
    return lstatSync(file).isFile() ? readFileSync(file) : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UserError('unreadable-config', `${repositoryConfigPath} cannot be read`, { cause: error });
  }
}
