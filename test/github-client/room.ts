// A fake GitHub with one pull request, the real client in front of it, and plans as literals.
import { pino } from 'pino';
import { createGitHub, type GitHubEdge, type GitHubOptions } from '../../src/github/client.ts';
import type { PublishResult } from '../../src/github/port.ts';
import { findingMarker, reviewMarker } from '../../src/review/marker.ts';
import type { Annotation, InlineComment, ReviewPlan } from '../../src/review/plan.ts';
import type { PullSnapshot } from '../../src/review/pull.ts';
import { type FakeGitHub, type FakeOptions, startFakeGitHub } from '../github/fake.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository, RepositoryOptions } from '../github/repository.ts';

export interface Room {
  fake: FakeGitHub;
  repository: FakeRepository;
  pull: FakePull;
  github: GitHubEdge;
  /** Another worker: nothing is remembered from the first. */
  anotherClient(options?: Partial<GitHubOptions>): GitHubEdge;
}

/** Lines 1 to `changedLines` of src/shop.py are new in the pull request. */
const changedLines = 30;

export async function openRoom(
  fakeOptions: FakeOptions = {},
  repositoryOptions: RepositoryOptions = {},
): Promise<Room> {
  const fake = await startFakeGitHub(fakeOptions);
  const repository = await fake.createRepository('acme/shop', {
    files: { 'README.md': 'shop\n' },
    ...repositoryOptions,
  });
  const lines = Array.from({ length: changedLines }, (_, index) => `line ${index + 1}\n`);
  const pull = await repository.openPull({ files: { 'src/shop.py': lines.join('') } });
  const anotherClient = (options: Partial<GitHubOptions> = {}) => connect(fake, options);
  return { fake, repository, pull, github: anotherClient(), anotherClient };
}

const unpaced = { everyMs: 0, burst: 1 };

export function connect(fake: FakeGitHub, options: Partial<GitHubOptions> = {}): GitHubEdge {
  return createGitHub({
    appId: fake.world.state.app.id,
    privateKey: fake.env.PRIVATE_KEY ?? '',
    baseUrl: fake.apiUrl,
    webUrl: fake.origin,
    log: pino({ level: 'silent' }),
    patience: { retries: 3, backoffMs: 20, limitMs: 3_000 },
    settleWaitsMs: [20, 20, 20],
    pace: { write: unpaced, notify: unpaced },
    ...options,
  });
}

export function findingId(n: number): string {
  return `df1_${String(n).padStart(32, '0')}`;
}

export function commentOn(line: number, path = 'src/shop.py'): InlineComment {
  const id = findingId(line);
  return { findingId: id, path, line, startLine: null, body: `${findingMarker(id)}\nA query runs in a loop.` };
}

export function annotation(line: number): Annotation {
  return {
    path: 'src/shop.py',
    startLine: line,
    endLine: line,
    startColumn: 1,
    endColumn: 5,
    level: 'warning',
    title: 'N+1 query',
    message: `Line ${line} runs a query for each order.`,
  };
}

export interface PlanOptions {
  comments?: InlineComment[];
  annotations?: Annotation[];
}

export function planFor(headSha: string, { comments = [commentOn(3)], annotations }: PlanOptions = {}): ReviewPlan {
  return {
    headSha,
    review: comments.length === 0 ? null : { body: `${reviewMarker(headSha)}\nDriftline found problems.`, comments },
    check: {
      conclusion: comments.length === 0 ? 'success' : 'neutral',
      title: `${comments.length} new problems`,
      summary: 'What was found.',
      text: null,
      annotations: annotations ?? comments.map((comment) => annotation(comment.line)),
    },
    edits: [],
    checkWaits: false,
    sarif: {
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'driftline', rules: [] } }, results: [] }],
    },
  };
}

/** What a job does with GitHub, from the first read to the last write. */
export async function review(
  room: Room,
  plan = planFor(room.pull.headSha),
  github = room.github,
): Promise<PublishResult & { snapshot: PullSnapshot }> {
  const snapshot = await github.pull(room.repository.ref, room.pull.number, plan.headSha);
  const check = await github.startCheck(room.repository.ref, plan.headSha, false);
  const posted = await github.posted(snapshot);
  return { ...(await github.publish(snapshot, plan, check.id, posted)), snapshot };
}

export async function closeRoom(room: Room): Promise<void> {
  try {
    await room.fake.assertClean();
  } finally {
    await room.fake.stop();
  }
}
