// Two pull requests with one head share one check: the worst word stands, whoever speaks last, and it follows when the
// worse of them leaves.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine, MatchEngine } from '../../src/analysis/engine.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { type House, openHouse } from './house.ts';
import { certainQuery, touchyEngine } from './touchy-engine.ts';

let house: House;
let repo: FakeRepository;

const settings = (level: string) => ({
  '.github/driftline.yml': `levels: { n-plus-one/loop-query: ${level} }\n`,
});

beforeEach(async () => {
  house = await openHouse();
  repo = await house.github.createRepository('acme/shop', {
    files: { 'a.py': 'one()\n', 'requirements.txt': 'django==5.2\n' },
  });
  await repo.commit('strict', settings('block'), 'Block', 'main');
  await repo.commit('quiet', settings('suggest'), 'Suggest', 'main');
});
afterEach(async () => {
  await house.stop();
});

async function open(first: string, second: string): Promise<{ strict: FakePull; quiet: FakePull }> {
  const one = await repo.openPull({ branch: 'both', base: first, files: { 'a.py': certainQuery } });
  const two = await repo.openPull({ branch: 'both', base: second });
  expect(two.headSha).toBe(one.headSha);
  return first === 'strict' ? { strict: one, quiet: two } : { strict: two, quiet: one };
}

/** Nothing runs any more, and the check of this head stands at `conclusion`. */
async function settles(pull: FakePull, conclusion: string, headSha = pull.headSha): Promise<void> {
  await house.github.until(`the check of ${headSha.slice(0, 7)} is ${conclusion}`, () => {
    const check = pull.check('Driftline', headSha);
    return check?.status === 'completed' && check.conclusion === conclusion;
  });
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  expect(pull.check('Driftline', headSha)).toMatchObject({ status: 'completed', conclusion });
  expect(repo.checkRuns().filter((run) => run.status !== 'completed')).toEqual([]);
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

/** The engine, made to wait with changes into one base until it is let go. */
function holding(base: string): { engine: Engine & MatchEngine; letGo: () => void } {
  let letGo = () => {};
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const engine: Engine & MatchEngine = {
    ...touchyEngine,
    async analyzeChange(request) {
      if (request.base === base) await Promise.race([free, aborted(request.signal)]);
      return touchyEngine.analyzeChange(request);
    },
  };
  return { engine, letGo };
}

test.each([
  ['strict', 'quiet'],
  ['quiet', 'strict'],
])('into %s and %s: a deliberate review of the quieter one hides no failure of the other', async (first, second) => {
  await house.work();
  const { strict, quiet } = await open(first, second);
  await settles(quiet, 'failure');
  await quiet.reopen();
  await house.github.until('it is reviewed again', () => quiet.checkRuns().length > 1);
  await settles(quiet, 'failure');
  const check = quiet.check();
  expect(check?.title).toBe(`#${strict.number}: 1 new problem; #${quiet.number}: 1 new problem`);
  expect(check?.summary).toContain(`| [#${strict.number}](${strict.url}) | failure | 1 new problem |`);
  expect(check?.text).toContain(`### Problems of #${strict.number}\n- \`a.py:`);
  // The button asks for both.
  const before = quiet.checkRuns().length;
  if (check) await repo.rerequestRun(check);
  await house.github.until('both are reviewed again', () => quiet.checkRuns().length > before);
  await settles(quiet, 'failure');
  expect([strict.comments().length, quiet.comments().length]).toEqual([1, 1]);
  await house.github.assertClean();
});

test('the check follows when the worse pull request is closed, opened again, and given a quiet base', async () => {
  await house.work();
  const { strict, quiet } = await open('strict', 'quiet');
  await settles(quiet, 'failure');
  await strict.close();
  await settles(quiet, 'success');
  expect(quiet.check()?.title).toBe('1 new problem');
  await strict.reopen();
  await settles(quiet, 'failure');
  await strict.changeBase('quiet');
  await settles(quiet, 'success');
  expect([strict.comments().length, quiet.comments().length]).toEqual([1, 1]);
  await house.github.assertClean();
});

test('the check follows when the worse pull request moves to another head', async () => {
  await house.work();
  const { strict, quiet } = await open('strict', 'quiet');
  await settles(quiet, 'failure');
  await strict.push({ 'a.py': 'two()\n' });
  await settles(strict, 'success');
  await settles(quiet, 'success');
  strict.reviews();
  quiet.reviews();
  await house.github.assertClean();
});

test('a worse pull request that was closed unheard has no say', async () => {
  await house.work();
  const { strict, quiet } = await open('strict', 'quiet');
  await settles(quiet, 'failure');
  strict.record.state = 'closed';
  await quiet.reopen();
  await settles(quiet, 'success');
  strict.reviews();
  quiet.reviews();
  await house.github.assertClean();
});

test('the check is not green while the other pull request is under review', async () => {
  const { engine, letGo } = holding(await repo.git.must('refs/heads/strict'));
  await house.work(engine);
  const { strict, quiet } = await open('strict', 'quiet');
  await house.github.until('the quiet one is reviewed', () => quiet.comments().length === 1);
  await expect.poll(async () => (await house.jobs()).active, { timeout: 10_000 }).toBe(1);
  // Both may have started one at the same moment; the newest is the one that GitHub goes by.
  expect(quiet.check()?.status).toBe('in_progress');
  letGo();
  await settles(quiet, 'failure');
  expect(strict.check()?.title).toBe(`#${strict.number}: 1 new problem; #${quiet.number}: 1 new problem`);
  strict.reviews();
  await house.github.assertClean();
});

test('a check that was left to a review which then comes to nothing has the word of the other', async () => {
  const { engine } = holding(await repo.git.must('refs/heads/strict'));
  const worker = await house.work(engine);
  const { strict, quiet } = await open('strict', 'quiet');
  const shared = quiet.headSha;
  await house.github.until('the quiet one is reviewed', () => quiet.comments().length === 1);
  await expect.poll(async () => (await house.jobs()).active, { timeout: 10_000 }).toBe(1);
  expect(quiet.check()?.status).toBe('in_progress');
  await strict.close();
  await settles(quiet, 'success', shared);
  expect(quiet.check()?.title).toBe(`#${quiet.number}: 1 new problem; #${strict.number}: Not reviewed`);
  await worker.stop();
  await house.github.assertClean();
});

test('a merge group waits for the review of its pull request, and what blocks there blocks it', async () => {
  const { engine, letGo } = holding(await repo.git.must('refs/heads/strict'));
  await house.work(engine);
  const strict = await repo.openPull({ base: 'strict', files: { 'a.py': certainQuery } });
  await house.github.until('the review has started', () => strict.check() !== undefined);
  const group = await repo.mergeGroup([strict]);
  await expect.poll(async () => (await house.jobs()).delayed, { timeout: 10_000 }).toBe(1);
  expect(strict.checkRuns(group.headSha)).toEqual([]);
  letGo();
  await house.github.until('the group is answered', () => strict.check('Driftline', group.headSha)?.conclusion != null);
  expect(strict.check('Driftline', group.headSha)).toMatchObject({
    conclusion: 'failure',
    title: `New problems that block (#${strict.number})`,
  });
  strict.reviews();
  await house.github.assertClean();
});
