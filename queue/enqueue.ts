// Turns our events into jobs. Pure but for the two functions it is given; it knows no webhook payload.
import type { DriftlineEvent } from '../src/github/event.ts';
import { closedJob } from './closed.ts';
import { type Gate, pullKey } from './gate.ts';
import { installationJob } from './installation.ts';
import { type NewJob, newJob } from './job.ts';
import { mergeGroupJob } from './merge-group.ts';
import { rerunJob } from './rerun.ts';
import { reviewJob } from './review.ts';

export interface Enqueuer {
  /** `new`: no equal job was ever here, as far as anybody remembers. */
  add(job: NewJob): Promise<'new' | 'again'>;
  gate: Pick<Gate, 'announce' | 'setLatest'>;
}

/** Resolves when the job is safely in the queue; rejects when the queue did not take it. */
export async function enqueue(event: DriftlineEvent, { add, gate }: Enqueuer): Promise<void> {
  const added = await add(jobOf(event));
  // The job is safe; the rest only makes things quicker, and the answer need not wait for it.
  tellOthers(event, added === 'new', gate).catch(() => undefined);
}

async function tellOthers(event: DriftlineEvent, isNew: boolean, gate: Enqueuer['gate']): Promise<void> {
  if (event.kind !== 'review' && event.kind !== 'pull-closed') return;
  const pull = pullKey(event.repository, event.pull);
  // A redelivery of an old push must not make it look like the newest.
  const what = event.kind === 'review' ? event.headSha : 'closed';
  if (isNew) await gate.setLatest(pull, what);
  await gate.announce(pull, what);
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
