// Finds the repository, the revision or the base branch that a person at the command line means.
// Their mistakes become one clear line each.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { GitError, gitText } from './run.ts';

/** The top folder of the working tree around `directory`, or the repository itself when it is bare. */
export async function repositoryRoot(directory: string): Promise<string> {
  const cwd = resolve(directory);
  const isFolder = await stat(cwd).then(
    (at) => at.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UserError('not-a-repository', `${directory} is not a directory`);
  const root = await topOf(directory, cwd);
  if ((await gitText(['rev-parse', '--show-object-format'], { cwd: root })) !== 'sha1') {
    throw new UserError('object-format', `${root} names its objects by SHA-256`);
  }
  return root;
}

async function topOf(directory: string, cwd: string): Promise<string> {
  try {
    const bare = await gitText(['rev-parse', '--is-bare-repository'], { cwd });
    return await gitText(['rev-parse', bare === 'true' ? '--absolute-git-dir' : '--show-toplevel'], { cwd });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.stderr.includes('dubious ownership')) {
      throw new UserError('git-failed', `git refuses ${directory}, which belongs to another user (safe.directory)`);
    }
    throw new UserError('not-a-repository', `${directory} is not inside a git repository`, { cause: error });
  }
}

/** The full commit id of a revision. */
export async function resolveRevision(repository: string, revision: string): Promise<string> {
  const sha = await commitOf(repository, revision);
  if (sha === null) throw new UserError('unknown-revision', `${JSON.stringify(revision)} names no commit here`);
  return sha;
}

/** The branch that a change most likely goes to. */
export async function defaultBase(repository: string): Promise<string> {
  for (const name of ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master']) {
    if ((await commitOf(repository, name)) !== null) return name;
  }
  throw new UserError('no-base', 'no branch origin/HEAD, main or master was found to compare with');
}

async function commitOf(repository: string, revision: string): Promise<string | null> {
  // To git `^main` is a commit to leave out, and it answers with the sign still in front.
  if (revision.startsWith('^')) return null;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  try {
    return await gitText(args, { cwd: repository });
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== null) return null;
    throw error;
  }
}
