// The door for webhooks: checks size and signature, parses once, lets Probot dispatch to the App function, which maps
// to our own events and hands them to `enqueue`. It answers only after that; it must not know what a queue is.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type ApplicationFunctionOptions, Probot, ProbotOctokit } from 'probot';
import type { DriftlineEvent } from './event.ts';
import { eventsOf, type Self } from './map.ts';

export const webhookPath = '/api/github/webhooks';

/** GitHub does not send an event whose payload is larger. */
const bodyLimitBytes = 25 * 1024 * 1024;
/** GitHub hangs up after 10 s; a later 2xx would be read as a failure anyway. */
const enqueueTimeoutMs = 8_000;

export type WebhookOutcome = 'accepted' | 'ignored' | 'refused' | 'failed';

export interface WebhookOptions {
  appId: number;
  privateKey: string;
  webhookSecret: string;
  log: Logger;
  /** Resolves once the event is safely kept; only then is the delivery answered with 2xx. */
  enqueue: (event: DriftlineEvent) => Promise<void>;
  /** `<slug>[bot]`, or null while it is not known; events that the App caused itself are ignored. */
  ownLogin?: () => string | null;
  /** For metrics. */
  onDelivery?: (delivery: { event: string; outcome: WebhookOutcome; tookMs: number }) => void;
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

interface Answer {
  status: number;
  text: string;
  outcome: WebhookOutcome;
}

/** The events that are acted on; everything else is answered and dropped before Probot builds a context for it. */
const subscriptions = [
  'pull_request.opened',
  'pull_request.reopened',
  'pull_request.synchronize',
  'pull_request.ready_for_review',
  'pull_request.edited',
  'pull_request.closed',
  'issue_comment.created',
  'pull_request_review_comment.created',
  'check_run.rerequested',
  'check_run.requested_action',
  'check_suite.rerequested',
  'merge_group.checks_requested',
  'installation',
  'installation_repositories',
] as const;

/** Thrown when the queue did not take an event. It refuses the payload that the dispatcher pins to errors, which would be logged. */
class NotEnqueued extends Error {
  constructor(cause: unknown) {
    super('the event could not be queued', { cause });
    this.name = 'NotEnqueued';
  }

  set event(_event: unknown) {}
}

/** The Probot App function: one listener that maps and enqueues. */
export function driftlineApp(enqueue: WebhookOptions['enqueue'], self: () => Self) {
  return (app: Probot, _options: ApplicationFunctionOptions): void => {
    app.on([...subscriptions], async ({ id, name, payload }) => {
      for (const event of eventsOf({ id, name, payload }, self())) {
        try {
          await within(enqueueTimeoutMs, enqueue(event));
        } catch (error) {
          throw new NotEnqueued(error);
        }
      }
    });
  };
}

/**
 * A handler for a plain node:http server; resolves to false when the request is not for it.
 * Probot's own middleware is not used: it answers a wrong signature with 400, reads bodies of any size, and says 202
 * after nine seconds though nothing is queued yet, which would lose the event.
 */
export async function createWebhookHandler(options: WebhookOptions): Promise<HttpHandler> {
  const probot = new Probot({
    appId: options.appId,
    privateKey: options.privateKey,
    secret: options.webhookSecret,
    // Below `info` Probot logs every payload.
    log: options.log.child({}, { level: options.log.isLevelEnabled('debug') ? 'info' : options.log.level }),
    // The listener makes no API call: the client that Probot attaches to each event need not be throttled.
    Octokit: ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }),
  });
  await probot.ready();
  const self = (): Self => ({ appId: options.appId, login: options.ownLogin?.() ?? null });
  await probot.load(driftlineApp(options.enqueue, self), { cwd: process.cwd(), addHandler: () => {} });
  const accept = accepter(probot);

  return async (request, response) => {
    if (pathOf(request) !== webhookPath) return false;
    const started = performance.now();
    const answer = await accept(request);
    send(request, response, answer);
    const event = String(request.headers['x-github-event'] ?? 'none');
    options.onDelivery?.({ event, outcome: answer.outcome, tookMs: performance.now() - started });
    return true;
  };
}

const refuse = (status: number, text: string): Answer => ({ status, text, outcome: 'refused' });

function accepter(probot: Probot) {
  return async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== 'POST') return refuse(405, 'only POST is answered here');
    const signature = request.headers['x-hub-signature-256'];
    // Looked at before the body, so that a stranger cannot make us buffer megabytes.
    if (typeof signature !== 'string' || !/^sha256=[0-9a-f]{64}$/.test(signature)) {
      return refuse(401, 'the X-Hub-Signature-256 header is missing or malformed');
    }
    const body = await bodyOf(request);
    if (body === 'too-large') return refuse(413, `the body is over ${bodyLimitBytes} bytes`);
    if (body === 'broken-off') return refuse(400, 'the body broke off');
    if (body === '' || (await probot.webhooks.verify(body, signature)) !== true) {
      return refuse(401, 'the signature does not match; compare WEBHOOK_SECRET with the App settings');
    }
    return dispatch(probot, request, body);
  };
}

async function dispatch(probot: Probot, request: IncomingMessage, body: string): Promise<Answer> {
  const name = request.headers['x-github-event'];
  const id = request.headers['x-github-delivery'];
  if (typeof name !== 'string' || name === '' || typeof id !== 'string' || id === '') {
    return refuse(400, 'X-GitHub-Event or X-GitHub-Delivery is missing');
  }
  const payload = parse(body);
  if (payload === null) return refuse(400, 'the body is not a JSON object');
  if (!isSubscribed(name, payload.action)) return { status: 200, text: 'ignored', outcome: 'ignored' };
  try {
    // The names and payloads of GitHub's event types are promises of theirs, not checked facts: eventsOf checks.
    await probot.receive({ id, name, payload } as unknown as Parameters<Probot['receive']>[0]);
    return { status: 200, text: 'ok', outcome: 'accepted' };
  } catch {
    // Probot's error handler has logged it, with the delivery's id.
    return { status: 503, text: 'the event could not be queued; redeliver it', outcome: 'failed' };
  }
}

function isSubscribed(name: string, action: unknown): boolean {
  const full = typeof action === 'string' ? `${name}.${action}` : name;
  return subscriptions.some((subscribed) => subscribed === name || subscribed === full);
}

function parse(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | 'too-large' | 'broken-off'> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > bodyLimitBytes) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'broken-off';
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

function send(request: IncomingMessage, response: ServerResponse, { status, text }: Answer): void {
  if (response.destroyed) return;
  // A refused body may still be arriving: it is drained, not kept, and the connection ends with the answer.
  const rest: Record<string, string> = request.complete ? {} : { connection: 'close' };
  if (status === 405) rest.allow = 'POST';
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...rest }).end(`${text}\n`);
  if (!request.complete) request.resume();
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not queued within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
