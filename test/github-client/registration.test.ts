// Without credentials the App serves Probot's registration page, with our permissions and the right webhook address.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRegistrationHandler } from '../../src/github/registration.ts';
import { ordinaryPermissions } from '../github/fake.ts';

let server: Server;
let url: string;

/** Registration must not depend on where the server was started. */
const elsewhere = mkdtempSync(join(tmpdir(), 'driftline-registration-'));
const startedIn = process.cwd();

beforeAll(async () => {
  process.chdir(elsewhere);
  const handler = await createRegistrationHandler({ host: '127.0.0.1', port: 3000, log: pino({ level: 'silent' }) });
  server = createServer(async (request, response) => {
    if (!(await handler(request, response))) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  process.chdir(startedIn);
  rmSync(elsewhere, { recursive: true });
});

test('the page offers an App with our permissions, its webhook at our path', async () => {
  const page = await fetch(url);
  expect(page.url).toBe(`${url}/probot`);
  const manifest = JSON.parse(/name="manifest" id="manifest" value='([^']*)'/.exec(await page.text())?.[1] ?? '{}');
  expect(manifest.name).toBe('Driftline');
  expect(manifest.public).toBe(false);
  expect(manifest.hook_attributes.url).toBe(`${url}/api/github/webhooks`);
  expect(manifest.redirect_url).toBe(`${url}/probot/setup`);
  expect(manifest.default_permissions).toEqual({
    metadata: 'read',
    contents: 'read',
    pull_requests: 'write',
    issues: 'read',
    checks: 'write',
    security_events: 'write',
    merge_queues: 'read',
  });
  expect(manifest.default_events).toEqual([
    'pull_request',
    'issue_comment',
    'pull_request_review_comment',
    'check_run',
    'check_suite',
    'merge_group',
  ]);
  // The fake GitHub grants what app.yml asks for.
  expect(manifest.default_permissions).toEqual(ordinaryPermissions);
});

test('its pictures and styles are there, other paths are not', async () => {
  expect((await fetch(`${url}/probot/static/primer.css`)).headers.get('content-type')).toBe('text/css');
  expect((await fetch(`${url}/probot/static/robot.svg`)).status).toBe(200);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
});
