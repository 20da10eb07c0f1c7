// `driftline serve` as people start it: one command, the real engine, a worker that may die, a clean end.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../github/fake.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';

const run = promisify(execFile);
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;

let folder: string;
let github: FakeGitHub;
let repo: FakeRepository;
let server: ReturnType<typeof spawn>;
let url: string;
let output = '';

const models = `from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
`;
const bad = `from shop.models import Customer, Order


def names():
    found = []
    for order in Order.objects.all():
        found.append(Customer.objects.get(pk=order.customer_id))
    return found
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftline-serve-'));
  github = await startFakeGitHub();
  const own = { DATA_DIR: folder, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' as const, REDIS_URL: '' };
  const env = { ...process.env, ...github.env, ...own };
  server = spawn(process.execPath, [main, 'serve'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server.stderr?.on('data', (chunk) => {
    output += String(chunk);
  });
  await vi.waitUntil(() => output.includes('Driftline is ready'), { timeout: 30_000 });
  url = /"url":"([^"]+)"/.exec(output)?.[1] ?? '';
  github.webhookUrl = `${url}/api/github/webhooks`;
  const files = { 'requirements.txt': 'Django==5.2\n', 'shop/__init__.py': '', 'shop/models.py': models };
  repo = await github.createRepository('acme/shop', { files });
});
afterAll(async () => {
  server.kill('SIGKILL');
  await github.stop();
  await rm(folder, { recursive: true, force: true });
});

async function concluded(pull: FakePull): Promise<void> {
  await github.until('the check is concluded', () => pull.check()?.status === 'completed', 45_000);
}

function workerPids(): number[] {
  return [...new Set([...output.matchAll(/"pid":(\d+)[^\n]*worker is ready/g)].map(([, pid]) => Number(pid)))];
}

test('the App and the command line find the same, with the same ids', async () => {
  const pull = await repo.openPull({ files: { 'shop/views.py': bad } });
  await concluded(pull);
  const bodies = pull.comments().map(({ body }) => body);
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toContain('Customer');
  const clone = join(folder, 'clone');
  await run('git', ['clone', '-q', repo.git.dir, clone]);
  await run('git', ['-C', clone, 'fetch', '-q', 'origin', 'refs/pull/1/head']);
  const review = ['review', '--repo', clone, '--base', 'origin/main', '--head', 'FETCH_HEAD', '--format', 'json'];
  const { stdout } = await run(process.execPath, [main, ...review]);
  const ids = [...stdout.matchAll(/df1_[0-9a-f]{32}/g)].map(([id]) => id);
  expect(ids).toHaveLength(1);
  expect(bodies[0]).toContain(ids[0]);
  await github.assertClean();
});

test('the server tells how it is', async () => {
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, text: await response.text() };
  };
  expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await get('/readyz')).toEqual({ status: 200, text: 'queue: ok\nstorage: ok\n' });
  expect((await get('/')).text).toContain('<h1>Driftline');
  expect((await get('/nothing')).status).toBe(404);
  const { text } = await get('/metrics');
  expect(text).toMatch(/^driftline_deliveries_total\{event="pull_request",outcome="accepted"\} 1$/m);
  expect(text).toMatch(/^driftline_findings_total\{rule="n-plus-one\/loop-query"\} 1$/m);
  expect(text).toMatch(/^driftline_review_seconds_count 1$/m);
  expect(text).toMatch(/^driftline_comments_total 1$/m);
});

test('a worker that dies is replaced, and the service goes on', async () => {
  expect(workerPids()).toHaveLength(1);
  process.kill(workerPids()[0] ?? 0, 'SIGKILL');
  await expect.poll(workerPids, { timeout: 20_000 }).toHaveLength(2);
  const pull = await repo.openPull({ files: { 'shop/more.py': bad } });
  await concluded(pull);
  expect(pull.comments()).toHaveLength(1);
});

test('a hostile change is reviewed or skipped with a reason, and the service lives', async () => {
  const pull = await repo.openPull({
    fork: 'mallory',
    files: {
      'new\nline.py': bad,
      'quo"te\'s `$(touch x)`.py': bad,
      '../outside.py': bad,
      'emoji 😀.py': bad,
      'link.py': { symlink: '/etc/passwd' },
      'nul.py': 'a = "\0"\n',
      'latin1.py': Buffer.from([0x61, 0x20, 0x3d, 0x20, 0x22, 0xe9, 0x22, 0x0a]),
      'long.py': `a = [${'1, '.repeat(1_700_000)}]\n`,
      'deep.py': `a = ${'('.repeat(100_000)}${')'.repeat(100_000)}\n`,
      '.github/driftline.yml': 'exclude: ["**"]\n',
    },
  });
  await concluded(pull);
  expect(pull.check()?.title).toMatch(/new problems/);
  const seen = new Set(pull.comments().map((comment) => comment.path));
  expect(seen).toContain('emoji 😀.py');
  expect(pull.check()?.text).toMatch(/long\.py/);
  const pids = workerPids();
  expect(() => process.kill(pids.at(-1) ?? 0, 0)).not.toThrow();
  expect(pids).toHaveLength(2);
  await github.assertClean();
});

test('a change of 3,000 files is reviewed', async () => {
  const files = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`shop/many/f${n}.py`, `a${n} = ${n}\n`]));
  const pull = await repo.openPull({ files: { ...files, 'shop/many/bad.py': bad } });
  await concluded(pull);
  expect(pull.comments().map(({ path }) => path)).toEqual(['shop/many/bad.py']);
});

test('the log names jobs, and neither tokens nor contents', async () => {
  expect(output).toMatch(/"job":"review-77-\d+-1-[0-9a-f]{40}"/);
  for (const { value } of github.world.state.tokens.values()) expect(output).not.toContain(value);
  expect(output).not.toContain('customer_id');
  expect(output).not.toContain(github.env.WEBHOOK_SECRET ?? 'none');
  expect(output).not.toContain('PRIVATE KEY');
  expect(output).not.toContain(JSON.parse(await readFile(join(folder, 'redis', 'card.json'), 'utf8')).password);
});

test('SIGTERM ends everything that was started', async () => {
  const { port } = JSON.parse(await readFile(join(folder, 'redis', 'card.json'), 'utf8'));
  server.kill('SIGTERM');
  const [code] = await once(server, 'exit');
  expect(code).toBe(0);
  for (const pid of workerPids()) expect(() => process.kill(pid, 0)).toThrow();
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  await expect(fetch(url)).rejects.toThrow();
});
