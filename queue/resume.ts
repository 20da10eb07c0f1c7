// Picks up reviews that were begun and that no job carries on, as after a Redis that lost its data or a command that was
// given up: their checks would stay pending. Safe to call at any time, by anybody.
import type { RepositoryRef } from '../src/review/pull.ts';
import type { Storage } from '../src/storage/open.ts';
import type { Run } from '../src/storage/runs.ts';
import { type Deps, type NewJob, newJob } from './job.ts';
import { reviewJob } from './review.ts';

const quietForSeconds = 15 * 60;

/** All that have stood still for a while. How many of them nobody was about to take up. */
export async function resumeUnfinished(
  storage: Pick<Storage, 'runs'>,
  add: (job: NewJob) => Promise<'new' | 'again' | 'anew'>,
  nowMs = Date.now(),
): Promise<number> {
  const runs = await storage.runs.unfinished({ notTouchedSince: Math.floor(nowMs / 1000) - quietForSeconds });
  let resumed = 0;
  for (const run of runs) if ((await add(resumption(run))) !== 'again') resumed += 1;
  return resumed;
}

/** Those of one pull request, whoever began them; of an old head they are ended. */
export async function resumePull(
  { repository, pull }: { repository: RepositoryRef; pull: number },
  { storage, enqueue }: Pick<Deps, 'storage' | 'enqueue'>,
): Promise<void> {
  const runs = await storage.runs.unfinished({ repositoryId: repository.repositoryId, pull });
  for (const run of runs) await enqueue(resumption(run));
}

/** Once for each attempt: the finished job of an earlier one must not swallow it. */
function resumption({ id, attempt, repository, pull, headSha }: Run): NewJob {
  const deliveryId = `resumed-${id}-${attempt}`;
  return newJob(reviewJob, { repository, pull, headSha, deliberate: true, deliveryId });
}
