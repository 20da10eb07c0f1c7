// Verdicts when things go wrong: words that are heard late, GitHub away, a push in between. A word means what it meant when
// it was said, and no check is left open or green by mistake.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openQueue } from '../../queue/bullmq.ts';
import { resumeUnfinished } from '../../queue/resume.ts';
import type { PullSnapshot } from '../../src/review/pull.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { type House, log, openHouse, unpaced } from './house.ts';
import { certainQuery } from './touchy-engine.ts';

let house: House;
let repo: FakeRepository;
let count = 0;

beforeAll(async () => {
  house = await openHouse();
  await house.work(undefined, { ...unpaced, backoffFirstMs: 400 });
});
afterAll(() => house.stop());
beforeEach(async () => {
  count += 1;
  repo = await house.github.createRepository(`acme/late-${count}`, { files: { 'requirements.txt': 'django==5.2\n' } });
  const settings = { '.github/driftline.yml': 'levels: { n-plus-one/loop-query: block }\n' };
  await repo.commit('strict', settings, 'Block', 'main');
  repo.setRole('mona', 'maintain');
});
afterEach(() => house.github.assertClean());

async function open(): Promise<FakePull> {
  const pull = await repo.openPull({ files: { 'a.py': certainQuery }, base: 'strict' });
  await concluded(pull);
  return pull;
}

async function concluded(pull: FakePull): Promise<void> {
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await house.settled();
  expect(pull.checkRuns().filter(({ status }) => status !== 'completed')).toEqual([]);
}

const answers = (pull: FakePull) => {
  const thread = pull.comments()[0]?.id ?? 0;
  return [...pull.replies(thread), ...pull.issueComments()].filter(({ user }) => user.login === 'driftline[bot]');
};
const word = (pull: FakePull) => [pull.check()?.conclusion, pull.check()?.title];
/** The first attempt at the next command fails before it has done anything. */
const holdUp = () => house.github.fail({ fault: { kind: 'bad-gateway' }, times: 3, route: /^GET .*collaborators/ });
const aSecond = () => new Promise((done) => setTimeout(done, 1_100)); // GitHub's times are in seconds

test('of two words the one that was said last counts, in whichever order they are heard', async () => {
  const pull = await open();
  const thread = pull.comments()[0]?.id ?? 0;
  holdUp();
  await pull.reply(thread, '/driftline dismiss wont-fix');
  await pull.reply(thread, '/driftline confirm');
  await house.github.until('two answers', () => answers(pull).length === 2);
  await concluded(pull);
  expect(word(pull)).toEqual(['failure', '1 new problem']);
});

test('`all` does not mean what was pushed and reviewed since', async () => {
  const pull = await open();
  await aSecond();
  house.github.fail({ fault: { kind: 'bad-gateway' }, times: 12, route: /^GET .*collaborators/ });
  await pull.comment('/driftline dismiss all');
  await aSecond();
  await pull.push({ 'b.py': certainQuery.replaceAll('User', 'Group') });
  await house.github.until('an answer', () => answers(pull).length === 1);
  await concluded(pull);
  expect(word(pull)).toEqual(['failure', '2 new problems']);
  pull.comments();
});

test('a check that was begun for a word is concluded also when GitHub was away until the command was given up', async () => {
  const pull = await open();
  const thread = pull.comments()[0]?.id ?? 0;
  const before = pull.checkRuns().length;
  const away = /^PATCH |GET \/repos\/[^/]+\/[^/]+\/pulls\/\d+$/;
  house.github.fail({ fault: { kind: 'bad-gateway' }, times: 30, route: away, after: 1 });
  await pull.reply(thread, '/driftline dismiss wont-fix');
  await house.github.until('another check', () => pull.checkRuns().length > before);
  await expect.poll(async () => (await house.jobs()).failed, { timeout: 30_000 }).toBeGreaterThan(0);
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await concluded(pull);
  expect(word(pull)).toEqual(['success', '1 dismissed']);
});

test('a word that is said while a review publishes is heard', async () => {
  const pull = await open();
  const thread = pull.comments()[0]?.id ?? 0;
  await pull.reply(thread, '/driftline dismiss wont-fix');
  await house.github.until('an answer', () => answers(pull).length === 1);
  await concluded(pull);
  await aSecond();
  const reviews = /^POST \/repos\/[^/]+\/[^/]+\/pulls\/\d+\/reviews$/;
  house.github.fail({ fault: { kind: 'delay', ms: 2_500 }, times: 1, route: reviews });
  await pull.push({ 'b.py': certainQuery.replaceAll('User', 'Group') });
  await house.github.until('the review has begun', () => pull.check()?.status === 'in_progress');
  await aSecond();
  await pull.reply(thread, '/driftline undo');
  await house.github.until('an answer', () => answers(pull).length === 2);
  await concluded(pull);
  expect(word(pull)).toEqual(['failure', '2 new problems']);
  pull.comments();
});

test('a run that a command began and nobody carries on is taken up, though the job of its head is done', async () => {
  const pull = await open();
  const storage = await openStorage(house.config);
  const queue = openQueue(house.redis.url, log);
  try {
    const run = await storage.runs.latest(repo.id, pull.number);
    if (run === null) throw new Error('there is no run');
    const snapshot = { ...(await storage.pulls.get(repo.id, pull.number)), repository: run.repository } as PullSnapshot;
    await storage.runs.start(snapshot, { again: true });
    expect(await resumeUnfinished(storage, queue.add, Date.now() + 3_600_000)).toBe(1);
    await concluded(pull);
    expect((await storage.runs.get(run.id))?.status).toBe('concluded');
  } finally {
    await queue.close();
    await storage.close();
  }
  pull.comments();
});
