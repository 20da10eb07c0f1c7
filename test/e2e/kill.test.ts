// A worker is killed at each point of a review. Another one finishes it: no comment twice, no check pending, and the
// same words on GitHub as if nothing had happened.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Snapshot } from '../github/snapshot.ts';
import { type House, openHouse } from './house.ts';
import { queries } from './touchy-engine.ts';

const points = [
  'pull-read',
  'run-started',
  'POST /repos/:/:/check-runs',
  'check-started',
  'mirror-ready',
  'analysed',
  'stored',
  'posted-read',
  'planned',
  'POST /repos/:/:/pulls/:/reviews',
  'POST /repos/:/:/code-scanning/sarifs',
  'PATCH /repos/:/:/check-runs/:',
  'published',
  'concluded',
];

let house: House;
let undisturbed: Snapshot[string] | undefined;

beforeAll(async () => {
  house = await openHouse();
  const worker = await house.work();
  undisturbed = await review('acme/undisturbed', async () => {});
  await worker.stop();
});
afterAll(() => house.stop());

/** Opens the same pull request in a new repository and waits until its check is concluded. */
async function review(name: string, meanwhile: () => Promise<void>): Promise<Snapshot[string] | undefined> {
  const { github } = house;
  const repo = await github.createRepository(name, {
    files: { 'shop/views.py': 'def view():\n    one()\n    two()\n' },
  });
  const pull = await repo.openPull({
    files: { 'shop/views.py': queries('a', 'b') },
  });
  await meanwhile();
  await github.until('the check is concluded', () => pull.check()?.status === 'completed');
  expect(pull.comments().map(({ originalLine }) => originalLine)).toEqual([6, 11]);
  return github.snapshot()[name];
}

test.each(points)('killed at %s', async (point) => {
  const name = `acme/${point.replace(/[^a-z]+/gi, '-')}`;
  const killed = house.spawnWorker(point);
  let second: ReturnType<House['spawnWorker']> | undefined;
  const result = await review(name, async () => {
    expect(await killed.gone).toBe('SIGKILL');
    second = house.spawnWorker();
  });
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  second?.kill('SIGTERM');
  expect(await second?.gone).toBe('0');
  expect(withoutNames(result)).toEqual(withoutNames(undisturbed));
  await house.github.assertClean();
});

/** Repositories differ in nothing but their name, which stands in addresses and in no commit. */
function withoutNames(snapshot: Snapshot[string] | undefined): unknown {
  return JSON.parse(JSON.stringify(snapshot).replaceAll(/acme\/[a-zA-Z-]+/g, 'acme/shop'));
}
