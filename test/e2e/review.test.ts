// From a webhook to what stands on GitHub: the whole way through server, queue, worker and mirror.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

const before = 'def view():\n    one()\n    two()\n';
const dirty = 'def view():\n    QUERY(a)\n    two()\n    QUERY(b)\n';

test('a pull request with problems gets one review with a comment on each line, and a check', async () => {
  const { github } = house;
  const repo = await github.createRepository('acme/shop', { files: { 'shop/views.py': before } });
  await house.work();
  const pull = await repo.openPull({ files: { 'shop/views.py': dirty } });
  await github.until('the check is concluded', () => pull.check()?.status === 'completed');
  expect([pull.check()?.conclusion, pull.check()?.title]).toEqual(['neutral', '2 new problems']);
  expect(pull.reviews()).toHaveLength(1);
  expect(pull.comments().map(({ path, originalLine }) => `${path}:${originalLine}`)).toEqual([
    'shop/views.py:2',
    'shop/views.py:4',
  ]);
  await github.assertClean();
});
