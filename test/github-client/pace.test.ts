// The pace of writes: a burst after a rest, then one per interval, each installation by itself.
import { expect, test } from 'vitest';
import { pacedQueues } from '../../src/github/pace.ts';

const everyMs = 60;

async function startsOf(queues: ReturnType<typeof pacedQueues>, id: string, count: number): Promise<number[]> {
  const began = Date.now();
  const starts: number[] = [];
  await Promise.all(
    Array.from({ length: count }, () =>
      queues.key(id).schedule({}, async () => {
        starts.push(Date.now() - began);
      }),
    ),
  );
  return starts;
}

test('three at once, then one per interval', async () => {
  const starts = await startsOf(pacedQueues({ everyMs, burst: 3 }), 'one', 5);
  expect(starts[2]).toBeLessThan(everyMs);
  expect(starts[3]).toBeGreaterThanOrEqual(everyMs - 2);
  expect(starts[4]).toBeGreaterThanOrEqual(2 * everyMs - 2);
});

test('without a burst each waits for the one before', async () => {
  const starts = await startsOf(pacedQueues({ everyMs, burst: 1 }), 'one', 3);
  expect(starts[1]).toBeGreaterThanOrEqual(everyMs - 2);
  expect(starts[2]).toBeGreaterThanOrEqual(2 * everyMs - 2);
});

test('installations do not wait for each other, and a rest gives the burst back', async () => {
  const queues = pacedQueues({ everyMs, burst: 2 });
  await startsOf(queues, 'one', 2);
  expect((await startsOf(queues, 'two', 2))[1]).toBeLessThan(everyMs);
  await new Promise((resolve) => setTimeout(resolve, 3 * everyMs));
  expect((await startsOf(queues, 'one', 2))[1]).toBeLessThan(everyMs);
});
