// From a webhook to what stands on GitHub: the whole way through server, queue, worker and mirror.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { type House, openHouse } from './house.ts';
import { queries } from './touchy-engine.ts';

let house: House;
let count = 0;

beforeAll(async () => {
  house = await openHouse();
  await house.work();
});
afterAll(() => house.stop());
afterEach(() => house.github.assertClean());

const path = 'shop/views.py';
const before = 'def view():\n    one()\n    two()\n';
const dirty = queries('a', 'b');

function repository(files: Record<string, string> = {}): Promise<FakeRepository> {
  count += 1;
  return house.github.createRepository(`acme/shop-${count}`, { files: { [path]: before, ...files } });
}

async function concluded(pull: FakePull, headSha = pull.headSha): Promise<void> {
  const isDone = () => pull.check('Driftline', headSha)?.status === 'completed';
  await house.github.until(`the check of ${headSha} is concluded`, isDone);
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
}

function lines(pull: FakePull): string[] {
  return pull.comments().map((comment) => `${comment.path}:${comment.originalLine}`);
}

test('a change with problems gets one review with a comment on each line, and a check', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  expect([pull.check()?.conclusion, pull.check()?.title]).toEqual(['neutral', '2 new problems']);
  expect(pull.reviews()).toHaveLength(1);
  expect(lines(pull)).toEqual([`${path}:6`, `${path}:11`]);
  expect(repo.uploads()).toHaveLength(1);
});

test('a clean change gets a green check and no comment', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { [path]: 'def view():\n    one()\n' } });
  await concluded(pull);
  expect([pull.check()?.conclusion, pull.check()?.title]).toEqual(['success', 'No new problems']);
  expect(pull.reviews()).toEqual([]);
  expect(pull.issueComments()).toEqual([]);
});

test('a second run of the same head, by check run or by suite, posts nothing', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  const first = house.github.snapshot()[repo.name];
  const run = pull.check();
  if (run === undefined) throw new Error('no check run');
  await repo.rerequestRun(run);
  await house.github.until('a new run', () => pull.checkRuns().length === 2 && pull.check()?.status === 'completed');
  await repo.rerequestSuite(pull.headSha);
  await house.github.until('a third run', () => pull.checkRuns().length === 3 && pull.check()?.status === 'completed');
  await house.settled();
  const last = house.github.snapshot()[repo.name];
  expect(last?.pulls).toEqual(first?.pulls);
  expect(new Set(last?.checkRuns.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(pull.reviews()).toHaveLength(1);
});

test('a push comments only what it adds', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  await pull.push({ 'shop/more.py': queries('c') });
  await concluded(pull);
  expect(pull.check()?.title).toBe('3 new problems');
  expect(pull.reviews().map((review) => review.comments.length)).toEqual([2, 1]);
});

test('redelivering everything twice in reverse order changes nothing', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  await pull.push({ 'shop/more.py': queries('c') });
  await concluded(pull);
  const clean = await repo.openPull({ files: { 'README.md': 'text\n' } });
  await concluded(clean);
  await repo.mergeGroup([clean]);
  await clean.merge();
  await pull.close();
  await pull.reopen();
  await house.github.until('all is quiet', () => true);
  await concluded(pull);
  const first = house.github.snapshot()[repo.name];
  await house.github.redeliverAll({ reverse: true });
  await house.settled();
  await house.github.redeliverAll({ reverse: true });
  await house.settled();
  expect(house.github.snapshot()[repo.name]).toEqual(first);
  expect(house.github.deliveries.filter((one) => one.redelivery && one.statusCode !== 200)).toEqual([]);
  pull.reviews();
});

test('a draft waits until it is ready, unless the base says that drafts are reviewed', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ draft: true, files: { [path]: dirty } });
  await concluded(pull);
  expect(pull.check()?.conclusion).toBe('skipped');
  expect(pull.check()?.summary).toContain('it is a draft');
  expect(pull.reviews()).toEqual([]);
  await pull.ready();
  await house.github.until('a second run', () => pull.check()?.conclusion === 'neutral');
  await house.settled();
  expect(lines(pull)).toEqual([`${path}:6`, `${path}:11`]);
  const eager = await repository({ '.github/driftline.yml': 'review:\n  drafts: true\n' });
  const draft = await eager.openPull({ draft: true, files: { [path]: dirty } });
  await concluded(draft);
  expect(lines(draft)).toEqual([`${path}:6`, `${path}:11`]);
});

test('the settings are those of the base, never of the head', async () => {
  const repo = await repository({ '.github/driftline.yml': 'review:\n  maxInlineComments: 1\n' });
  const pull = await repo.openPull({
    files: { [path]: dirty, '.github/driftline.yml': 'review:\n  maxInlineComments: 0\n' },
  });
  await concluded(pull);
  expect(lines(pull)).toEqual([`${path}:6`]);
});

test('a broken settings file on the base is told in the check, and the review goes on', async () => {
  const repo = await repository({ '.github/driftline.yml': 'exclude: [\nreview: 3\n' });
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  expect(pull.check()?.summary).toMatch(/configuration on the base branch cannot be used.*driftline\.yml/s);
  expect(lines(pull)).toEqual([`${path}:6`, `${path}:11`]);
});

test('the level of a rule that does not exist is told in the check', async () => {
  const repo = await repository({ '.github/driftline.yml': 'levels:\n  n-plus-one/loop-quer: off\n' });
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  expect(pull.check()?.summary).toMatch(
    /^> \*\*Note:\*\* In the configuration on the base branch, .*driftline\.yml, line 2: there is no rule "n-plus-one\/loop-quer"/,
  );
  expect(lines(pull)).toEqual([`${path}:6`, `${path}:11`]);
});

test('a merge group is answered with what is known of the pull request that it adds', async () => {
  const repo = await repository();
  const clean = await repo.openPull({ files: { 'README.md': 'text\n' } });
  const problems = await repo.openPull({ files: { [path]: dirty } });
  await concluded(clean);
  await concluded(problems);
  problems.comments();
  const answered = async (group: { headSha: string }) => {
    const check = () => clean.check('Driftline', group.headSha);
    await house.github.until('the group has its check', () => check()?.status === 'completed');
    return [check()?.conclusion, check()?.title];
  };
  const first = await answered(await repo.mergeGroup([clean]));
  expect(first).toEqual(['success', `No new problems before it was queued (#${clean.number})`]);
  const second = await answered(await repo.mergeGroup([clean, problems]));
  expect(second).toEqual(['neutral', `New problems, none of which blocks (#${problems.number})`]);
  const draft = await repo.openPull({ files: { 'b.md': 'text\n' }, draft: true });
  await concluded(draft);
  expect(await answered(await repo.mergeGroup([draft]))).toEqual(['neutral', 'Not reviewed']);
});

test('a fork is reviewed, and a re-run that names no pull request finds it', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ fork: 'mallory', files: { [path]: dirty } });
  await concluded(pull);
  expect(lines(pull)).toEqual([`${path}:6`, `${path}:11`]);
  await repo.rerequestSuite(pull.headSha);
  await house.github.until('a second run', () => pull.checkRuns().length === 2 && pull.check()?.status === 'completed');
  await house.settled();
  expect(pull.reviews()).toHaveLength(1);
});

test('reads that lag behind a push are waited for', async () => {
  const repo = await repository();
  house.github.lagAfterPush(2);
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  house.github.lagAfterPush(2, 'old-head');
  await pull.push({ 'shop/more.py': queries('c') });
  await concluded(pull);
  house.github.lagAfterPush(0);
  expect(lines(pull)).toEqual(['shop/more.py:6', `${path}:6`, `${path}:11`]);
});

test('a new base is a new review of the same head', async () => {
  const repo = await repository();
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  await repo.git.setRef('refs/heads/release', pull.headSha);
  await pull.push({ 'shop/more.py': queries('c') });
  await concluded(pull);
  expect(pull.check()?.title).toBe('3 new problems');
  await pull.changeBase('release');
  await house.github.until('a second run', () => pull.checkRuns().length === 2 && pull.check()?.status === 'completed');
  await house.settled();
  expect(pull.check()?.title).toBe('1 new problem');
  expect(pull.comments()).toHaveLength(3);
});

test('passing faults of GitHub are waited out', async () => {
  const repo = await repository();
  house.github.fail({ fault: { kind: 'bad-gateway' }, times: 5, route: /POST .*\/check-runs/ });
  house.github.fail({ fault: { kind: 'lost-answer' }, times: 1, route: /POST .*\/reviews/ });
  house.github.fail({ fault: { kind: 'drop' }, times: 1, route: /^GIT/ });
  const pull = await repo.openPull({ files: { [path]: dirty } });
  await concluded(pull);
  expect(lines(pull)).toEqual([`${path}:6`, `${path}:11`]);
  expect(pull.reviews()).toHaveLength(1);
});
