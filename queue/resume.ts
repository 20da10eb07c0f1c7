// Picks up reviews that were begun and that no job remembers any more, as after a Redis that lost its data:
// their checks would stay pending. Safe to call at any time, by anybody: a job that still exists swallows its twin.
import type { Storage } from '../src/storage/open.ts';
import { type NewJob, newJob } from './job.ts';
import { reviewJob } from './review.ts';

const quietForSeconds = 15 * 60;

export async function resumeUnfinished(
  storage: Pick<Storage, 'runs'>,
  add: (job: NewJob) => Promise<'new' | 'again' | 'anew'>,
  nowMs = Date.now(),
): Promise<number> {
  const runs = await storage.runs.unfinished({ notTouchedSince: Math.floor(nowMs / 1000) - quietForSeconds });
  let resumed = 0;
  for (const { repository, pull, headSha } of runs) {
    const job = newJob(reviewJob, { repository, pull, headSha, deliberate: false, deliveryId: 'resumed' });
    if ((await add(job)) !== 'again') resumed += 1;
  }
  return resumed;
}
