// `driftline serve`: one HTTP server for webhooks and pages, a private Redis when none is named, and a worker as a
// child process that may die without taking the service along.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type JobQueue, onJobEnd, openQueue } from '../../queue/bullmq.ts';
import { enqueue } from '../../queue/enqueue.ts';
import { Gate } from '../../queue/gate.ts';
import { startPrivateRedis } from '../../queue/private-redis.ts';
import { resumeUnfinished } from '../../queue/resume.ts';
import { readEnvironment, reviewEnvironment, type ServerConfig } from '../config.ts';
import { createGitHub } from '../github/client.ts';
import type { DriftlineEvent } from '../github/event.ts';
import { createRegistrationHandler } from '../github/registration.ts';
import { createWebhookHandler, type HttpHandler } from '../github/webhook.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { Metrics } from '../web/metrics.ts';
import { pages } from '../web/pages.ts';
import { Child } from './child.ts';
import { githubOptions } from './github.ts';
import { createLog } from './log.ts';
import { exitSoon, untilToldToStop } from './stop.ts';
import { version } from './version.ts';

const tidyEveryMs = 15 * 60_000;
const deliveriesKeptSeconds = 30 * 24 * 3600;

export interface ServeOptions {
  /** Runs a worker as a child process. */
  worker: boolean;
  log: Logger;
  /** How to start that worker; default `driftline worker` of this installation. */
  workerCommand?: readonly string[];
}

export interface RunningServer {
  url: string;
  port: number;
  redisUrl: string;
  workerPid(): number | undefined;
  stop(): Promise<void>;
}

export async function serve({ worker }: { worker: boolean }): Promise<number> {
  const config = readEnvironment(process.env);
  const log = createLog(config.logLevel);
  const server = await startServer(config, { worker, log });
  log.info(
    { url: server.url },
    config.github === null ? 'open this address to register the App' : 'Driftline is ready',
  );
  await untilToldToStop();
  log.info('Driftline stops');
  await server.stop();
  exitSoon();
  return 0;
}

export async function startServer(
  config: ServerConfig,
  { worker, log, workerCommand }: ServeOptions,
): Promise<RunningServer> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of undo.splice(0).reverse()) {
      await close().catch((error: unknown) => log.warn({ err: error }, 'while stopping'));
    }
  };
  try {
    const storage = await openStorage(config);
    undo.push(() => storage.close());
    const redis = config.redisUrl === null ? await startPrivateRedis(config.dataDir, log) : null;
    if (redis !== null) undo.push(() => redis.stop());
    const redisUrl = config.redisUrl ?? redis?.url ?? '';
    const queue = openQueue(redisUrl, log);
    undo.push(() => queue.close());
    const http = await door(config, storage, queue, redisUrl, log, undo);
    undo.push(keepTidy(storage, queue, log));
    const port = await listen(http, config);
    undo.push(() => closed(http));
    let child: Child | null = null;
    if (worker && config.github !== null) {
      const command = workerCommand ?? [
        process.execPath,
        join(import.meta.dirname, `main${extname(import.meta.filename)}`),
        'worker',
      ];
      const running = new Child(command, { ...inherited(), ...environmentOf(config), REDIS_URL: redisUrl }, log);
      undo.push(() => running.stop());
      child = running;
    }
    return { url: `http://${shown(config.host)}:${port}`, port, redisUrl, workerPid: () => child?.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everything behind the HTTP server: the webhook handler, the pages, and the queue between webhook and worker. */
async function door(
  config: ServerConfig,
  storage: Storage,
  queue: JobQueue,
  redisUrl: string,
  log: Logger,
  undo: (() => Promise<unknown>)[],
): Promise<Server> {
  const gateRedis = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, connectTimeout: 2_000 });
  gateRedis.on('error', () => undefined); // the queue's own connection says it
  undo.push(async () => gateRedis.disconnect());
  const gate = new Gate(gateRedis, 30_000);
  const metrics = new Metrics(() => queue.counts());
  const ends = await onJobEnd(redisUrl, ({ state, result }) => {
    const { outcome = state, seconds = null, calls = 0, comments = 0, findings = {} } = result ?? {};
    metrics.ended({ state, outcome, seconds, calls, comments, findings });
  });
  undo.push(() => ends.close());
  const take = (event: DriftlineEvent) => enqueue(event, { add: (job) => queue.add(job), gate });
  const webhooks = await webhookHandler(config, storage, take, metrics, log);
  const site = getRequestListener(
    pages({
      version: version(),
      registered: config.github !== null,
      metrics,
      jobs: () => queue.counts(),
      parts: { queue: () => queue.ping(), storage: () => storage.ping() },
    }).fetch,
  );
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!(await webhooks(request, response))) await site(request, response);
  };
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request could not be answered');
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    });
  });
}

/** Now and every quarter of an hour: reviews that were lost are taken up, and old deliveries forgotten. */
function keepTidy(storage: Storage, queue: JobQueue, log: Logger): () => Promise<void> {
  const tidy = async () => {
    const resumed = await resumeUnfinished(storage, (job) => queue.add(job));
    if (resumed > 0) log.warn({ resumed }, 'reviews that no job remembered are taken up again');
    await storage.deliveries.prune(Math.floor(Date.now() / 1000) - deliveriesKeptSeconds);
  };
  const run = () => tidy().catch((error: Error) => log.warn({ reason: error.message }, 'could not tidy up'));
  let last = run();
  const timer = setInterval(() => {
    last = run();
  }, tidyEveryMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}

async function webhookHandler(
  config: ServerConfig,
  storage: Storage,
  take: (event: DriftlineEvent) => Promise<void>,
  metrics: Metrics,
  log: Logger,
): Promise<HttpHandler> {
  if (config.github === null) return createRegistrationHandler({ host: shown(config.host), port: config.port, log });
  const github = createGitHub(githubOptions(config, config.github, log));
  let login: string | null = null;
  github.ownLogin().then(
    (name) => {
      login = name;
    },
    (error: unknown) => log.warn({ err: error }, 'GitHub does not tell the name of this App'),
  );
  return createWebhookHandler({
    ...config.github,
    log,
    async enqueue(event) {
      await take(event);
      // Only a diary, and only after the job is safe: it may fail without harm, and the answer need not wait for it.
      const repositoryId = 'repository' in event ? event.repository.repositoryId : null;
      const installationId = 'repository' in event ? event.repository.installationId : event.installationId;
      const { deliveryId, kind } = event;
      storage.deliveries
        .record({ deliveryId, event: kind, installationId, repositoryId })
        .catch((error: unknown) => log.warn({ err: error, delivery: deliveryId }, 'the delivery was not noted'));
    },
    ownLogin: () => login,
    onDelivery: (delivery) => metrics.delivered(delivery),
  });
}

async function listen(http: Server, { port, host }: ServerConfig): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen({ port, ...(host === null ? {} : { host }) }, resolve);
  });
  const address = http.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

/** Takes no new connection and waits for running requests, but not for those that keep a connection open for nothing. */
async function closed(http: Server): Promise<void> {
  const done = new Promise((resolve) => http.close(resolve));
  http.closeIdleConnections();
  const timer = setTimeout(() => http.closeAllConnections(), 5_000);
  await done;
  clearTimeout(timer);
}

function shown(host: string | null): string {
  return host === null ? 'localhost' : host.includes(':') ? `[${host}]` : host;
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The same configuration for the child, whoever made it. */
function environmentOf(config: ServerConfig): Record<string, string> {
  const { github } = config;
  return {
    APP_ID: github === null ? '' : String(github.appId),
    PRIVATE_KEY: github?.privateKey ?? '',
    PRIVATE_KEY_PATH: '',
    WEBHOOK_SECRET: github?.webhookSecret ?? '',
    GHE_HOST: config.gheHost ?? '',
    GHE_PROTOCOL: config.gheProtocol,
    LOG_LEVEL: config.logLevel,
    DATABASE_URL: config.databaseUrl ?? '',
    DATA_DIR: config.dataDir,
    WORKER_CONCURRENCY: String(config.workerConcurrency),
    MIRROR_MAX_BYTES: String(config.mirrorMaxBytes),
    SEMGREP_PATH: config.semgrep.program ?? '',
    SEMGREP_MAX_PROCESSES: String(config.semgrep.maxProcesses),
    ...reviewEnvironment(config.review),
  };
}
