// What goes wrong around a review: newer pushes, closing, crashes, outages. The check always concludes, with a reason.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openQueue } from '../../queue/bullmq.ts';
import { resumeUnfinished } from '../../queue/resume.ts';
import { Child } from '../../src/cli/child.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { fast, type House, log, openHouse } from './house.ts';
import { certainQuery, queries } from './touchy-engine.ts';

let house: House;
let repo: FakeRepository;

beforeEach(async () => {
  house = await openHouse();
  repo = await house.github.createRepository('acme/shop', { files: { 'a.py': 'one()\n' } });
});
afterEach(async () => {
  await house.stop();
});

const dirty = { 'a.py': queries('a') };
const slow = { 'a.py': `${queries('a')}# SLOW\n` };

async function concluded(pull: FakePull, headSha = pull.headSha): Promise<void> {
  const isDone = () => pull.check('Driftline', headSha)?.status === 'completed';
  await house.github.until(`the check of ${headSha} is concluded`, isDone);
}

function isOpen(pull: FakePull): boolean {
  return pull.checkRuns().some((run) => run.status !== 'completed');
}

function started(pull: FakePull): Promise<void> {
  return house.github.until('the check has started', () => pull.check()?.status === 'in_progress');
}

test('a push supersedes the running review of the head before', async () => {
  await house.work();
  const pull = await repo.openPull({ files: slow });
  await started(pull);
  const old = pull.headSha;
  await pull.push(dirty);
  await concluded(pull);
  await concluded(pull, old);
  expect(pull.check('Driftline', old)?.conclusion).toBe('cancelled');
  expect(pull.check('Driftline', old)?.summary).toMatch(/a newer commit was pushed/);
  expect(pull.reviews().map(({ commit }) => commit)).toEqual([pull.headSha]);
  await house.github.assertClean();
});

test('a head that was superseded is reviewed after all when it is pushed again', async () => {
  await house.work();
  const pull = await repo.openPull({ files: slow });
  await started(pull);
  const first = pull.headSha;
  await pull.push(dirty);
  await concluded(pull, first);
  await concluded(pull);
  // The same commit once more; its analysis is still slow, so it is seen to be under way.
  pull.record.previousHead = pull.headSha;
  pull.record.headSha = first;
  await pull.refresh();
  await pull.announce('synchronize');
  await house.github.until('it is taken up', () => pull.checkRuns(first).some((run) => run.status === 'in_progress'));
  await pull.push({ 'a.py': 'one()\ntwo()\n' });
  await concluded(pull);
  await concluded(pull, first);
  pull.reviews();
  await house.github.assertClean();
});

test('heads that were pushed over before their turn leave no trace', async () => {
  const pull = await repo.openPull({ files: dirty });
  const old = pull.headSha;
  await pull.push({ 'a.py': queries('b') });
  await house.work();
  await concluded(pull);
  await house.settled();
  expect(pull.checkRuns(old)).toEqual([]);
  expect(pull.reviews().map(({ commit }) => commit)).toEqual([pull.headSha]);
});

test('a push that is heard of late does not pass for the newest', async () => {
  const pull = await repo.openPull({ files: { 'a.py': 'two()\n' } });
  house.github.world.webhooks.hold();
  const late = await pull.push({ 'a.py': queries('b') });
  // Right after it GitHub still shows the head before.
  house.github.lagAfterPush(2, 'old-head');
  await pull.push(dirty);
  await house.github.world.webhooks.release((held) => held.toReversed());
  await house.work();
  await concluded(pull);
  await house.settled();
  expect(pull.checkRuns(late)).toEqual([]);
  expect(pull.reviews().map(({ commit }) => commit)).toEqual([pull.headSha]);
});

test('a head that was reviewed and comes back is reviewed again, and nothing is said twice', async () => {
  const pull = await repo.openPull({ files: dirty });
  await house.work();
  await concluded(pull);
  const first = pull.headSha;
  await pull.push({ 'a.py': 'two()\n' });
  await concluded(pull);
  await new Promise((done) => setTimeout(done, 1_100)); // GitHub tells time in seconds
  const before = pull.headSha;
  pull.record.headSha = first;
  await pull.refresh();
  await pull.announce('synchronize', { before, after: first });
  await house.github.until('it is reviewed again', () => pull.checkRuns(first).length === 2);
  await concluded(pull);
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  expect(pull.comments()).toHaveLength(1);
});

test('a pull request that is closed meanwhile is left alone', async () => {
  const waiting = await repo.openPull({ files: dirty });
  await waiting.close();
  await house.work();
  const running = await repo.openPull({ files: slow });
  await started(running);
  await running.close();
  await concluded(running);
  await house.settled();
  expect(running.check()?.conclusion).toBe('cancelled');
  expect(running.check()?.summary).toMatch(/the pull request is closed/);
  expect(waiting.checkRuns()).toEqual([]);
  expect([...waiting.reviews(), ...running.reviews()]).toEqual([]);
});

test('two reviews of one head at once post everything once', async () => {
  const pull = await repo.openPull({ files: dirty });
  await repo.rerequestSuite(pull.headSha);
  await repo.rerequestSuite(pull.headSha);
  await Promise.all([house.work(), house.work()]);
  await concluded(pull);
  await house.settled();
  await house.github.until('all runs are concluded', () => pull.checkRuns().every((run) => run.status === 'completed'));
  expect(pull.reviews()).toHaveLength(1);
  expect(pull.comments()).toHaveLength(1);
});

test.each([
  ['main', 'quiet'],
  ['quiet', 'main'],
])('of two pull requests with one head, into %s and %s, the worse word stands', async (first, second) => {
  await repo.commit('quiet', { '.github/driftline.yml': 'check: { onWarn: success }\n' }, 'Settings', 'main');
  const one = await repo.openPull({ branch: 'both', base: first, files: dirty });
  const two = await repo.openPull({ branch: 'both', base: second });
  expect(two.headSha).toBe(one.headSha);
  await house.work();
  const reviewed = () => one.comments().length === 1 && two.comments().length === 1;
  await house.github.until('both are reviewed', reviewed);
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  expect(one.check()).toMatchObject({ status: 'completed', conclusion: 'neutral' });
  await house.github.assertClean();
});

test('a bug of ours ends in a neutral check with a reason, and in the failed set', async () => {
  await house.work();
  const pull = await repo.openPull({ files: { 'a.py': 'BUG\n' } });
  await concluded(pull);
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 1 });
  expect(pull.check()?.conclusion).toBe('neutral');
  expect(pull.check()?.summary).toMatch(
    /^Driftline could not review this: an error of its own \(the log of job review-/,
  );
  // A re-run starts afresh.
  await pull.push(dirty);
  await concluded(pull);
  expect(pull.comments()).toHaveLength(1);
});

test('a review that kills its worker again and again is given up with a reason', async () => {
  const command = [process.execPath, `${import.meta.dirname}/worker-child.ts`];
  const env = { ...process.env, ...house.env } as Record<string, string>;
  const worker = new Child(command, env, log, { pauseFirstMs: 50, pauseMostMs: 50 });
  try {
    const pull = await repo.openPull({ files: { 'a.py': 'POISON\n' } });
    await house.github.until('the check is concluded', () => pull.check()?.status === 'completed', 55_000);
    expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 1 });
    expect(pull.check()?.conclusion).toBe('neutral');
    expect(pull.check()?.summary).toMatch(/could not review this: the review crashed 4 times/);
  } finally {
    await worker.stop();
  }
});

test('a check that cannot be concluded now is concluded later', async () => {
  await house.work();
  house.github.fail({ fault: { kind: 'bad-gateway' }, times: 12, route: /PATCH .*\/check-runs/ });
  const pull = await repo.openPull({ files: { 'a.py': 'BUG\n' } });
  await concluded(pull);
  expect(pull.check()?.conclusion).toBe('neutral');
  expect(pull.check()?.summary).toMatch(/an error of its own/);
});

test('a review given up before it was noted leaves nothing pending, and the next one has the word', async () => {
  // Long enough for the check to start early.
  await house.work(undefined, { github: { ...fast.github, settleWaitsMs: [700] } });
  house.github.fail({ fault: { kind: 'not-found' }, times: 2, route: /GET .*\/pulls\/1$/ });
  const pull = await repo.openPull({ files: { 'a.py': 'two()\n' } });
  await concluded(pull);
  expect(await house.settled()).toMatchObject({ waiting: 0, active: 0, failed: 1 });
  expect(pull.check()).toMatchObject({ conclusion: 'neutral', title: 'Not reviewed' });
  await pull.announce('synchronize');
  await house.github.until('it is reviewed', () => pull.check()?.conclusion === 'success');
  expect(pull.checkRuns().every((run) => run.status === 'completed')).toBe(true);
});

test('a new review that fails leaves no old success', async () => {
  await house.work();
  const pull = await repo.openPull({ files: { 'a.py': 'two()\n' } });
  await concluded(pull);
  expect(pull.check()?.conclusion).toBe('success');
  house.github.fail({ fault: { kind: 'not-found' }, times: 4, route: /GET .*\/pulls\/1$/ });
  await pull.reopen();
  await house.github.until('the check tells', () => pull.check()?.conclusion === 'neutral');
  expect(pull.check()?.summary).toMatch(/^Driftline could not review this: GitHub refused reading pull request 1/);
  expect(await house.settled()).toMatchObject({ waiting: 0, active: 0, failed: 1 });
});

test('a re-run that comes to nothing does not turn a failure into a pass', async () => {
  const blocks = { '.github/driftline.yml': 'levels: { n-plus-one/loop-query: block }\n' };
  await repo.commit('main', { ...blocks, 'requirements.txt': 'django==5.2\n' }, 'Block');
  await house.work();
  const pull = await repo.openPull({ files: { 'a.py': certainQuery } });
  await concluded(pull);
  expect(pull.check()?.conclusion).toBe('failure');
  for (const _ of ['once', 'twice']) {
    const before = pull.checkRuns().length;
    house.github.fail({ fault: { kind: 'not-found' }, times: 4, route: /GET .*\/pulls\/1\/comments/ });
    await repo.rerequestSuite(pull.headSha);
    await house.github.until('the check tells', () => pull.checkRuns().length > before && !isOpen(pull));
    await house.settled();
    house.github.world.faults.clear();
    expect(pull.check()).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(/^Not reviewed again/) });
  }
  await pull.reopen();
  await house.github.until('it is reviewed', () => pull.check()?.title === '1 new problem');
  expect(pull.check()?.conclusion).toBe('failure');
  expect(pull.comments()).toHaveLength(1);
});

test('a webhook that the queue cannot take is answered with 503', async () => {
  await house.redis.stop();
  const pull = await repo.openPull({ files: dirty });
  const opened = house.github.deliveries.find((delivery) => delivery.action === 'opened');
  expect(opened?.statusCode).toBe(503);
  expect((await fetch(`${house.server.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${house.server.url}/healthz`)).status).toBe(200);
  expect(pull.checkRuns()).toEqual([]);
});

test('a worker that is told to stop hands its review back to another', async () => {
  const first = await house.work();
  const pull = await repo.openPull({ files: slow });
  await started(pull);
  const before = Date.now();
  await first.stop();
  expect(Date.now() - before).toBeLessThan(5_000);
  expect((await house.jobs()).waiting).toBe(1);
  await pull.push(dirty);
  await house.work();
  await concluded(pull);
  await house.settled();
  expect(pull.checkRuns().every((run) => run.status === 'completed')).toBe(true);
  pull.reviews();
  await house.github.assertClean();
});

test('a suspended installation is no reason to try for long', async () => {
  await house.work();
  await house.github.installation('suspend');
  await repo.openPull({ files: dirty });
  expect(await house.settled()).toMatchObject({ waiting: 0, active: 0 });
  await house.github.installation('unsuspend');
});

test('a review that the queue has forgotten is taken up again, and its check concluded', async () => {
  const worker = await house.work();
  const pull = await repo.openPull({ files: slow });
  await started(pull);
  await worker.stop();
  await house.forgetJobs();
  await pull.push(dirty);
  await house.forgetJobs();
  const storage = await openStorage(house.config);
  const queue = openQueue(house.redis.url, log);
  try {
    expect(await resumeUnfinished(storage, queue.add)).toBe(0);
    expect(await resumeUnfinished(storage, queue.add, Date.now() + 3_600_000)).toBe(1);
    expect(await resumeUnfinished(storage, queue.add, Date.now() + 3_600_000)).toBe(0);
  } finally {
    await queue.close();
    await storage.close();
  }
  await house.work();
  await house.github.until('all is concluded', () => repo.checkRuns().every((run) => run.status === 'completed'));
  expect(repo.checkRuns().map((run) => run.conclusion)).toEqual(['cancelled']);
});
