// Turns our events into jobs. Pure but for the two functions it is given; it knows no webhook payload.
import type { DriftlineEvent } from '../src/github/event.ts';
import { closedJob } from './closed.ts';
import { pullKey } from './gate.ts';
import { installationJob } from './installation.ts';
import { type NewJob, newJob } from './job.ts';
import { mergeGroupJob } from './merge-group.ts';
import { rerunJob } from './rerun.ts';
import { reviewJob } from './review.ts';

export interface Enqueuer {
  add(job: NewJob): Promise<void>;
  /** Tells running reviews of this pull request that there is news. May be lost. */
  announce(pull: string, what: string): Promise<void>;
}

/** Resolves when the job is safely in the queue; rejects when the queue did not take it. */
export async function enqueue(event: DriftlineEvent, queue: Enqueuer): Promise<void> {
  await queue.add(jobOf(event));
  if (event.kind === 'review' || event.kind === 'pull-closed') {
    const what = event.kind === 'review' ? event.headSha : 'closed';
    await queue.announce(pullKey(event.repository, event.pull), what).catch(() => undefined);
  }
}

export function jobOf(event: DriftlineEvent): NewJob {
  switch (event.kind) {
    case 'review':
      return newJob(reviewJob, event);
    case 'pull-closed':
      return newJob(closedJob, event);
    case 'merge-group':
      return newJob(mergeGroupJob, event);
    case 'rerun':
      return newJob(rerunJob, event);
    case 'installation':
      return newJob(installationJob, event);
  }
}
