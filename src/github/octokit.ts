// The only place that makes Octokit clients: one per installation, with throttling, retries, time limits and counting
// set explicitly. It must not know what is asked of GitHub.
import { setTimeout as sleep } from 'node:timers/promises';
import { createAppAuth } from '@octokit/auth-app';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import type { Logger } from 'pino';
import { z } from 'zod';
import { TransientError } from '../errors.ts';
import { patience as ordinaryPatience, type Patience, repeating } from './faults.ts';
import { notifyPace, type Pace, pacedQueues, type Queues, writePace } from './pace.ts';

const Throttled = Octokit.plugin(throttling);
export type Client = InstanceType<typeof Throttled>;

export interface ApiCall {
  method: string;
  /** The template, without names of owners and repositories: fit for a metric's label. */
  route: string;
  status: number;
  tookMs: number;
}

export interface ClientOptions {
  appId: number;
  privateKey: string;
  /** From `apiUrl`. */
  baseUrl: string;
  log: Logger;
  /** For metrics: every request that left, tokens and retries included. */
  onCall?: (call: ApiCall) => void;
  requestTimeoutMs?: number;
  patience?: Partial<Patience>;
  /** Another pace than GitHub asks for; only where nobody minds, such as against a test server. */
  pace?: { write: Pace; notify: Pace };
}

/** API calls made, and how many of them created content: the scarce resource (80 a minute, 500 an hour). */
export interface Calls {
  total: number;
  creating: number;
}

export interface Clients {
  patience: Patience;
  /** A client that acts as the App itself (JWT). */
  app(): Client;
  /** A client that acts as the installation; what it sends is added to `calls`. */
  installation(installationId: number, calls?: Calls): Client;
  /** The permissions that the owner has granted to this installation. `fresh`: with a new token. */
  permissions(installationId: number, fresh?: boolean): Promise<Record<string, string>>;
  /** A token for reading the contents of this one repository. */
  cloneToken(installationId: number, repositoryId: number): Promise<string>;
}

/** Where the REST API is: github.com, or a GitHub Enterprise Server by GHE_HOST and GHE_PROTOCOL. */
export function apiUrl(gheHost: string | undefined, gheProtocol = 'https'): string {
  return gheHost ? `${gheProtocol}://${gheHost}/api/v3` : 'https://api.github.com';
}

/** Where git is. */
export function webUrl(gheHost: string | undefined, gheProtocol = 'https'): string {
  return gheHost ? `${gheProtocol}://${gheHost}` : 'https://github.com';
}

/** Installations whose client, and with it the token, is kept. */
const keptClients = 1_000;
/** A token must outlive the clone that it is handed out for. */
const cloneLifeMs = 15 * 60_000;

const Token = z.object({
  token: z.string(),
  expiresAt: z.string(),
  permissions: z.record(z.string(), z.string()).catch({}),
});

/** While an installation is under a secondary limit, none of its requests may leave: going on can get an App banned. */
interface Pause {
  untilMs: number;
}

interface Installation {
  client: Client;
  pause: Pause;
}

export function createClients(options: ClientOptions): Clients {
  const patience = { ...ordinaryPatience, ...options.patience };
  const made: Made = {
    ...options,
    patience,
    writes: pacedQueues(options.pace?.write ?? writePace),
    notifications: pacedQueues(options.pace?.notify ?? notifyPace),
  };
  const kept = new Map<number, Installation>();
  const { appId, privateKey } = options;
  let appClient: Client | null = null;

  const main = (installationId: number): Installation => {
    const known = kept.get(installationId);
    if (known !== undefined) {
      // Moved to the end, so that the first is the one used longest ago.
      kept.delete(installationId);
      kept.set(installationId, known);
      return known;
    }
    const pause = { untilMs: 0 };
    const auth = { authStrategy: createAppAuth, auth: { appId, privateKey, installationId } };
    const installed = { client: makeClient(made, auth, String(installationId), pause), pause };
    const oldest = kept.keys().next();
    if (kept.size >= keptClients && !oldest.done) kept.delete(oldest.value);
    kept.set(installationId, installed);
    return installed;
  };

  const token = async (installationId: number, narrowed: object, refresh: boolean) =>
    Token.parse(await main(installationId).client.auth({ type: 'installation', refresh, ...narrowed }));

  return {
    patience,
    app() {
      appClient ??= makeClient(made, { authStrategy: createAppAuth, auth: { appId, privateKey } }, 'app', {
        untilMs: 0,
      });
      return appClient;
    },
    installation(installationId, calls) {
      const { client, pause } = main(installationId);
      if (calls === undefined) return client;
      // A client is cheap; the token, the throttle and the pause are shared by all of an installation.
      const shared = { authStrategy: () => client.auth };
      return makeClient(made, shared, String(installationId), pause, calls);
    },
    async permissions(installationId, fresh = false) {
      return (await token(installationId, {}, fresh)).permissions;
    },
    async cloneToken(installationId, repositoryId) {
      const narrowed = { repositoryIds: [repositoryId], permissions: { contents: 'read' } };
      const cached = await token(installationId, narrowed, false);
      if (Date.parse(cached.expiresAt) - Date.now() > cloneLifeMs) return cached.token;
      return (await token(installationId, narrowed, true)).token;
    },
  };
}

type Made = ClientOptions & { patience: Patience; writes: Queues; notifications: Queues };

function makeClient(options: Made, auth: object, throttleId: string, pause: Pause, calls?: Calls): Client {
  const { log, patience } = options;
  const limited =
    (kind: string) => (retryAfterS: number, request: { method: string; url: string }, _o: unknown, tries: number) => {
      const waitMs = retryAfterS * 1000;
      pause.untilMs = Math.max(pause.untilMs, Date.now() + waitMs);
      const again = waitMs <= patience.limitMs && tries < patience.retries;
      log.warn({ method: request.method, url: request.url, waitMs, again }, `GitHub's ${kind} rate limit was hit`);
      return again;
    };
  const client = new Throttled({
    ...auth,
    baseUrl: options.baseUrl,
    userAgent: 'driftline',
    log: {
      debug: (message: string) => log.trace(message),
      info: (message: string) => log.debug(message),
      warn: (message: string) => log.warn(message),
      // Every failed request is logged as an error here, though most are expected (404) or tried again.
      error: (message: string) => log.debug(message),
    },
    request: { fetch: countingFetch(options, calls) },
    throttle: {
      id: throttleId,
      onRateLimit: limited('primary'),
      onSecondaryRateLimit: limited('secondary'),
      write: options.writes,
      notifications: options.notifications,
    },
  });
  client.hook.wrap('request', async (request, parameters) => {
    await pauseOver(pause, patience);
    const once = async () => request(parameters);
    return mayRepeat(parameters) ? repeating(once, patience) : once();
  });
  return client;
}

/** Marks a write that may be carried out twice: `client.rest.x.y({ ..., request: repeatable })`. */
export const repeatable = { repeatable: true };

/** Reading, and making a token, may be repeated; every other request only where its caller says so. */
function mayRepeat({ method, url, request }: { method: string; url: string; request?: object }): boolean {
  return (
    method === 'GET' ||
    method === 'HEAD' ||
    url.endsWith('/access_tokens') ||
    (request !== undefined && 'repeatable' in request)
  );
}

async function pauseOver(pause: Pause, patience: Patience): Promise<void> {
  const waitMs = pause.untilMs - Date.now();
  if (waitMs <= 0) return;
  if (waitMs > patience.limitMs) throw new TransientError("GitHub's rate limit is not over yet", waitMs);
  await sleep(waitMs);
}

function countingFetch({ requestTimeoutMs = 30_000, onCall }: Made, calls: Calls | undefined): typeof fetch {
  return async (input, init) => {
    const method = init?.method ?? 'GET';
    const path = new URL(String(input)).pathname;
    const started = performance.now();
    if (calls !== undefined) {
      calls.total += 1;
      if (isCreating(method, path)) calls.creating += 1;
    }
    let status = 0;
    try {
      const timeout = AbortSignal.timeout(requestTimeoutMs);
      const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
      const response = await fetch(input, { ...init, signal });
      status = response.status;
      // Read here, because Octokit takes a body that broke off for an empty one.
      const body = await response.arrayBuffer();
      const bodiless = status === 204 || status === 205 || status === 304;
      return new Response(bodiless ? null : body, response);
    } finally {
      onCall?.({ method, route: routeOf(path), status, tookMs: performance.now() - started });
    }
  };
}

/** Checks are counted with reviews and comments, to be on the safe side; tokens are not content. */
function isCreating(method: string, path: string): boolean {
  return method === 'POST' && !path.endsWith('/access_tokens');
}

/** `/api/v3/repos/acme/shop/pulls/12` -> `/repos/:/:/pulls/:` */
function routeOf(path: string): string {
  return path
    .replace(/^\/api\/v3/, '')
    .replace(/^\/repos\/[^/]+\/[^/]+/, '/repos/:/:')
    .replace(/\/(git\/refs?|collaborators)\/(?:.+(?=\/permission$)|.+)/, '/$1/:')
    .replace(/\/(?:\d+|[0-9a-f]{40,64})(?=\/|$)/g, '/:');
}
