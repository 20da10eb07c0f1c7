// Turns a working tree as it stands (tracked changes, and untracked files that are not ignored) into a commit
// that can be analysed like any other. Nothing is written into the user's repository: index, objects and
// repository are temporary ones that borrow the real objects.
import { rmSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { identity } from './commit.ts';
import { GitError, type GitOptions, git, gitText } from './run.ts';

export interface Snapshot {
  /** A bare repository that holds the commit and sees everything of the real one. */
  repository: string;
  head: string;
  dispose(): Promise<void>;
}

export async function snapshotWorkingTree(repositoryDir: string): Promise<Snapshot> {
  if ((await gitText(['rev-parse', '--is-bare-repository'], { cwd: repositoryDir })) === 'true') {
    throw new UserError('no-working-tree', `${repositoryDir} is a bare repository, it has no working tree`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'driftline-'));
  const forget = removeWhenKilled(folder);
  const dispose = async () => {
    await rm(folder, { recursive: true, force: true });
    forget();
  };
  try {
    const repository = join(folder, 'repository.git');
    await borrow(repositoryDir, repository);
    const head = await commit(repositoryDir, repository);
    return { repository, head, dispose };
  } catch (error) {
    await dispose();
    if (!(error instanceof GitError)) throw error;
    // `git add` names the file first and then says that adding failed.
    const reason = /^error: (.+)$/m.exec(error.stderr)?.[1] ?? error.message;
    throw new UserError('git-failed', `the working tree could not be read: ${reason}`, { cause: error });
  }
}

/** Ctrl-C ends the process as ever, but leaves no folder behind. Returns what takes the care off again. */
function removeWhenKilled(folder: string): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    forget();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return forget;
}

/** Makes a bare repository that reads its objects from the real one. */
async function borrow(source: string, target: string): Promise<void> {
  const at: GitOptions = { cwd: source };
  const format = await gitText(['rev-parse', '--show-object-format'], at);
  await git(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, target], at);
  const objects = resolve(source, await gitText(['rev-parse', '--git-path', 'objects'], at));
  await writeFile(join(target, 'objects', 'info', 'alternates'), `${objects}\n`);
  // Where a shallow clone ends is written down beside the objects, not in them.
  const shallow = resolve(source, await gitText(['rev-parse', '--git-path', 'shallow'], at));
  await copyFile(shallow, join(target, 'shallow')).catch(ignoreMissing);
}

async function commit(source: string, target: string): Promise<string> {
  const index = join(target, 'index');
  const realIndex = resolve(source, await gitText(['rev-parse', '--git-path', 'index'], { cwd: source }));
  await copyFile(realIndex, index).catch(ignoreMissing);
  const at: GitOptions = {
    cwd: source,
    timeoutMs: 600_000,
    config: { 'core.splitIndex': 'false', 'core.looseCompression': '0', 'advice.addEmbeddedRepo': 'false' },
    env: {
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: join(target, 'objects'),
      ...identity,
    },
  };
  await git(['add', '--all', '--', '.'], at);
  const tree = await gitText(['write-tree', '--missing-ok'], at);
  const parent = await gitText(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], at).catch(() => null);
  const parents = parent === null ? [] : ['-p', parent];
  return gitText(['commit-tree', ...parents, '-m', 'Working tree', tree], at);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
