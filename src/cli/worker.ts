// `driftline worker`: wires GitHub, storage, engine, mirrors and queue into a process that carries out jobs.
// What a job does stands in queue/; nothing is decided here.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { openQueue, sparing, startWorker } from '../../queue/bullmq.ts';
import { Gate } from '../../queue/gate.ts';
import type { Deps } from '../../queue/job.ts';
import { startPrivateRedis } from '../../queue/private-redis.ts';
import { work } from '../../queue/work.ts';
import type { Engine, MatchEngine } from '../analysis/engine.ts';
import { reviewChange } from '../analysis/review-change.ts';
import { readEnvironment, type ServerConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { readFileAt } from '../git/blob.ts';
import { commitFiles } from '../git/commit.ts';
import { readFilesAt } from '../git/files.ts';
import { Mirrors } from '../git/mirror.ts';
import { createGitHub, type GitHubOptions } from '../github/client.ts';
import { openStorage } from '../storage/open.ts';
import { githubOptions } from './github.ts';
import { createLog } from './log.ts';
import { exitSoon, untilToldToStop } from './stop.ts';
import { ruleDeps, rulesOfCommit } from './team.ts';
import { version } from './version.ts';

const closeWithinMs = 2_000;

export interface WorkerOptions {
  log: Logger;
  redisUrl: string;
  engine: Engine & MatchEngine;
  /** Without a sign of life for this long a worker counts as dead. */
  lockMs?: number;
  /** How long running reviews may go on when it stops before they are handed back; containers are killed after 10 s. */
  graceMs?: number;
  /** The wait after the first failed attempt at a job. */
  backoffFirstMs?: number;
  github?: Partial<GitHubOptions>;
  /** Called at each step of a review; tests end the process at one of them. */
  onStep?: (step: string) => void;
}

export interface RunningWorker {
  stop(): Promise<void>;
}

export async function worker(): Promise<number> {
  const config = readEnvironment(process.env);
  const log = createLog(config.logLevel);
  const redis = config.redisUrl === null ? await startPrivateRedis(config.dataDir, log) : null;
  const { loadEngine } = await import('../analysis/native.ts');
  const redisUrl = config.redisUrl ?? redis?.url ?? '';
  const running = await startReviewing(config, {
    log,
    redisUrl,
    engine: loadEngine({ cacheDir: join(config.dataDir, 'cache') }),
  });
  log.info({ concurrency: config.workerConcurrency }, 'worker is ready');
  await untilToldToStop();
  log.info('worker stops');
  await running.stop();
  await redis?.stop();
  exitSoon();
  return 0;
}

export async function startReviewing(config: ServerConfig, options: WorkerOptions): Promise<RunningWorker> {
  const { log, redisUrl, lockMs = 30_000, graceMs = 6_000, backoffFirstMs } = options;
  if (config.github === null)
    throw new UserError('bad-environment', 'a worker needs APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET');
  const storage = await openStorage(config);
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on('error', sparing(log, 'Redis does not answer'));
  const gate = new Gate(redis, lockMs);
  const queue = openQueue(redisUrl, log);
  const rules = ruleDeps(options.engine, config.semgrep, config.review.twoPassEnabled);
  const deps: Deps = {
    github: createGitHub({ ...githubOptions(config, config.github, log), ...options.github }),
    storage,
    rulesAt: rulesOfCommit,
    reviewChange: (request, asked, rulesOfHead) => reviewChange(rules, request, asked, rulesOfHead),
    mirrors: new Mirrors({ root: join(config.dataDir, 'mirrors'), maxBytes: config.mirrorMaxBytes }),
    readFile: readFileAt,
    readFiles: readFilesAt,
    commitFiles,
    gate,
    enqueue: (job) => queue.add(job),
    settings: config.review,
    log,
    version: version(),
  };
  const pace = { lockMs, ...(backoffFirstMs === undefined ? {} : { backoffFirstMs }) };
  const running = startWorker({ redisUrl, concurrency: config.workerConcurrency, ...pace, log }, async (job) => {
    const about = { job: job.jobId, attempt: job.failures + 1 };
    log.info(about, 'job starts');
    try {
      const result = await work({ ...job, step: options.onStep ?? job.step }, deps);
      log.info({ ...about, ...result }, 'job ends');
      return result;
    } catch (error) {
      log.warn({ ...about, err: error }, 'job fails');
      throw error;
    }
  });
  return {
    async stop() {
      const close = async () => {
        await running.stop(graceMs);
        await queue.close();
      };
      // With Redis away a close may wait for ever; then the jobs count as stalled, which is as good as handed back.
      await Promise.race([close(), sleep(graceMs + closeWithinMs, undefined, { ref: false })]);
      await gate.close();
      redis.disconnect();
      await storage.close();
    },
  };
}
