import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Octokit } from '@octokit/rest';
import { verify } from '@octokit/webhooks-methods';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FakeGitHub } from './fake.ts';
import type { FakeRepository } from './repository.ts';
import { at, base, head, openShop, statusOf } from './shop.ts';

let fake: FakeGitHub;
let shop: FakeRepository;
let octokit: Octokit;

beforeEach(async () => {
  ({ fake, shop, octokit } = await openShop());
});

afterEach(() => fake.stop());

describe('webhooks', () => {
  const received: { event: string; guid: string; good: boolean; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const signature = String(request.headers['x-hub-signature-256']);
    received.push({
      event: `${request.headers['x-github-event']}.${(JSON.parse(body) as { action: string }).action}`,
      guid: String(request.headers['x-github-delivery']),
      good: await verify(fake.env.WEBHOOK_SECRET ?? '', body, signature),
      body: JSON.parse(body) as Record<string, unknown>,
    });
    response.writeHead(202).end('ok');
  });

  beforeEach(async () => {
    received.length = 0;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    fake.webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  test('the life of a pull request, each payload as GitHub describes it, signed', async () => {
    const pull = await shop.openPull({ files: { 'a.txt': head } });
    await pull.push({ 'a.txt': `${head}\nmore` });
    await pull.forcePush({ 'a.txt': head });
    await pull.toDraft();
    await pull.ready();
    await shop.commit('next', {}, 'Branch', await shop.git.must('main'));
    await pull.changeBase('next');
    await pull.retitle('Better');
    const { data: check } = await octokit.checks.create({
      ...at,
      name: 'Driftline',
      head_sha: pull.headSha,
      conclusion: 'success',
    });
    const own = pull.check();
    if (own) await shop.rerequestRun(own);
    await expect(fake.assertClean()).rejects.toThrow('were never answered');
    await octokit.checks.update({ ...at, check_run_id: check.id, conclusion: 'success' });
    await shop.rerequestSuite(pull.headSha);
    await octokit.checks.update({ ...at, check_run_id: check.id, conclusion: 'success' });
    await shop.mergeGroup([pull]);
    await pull.close();
    await pull.reopen();
    await fake.installation('created');
    await fake.assertClean();
    expect(received.every((r) => r.good)).toBe(true);
    expect(received.map((r) => r.event).sort()).toEqual(
      [
        'check_run.completed',
        'check_run.created',
        'check_run.rerequested',
        'check_suite.requested',
        'check_suite.requested',
        'check_suite.requested',
        'check_suite.rerequested',
        'installation.created',
        'merge_group.checks_requested',
        'pull_request.closed',
        'pull_request.converted_to_draft',
        'pull_request.edited',
        'pull_request.edited',
        'pull_request.opened',
        'pull_request.ready_for_review',
        'pull_request.reopened',
        'pull_request.synchronize',
        'pull_request.synchronize',
      ].sort(),
    );
  });

  test('a redelivery keeps its GUID, by method and by API', async () => {
    await shop.openPull({ fork: 'stranger', files: { 'a.txt': head } });
    const [first] = fake.deliveries;
    await fake.redeliverAll();
    const { data } = await octokit.apps.listWebhookDeliveries();
    expect(data.map((d) => [d.event, d.redelivery, d.status_code])).toEqual([
      ['pull_request', true, 202],
      ['pull_request', false, 202],
    ]);
    await octokit.apps.redeliverWebhookDelivery({ delivery_id: first?.id ?? 0 });
    await fake.assertClean();
    expect(received.map((r) => r.guid)).toEqual([first?.guid, first?.guid, first?.guid]);
  });
});

describe('faults', () => {
  test('each strikes as often as asked, and then no more', async () => {
    await shop.openPull({ files: { 'a.txt': head } });
    const get = () => statusOf(octokit.pulls.get({ ...at, pull_number: 1 }));
    await get();
    fake.fail({ fault: { kind: 'bad-gateway' }, times: 1, route: /pulls/ });
    fake.fail({ fault: { kind: 'secondary-limit', retryAfterS: 7, status: 429 }, times: 1, route: /pulls/ });
    fake.fail({ fault: { kind: 'drop' }, times: 1, route: /pulls/ });
    expect([await get(), await get(), await get(), await get()]).toEqual([502, 429, 500, 200]);
    await fake.assertClean();
  });

  test('an answer can be lost after the work was done', async () => {
    const pull = await shop.openPull({ files: { 'a.txt': head } });
    await octokit.repos.get(at);
    fake.fail({ fault: { kind: 'lost-answer' }, times: 1, route: /^POST .*check-runs/ });
    const create = () =>
      octokit.checks.create({ ...at, name: 'Driftline', head_sha: pull.headSha, conclusion: 'success' });
    await expect(create()).rejects.toThrow();
    expect(pull.checkRuns()).toHaveLength(1);
    await fake.assertClean();
  });

  test('reads lag behind a push', async () => {
    fake.lagAfterPush(1, 'old-head');
    const pull = await shop.openPull({ files: { 'a.txt': head } });
    const first = pull.headSha;
    const get = () => octokit.pulls.get({ ...at, pull_number: 1 });
    expect(await statusOf(get())).toBe(404);
    expect((await get()).data.head.sha).toBe(first);
    await pull.push({ 'a.txt': base });
    expect((await get()).data.head.sha).toBe(first);
    expect((await get()).data.head.sha).toBe(pull.headSha);
  });

  test('the same seed gives the same random faults', async () => {
    const outcomes: number[][] = [];
    for (const _ of [1, 2]) {
      await octokit.repos.get(at);
      fake.randomFaults({ seed: 42, percent: 40, route: /^GET/ });
      const seen: number[] = [];
      for (let i = 0; i < 20; i++) seen.push(await statusOf(octokit.repos.get(at)));
      fake.randomFaults(null);
      outcomes.push(seen);
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(new Set(outcomes[0]).size).toBeGreaterThan(2);
  });
});
