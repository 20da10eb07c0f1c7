// The fake GitHub against real clients: Octokit, git and @octokit/webhooks. What it must refuse matters most.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Octokit } from '@octokit/rest';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FakeGitHub } from './fake.ts';
import type { FakePull } from './pull.ts';
import type { FakeRepository } from './repository.ts';
import { at, head, openShop, silent, statusOf } from './shop.ts';

const run = promisify(execFile);

let fake: FakeGitHub;
let shop: FakeRepository;
let octokit: Octokit;

async function token(permissions?: Record<string, string>): Promise<string> {
  const { data } = await octokit.apps.createInstallationAccessToken({
    installation_id: 77,
    repositories: ['shop'],
    ...(permissions ? { permissions } : {}),
  });
  return data.token;
}

beforeEach(async () => {
  ({ fake, shop, octokit } = await openShop());
});

afterEach(() => fake.stop());

describe('pull requests', () => {
  test('files, patches and counts come from git', async () => {
    const pull = await shop.openPull({
      files: { 'a.txt': head, 'new.txt': { from: 'old name.txt' }, 'b.bin': new Uint8Array([0, 1, 2]) },
    });
    const { data } = await octokit.pulls.get({ ...at, pull_number: pull.number });
    expect(data.head.sha).toBe(pull.headSha);
    expect(data.changed_files).toBe(3);
    const { data: files } = await octokit.pulls.listFiles({ ...at, pull_number: pull.number });
    expect(files.map((f) => [f.filename, f.status, f.additions, f.patch?.split('\n')[0]])).toEqual([
      ['a.txt', 'modified', 2, '@@ -7,7 +7,7 @@ line 6'],
      ['b.bin', 'added', 0, undefined],
      ['new.txt', 'renamed', 0, undefined],
    ]);
    expect(await shop.git.resolve('refs/pull/1/head')).toBe(pull.headSha);
    expect(await shop.git.resolve('refs/pull/1/merge')).toBe(data.merge_commit_sha);
    await fake.assertClean();
  });

  test('lists are cut into pages with Link headers', async () => {
    const pull = await shop.openPull({
      files: Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`f/${i}.txt`, 'x\n'])),
    });
    const all = await octokit.paginate(octokit.pulls.listFiles, { ...at, pull_number: pull.number, per_page: 50 });
    expect(all).toHaveLength(130);
    expect(fake.count('GET /repos/{owner}/{repo}/pulls/{pull_number}/files')).toBe(3);
    await fake.assertClean();
  });

  test('hostile names reach the repository as they are', async () => {
    const names = ['sp ace.py', 'quo"te.py', 'new\nline.py', 'emoji 🦀.py', '../outside.py', 'b\\slash.py'];
    const pull = await shop.openPull({
      files: { ...Object.fromEntries(names.map((n) => [n, `${n}\n`])), link: { symlink: '/etc/passwd' } },
    });
    const listed = await shop.git.run(['ls-tree', '-r', '-z', '--name-only', pull.headSha]);
    expect(listed.split('\0').filter((n) => n !== '')).toEqual(expect.arrayContaining([...names, 'link']));
    const { data } = await octokit.pulls.listFiles({ ...at, pull_number: pull.number });
    expect(data.map((f) => f.filename)).toEqual(expect.arrayContaining([...names, 'link']));
    await fake.assertClean();
  });

  test('a fork is found by number, not by commit', async () => {
    const pull = await shop.openPull({ fork: 'stranger', files: { 'a.txt': head } });
    const { data } = await octokit.pulls.get({ ...at, pull_number: 1 });
    expect(data.head.repo.full_name).toBe('stranger/shop');
    const search = await octokit.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: pull.headSha });
    expect(search.data).toEqual([]);
    await fake.assertClean();
  });
});

describe('reviews', () => {
  const review = (
    comments: { path: string; line: number; start_line?: number; body: string; side?: string }[],
    more = {},
  ) => octokit.pulls.createReview({ ...at, pull_number: 1, event: 'COMMENT', body: 'look', comments, ...more });

  let pull: FakePull;
  beforeEach(async () => {
    pull = await shop.openPull({ files: { 'a.txt': head } });
  });

  test('a review with good anchors is kept, unread it is complained about, and it moves with the head', async () => {
    await review([
      { path: 'a.txt', line: 10, body: 'ten' },
      { path: 'a.txt', start_line: 28, line: 30, body: 'thirty' },
    ]);
    await expect(fake.assertClean()).rejects.toThrow('unread comment on acme/shop#1 a.txt:10: ten');
    const { data } = await octokit.pulls.listReviewComments({ ...at, pull_number: 1 });
    expect(data.map((c) => [c.line, c.start_line ?? null, c.user.login, c.diff_hunk.split('\n').at(-1)])).toEqual([
      [10, null, 'driftline[bot]', '+ten'],
      [30, 28, 'driftline[bot]', '+thirty'],
    ]);
    expect(pull.reviews().map((r) => [r.stale, r.comments.length])).toEqual([[false, 2]]);
    await fake.assertClean();
    await pull.push({ 'a.txt': `new first line\n${head.replace('thirty', 'THIRTY')}` });
    const moved = await octokit.pulls.listReviewComments({ ...at, pull_number: 1 });
    expect(moved.data.map((c) => [c.line, c.original_line])).toEqual([
      [11, 10],
      [null, 30],
    ]);
  });

  test.each([
    ['a line outside every hunk', [{ path: 'a.txt', line: 20, body: 'x' }]],
    ['a file that is not in the diff', [{ path: 'z.txt', line: 1, body: 'x' }]],
    ['a range over two hunks', [{ path: 'a.txt', start_line: 10, line: 30, body: 'x' }]],
    ['a range of one line', [{ path: 'a.txt', start_line: 10, line: 10, body: 'x' }]],
    ['a comment that is too long', [{ path: 'a.txt', line: 10, body: 'x'.repeat(65_537) }]],
    [
      'one bad comment among good ones',
      [
        { path: 'a.txt', line: 10, body: 'x' },
        { path: 'a.txt', line: 20, body: 'x' },
      ],
    ],
  ])('refused whole with 422: %s', async (_, comments) => {
    expect(await statusOf(review(comments))).toBe(422);
    const { data } = await octokit.pulls.listReviews({ ...at, pull_number: 1 });
    expect(data).toEqual([]);
  });

  test('a draft is seen by nobody, stops every other review, and can be deleted or submitted', async () => {
    const one = { ...at, pull_number: 1 };
    const draft = () =>
      octokit.pulls.createReview({ ...one, body: 'd', comments: [{ path: 'a.txt', line: 10, body: 'x' }] });
    const { data } = await draft();
    expect(data.state).toBe('PENDING');
    expect(await statusOf(review([]))).toBe(422);
    expect((await octokit.pulls.listReviewComments(one)).data).toEqual([]);
    expect(pull.reviews()).toEqual([]);
    await expect(fake.assertClean()).rejects.toThrow('pending review left');
    await octokit.pulls.deletePendingReview({ ...one, review_id: data.id });
    const { data: second } = await draft();
    await octokit.pulls.submitReview({ ...one, review_id: second.id, event: 'COMMENT' });
    expect(pull.comments().map((c) => c.body)).toEqual(['x']);
    expect(await statusOf(octokit.pulls.deletePendingReview({ ...one, review_id: second.id }))).toBe(422);
    await fake.assertClean();
  });

  test('a commit that is not of the pull request, a body over the limit, a chosen comment', async () => {
    const main = await shop.git.must('refs/heads/main');
    expect(await statusOf(review([], { commit_id: main }))).toBe(422);
    expect(await statusOf(review([], { body: 'x'.repeat(65_537) }))).toBe(422);
    fake.refuseComment('a.txt', 10);
    expect(await statusOf(review([{ path: 'a.txt', line: 10, body: 'x' }]))).toBe(422);
    await fake.assertClean();
  });
});

describe('checks and code scanning', () => {
  test('annotations are appended, and the limits hold', async () => {
    const pull = await shop.openPull({ files: { 'a.txt': head } });
    const note = { path: 'a.txt', start_line: 1, end_line: 1, annotation_level: 'warning' as const, message: 'm' };
    const { data: check } = await octokit.checks.create({
      ...at,
      name: 'Driftline',
      head_sha: pull.headSha,
      status: 'in_progress',
    });
    await expect(fake.assertClean()).rejects.toThrow('is in_progress');
    const update = (annotations: object[], more = {}) =>
      octokit.checks.update({
        ...at,
        check_run_id: check.id,
        output: { title: 't', summary: 's', annotations: annotations as (typeof note)[] },
        ...more,
      });
    await update(Array.from({ length: 50 }, () => note));
    await update([note], { conclusion: 'neutral' });
    expect(pull.check()).toMatchObject({ status: 'completed', conclusion: 'neutral', title: 't' });
    const { data } = await octokit.checks.listForRef({
      ...at,
      ref: pull.headSha,
      check_name: 'Driftline',
      app_id: 4711,
    });
    expect(data.check_runs.map((r) => r.output.annotations_count)).toEqual([51]);
    await fake.assertClean();

    expect(await statusOf(update(Array.from({ length: 51 }, () => note)))).toBe(422);
    expect(await statusOf(update([{ ...note, title: 'x'.repeat(256) }]))).toBe(422);
    expect(await statusOf(update([{ ...note, end_line: 2, start_column: 1 }]))).toBe(422);
    expect(await statusOf(update([], { status: 'completed' }))).toBe(422);
    expect(pull.check()?.annotations).toHaveLength(51);
  });

  test('SARIF is unpacked and judged; off means 403', async () => {
    const pull = await shop.openPull({ files: { 'a.txt': head } });
    const log = { version: '2.1.0', runs: [{ tool: { driver: { name: 'driftline' } }, results: [] }] };
    const upload = (ref = 'refs/pull/1/head') =>
      octokit.codeScanning.uploadSarif({
        ...at,
        commit_sha: pull.headSha,
        ref,
        sarif: gzipSync(JSON.stringify(log)).toString('base64'),
      });
    const { data } = await upload();
    const status = () => octokit.codeScanning.getSarif({ ...at, sarif_id: data.id ?? '' });
    expect((await status()).data.processing_status).toBe('pending');
    expect((await status()).data.processing_status).toBe('complete');
    expect(shop.uploads()[0]?.log).toEqual(log);
    await fake.assertClean();
    shop.record.codeScanning = false;
    expect(await statusOf(upload())).toBe(403);
  });
});

describe('who may', () => {
  test('a narrowed token reads only its repository and only what it was given', async () => {
    await shop.openPull({ files: { 'a.txt': head } });
    await fake.createRepository('acme/other', { files: { 'x.txt': 'x' } });
    const narrow = new Octokit({ baseUrl: fake.apiUrl, auth: await token({ contents: 'read' }), log: silent });
    expect((await narrow.repos.get(at)).data.full_name).toBe('acme/shop');
    expect(await statusOf(narrow.repos.get({ owner: 'acme', repo: 'other' }))).toBe(404);
    expect(await statusOf(narrow.pulls.get({ ...at, pull_number: 1 }))).toBe(403);
    expect(await statusOf(token({ contents: 'write' }))).toBe(422);
    expect(await statusOf(new Octokit({ baseUrl: fake.apiUrl, auth: 'ghs_wrong', log: silent }).repos.get(at))).toBe(
      401,
    );
    await fake.assertClean();
  });

  test('git clones with the token only, and as a partial clone', async () => {
    const pull = await shop.openPull({ files: { 'a.txt': head } });
    const url = `${fake.origin}/acme/shop.git`;
    await expect(
      run('git', ['ls-remote', url], { env: { ...process.env, GIT_TERMINAL_PROMPT: '0' } }),
    ).rejects.toThrow();
    const secret = Buffer.from(`x-access-token:${await token({ contents: 'read' })}`).toString('base64');
    const dir = `${shop.git.dir}.clone`;
    const auth = ['-c', `http.extraHeader=Authorization: Basic ${secret}`];
    await run('git', [...auth, 'clone', '-q', '--bare', '--filter=blob:none', url, dir]);
    await run('git', [...auth, '-C', dir, 'fetch', '-q', 'origin', 'refs/pull/1/head']);
    const { stdout } = await execa('git', [...auth, '-C', dir, 'show', `${pull.headSha}:a.txt`]);
    expect(stdout).toBe(head);
  });

  test('a slip in a request and a route GitHub does not have are remembered', async () => {
    await shop.openPull({ files: { 'a.txt': head } });
    await octokit.pulls.createReview({ ...at, pull_number: 1, event: 'COMMENT', body: 'b', lines: 3 } as never);
    expect(await statusOf(octokit.request('GET /repos/{owner}/{repo}/stargazers', at))).toBe(501);
    expect(fake.problems).toEqual([
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews: GitHub knows no request field /lines',
      'the fake does not know GET /api/v3/repos/acme/shop/stargazers',
    ]);
    await expect(fake.assertClean()).rejects.toThrow('unread review');
  });
});
