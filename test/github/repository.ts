// One repository in the hands of a test: commits, forks, pull requests, merge groups, re-runs of checks.
import { join } from 'node:path';
import type { World } from './api.ts';
import { type Changes, GitRepository } from './git.ts';
import { FakePull } from './pull.ts';
import { type CheckRun, fullName, now, type Pull, type Repository, type SarifUpload } from './state.ts';

export interface RepositoryOptions {
  files?: Changes;
  private?: boolean;
  codeScanning?: boolean;
}

export interface PullOptions {
  /** Changes committed on a new branch off the base, unless `branch` exists already and no changes are given. */
  files?: Changes;
  branch?: string;
  base?: string;
  title?: string;
  body?: string;
  author?: string;
  draft?: boolean;
  /** Owner of the fork the branch lives in. */
  fork?: string;
}

export async function makeRepository(
  world: World,
  folder: string,
  name: string,
  parent: Repository | null,
  options: RepositoryOptions = {},
): Promise<FakeRepository> {
  const [owner = '', short = ''] = name.split('/');
  const { state } = world;
  const record: Repository = {
    id: state.nextId(),
    owner: state.user(owner, parent ? 'User' : 'Organization'),
    name: short,
    private: options.private ?? true,
    parent,
    codeScanning: options.codeScanning ?? true,
    git: await GitRepository.init(join(folder, `${owner}-${short}.git`)),
    pulls: new Map(),
    checkRuns: [],
    suites: [],
    uploads: [],
    collaborators: new Map(),
    protectedBranches: new Set(),
    nextNumber: 1,
  };
  state.repositories.set(name.toLowerCase(), record);
  if (options.files) await record.git.commit('main', options.files, 'Start');
  return new FakeRepository(world, folder, record);
}

export class FakeRepository {
  readonly #world: World;
  readonly #folder: string;
  readonly record: Repository;

  constructor(world: World, folder: string, record: Repository) {
    this.#world = world;
    this.#folder = folder;
    this.record = record;
  }

  get id(): number {
    return this.record.id;
  }

  get name(): string {
    return fullName(this.record);
  }

  /** What a job of the App says about this repository. */
  get ref(): { installationId: number; repositoryId: number; owner: string; name: string } {
    const { id, owner, name } = this.record;
    return { installationId: this.#world.state.app.installationId, repositoryId: id, owner: owner.login, name };
  }

  get git(): GitRepository {
    return this.record.git;
  }

  /** Commits on a branch of this repository (no webhook: the App does not hear of pushes). */
  async commit(branch: string, changes: Changes, message?: string, onto?: string): Promise<string> {
    const sha = await this.git.commit(branch, changes, message, onto);
    for (const pull of this.record.pulls.values()) {
      if (pull.state === 'open' && pull.baseRef === branch) await new FakePull(this.#world, pull).refresh();
    }
    return sha;
  }

  async fork(owner: string): Promise<FakeRepository> {
    const name = `${owner}/${this.record.name}`;
    const known = this.#world.state.repository(owner, this.record.name);
    if (known) return new FakeRepository(this.#world, this.#folder, known);
    const fork = await makeRepository(this.#world, this.#folder, name, this.record, { private: this.record.private });
    await fork.git.take(this.git, await this.git.must('refs/heads/main'), 'refs/heads/main');
    return fork;
  }

  async openPull(options: PullOptions = {}): Promise<FakePull> {
    const { state } = this.#world;
    const number = this.record.nextNumber++;
    const baseRef = options.base ?? 'main';
    const headRef = options.branch ?? `change-${number}`;
    const head = options.fork ? await this.fork(options.fork) : this;
    const base = await this.git.must(`refs/heads/${baseRef}`);
    if (options.fork) await head.git.take(this.git, base, `refs/heads/${baseRef}`);
    const title = options.title ?? `Change ${number}`;
    if (options.files) {
      const onto = (await head.git.resolve(`refs/heads/${headRef}`)) ?? base;
      await head.git.commit(headRef, options.files, title, onto);
    }
    const at = now();
    const record: Pull = {
      id: state.nextId(),
      number,
      repository: this.record,
      head: head.record,
      headRef,
      headSha: await head.git.must(`refs/heads/${headRef}`),
      previousHead: null,
      baseRef,
      title,
      body: options.body ?? '',
      author: state.user(options.author ?? options.fork ?? 'mona'),
      draft: options.draft ?? false,
      state: 'open',
      mergedAt: null,
      mergeSha: null,
      createdAt: at,
      updatedAt: at,
      reviews: [],
      comments: [],
      issueComments: [],
      stale: null,
    };
    this.record.pulls.set(number, record);
    const pull = new FakePull(this.#world, record);
    await pull.refresh();
    this.#world.lag(record);
    await pull.requestSuite();
    await pull.announce('opened');
    return pull;
  }

  checkRuns(): CheckRun[] {
    return [...this.record.checkRuns];
  }

  uploads(): SarifUpload[] {
    return [...this.record.uploads];
  }

  /** Somebody presses "Re-run" on a check run. */
  async rerequestRun(run: CheckRun): Promise<void> {
    const { render, state, webhooks } = this.#world;
    const suite = this.record.suites.find((s) => s.id === run.suiteId);
    if (suite) suite.rerequested = true;
    const payload = {
      check_run: render.checkRun(this.record, run),
      repository: render.repository(this.record),
      sender: render.user(state.user('mona')),
    };
    await webhooks.send('check_run', 'rerequested', payload, this.record);
  }

  /** Somebody presses one of the buttons that the App has put on its check run. */
  async pressAction(run: CheckRun, identifier: string, login = 'mona'): Promise<void> {
    const { render, state, webhooks } = this.#world;
    if (run.status !== 'completed' || !run.actions.some((action) => action.identifier === identifier)) {
      throw new Error(`check run ${run.name} shows no button ${identifier}`);
    }
    const payload = {
      check_run: render.checkRun(this.record, run),
      requested_action: { identifier },
      repository: render.repository(this.record),
      sender: render.user(state.user(login)),
    };
    await webhooks.send('check_run', 'requested_action', payload, this.record);
  }

  /** What a person may do here, as a collaborator. */
  setRole(login: string, role: 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'): void {
    this.#world.state.user(login);
    this.record.collaborators.set(login, role);
  }

  /** Somebody presses "Re-run all checks". */
  async rerequestSuite(headSha: string): Promise<void> {
    const { render, state, webhooks } = this.#world;
    const suite = state.suite(this.record, headSha, null);
    suite.rerequested = true;
    const payload = {
      check_suite: render.checkSuite(this.record, suite),
      repository: render.repository(this.record),
      sender: render.user(state.user('mona')),
    };
    await webhooks.send('check_suite', 'rerequested', payload, this.record);
  }

  /** Puts pull requests into the merge queue as one group; returns the group's head. */
  async mergeGroup(pulls: FakePull[]): Promise<{ headSha: string; headRef: string }> {
    const { render, state, webhooks } = this.#world;
    const baseRef = pulls[0]?.record.baseRef ?? 'main';
    const base = await this.git.must(`refs/heads/${baseRef}`);
    let headSha = base;
    for (const pull of pulls) {
      const merged = await this.git.testMerge(headSha, pull.headSha, `Merge pull request #${pull.number}`);
      if (!merged) throw new Error(`pull request ${pull.number} conflicts with the group`);
      headSha = merged;
    }
    const headRef = `refs/heads/gh-readonly-queue/${baseRef}/pr-${pulls.at(-1)?.number ?? 0}-${base}`;
    await this.git.setRef(headRef, headSha);
    const commit = {
      id: headSha,
      tree_id: headSha,
      message: 'Merge',
      timestamp: now(),
      author: { name: 'Mona', email: 'mona@example.com' },
      committer: { name: 'Mona', email: 'mona@example.com' },
    };
    const payload = {
      merge_group: {
        head_sha: headSha,
        head_ref: headRef,
        base_sha: base,
        base_ref: `refs/heads/${baseRef}`,
        head_commit: commit,
      },
      repository: render.repository(this.record),
      sender: render.user(state.user('github-merge-queue[bot]', 'Bot')),
    };
    await webhooks.send('merge_group', 'checks_requested', payload, this.record);
    return { headSha, headRef };
  }
}
