// The fake GitHub as tests and the demo hold it: start it, point the App at it, make repositories, look at what came of
// it. The doing is in the neighbours; this file only wires them.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Api, type Env, type RecordedCall, type World } from './api.ts';
import { Faults, type PlannedFault, type RandomFaults } from './faults.ts';
import { serveGit } from './gitserver.ts';
import { mountPages } from './page/pages.ts';
import { Renderer } from './render.ts';
import { type FakeRepository, makeRepository, type RepositoryOptions } from './repository.ts';
import { appRoutes } from './routes-app.ts';
import { checkRoutes } from './routes-checks.ts';
import { gitRoutes } from './routes-git.ts';
import { pullRoutes } from './routes-pulls.ts';
import { replyRoutes } from './routes-replies.ts';
import { reviewRoutes } from './routes-reviews.ts';
import { complaints, type Snapshot, snapshot } from './snapshot.ts';
import { type Delivery, now, type Pull, State } from './state.ts';
import { Webhooks } from './webhooks.ts';

export interface FakeOptions {
  /** Where the App takes webhooks; may be set later through `webhookUrl`. */
  webhookUrl?: string;
  webhookSecret?: string;
  port?: number;
  permissions?: Record<string, string>;
  events?: string[];
}

/** Those of app.yml. */
export const ordinaryPermissions = {
  metadata: 'read',
  contents: 'read',
  pull_requests: 'write',
  issues: 'read',
  checks: 'write',
  security_events: 'write',
  merge_queues: 'read',
};
const EVENTS = [
  'pull_request',
  'pull_request_review_comment',
  'issue_comment',
  'check_run',
  'check_suite',
  'merge_group',
];

/** One key pair a process: making one takes longer than all the rest. */
let keys: { publicKey: string; privateKey: string } | undefined;

export async function startFakeGitHub(options: FakeOptions = {}): Promise<FakeGitHub> {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const state = new State({
    id: 4711,
    slug: 'driftline',
    name: 'Driftline',
    installationId: 77,
    permissions: { ...(options.permissions ?? ordinaryPermissions) },
    events: options.events ?? EVENTS,
    ...keys,
    webhookSecret: options.webhookSecret ?? 'a secret only these two know',
  });
  const faults = new Faults();
  const app = new Hono<Env>();
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => {
    if (!serveGit(state, faults, request, response)) void listener(request, response);
  });
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'fake-github-'));
  const world: World = {
    state,
    faults,
    render: new Renderer(state, origin),
    webhooks: new Webhooks(state, origin, options.webhookUrl ?? null),
    calls: [],
    origin,
    refusedComments: [],
    lag: () => {},
  };
  const api = new Api(world, app);
  const about = [appRoutes, pullRoutes, reviewRoutes, replyRoutes, checkRoutes, gitRoutes];
  api.mount(about.flatMap((routes) => routes(world)));
  mountPages(world, app);
  app.all('*', (c) => {
    const route = `${c.req.method} ${new URL(c.req.url).pathname}`;
    state.problem(`the fake does not know ${route}`);
    return c.json({ message: `The fake GitHub does not know ${route}` }, 501);
  });
  return new FakeGitHub(world, folder, async () => {
    await world.webhooks.settled();
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
    await rm(folder, { recursive: true, force: true });
  });
}

export class FakeGitHub {
  readonly world: World;
  readonly #folder: string;
  readonly #stop: () => Promise<void>;

  constructor(world: World, folder: string, stop: () => Promise<void>) {
    this.world = world;
    this.#folder = folder;
    this.#stop = stop;
  }

  get origin(): string {
    return this.world.origin;
  }

  get apiUrl(): string {
    return `${this.origin}/api/v3`;
  }

  set webhookUrl(url: string) {
    this.world.webhooks.url = url;
  }

  /** The environment that makes the App talk to this GitHub. */
  get env(): Record<string, string> {
    const { id, privateKey, webhookSecret } = this.world.state.app;
    return {
      APP_ID: String(id),
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: webhookSecret,
      GHE_HOST: new URL(this.origin).host,
      GHE_PROTOCOL: 'http',
    };
  }

  /** All REST calls so far, in order. */
  get calls(): RecordedCall[] {
    return this.world.calls;
  }

  /** How many calls a route took, `POST /repos/{owner}/{repo}/check-runs` say; all without one. */
  count(route?: string): number {
    return this.calls.filter((c) => !route || c.route === route).length;
  }

  get deliveries(): Delivery[] {
    return this.world.state.deliveries;
  }

  get problems(): string[] {
    return this.world.state.problems;
  }

  createRepository(name: string, options: RepositoryOptions = {}): Promise<FakeRepository> {
    return makeRepository(this.world, this.#folder, name, null, options);
  }

  // Faults

  fail(fault: PlannedFault): void {
    this.world.faults.plan(fault);
  }

  randomFaults(faults: RandomFaults | null): void {
    this.world.faults.random(faults);
  }

  /** From now on each opening or push is followed by this many reads that miss it. */
  lagAfterPush(reads: number, say: 'missing' | 'old-head' = 'missing'): void {
    this.world.lag = (pull: Pull) => {
      pull.stale = { reads, say: pull.previousHead ? say : 'missing' };
    };
  }

  /** Refuses reviews that hold a comment at this place, though it is inside a hunk. */
  refuseComment(path: string, line?: number): void {
    this.world.refusedComments.push((c) => c.path === path && (line === undefined || c.line === line));
  }

  // Webhooks

  /** Sends an installation event; `suspend` and `unsuspend` also take effect on tokens. */
  async installation(
    action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted',
  ): Promise<void> {
    const { render, state, webhooks } = this.world;
    if (action === 'suspend') state.suspendedAt = now();
    if (action === 'unsuspend') state.suspendedAt = null;
    const own = [...state.repositories.values()].filter((r) => !r.parent);
    const account = own[0]?.owner ?? state.user('acme', 'Organization');
    const repositories = own.map((r) => {
      const { id, node_id, name, full_name, private: hidden } = render.repository(r);
      return { id, node_id, name, full_name, private: hidden };
    });
    const installation = render.installation(account);
    const payload = { installation, repositories, requester: null, sender: render.user(state.user('mona')) };
    await webhooks.send('installation', action, payload, null);
  }

  /** Delivers every webhook so far once more, newest first if `reverse`. */
  async redeliverAll({ reverse = false } = {}): Promise<void> {
    const first = this.deliveries.filter((d) => !d.redelivery);
    for (const delivery of reverse ? first.toReversed() : first) await this.world.webhooks.redeliver(delivery);
  }

  /** Resolves when `wanted` is true; on time-out fails with what happened instead. */
  async until(what: string, wanted: () => boolean, timeoutMs = 30_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!wanted()) {
      if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for: ${what}\n${this.history()}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    await this.world.webhooks.settled();
  }

  /** What happened so far, for messages of failing tests. */
  history(): string {
    const sent = this.deliveries.map(
      (d) => `webhook ${d.event}.${d.action}: ${d.status} ${d.responseBody.slice(0, 200)}`,
    );
    const calls = this.calls.slice(-40).map((c) => `call ${c.route.split(' ')[0]} ${c.path}: ${c.status}`);
    return [...sent, ...calls, ...this.problems.map((p) => `problem ${p}`)].join('\n');
  }

  snapshot(): Snapshot {
    return snapshot(this.world.state);
  }

  /** Fails on requests GitHub would refuse, on comments the test did not read, and on checks left pending. */
  async assertClean(): Promise<void> {
    await this.world.webhooks.settled();
    const found = complaints(this.world.state);
    if (found.length > 0) throw new Error(`the fake GitHub is not clean:\n${found.join('\n')}`);
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
