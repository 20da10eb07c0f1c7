// Turns our events into jobs. Pure but for the two functions it is given; it knows no webhook payload.
import type { DriftlineEvent } from '../src/github/event.ts';
import { closedJob } from './closed.ts';
import { commandJob } from './command.ts';
import { type Gate, pullKey } from './gate.ts';
import { installationJob } from './installation.ts';
import { type NewJob, newJob } from './job.ts';
import { mergeGroupJob } from './merge-group.ts';
import { rerunJob } from './rerun.ts';
import { reviewJob } from './review.ts';

export interface Enqueuer {
  /** `new`: no equal job was ever here, as far as anybody remembers. `again`: one swallowed it. */
  add(job: NewJob): Promise<'new' | 'again' | 'anew'>;
  gate: Pick<Gate, 'announce' | 'setLatest'>;
}

/** Resolves when the job is safely in the queue; rejects when the queue did not take it. */
export async function enqueue(event: DriftlineEvent, { add, gate }: Enqueuer): Promise<void> {
  const added = await add(jobOf(event));
  // The job is safe; the rest only makes things quicker, and the answer need not wait for it.
  tellOthers(event, added, { add, gate }).catch(() => undefined);
}

async function tellOthers(
  event: DriftlineEvent,
  added: 'new' | 'again' | 'anew',
  { add, gate }: Enqueuer,
): Promise<void> {
  if (event.kind !== 'review' && event.kind !== 'pull-closed') return;
  // A button says nothing of what the head is now.
  if (event.asOf === null) return;
  const pull = pullKey(event.repository, event.pull);
  const what = event.kind === 'review' ? event.headSha : 'closed';
  const { noted, until } = await gate.setLatest(pull, what, event.asOf, added === 'new' ? 'new' : 'again');
  // An old push that comes late or once more must not pass for the newest.
  if (!noted) return;
  await gate.announce(pull, what);
  // Back to a head that was here before: what was said of it then may have been left to others or broken off since.
  const isBack = added === 'again' && until !== null && until !== what;
  if (event.kind === 'review' && isBack) await add(jobOf({ ...event, deliberate: true }));
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
    case 'command':
      return newJob(commandJob, event);
    case 'installation':
      return newJob(installationJob, event);
  }
}
