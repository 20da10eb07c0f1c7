// `npm run demo`: a GitHub of our own, the real App against it, a real pull request, and the review it gets.
// `--serve` keeps all of it running, with the pull request as a page.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, startApp } from './demo/app.ts';
import { checkText, paint, reviewText } from './demo/print.ts';
import { base, expectedPlaces, head, pullRequest } from './demo/sample.ts';
import { type FakeGitHub, startFakeGitHub } from './github/fake.ts';
import type { FakePull } from './github/pull.ts';

const startTimeoutMs = 60_000;
const reviewTimeoutMs = 90_000;

function say(text: string): void {
  console.log(text);
}

function step(text: string): void {
  say(`${paint('green', '●')} ${text}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Waits for the check to conclude, with a sign of life every few seconds. */
async function waitForReview(fake: FakeGitHub, pull: FakePull, app: App): Promise<void> {
  const started = Date.now();
  let toldAt = started;
  while (pull.check()?.status !== 'completed') {
    const now = Date.now();
    if (now - started > reviewTimeoutMs) {
      throw new Error(`no review within ${seconds(reviewTimeoutMs)}\n${fake.history()}\n${app.log()}`);
    }
    if (now - toldAt > 5_000) {
      toldAt = now;
      step(`still waiting after ${seconds(now - started)}: the check is ${pull.check()?.status ?? 'not there yet'}`);
    }
    await sleep(20);
  }
  await fake.world.webhooks.settled();
}

function timing(fake: FakeGitHub): string {
  const opened = fake.deliveries.find((d) => d.event === 'pull_request' && d.action === 'opened');
  const review = fake.calls.find((c) => c.route.endsWith('/pulls/{pull_number}/reviews') && c.creating);
  const check = fake.calls.find((c) => c.route === 'POST /repos/{owner}/{repo}/check-runs');
  if (!opened || !review || !check) return 'The App did not post a review.';
  const answered = Math.round(opened.durationS * 1000);
  return [
    `From webhook to review: ${paint('bold', seconds(review.endMs - opened.sentMs))}`,
    `(webhook answered in ${answered} ms, check in progress after ${seconds(check.endMs - opened.sentMs)},`,
    `${fake.count()} API calls)`,
  ].join(' ');
}

/** The review must hold the three queries in loops and nothing else: the demo is also a test. */
async function judge(fake: FakeGitHub, pull: FakePull): Promise<void> {
  const found = pull.comments().map((c) => `${c.path}:${c.originalLine}`);
  const wanted = expectedPlaces();
  const missing = wanted.filter((place) => !found.includes(place));
  const surplus = found.filter((place) => !wanted.includes(place));
  if (missing.length > 0) throw new Error(`the review misses ${missing.join(', ')}`);
  if (surplus.length > 0) throw new Error(`the review comments on ${surplus.join(', ')}, where nothing is wrong`);
  await fake.assertClean();
}

async function show(fake: FakeGitHub, app: App): Promise<FakePull> {
  const shop = await fake.createRepository('hazel/shop', { files: base });
  const pull = await shop.openPull({ ...pullRequest, files: head });
  step(`Pull request opened: ${Object.keys(head).length} files changed, webhook signed and delivered`);
  await waitForReview(fake, pull, app);
  step('The check has concluded');
  for (const line of reviewText(pull, pull.reviews(), head)) say(line);
  const check = pull.check();
  if (check) for (const line of checkText(check, shop.uploads())) say(line);
  say('');
  say(timing(fake));
  return pull;
}

/** Resolves when somebody wants this to end: Ctrl-C, or a signal. */
function toldToStop(): Promise<'stopped'> {
  return new Promise((resolve) => {
    // Not `once`: npm passes a Ctrl-C on a second time, which must not cut the clean-up short.
    process.on('SIGINT', () => resolve('stopped'));
    process.on('SIGTERM', () => resolve('stopped'));
  });
}

async function run(serve: boolean): Promise<void> {
  const stopped = toldToStop();
  const dataDir = await mkdtemp(join(tmpdir(), 'driftline-demo-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  const story = async () => {
    const fake = await startFakeGitHub();
    undo.push(() => fake.stop());
    step(`A GitHub of our own runs at ${fake.origin}`);
    const started = Date.now();
    const unset = { REDIS_URL: '', DATABASE_URL: '', PRIVATE_KEY_PATH: '' };
    const own = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'info' };
    const app = startApp({ ...unset, ...own, ...fake.env }, startTimeoutMs);
    undo.push(() => app.stop());
    const url = await app.url;
    step(`driftline serve runs at ${url}, with its own Redis and worker (${seconds(Date.now() - started)})`);
    fake.webhookUrl = `${url}/api/github/webhooks`;
    const pull = await show(fake, app);
    if (!serve) {
      await judge(fake, pull);
      return;
    }
    say(`\nThe pull request as a page: ${paint('bold', pull.url)}`);
    say(`The App: ${url}   Stop with Ctrl-C.`);
    await stopped;
  };
  let end: 'stopped' | undefined;
  try {
    end = (await Promise.race([story(), stopped])) ?? undefined;
  } finally {
    for (const step of undo.reverse()) await step();
  }
  // The story may still be waiting for something that will not come any more.
  if (end === 'stopped') process.exit(serve ? 0 : 130);
}

run(process.argv.includes('--serve')).catch((error: unknown) => {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
