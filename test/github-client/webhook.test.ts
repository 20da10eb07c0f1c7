// The door for webhooks over real HTTP: signatures, limits, what is queued, and what happens when the queue is down.
import { request } from 'node:http';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { secret, serveWebhooks, sign } from './serve.ts';

type Examples = { name: string; examples: object[] }[];
const all = (examples as unknown as Examples).flatMap(({ name, examples: payloads }) =>
  payloads.map((payload) => ({ name, payload })),
);

let door: Awaited<ReturnType<typeof serveWebhooks>>;
beforeAll(async () => {
  door = await serveWebhooks({ ownLogin: () => 'driftline[bot]' });
});
afterAll(() => door.close());
beforeEach(() => {
  door.events.length = 0;
});

const sha = 'a'.repeat(40);
const pullRequest = {
  action: 'opened',
  installation: { id: 7 },
  sender: { login: 'ada', type: 'User' },
  repository: { id: 9, name: 'shop', owner: { login: 'acme' } },
  pull_request: { number: 12, draft: true, head: { sha }, base: { ref: 'main' } },
};
const repository = { installationId: 7, repositoryId: 9, owner: 'acme', name: 'shop' };

describe('every example payload of GitHub', () => {
  test('with the right signature is answered 200', async () => {
    const statuses = new Map<number, number>();
    for (const { name, payload } of all) {
      const { status } = await door.send({ event: name, body: JSON.stringify(payload) });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(all.length).toBeGreaterThan(300);
    expect([...statuses]).toEqual([[200, all.length]]);
  });

  test('of an installed App becomes an event where we act on it', async () => {
    const kinds = new Set<string>();
    for (const { name, payload } of all) {
      await door.send({ event: name, body: JSON.stringify({ installation: { id: 7 }, ...payload }) });
    }
    for (const event of door.events) kinds.add(event.kind);
    expect([...kinds].sort()).toEqual(['installation', 'merge-group', 'pull-closed', 'review']);
  });

  test('with a wrong signature is answered 401 and queues nothing', async () => {
    for (const { name, payload } of all) {
      const body = JSON.stringify(payload);
      const headers = { 'x-hub-signature-256': sign(body, 'another secret') };
      expect((await door.send({ event: name, body, headers })).status).toBe(401);
    }
    expect(door.events).toEqual([]);
  });
});

describe('what is refused', () => {
  const body = JSON.stringify(pullRequest);

  test.each([
    ['no signature', undefined],
    ['an empty signature', ''],
    ['the old SHA-1 form', `sha1=${'0'.repeat(40)}`],
    ['a short one', 'sha256=00'],
    ['upper case', sign(body).toUpperCase()],
  ])('%s: 401', async (_name, signature) => {
    expect((await door.send({ body, headers: { 'x-hub-signature-256': signature } })).status).toBe(401);
    expect(door.events).toEqual([]);
  });

  test('a body that changed on the way: 401', async () => {
    const headers = { 'x-hub-signature-256': sign(body) };
    expect((await door.send({ body: body.replace('"number":12', '"number":13'), headers })).status).toBe(401);
  });

  test.each(['{', 'null', '[]', '5', '"text"'])('%s, rightly signed: 400', async (text) => {
    expect((await door.send({ body: text })).status).toBe(400);
  });

  test('an empty body: 401', async () => {
    expect((await door.send({ body: '', headers: { 'x-hub-signature-256': sign('') } })).status).toBe(401);
  });

  test('no event name or no delivery id: 400', async () => {
    expect((await door.send({ body, headers: { 'x-github-event': undefined } })).status).toBe(400);
    expect((await door.send({ body, headers: { 'x-github-delivery': undefined } })).status).toBe(400);
  });

  test('GET: 405', async () => {
    expect((await fetch(door.url)).status).toBe(405);
  });

  test('another path is left to the next handler', async () => {
    expect((await fetch(new URL('/other', door.url), { method: 'POST' })).status).toBe(404);
  });

  test('over 25 MB by its announced length: 413 without reading it', async () => {
    expect(await post({ 'content-length': String(25 * 1024 * 1024 + 1) }, [])).toBe(413);
  });

  test('over 25 MB sent in chunks: 413', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 0x20);
    expect(await post({}, Array<Buffer>(26).fill(megabyte))).toBe(413);
  });

  test('24 MB are taken', async () => {
    const padded = `${body}${' '.repeat(24 * 1024 * 1024)}`;
    expect((await door.send({ body: padded })).status).toBe(200);
    expect(door.events).toHaveLength(1);
  });

  /** A raw request, because fetch neither lies about a length nor reads an answer while it still sends. */
  function post(headers: Record<string, string>, chunks: Buffer[]): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const signature = `sha256=${'0'.repeat(64)}`;
      const sent = request(door.url, { method: 'POST', headers: { 'x-hub-signature-256': signature, ...headers } });
      sent.on('response', (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      for (const chunk of chunks) sent.write(chunk);
      if (chunks.length > 0) sent.end();
      else sent.flushHeaders();
    });
  }
});

describe('pull requests', () => {
  const about = { deliveryId: 'a1b2', repository, pull: 12, headSha: sha, asOf: null };

  test.each([
    ['opened', false],
    ['synchronize', false],
    ['reopened', true],
    ['ready_for_review', true],
  ])('%s asks for a review, deliberate %s', async (action, deliberate) => {
    await door.send({ body: JSON.stringify({ ...pullRequest, action }) });
    expect(door.events).toEqual([{ kind: 'review', ...about, deliberate }]);
  });

  test('says how new its word is', async () => {
    const pull_request = { ...pullRequest.pull_request, updated_at: '2026-11-21T12:00:00Z' };
    const before = 'b'.repeat(40);
    await door.send({ body: JSON.stringify({ ...pullRequest, pull_request, action: 'synchronize', before }) });
    await door.send({ body: JSON.stringify({ ...pullRequest, pull_request, action: 'closed', before: 'x' }) });
    const updatedAt = Date.UTC(2026, 10, 21, 12) / 1000;
    expect(door.events).toEqual([
      { kind: 'review', ...about, asOf: { updatedAt, before }, deliberate: false },
      { kind: 'pull-closed', ...about, asOf: { updatedAt, before: null } },
    ]);
  });

  test('edited asks for one only when the base changed', async () => {
    await door.send({ body: JSON.stringify({ ...pullRequest, action: 'edited', changes: { title: { from: 'x' } } }) });
    expect(door.events).toEqual([]);
    const changes = { base: { ref: { from: 'main' }, sha: { from: sha } } };
    await door.send({ body: JSON.stringify({ ...pullRequest, action: 'edited', changes }) });
    expect(door.events).toEqual([{ kind: 'review', ...about, deliberate: true }]);
  });

  test('closed', async () => {
    await door.send({ body: JSON.stringify({ ...pullRequest, action: 'closed' }) });
    expect(door.events).toEqual([{ kind: 'pull-closed', ...about }]);
  });

  test.each([
    ['an action that we do not act on', { action: 'labeled' }],
    ['an action named like a property of every object', { action: 'constructor' }],
    ['no installation', { installation: undefined }],
    ['a head that is no SHA', { pull_request: { ...pullRequest.pull_request, head: { sha: 'main; rm -rf /' } } }],
    ['a repository of an unexpected shape', { repository: 'acme/shop' }],
    ['our own doing', { sender: { login: 'driftline[bot]', type: 'Bot' } }],
  ])('%s: answered 200, nothing queued', async (_name, change) => {
    expect((await door.send({ body: JSON.stringify({ ...pullRequest, ...change }) })).status).toBe(200);
    expect(door.events).toEqual([]);
  });

  test('another bot is a person like any other', async () => {
    await door.send({ body: JSON.stringify({ ...pullRequest, sender: { login: 'renovate[bot]', type: 'Bot' } }) });
    expect(door.events).toHaveLength(1);
  });
});

describe('re-runs', () => {
  const pulls = [
    { number: 12, base: { repo: { id: 9 } } },
    { number: 3, base: { repo: { id: 1000 } } },
  ];
  const run = { name: 'Driftline', head_sha: sha, app: { id: 4711 }, pull_requests: pulls };
  const base = { action: 'rerequested', installation: { id: 7 }, repository: pullRequest.repository };
  const about = { deliveryId: 'a1b2', repository, headSha: sha };

  test('of our check: a deliberate review of each pull request of this repository', async () => {
    await door.send({ event: 'check_run', body: JSON.stringify({ ...base, check_run: run }) });
    expect(door.events).toEqual([{ kind: 'review', ...about, pull: 12, asOf: null, deliberate: true }]);
  });

  test('of a fork, where GitHub names no pull request: to be looked up', async () => {
    const forked = { ...run, pull_requests: [] };
    await door.send({ event: 'check_run', body: JSON.stringify({ ...base, check_run: forked }) });
    await door.send({ event: 'check_suite', body: JSON.stringify({ ...base, check_suite: forked }) });
    expect(door.events).toEqual([
      { kind: 'rerun', ...about },
      { kind: 'rerun', ...about },
    ]);
  });

  test('of a merge group', async () => {
    const branch = 'gh-readonly-queue/main/pr-12-abc';
    const grouped = { ...run, pull_requests: [], check_suite: { head_branch: branch } };
    await door.send({ event: 'check_run', body: JSON.stringify({ ...base, check_run: grouped }) });
    expect(door.events).toEqual([{ kind: 'merge-group', ...about, headRef: `refs/heads/${branch}`, deliberate: true }]);
  });

  test("of another App's check or of another name of ours: ignored", async () => {
    const others = { ...run, app: { id: 15368 } };
    await door.send({ event: 'check_run', body: JSON.stringify({ ...base, check_run: others }) });
    await door.send({ event: 'check_suite', body: JSON.stringify({ ...base, check_suite: others }) });
    await door.send({ event: 'check_run', body: JSON.stringify({ ...base, check_run: { ...run, name: 'Other' } }) });
    expect(door.events).toEqual([]);
  });
});

test('a merge group asks for checks on its own head', async () => {
  const headRef = 'refs/heads/gh-readonly-queue/main/pr-12-abc';
  const merge_group = { head_sha: sha, head_ref: headRef, base_sha: 'b'.repeat(40) };
  const { installation, repository: inPayload } = pullRequest;
  const payload = { action: 'checks_requested', installation, repository: inPayload, merge_group };
  await door.send({ event: 'merge_group', body: JSON.stringify(payload) });
  await door.send({ event: 'merge_group', body: JSON.stringify({ ...payload, action: 'destroyed' }) });
  expect(door.events).toEqual([
    { kind: 'merge-group', deliveryId: 'a1b2', repository, headSha: sha, headRef, deliberate: false },
  ]);
});

describe('installations', () => {
  const installation = {
    id: 7,
    account: { id: 5, login: 'acme', type: 'Organization', avatar_url: '' },
    permissions: { checks: 'write', contents: 'read' },
  };
  const shop = { id: 9, name: 'shop', full_name: 'acme/shop', private: true, node_id: 'x' };
  const about = {
    kind: 'installation',
    deliveryId: 'a1b2',
    installationId: 7,
    account: { id: 5, login: 'acme', type: 'Organization' },
    permissions: installation.permissions,
  };

  test('created, with its repositories', async () => {
    const body = JSON.stringify({ action: 'created', installation, repositories: [shop] });
    await door.send({ event: 'installation', body });
    expect(door.events).toEqual([
      {
        ...about,
        action: 'created',
        added: [{ id: 9, owner: 'acme', name: 'shop', private: true }],
        removed: [],
      },
    ]);
  });

  test.each(['deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'])('%s', async (action) => {
    await door.send({ event: 'installation', body: JSON.stringify({ action, installation, repositories: [shop] }) });
    expect(door.events).toEqual([{ ...about, action, added: [], removed: [] }]);
  });

  test('repositories added and removed', async () => {
    const body = JSON.stringify({
      action: 'added',
      installation,
      repositories_added: [shop],
      repositories_removed: [{ id: 8, name: 'old', full_name: 'acme/old', private: false }],
    });
    await door.send({ event: 'installation_repositories', body });
    expect(door.events).toEqual([
      {
        ...about,
        action: 'repositories',
        added: [{ id: 9, owner: 'acme', name: 'shop', private: true }],
        removed: [{ id: 8 }],
      },
    ]);
  });

  test('of an enterprise, which has a slug and no login', async () => {
    const enterprise = { ...installation, account: { id: 6, slug: 'big', name: 'Big' } };
    await door.send({ event: 'installation', body: JSON.stringify({ action: 'created', installation: enterprise }) });
    expect(door.events).toMatchObject([{ account: { id: 6, login: 'big', type: 'Enterprise' }, added: [] }]);
  });
});

describe('when the queue does not take the event', () => {
  test('the delivery fails with 503, and neither payload nor secret is logged', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
    const failing = await serveWebhooks({
      log,
      enqueue: () => Promise.reject(new Error('connect ECONNREFUSED redis')),
    });
    const body = JSON.stringify({ ...pullRequest, note: 'text of the payload' });
    const { status, text } = await failing.send({ body, delivery: 'd-1' });
    await failing.close();
    expect(status).toBe(503);
    expect(text).not.toContain('ECONNREFUSED');
    const errors = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('ECONNREFUSED');
    expect(errors[0]).toContain('d-1');
    expect(lines.join()).not.toContain('text of the payload');
    expect(lines.join()).not.toContain(secret);
  });

  test('an outcome is told for the metrics', async () => {
    const outcomes: string[] = [];
    let up = true;
    const counted = await serveWebhooks({
      enqueue: () => (up ? Promise.resolve() : Promise.reject(new Error('down'))),
      onDelivery: ({ event, outcome }) => outcomes.push(`${event} ${outcome}`),
    });
    const body = JSON.stringify(pullRequest);
    await counted.send({ body });
    await counted.send({ body, event: 'star' });
    await counted.send({ body, headers: { 'x-hub-signature-256': undefined } });
    up = false;
    await counted.send({ body });
    await counted.close();
    expect(outcomes).toEqual(['pull_request accepted', 'star ignored', 'pull_request refused', 'pull_request failed']);
  });
});
