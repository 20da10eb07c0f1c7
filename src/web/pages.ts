// The pages that need no login: home, health, metrics. It asks what it was given; it opens nothing itself.
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Metrics } from './metrics.ts';

export interface PagesOptions {
  version: string;
  /** Has GitHub credentials; without them the registration page is offered. */
  registered: boolean;
  metrics: Metrics;
  jobs(): Promise<Record<string, number>>;
  /** One check per part that a webhook needs; each rejects when the part does not answer. */
  parts: Record<string, () => Promise<void>>;
}

const checkWithinMs = 2_000;

export function pages(options: PagesOptions): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const states = await readiness(options.parts);
    const ready = states.every(({ state }) => state === 'ok');
    return c.text(`${states.map(({ part, state }) => `${part}: ${state}`).join('\n')}\n`, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    c.header('content-type', options.metrics.contentType);
    return c.body(await options.metrics.text());
  });
  app.get('/', async (c) => {
    const states = await readiness(options.parts);
    const jobs = await options.jobs().catch(() => ({}));
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(home(options, states, Object.entries(jobs)));
  });
  return app;
}

interface PartState {
  part: string;
  state: 'ok' | 'not reachable';
}

async function readiness(parts: PagesOptions['parts']): Promise<PartState[]> {
  return Promise.all(
    Object.entries(parts).map(async ([part, check]): Promise<PartState> => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_done, fail) => {
        timer = setTimeout(() => fail(new Error('late')), checkWithinMs);
      });
      try {
        await Promise.race([check(), late]);
        return { part, state: 'ok' };
      } catch {
        return { part, state: 'not reachable' };
      } finally {
        clearTimeout(timer);
      }
    }),
  );
}

function home({ version, registered }: PagesOptions, states: PartState[], jobs: [string, number][]) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Driftline</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color: #1f2328 }
table { border-collapse: collapse } td { padding: .2rem 1.5rem .2rem 0 } .bad { color: #b3261e }
</style>
</head>
<body>
<h1>Driftline ${version}</h1>
<p>Reviews pull requests: N+1 queries found before they are merged, explained on the changed lines.</p>
${registered ? '' : html`<p><a href="/probot">Register this server as a GitHub App</a>, then start it again.</p>`}
<h2>Parts</h2>
<table>${states.map(({ part, state }) => html`<tr><td>${part}</td><td class="${state === 'ok' ? '' : 'bad'}">${state}</td></tr>`)}</table>
<h2>Jobs</h2>
<table>${jobs.map(([state, count]) => html`<tr><td>${state}</td><td>${count}</td></tr>`)}</table>
<p>For machines: <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a></p>
</body>
</html>`;
}
