// Carries one attempt at a job out and decides what becomes of it: done, tried again, handed back, or given up.
// It knows neither BullMQ nor GitHub.

import { z } from 'zod';
import { PermanentError, TransientError, UserError } from '../src/errors.ts';
import { closedJob } from './closed.ts';
import { commandJob } from './command.ts';
import { concludeJob } from './conclude.ts';
import { installationJob } from './installation.ts';
import {
  type Attempt,
  type Deps,
  HandBack,
  type JobKind,
  type JobResult,
  LostJob,
  newJob,
  Repository,
  Sha,
} from './job.ts';
import { mergeGroupJob } from './merge-group.ts';
import { rerunJob } from './rerun.ts';
import { reviewJob } from './review.ts';

export interface TakenJob extends Attempt {
  kind: string;
  payload: unknown;
  /** Failed attempts before this one, and how many are allowed in all. */
  failures: number;
  attempts: number;
  /** How often a worker died or froze over it. */
  stalls: number;
}

/** No more attempts; the job goes to the failed set with this message. */
export class GivenUp extends Error {
  constructor(reason: string, options: { cause: unknown }) {
    super(reason, options);
    this.name = 'GivenUp';
  }
}

const stallsMax = 3;

export async function work(job: TakenJob, deps: Deps): Promise<JobResult> {
  switch (job.kind) {
    case reviewJob.kind:
      return attempt(reviewJob, job, deps);
    case closedJob.kind:
      return attempt(closedJob, job, deps);
    case mergeGroupJob.kind:
      return attempt(mergeGroupJob, job, deps);
    case rerunJob.kind:
      return attempt(rerunJob, job, deps);
    case commandJob.kind:
      return attempt(commandJob, job, deps);
    case installationJob.kind:
      return attempt(installationJob, job, deps);
    case concludeJob.kind:
      return attempt(concludeJob, job, deps);
    default:
      throw new GivenUp(`no such kind of job: ${job.kind}`, { cause: null });
  }
}

async function attempt<Payload>(kind: JobKind<Payload>, job: TakenJob, deps: Deps): Promise<JobResult> {
  const parsed = kind.payload.safeParse(job.payload);
  if (!parsed.success)
    throw new GivenUp(`the job's payload is not valid: ${z.prettifyError(parsed.error)}`, { cause: null });
  if (job.stalls > stallsMax) {
    const crash = new PermanentError(`the review crashed ${job.stalls} times`);
    return giveUp(kind, parsed.data, job, crash, deps);
  }
  try {
    return await kind.handle(parsed.data, deps, job);
  } catch (error) {
    if (job.signal.aborted) throw job.signal.reason;
    if (error instanceof LostJob || error instanceof HandBack) throw error;
    const hopeless = error instanceof PermanentError || error instanceof UserError;
    if (!hopeless && job.failures + 1 < job.attempts) throw error;
    return giveUp(kind, parsed.data, job, error, deps);
  }
}

/** The check is concluded before the job is marked as failed, so that a crash in between is made good by the next worker. */
async function giveUp<P>(kind: JobKind<P>, payload: P, job: TakenJob, error: unknown, deps: Deps): Promise<never> {
  const reason = plainReason(error, job.jobId);
  try {
    await kind.giveUp?.(payload, reason, deps);
  } catch (failure) {
    deps.log.warn({ job: job.jobId, err: failure }, 'the check could not be concluded; trying again later');
    const about = z.object({ repository: Repository, headSha: Sha, pull: z.int().optional() }).safeParse(payload);
    if (about.success) {
      const { pull = null, ...head } = about.data;
      const failed = { failedJob: job.jobId, failedAtMs: Date.now(), reason };
      await deps.enqueue(newJob(concludeJob, { ...head, pull, ...failed }));
    }
  }
  throw new GivenUp(reason, { cause: error });
}

function plainReason(error: unknown, jobId: string): string {
  const isPlain = error instanceof PermanentError || error instanceof TransientError || error instanceof UserError;
  return isPlain ? error.message.replace(/\.$/, '') : `an error of its own (the log of job ${jobId} has it)`;
}
