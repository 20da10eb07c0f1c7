// What the fake GitHub holds: plain records and one way to find each. It must not know HTTP, JSON shapes or faults.
import type { FileDiff, Side } from './diff.ts';
import type { GitRepository } from './git.ts';

export interface User {
  id: number;
  login: string;
  type: 'User' | 'Organization' | 'Bot';
}

export interface Reaction {
  id: number;
  content: string;
  user: User;
}

export interface ReviewComment {
  id: number;
  /** The first comment of the thread, for replies. */
  inReplyTo: number | null;
  reactions: Reaction[];
  reviewId: number;
  user: User;
  body: string;
  /** Of a review not yet submitted: nobody but its author sees it. */
  pending: boolean;
  path: string;
  side: Side;
  startSide: Side;
  originalLine: number;
  originalStartLine: number | null;
  originalPosition: number;
  originalCommit: string;
  diffHunk: string;
  /** Where it stands at the newest head; null once outdated. */
  line: number | null;
  startLine: number | null;
  position: number | null;
  commit: string;
  createdAt: string;
  updatedAt: string;
  read: boolean;
}

export interface Review {
  id: number;
  user: User;
  body: string;
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED';
  commit: string;
  /** Posted for a commit that was not the head any more. */
  stale: boolean;
  submittedAt: string;
  read: boolean;
}

export interface IssueComment {
  id: number;
  /** Slug of the App through which a person wrote it. */
  via: string | null;
  reactions: Reaction[];
  user: User;
  body: string;
  createdAt: string;
  updatedAt: string;
  read: boolean;
}

export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: 'notice' | 'warning' | 'failure';
  message: string;
  title?: string;
  raw_details?: string;
}

export interface CheckRun {
  id: number;
  suiteId: number;
  name: string;
  headSha: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: string;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: Annotation[];
  actions: { label: string; description: string; identifier: string }[];
}

export interface CheckSuite {
  id: number;
  headSha: string;
  headBranch: string | null;
  /** Asked again and not answered yet by any check run. */
  rerequested: boolean;
  createdAt: string;
}

export interface SarifUpload {
  id: string;
  commit: string;
  ref: string;
  /** The decoded log. */
  log: unknown;
  errors: string[];
  polled: number;
}

export interface Pull {
  id: number;
  number: number;
  repository: Repository;
  head: Repository;
  headRef: string;
  headSha: string;
  /** The head before the last push, for stale reads. */
  previousHead: string | null;
  baseRef: string;
  title: string;
  body: string;
  author: User;
  draft: boolean;
  state: 'open' | 'closed';
  mergedAt: string | null;
  mergeSha: string | null;
  createdAt: string;
  updatedAt: string;
  reviews: Review[];
  comments: ReviewComment[];
  issueComments: IssueComment[];
  /** What the next reads shall say instead of the truth. */
  stale: { reads: number; say: 'missing' | 'old-head' } | null;
}

export interface Repository {
  id: number;
  owner: User;
  name: string;
  private: boolean;
  parent: Repository | null;
  codeScanning: boolean;
  git: GitRepository;
  pulls: Map<number, Pull>;
  checkRuns: CheckRun[];
  suites: CheckSuite[];
  uploads: SarifUpload[];
  collaborators: Map<string, 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'>;
  /** Branches that take changes only through pull requests. */
  protectedBranches: Set<string>;
  nextNumber: number;
}

export type Level = 'read' | 'write' | 'admin';

export interface Token {
  value: string;
  expiresAt: number;
  permissions: Record<string, string>;
  repositories: Set<number> | null;
}

export interface Delivery {
  id: number;
  guid: string;
  event: string;
  action: string;
  payload: unknown;
  repositoryId: number | null;
  redelivery: boolean;
  deliveredAt: string;
  sentMs: number;
  durationS: number;
  /** 0: never got there. */
  statusCode: number;
  status: string;
  responseBody: string;
  requestHeaders: Record<string, string>;
}

export interface AppIdentity {
  id: number;
  slug: string;
  name: string;
  installationId: number;
  permissions: Record<string, string>;
  events: string[];
  publicKey: string;
  privateKey: string;
  webhookSecret: string;
}

export class State {
  readonly app: AppIdentity;
  readonly bot: User;
  readonly users = new Map<string, User>();
  readonly repositories = new Map<string, Repository>();
  readonly tokens = new Map<string, Token>();
  readonly deliveries: Delivery[] = [];
  readonly problems: string[] = [];
  /** `refs owner/name` or `pack owner/name`, one for each request of a git client. */
  readonly gitCalls: string[] = [];
  suspendedAt: string | null = null;
  #lastId = 1000;

  constructor(app: AppIdentity) {
    this.app = app;
    this.bot = this.user(`${app.slug}[bot]`, 'Bot');
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  user(login: string, type: User['type'] = 'User'): User {
    let user = this.users.get(login);
    if (!user) {
      user = { id: this.nextId(), login, type };
      this.users.set(login, user);
    }
    return user;
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.repositories.get(`${owner}/${name}`.toLowerCase());
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  suite(repository: Repository, headSha: string, headBranch: string | null): CheckSuite {
    let suite = repository.suites.find((s) => s.headSha === headSha);
    if (!suite) {
      suite = { id: this.nextId(), headSha, headBranch, rerequested: false, createdAt: now() };
      repository.suites.push(suite);
    }
    return suite;
  }
}

export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** The base a pull request is compared from, and the files it shows. */
export async function pullFiles(pull: Pull, head = pull.headSha): Promise<{ mergeBase: string; files: FileDiff[] }> {
  const { git } = pull.repository;
  const mergeBase = await git.mergeBase(`refs/heads/${pull.baseRef}`, head);
  return { mergeBase, files: await git.diff(mergeBase, head) };
}

export function suiteStatus(repository: Repository, suite: CheckSuite): { status: string; conclusion: string | null } {
  const runs = repository.checkRuns.filter((r) => r.suiteId === suite.id);
  if (suite.rerequested || runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.some((r) => r.status !== 'completed')) return { status: 'in_progress', conclusion: null };
  const worst = ['failure', 'timed_out', 'cancelled', 'action_required', 'neutral', 'success', 'skipped'];
  return { status: 'completed', conclusion: worst.find((w) => runs.some((r) => r.conclusion === w)) ?? 'neutral' };
}
