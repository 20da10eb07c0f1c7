// When GitHub or the way to it fails: what is repeated, what is looked up first, what is waited for, and how it is told.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { PermanentError, TransientError } from '../../src/errors.ts';
import type { ApiCall } from '../../src/github/octokit.ts';
import { notifyPace, writePace } from '../../src/github/pace.ts';
import { closeRoom, commentOn, connect, openRoom, planFor, type Room, review } from './room.ts';

let room: Room;
afterEach(() => closeRoom(room));

const reviews = /^POST .*\/pulls\/\d+\/reviews$/;
const checks = /^POST .*\/check-runs$/;

/** The state on GitHub after a review that met no fault. */
function expectOneReview(): void {
  expect(room.pull.reviews()).toHaveLength(1);
  expect(room.pull.comments().map((comment) => comment.originalLine)).toEqual([3]);
  expect(room.pull.checkRuns()).toHaveLength(1);
  expect(room.pull.check()).toMatchObject({ status: 'completed', conclusion: 'neutral' });
  expect(room.pull.check()?.annotations).toHaveLength(1);
}

describe('a fault of the moment', () => {
  test.each([
    ['bad-gateway', /^GET/],
    ['drop', /^GET/],
    ['lost-answer', /^GET/],
    ['bad-gateway', /access_tokens/],
    ['drop', /access_tokens/],
    ['bad-gateway', checks],
    ['drop', checks],
    ['lost-answer', checks],
    ['bad-gateway', reviews],
    ['drop', reviews],
    ['lost-answer', reviews],
    ['bad-gateway', /^PATCH/],
    ['lost-answer', /^PATCH/],
    ['lost-answer', /code-scanning/],
  ] as const)('%s on %s is survived, and nothing is there twice', async (kind, route) => {
    room = await openRoom();
    room.fake.fail({ fault: { kind }, times: 2, route });
    const result = await review(room);
    expect(room.fake.world.faults.hits).toBeGreaterThanOrEqual(1);
    expect(result.comments).toHaveLength(1);
    expect(result.sarif.state).toBe('uploaded');
    expectOneReview();
  });

  test('that lasts leaves as TransientError, and a write is not repeated without end', async () => {
    room = await openRoom();
    room.fake.fail({ fault: { kind: 'bad-gateway' }, times: 100, route: checks });
    const starting = room.github.startCheck(room.repository.ref, room.pull.headSha, false);
    await expect(starting).rejects.toThrow(TransientError);
    await expect(starting).rejects.toThrow(/^GitHub failed while starting the check run: 502/);
    expect(room.fake.count('POST /repos/{owner}/{repo}/check-runs')).toBe(4);
  });

  test('at random, on one call in five: tried until done, the state is the same as without', async () => {
    room = await openRoom();
    room.fake.randomFaults({ seed: 7, percent: 20 });
    const plan = planFor(room.pull.headSha, { comments: [3, 5, 8, 13, 21].map((line) => commentOn(line)) });
    let attempts = 0;
    for (;;) {
      attempts += 1;
      try {
        await review(room, plan, room.anotherClient({ patience: { retries: 1, backoffMs: 5, limitMs: 2_000 } }));
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(TransientError);
        expect(attempts).toBeLessThan(30);
      }
    }
    room.fake.randomFaults(null);
    expect(room.fake.world.faults.hits).toBeGreaterThan(0);
    expect(room.pull.comments().map((comment) => comment.originalLine)).toEqual([3, 5, 8, 13, 21]);
    expect(room.pull.reviews()).toHaveLength(1);
    expect(room.pull.checkRuns()).toHaveLength(1);
    expect(room.pull.check()?.annotations).toHaveLength(5);
  });
});

describe('the secondary rate limit', () => {
  test.each([403, 429] as const)('answered with %i is waited for as long as it says', async (status) => {
    room = await openRoom();
    room.fake.fail({ fault: { kind: 'secondary-limit', retryAfterS: 1, status }, times: 1, route: reviews });
    const started = Date.now();
    await review(room);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
    const tries = room.fake.calls.filter((call) => call.route.startsWith('POST') && call.path.endsWith('/reviews'));
    expect(tries.map((call) => call.status)).toEqual([status, 200]);
    expect((tries[1]?.atMs ?? 0) - (tries[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
    expectOneReview();
  });

  test('longer than a worker should wait leaves with its time, and no request goes out until then', async () => {
    room = await openRoom();
    room.fake.fail({ fault: { kind: 'secondary-limit', retryAfterS: 90 }, times: 1, route: checks });
    const { github, repository, pull } = room;
    await expect(github.startCheck(repository.ref, pull.headSha, false)).rejects.toMatchObject({
      name: 'TransientError',
      retryAfterMs: 90_000,
    });
    const sent = room.fake.calls.length;
    const next = github.pull(repository.ref, pull.number);
    await expect(next).rejects.toBeInstanceOf(TransientError);
    await expect(next).rejects.toSatisfy((error: TransientError) => (error.retryAfterMs ?? 0) > 85_000);
    expect(room.fake.calls.length).toBe(sent);
  });
});

describe('a lasting fault', () => {
  test('leaves as PermanentError: a pull request that is not there', async () => {
    room = await openRoom();
    const reading = room.github.pull(room.repository.ref, 99);
    await expect(reading).rejects.toThrow(PermanentError);
    await expect(reading).rejects.toThrow('GitHub refused reading pull request 99: 404 Not Found');
    // It was read again, because a first miss proves nothing.
    expect(room.fake.count('GET /repos/{owner}/{repo}/pulls/{pull_number}')).toBe(4);
  });

  test('a suspended installation', async () => {
    room = await openRoom();
    await room.fake.installation('suspend');
    await expect(room.github.pull(room.repository.ref, room.pull.number)).rejects.toThrow(PermanentError);
    await room.fake.installation('unsuspend');
  });

  test('a missing permission', async () => {
    room = await openRoom({ permissions: { metadata: 'read', contents: 'read', pull_requests: 'write' } });
    const starting = room.github.startCheck(room.repository.ref, room.pull.headSha, false);
    await expect(starting).rejects.toThrow(PermanentError);
    await expect(starting).rejects.toThrow(/403 Resource not accessible by integration/);
  });

  test('a private key that is not the one of the App, told without the key', async () => {
    room = await openRoom();
    const other = connect(room.fake, { privateKey: (await import('./serve.ts')).privateKey });
    await expect(other.pull(room.repository.ref, room.pull.number)).rejects.toThrow(/401/);
  });
});

describe('an odd server', () => {
  let odd: Server;
  afterEach(() => {
    odd.closeAllConnections();
    odd.close();
  });

  async function connectTo(answer: Parameters<typeof createServer>[1], requestTimeoutMs = 5_000) {
    room = await openRoom();
    odd = createServer(answer);
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
    const patience = { retries: 1, backoffMs: 1, limitMs: 0 };
    return connect(room.fake, { baseUrl, requestTimeoutMs, patience });
  }

  test('that never answers is given up after the time limit', async () => {
    const github = await connectTo(() => {}, 100);
    const started = Date.now();
    await expect(github.ownLogin()).rejects.toThrow(TransientError);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test('whose answer breaks off in the middle is not taken for an empty one', async () => {
    const github = await connectTo((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"slug":"drift');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(github.ownLogin()).rejects.toThrow(TransientError);
  });
});

test('every request is told for the metrics, by its route and without names', async () => {
  room = await openRoom();
  const calls: ApiCall[] = [];
  const github = connect(room.fake, { onCall: (call) => calls.push(call) });
  await github.pull(room.repository.ref, room.pull.number);
  expect(calls.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
    'POST /app/installations/:/access_tokens 201',
    'GET /repos/:/:/pulls/: 200',
  ]);
});

test('many writes are a second apart, after a burst that is enough for one review', async () => {
  room = await openRoom();
  const github = room.anotherClient({ pace: { write: writePace, notify: notifyPace } });
  await review(room, planFor(room.pull.headSha), github);
  const ofReview = writes();
  expect(ofReview.length).toBe(4);
  expect((ofReview[3] ?? 0) - (ofReview[0] ?? 0)).toBeLessThan(3_000);
  for (let more = 0; more < 4; more++) {
    const { id } = await github.startCheck(room.repository.ref, room.pull.headSha, true);
    await github.concludeCheck(room.repository.ref, id, planFor(room.pull.headSha, { comments: [] }).check);
  }
  const all = writes();
  expect(all.length).toBe(12);
  // Twelve writes: five at once, seven a second apart each.
  expect((all[11] ?? 0) - (all[0] ?? 0)).toBeGreaterThanOrEqual(6_500);
  room.pull.reviews();

  function writes(): number[] {
    const sent = room.fake.calls.filter(({ route }) => !route.startsWith('GET') && !route.endsWith('/access_tokens'));
    return sent.map((call) => call.atMs);
  }
});
