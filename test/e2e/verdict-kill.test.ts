// A worker is killed at each point of a verdict. Another one finishes it: the check is concluded with the verdict heard,
// and one answer stands in the thread.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { certainQuery } from './touchy-engine.ts';

const points = [
  'verdict-noted',
  'POST /repos/:/:/check-runs',
  'check-started',
  'planned',
  'PATCH /repos/:/:/check-runs/:',
  'published',
  'concluded',
  'POST /repos/:/:/pulls/:/comments',
];

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.stop());

test.each(points)('killed at %s', async (point) => {
  const { github } = house;
  const repo = await github.createRepository(`acme/${point.replace(/[^a-z]+/gi, '-')}`, {
    files: { 'requirements.txt': 'django==5.2\n' },
  });
  repo.setRole('mona', 'maintain');
  const first = await house.work();
  const pull = await repo.openPull({ files: { 'a.py': certainQuery } });
  await github.until('the check is concluded', () => pull.check()?.status === 'completed');
  await house.settled();
  await first.stop();
  const killed = house.spawnWorker(point);
  const thread = pull.comments()[0]?.id ?? 0;
  await pull.reply(thread, '/driftline dismiss wont-fix');
  expect(await killed.gone).toBe('SIGKILL');
  const second = house.spawnWorker();
  await github.until('an answer', () => pull.replies(thread).length === 2);
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  second.kill('SIGTERM');
  expect(await second.gone).toBe('0');
  expect([pull.check()?.conclusion, pull.check()?.title]).toEqual(['success', '1 dismissed']);
  expect(pull.checkRuns().filter(({ status }) => status !== 'completed')).toEqual([]);
  expect([pull.comments().length, pull.replies(thread).length]).toEqual([1, 2]);
  await github.assertClean();
});
