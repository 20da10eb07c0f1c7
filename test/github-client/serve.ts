// Starts the webhook handler on a real HTTP server and sends it signed deliveries.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { DriftlineEvent } from '../../src/github/event.ts';
import { createWebhookHandler, type WebhookOptions, webhookPath } from '../../src/github/webhook.ts';

export const secret = 'a secret for tests';

export const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

export function sign(body: string, key = secret): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

export interface Sent {
  event?: string;
  delivery?: string;
  body: string;
  headers?: Record<string, string | undefined>;
}

export async function serveWebhooks(options: Partial<WebhookOptions> = {}) {
  const events: DriftlineEvent[] = [];
  const handler = await createWebhookHandler({
    appId: 4711,
    privateKey,
    webhookSecret: secret,
    log: pino({ level: 'silent' }),
    enqueue: async (event) => {
      events.push(event);
    },
    ...options,
  });
  const server = createServer(async (request, response) => {
    if (!(await handler(request, response))) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${webhookPath}`;
  return {
    url,
    events,
    /** Sends with the right signature unless `headers` says otherwise; undefined leaves a header out. */
    async send({ event = 'pull_request', delivery = 'a1b2', body, headers = {} }: Sent) {
      const all = {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': delivery,
        'x-hub-signature-256': sign(body),
        ...headers,
      };
      const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const response = await fetch(url, { method: 'POST', body, headers: given });
      return { status: response.status, text: await response.text() };
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
