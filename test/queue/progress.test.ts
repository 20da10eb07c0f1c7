// How far a long analysis is, on the check: seldom, never after its end, never a reason to fail.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { showOnCheck } from '../../queue/progress.ts';

const indexing = (done: number) => ({ phase: 'indexing' as const, done, total: 90 });

it('says nothing at first and then no more often than it should', async () => {
  const shown: string[] = [];
  const progress = showOnCheck({
    everyMs: 40,
    show: async (text) => {
      shown.push(text);
    },
  });
  progress.update(indexing(1));
  expect(shown).toEqual([]);
  await sleep(60);
  for (let done = 2; done < 9; done += 1) progress.update(indexing(done));
  await sleep(60);
  progress.update({ phase: 'analysing', done: 3, total: 90 });
  await progress.end();
  progress.update(indexing(90));
  expect(shown).toEqual(['Indexing: 2 of 90 files', 'Analysing: 3 of 90 files']);
});

it('ends only after what is under way, and does not pass its failure on', async () => {
  const steps: string[] = [];
  const progress = showOnCheck({
    everyMs: 0,
    show: async () => {
      await sleep(50);
      steps.push('failed');
      throw new Error('GitHub is down');
    },
  });
  await sleep(5);
  progress.update(indexing(1));
  progress.update(indexing(2));
  await progress.end();
  steps.push('ended');
  expect(steps).toEqual(['failed', 'ended']);
});
