// The only file that knows BullMQ: how jobs are kept, taken, tried again and handed back.
// It must not know what a job does.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Queue, QueueEvents, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { TransientError } from '../src/errors.ts';
import { HandBack, type JobResult, type Log, LostJob, type NewJob } from './job.ts';
import { GivenUp, type TakenJob } from './work.ts';

const queueName = 'driftline';
const attemptsMax = 8;
const backoffFirstMs = 5_000;
const backoffMostMs = 15 * 60_000;
/** GitHub redelivers for three days; a job kept for longer than that makes every redelivery harmless. */
const keepSeconds = 7 * 24 * 3600;

export interface JobQueue {
  /**
   * Rejects at once when Redis does not answer. An equal job that waits, runs or has done its work swallows it: `again`.
   * `anew`: an equal one had ended without a review and made way.
   */
  add(job: NewJob): Promise<'new' | 'again' | 'anew'>;
  counts(): Promise<Record<string, number>>;
  ping(): Promise<void>;
  failed(): Promise<FailedJob[]>;
  /** Puts a failed job back; false when it is not among the failed. */
  retry(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface FailedJob {
  id: string;
  kind: string;
  reason: string;
  failedAt: Date | null;
}

export function openQueue(redisUrl: string, log: Log): JobQueue {
  const queue = new Queue<unknown, JobResult>(queueName, {
    // A webhook must be refused soon when Redis is down: one try to connect again, then the command fails.
    connection: {
      ...connectionOf(redisUrl),
      maxRetriesPerRequest: 1,
      connectTimeout: 2_000,
      commandTimeout: 5_000,
      retryStrategy: (times: number) => Math.min(times * 100, 1_000),
    },
    skipVersionCheck: true,
    skipWaitingForReady: true,
    defaultJobOptions: {
      attempts: attemptsMax,
      backoff: { type: 'driftline' },
      removeOnComplete: { age: keepSeconds, count: 100_000 },
      removeOnFail: { age: 4 * keepSeconds, count: 10_000 },
      stackTraceLimit: 5,
    },
  });
  queue.on('error', sparing(log, 'the queue does not answer'));
  return {
    async add({ kind, id, payload, attempts }) {
      const put = () => queue.add(kind, payload, { jobId: id, ...(attempts === undefined ? {} : { attempts }) });
      // Sent together, answered in order: a delivery waits for one round trip.
      const [before] = await Promise.all([queue.getJob(id), put()]);
      if (before === undefined) return 'new';
      if (!(await clearUnreviewed(before))) return 'again';
      await put();
      return 'anew';
    },
    counts: () => queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed'),
    async ping() {
      await queue.count();
    },
    async failed() {
      const jobs = await queue.getFailed(0, 999);
      return jobs.map(({ id, name, failedReason, finishedOn }) => ({
        id: id ?? '',
        kind: name,
        reason: failedReason,
        failedAt: finishedOn === undefined ? null : new Date(finishedOn),
      }));
    },
    async retry(id) {
      const job = await queue.getJob(id);
      if (job === undefined || !(await job.isFailed())) return false;
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      return true;
    },
    close: () => soon(queue.close()),
  };
}

/** A finished job that reviewed nothing (failed, superseded, a draft) must not swallow a new request for the same head. */
async function clearUnreviewed(before: Job<unknown, JobResult>): Promise<boolean> {
  if (before.finishedOn === undefined) return false;
  const isFinal = before.returnvalue?.outcome === 'reviewed' || before.returnvalue?.outcome === 'done';
  if (isFinal) return false;
  await before.remove().catch(() => undefined); // taken up meanwhile: then it swallows rightly
  return true;
}

export interface WorkerOptions {
  redisUrl: string;
  concurrency: number;
  /** Without a sign of life for this long a worker counts as dead and its jobs are given to others. */
  lockMs: number;
  /** The wait after the first failed attempt; doubles each time. */
  backoffFirstMs?: number;
  log: Log;
}

export interface JobWorker {
  /** Takes no more jobs, lets the running ones finish for `graceMs`, then hands them back. */
  stop(graceMs: number): Promise<void>;
}

export function startWorker(options: WorkerOptions, work: (job: TakenJob) => Promise<JobResult>): JobWorker {
  const { lockMs, log } = options;
  const running = new Map<string, AbortController>();
  const process = async (job: Job<unknown, JobResult>, token = ''): Promise<JobResult> => {
    const id = job.id ?? '';
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const taken = takenJob(job, token, lockMs, controller.signal);
      return await work(taken);
    } catch (error) {
      if (error instanceof GivenUp) throw new UnrecoverableError(error.message);
      if (!(error instanceof HandBack)) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      running.delete(id);
    }
  };
  const worker = new Worker<unknown, JobResult>(queueName, process, {
    connection: connectionOf(options.redisUrl),
    concurrency: options.concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // Counted in work.ts instead: there the check is concluded before the job is marked as failed.
    maxStalledCount: 1_000_000,
    settings: { backoffStrategy: (attempt, _type, error) => backoffMs(attempt, error, options.backoffFirstMs) },
  });
  worker.on('error', sparing(log, 'the queue has a problem'));
  worker.on('stalled', (id) => log.warn({ job: id }, 'a worker died over this job; it waits for another'));
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) running.get(id)?.abort(new LostJob());
  });
  return {
    async stop(graceMs) {
      const closed = worker.close();
      const timer = setTimeout(() => {
        for (const controller of running.values()) controller.abort(new HandBack());
      }, graceMs);
      await closed.finally(() => clearTimeout(timer));
    },
  };
}

function takenJob(job: Job<unknown, JobResult>, token: string, lockMs: number, signal: AbortSignal): TakenJob {
  return {
    jobId: job.id ?? '',
    kind: job.name,
    payload: job.data,
    failures: job.attemptsMade,
    attempts: job.opts.attempts ?? 1,
    stalls: job.stalledCounter,
    isFirst: job.attemptsMade === 0 && job.stalledCounter === 0,
    signal,
    async stillOurs() {
      return (await job.extendLock(token, lockMs)) === 1;
    },
    step() {},
  };
}

/** Exponential, with jitter over the upper half so that many jobs do not come back together; never before `retry-after`. */
export function backoffMs(attempt: number, error: unknown, firstMs = backoffFirstMs): number {
  const most = Math.min(firstMs * 2 ** (attempt - 1), backoffMostMs);
  const wait = most / 2 + (Math.random() * most) / 2;
  const asked = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
  return Math.ceil(asked > 0 ? asked + wait / 2 : wait);
}

/** Calls back for every job that any worker has finished, with what it returned. */
export async function onJobEnd(
  redisUrl: string,
  callback: (end: { state: 'completed' | 'failed'; result: JobResult | null }) => void,
): Promise<{ close(): Promise<void> }> {
  const events = new QueueEvents(queueName, { connection: connectionOf(redisUrl) });
  events.on('error', () => undefined); // it connects again by itself
  events.on('completed', ({ returnvalue }) =>
    callback({ state: 'completed', result: returnvalue as unknown as JobResult }),
  );
  events.on('failed', () => callback({ state: 'failed', result: null }));
  await events.waitUntilReady();
  return { close: () => soon(events.close()) };
}

/** With Redis away a close waits for it to come back; nobody should wait for that. */
async function soon(closing: Promise<unknown>): Promise<void> {
  await Promise.race([closing, sleep(2_000, undefined, { ref: false })]);
}

const sparingMs = 30_000;

/** While Redis is away there is an error several times a second: one in half a minute tells as much. */
export function sparing(log: Log, message: string): (error: Error) => void {
  let last = 0;
  return (error) => {
    if (Date.now() - last < sparingMs) return;
    last = Date.now();
    log.warn({ reason: error.message }, message);
  };
}

function connectionOf(url: string) {
  return { url, maxRetriesPerRequest: null };
}
