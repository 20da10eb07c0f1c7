// Reading pull requests: replicas that lag, forks, and tokens that may do no more than they must.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { closeRoom, openRoom, type Room } from './room.ts';

let room: Room;
afterEach(() => closeRoom(room));

test('a pull request is read as values', async () => {
  room = await openRoom();
  const { pull, repository, github } = room;
  expect(await github.pull(repository.ref, pull.number, pull.headSha)).toEqual({
    repository: repository.ref,
    number: 1,
    title: 'Change 1',
    state: 'open',
    draft: false,
    author: 'mona',
    headSha: pull.headSha,
    headRef: 'change-1',
    baseSha: await repository.git.resolve('refs/heads/main'),
    baseRef: 'main',
    fork: false,
    url: pull.url,
  });
});

describe('right after a push, when reads lag', () => {
  test('a miss is read again', async () => {
    room = await openRoom();
    room.fake.lagAfterPush(2, 'missing');
    const fresh = await room.repository.openPull({ files: { 'a.py': 'x\n' } });
    const read = await room.github.pull(room.repository.ref, fresh.number, fresh.headSha);
    expect(read.headSha).toBe(fresh.headSha);
  });

  test('an old head is read again', async () => {
    room = await openRoom();
    room.fake.lagAfterPush(3, 'old-head');
    const head = await room.pull.push({ 'a.py': 'x\n' });
    expect((await room.github.pull(room.repository.ref, room.pull.number, head)).headSha).toBe(head);
    expect(room.fake.count('GET /repos/{owner}/{repo}/pulls/{pull_number}')).toBe(4);
  });

  test('another head that stays is believed: somebody pushed', async () => {
    room = await openRoom();
    const old = room.pull.headSha;
    const head = await room.pull.push({ 'a.py': 'x\n' });
    expect((await room.github.pull(room.repository.ref, room.pull.number, old)).headSha).toBe(head);
  });
});

describe('looking up by head', () => {
  test('finds the open ones, forks included, and no closed one', async () => {
    room = await openRoom();
    const { repository, github, pull } = room;
    const forked = await repository.openPull({ files: { 'a.py': 'x\n' }, fork: 'ada' });
    const closed = await repository.openPull({ files: { 'b.py': 'x\n' } });
    await closed.close();
    expect(await github.pullsOfHead(repository.ref, pull.headSha)).toEqual([pull.number]);
    expect(await github.pullsOfHead(repository.ref, forked.headSha)).toEqual([forked.number]);
    expect(await github.pullsOfHead(repository.ref, closed.headSha)).toEqual([]);
    expect(await github.pullsOfHead(repository.ref, '0'.repeat(40))).toEqual([]);
    expect((await github.pull(repository.ref, forked.number)).fork).toBe(true);
  });

  test('does not take a commit below the head for the head', async () => {
    room = await openRoom();
    const first = room.pull.headSha;
    await room.pull.push({ 'a.py': 'x\n' });
    expect(await room.github.pullsOfHead(room.repository.ref, first)).toEqual([]);
  });
});

describe('the token to clone with', () => {
  test('reads this one repository and no other thing, and is kept', async () => {
    room = await openRoom();
    const access = await room.github.cloneAccess(room.repository.ref);
    expect(access.url).toBe(`${room.fake.origin}/acme/shop.git`);
    expect(access.url).not.toContain(access.token);
    const token = room.fake.world.state.tokens.get(access.token);
    expect(token?.permissions).toEqual({ metadata: 'read', contents: 'read' });
    expect([...(token?.repositories ?? [])]).toEqual([room.repository.id]);
    expect(await room.github.cloneAccess(room.repository.ref)).toEqual(access);
    expect(room.fake.count('POST /app/installations/{installation_id}/access_tokens')).toBe(1);
  });

  test('lets git fetch', async () => {
    room = await openRoom();
    const { url, token } = await room.github.cloneAccess(room.repository.ref);
    const header = `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
    const git = promisify(execFile);
    const { stdout } = await git('git', ['-c', `http.extraHeader=${header}`, 'ls-remote', url, 'refs/pull/1/head']);
    expect(stdout.split('\t')[0]).toBe(room.pull.headSha);
  });
});

test('the App knows its own login', async () => {
  room = await openRoom();
  expect(await room.github.ownLogin()).toBe('driftline[bot]');
  await room.github.ownLogin();
  expect(room.fake.count('GET /app')).toBe(1);
});
