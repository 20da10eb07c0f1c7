// Commands at the door: which comments and buttons become one, and what it says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serveWebhooks } from './serve.ts';

let door: Awaited<ReturnType<typeof serveWebhooks>>;
beforeAll(async () => {
  door = await serveWebhooks({ ownLogin: () => 'driftline[bot]' });
});
afterAll(() => door.close());
beforeEach(() => {
  door.events.length = 0;
});

const sha = 'a'.repeat(40);
const ada = { id: 31, login: 'ada', type: 'User' };
const base = {
  action: 'created',
  installation: { id: 7 },
  sender: ada,
  repository: { id: 9, name: 'shop', owner: { login: 'acme' } },
};
const created_at = '2026-11-30T10:20:30Z';
const comment = { id: 501, body: '/driftline fix', created_at, user: ada, performed_via_github_app: null };
const issue = { number: 12, pull_request: { url: 'x' } };
const saidAt = Date.UTC(2026, 10, 30, 10, 20, 30);
const about = {
  kind: 'command',
  deliveryId: 'a1b2',
  repository: { installationId: 7, repositoryId: 9, owner: 'acme', name: 'shop' },
  pull: 12,
  requester: { id: 31, login: 'ada' },
};

async function given(event: string, payload: object): Promise<unknown[]> {
  const { status } = await door.send({ event, body: JSON.stringify({ ...base, ...payload }) });
  expect(status).toBe(200);
  return door.events;
}

describe('a comment', () => {
  const fix = { name: 'fix', target: null };

  test('on the conversation', async () => {
    const place = { kind: 'comment', id: 501 };
    expect(await given('issue_comment', { issue, comment })).toEqual([
      { ...about, command: fix, place, seenHead: null, saidAt },
    ]);
  });

  test('in a thread', async () => {
    const pull_request = { number: 12, head: { sha } };
    await given('pull_request_review_comment', { pull_request, comment: { ...comment, in_reply_to_id: 499 } });
    await given('pull_request_review_comment', { pull_request, comment });
    expect(door.events).toEqual([
      { ...about, command: fix, place: { kind: 'thread', id: 501, top: 499 }, seenHead: sha, saidAt },
      { ...about, command: fix, place: { kind: 'thread', id: 501, top: null }, seenHead: sha, saidAt },
    ]);
  });

  const robot = { id: 32, login: 'robot[bot]', type: 'Bot' };
  test.each([
    ['edited', { action: 'edited', issue, comment }],
    ['deleted', { action: 'deleted', issue, comment }],
    ['of an issue that is no pull request', { issue: { number: 12 }, comment }],
    ['of a bot', { issue, comment: { ...comment, user: robot }, sender: robot }],
    ['that a bot sends for a person', { issue, comment, sender: robot }],
    ['that an App wrote for a person', { issue, comment: { ...comment, performed_via_github_app: { id: 3 } } }],
    ['sent by another person', { issue, comment, sender: { ...ada, id: 33 } }],
    ['of somebody whose name is none', { issue, comment: { ...comment, user: { ...ada, login: 'a <b@c>\nX: y' } } }],
    ['that quotes', { issue, comment: { ...comment, body: '> /driftline fix' } }],
    ['of other words', { issue, comment: { ...comment, body: 'please fix' } }],
    ['without an installation', { issue, comment, installation: undefined }],
  ])('%s is none', async (_name, payload) => {
    expect(await given('issue_comment', payload)).toEqual([]);
  });
});

describe('a button', () => {
  const pulls = [
    { number: 12, base: { repo: { id: 9 } } },
    { number: 3, base: { repo: { id: 1000 } } },
  ];
  const check_run = { name: 'Driftline', head_sha: sha, app: { id: 4711 }, pull_requests: pulls };
  const pressed = { action: 'requested_action', requested_action: { identifier: 'apply-fixes' }, check_run };

  test('asks for all fixes of each pull request of this repository', async () => {
    const command = { name: 'fix', target: { kind: 'all' } };
    expect(await given('check_run', pressed)).toEqual([
      { ...about, command, place: { kind: 'button' }, seenHead: sha, saidAt: null },
    ]);
  });

  test.each([
    ['another button', { ...pressed, requested_action: { identifier: 'other' } }],
    ['on the check of another App', { ...pressed, check_run: { ...check_run, app: { id: 1 } } }],
    ['on another check of ours', { ...pressed, check_run: { ...check_run, name: 'Other' } }],
    ['pressed by a bot', { ...pressed, sender: { id: 32, login: 'robot[bot]', type: 'Bot' } }],
  ])('%s: nothing', async (_name, payload) => {
    expect(await given('check_run', payload)).toEqual([]);
  });
});

test('a commit of our own is a new head to review; nothing else of our own is heard', async () => {
  const sender = { login: 'driftline[bot]', type: 'Bot' };
  const pull_request = { number: 12, head: { sha } };
  await given('pull_request', { action: 'synchronize', sender, pull_request });
  await given('pull_request', { action: 'opened', sender, pull_request });
  await given('issue_comment', { issue, comment, sender });
  expect(door.events).toMatchObject([{ kind: 'review', pull: 12, headSha: sha, deliberate: false }]);
});
