// The whole product for a test: fake GitHub, private Redis, HTTP server, and workers in this process or as children.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { type PrivateRedis, startPrivateRedis } from '../../queue/private-redis.ts';
import type { Engine, MatchEngine } from '../../src/analysis/engine.ts';
import { type RunningServer, startServer } from '../../src/cli/serve.ts';
import { type RunningWorker, startReviewing, type WorkerOptions } from '../../src/cli/worker.ts';
import { readEnvironment, type ServerConfig } from '../../src/config.ts';
import { type FakeGitHub, type FakeOptions, startFakeGitHub } from '../github/fake.ts';
import { touchyEngine } from './touchy-engine.ts';

export const fast: Pick<WorkerOptions, 'lockMs' | 'graceMs' | 'backoffFirstMs' | 'github'> = {
  lockMs: 700,
  graceMs: 300,
  backoffFirstMs: 20,
  github: {
    settleWaitsMs: [50, 100, 200],
    patience: { retries: 2, backoffMs: 20, limitMs: 100 },
    requestTimeoutMs: 5_000,
  },
};

/** For tests of what makes many writes: the pace that GitHub asks for would be all that they wait for. */
export const unpaced: Partial<WorkerOptions> = {
  github: { ...fast.github, pace: { write: { everyMs: 0, burst: 1 }, notify: { everyMs: 0, burst: 1 } } },
};

export const log = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2));

export interface House {
  github: FakeGitHub;
  server: RunningServer;
  redis: PrivateRedis;
  config: ServerConfig;
  /** A worker in this process. */
  work(engine?: Engine & MatchEngine, options?: Partial<WorkerOptions>): Promise<RunningWorker>;
  /** A worker of its own process, which ends itself with SIGKILL at the named point. */
  spawnWorker(killAt?: string): WorkerChild;
  /** What a worker process needs to know. */
  env: Record<string, string>;
  /** Empties Redis, as if it had lost its data. */
  forgetJobs(): Promise<void>;
  /** Jobs by state now. */
  jobs(): Promise<Record<string, number>>;
  /** Jobs by state once nothing waits or runs. */
  settled(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export interface WorkerChild {
  /** Resolves with the signal or exit code that ended it. */
  gone: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export async function openHouse(options: FakeOptions = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-house-'));
  const github = await startFakeGitHub(options);
  const env = { ...github.env, DATA_DIR: folder, PORT: '0', HOST: '127.0.0.1' };
  const redis = await startPrivateRedis(folder, log);
  const config = { ...readEnvironment(env), redisUrl: redis.url };
  const server = await startServer(config, { worker: false, log });
  github.webhookUrl = `${server.url}/api/github/webhooks`;
  const workers: RunningWorker[] = [];
  const children: WorkerChild[] = [];
  return {
    github,
    server,
    redis,
    config,
    env: { ...env, REDIS_URL: redis.url },
    async forgetJobs() {
      const connection = new Redis(redis.url);
      await connection.flushall();
      connection.disconnect();
    },
    jobs: () => jobsOf(server.url),
    async work(engine = touchyEngine, options = {}) {
      const worker = await startReviewing(config, { ...fast, log, redisUrl: redis.url, engine, ...options });
      workers.push(worker);
      return worker;
    },
    spawnWorker(killAt) {
      const child = spawnWorker({ ...env, REDIS_URL: redis.url, ...(killAt ? { KILL_AT: killAt } : {}) });
      children.push(child);
      return child;
    },
    async settled() {
      for (let tries = 0; ; tries++) {
        const { completed: _, ...jobs } = await jobsOf(server.url);
        if (tries === 600 || (jobs.active === 0 && jobs.waiting === 0)) return jobs;
        await new Promise((done) => setTimeout(done, 25));
      }
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map((child) => child.gone));
      await server.stop();
      await redis.stop();
      await github.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function jobsOf(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = [...text.matchAll(/^driftline_jobs\{state="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, state = '', count]) => [state, Number(count)]));
}

function spawnWorker(env: Record<string, string>): WorkerChild {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'worker-child.ts')], {
    env: { ...process.env, ...env },
    // The channel ends with this process, so that no worker outlives a test that was broken off.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
  return { gone, kill: (signal) => void child.kill(signal) };
}
