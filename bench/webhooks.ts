// How long a delivery waits for its answer: signed webhooks at a steady rate against a real server with a private
// Redis and SQLite, over loopback. No worker runs, so that only the door is measured.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { startServer } from '../src/cli/serve.ts';
import { readEnvironment } from '../src/config.ts';

const secret = 'a secret of the bench';

export async function benchWebhooks([rateText = '100', secondsText = '10']: string[]): Promise<void> {
  const [rate, seconds] = [Number(rateText), Number(secondsText)];
  const folder = await mkdtemp(join(tmpdir(), 'driftline-bench-'));
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const config = readEnvironment({
    APP_ID: '1',
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: secret,
    // Nobody listens there; the server asks once for its own name and goes on without.
    GHE_HOST: '127.0.0.1:9',
    GHE_PROTOCOL: 'http',
    DATA_DIR: folder,
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const server = await startServer(config, { worker: false, log: pino({ level: 'silent' }) });
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  try {
    await send(server.port, agent, 0); // the first delivery pays for what is loaded late
    await send(server.port, agent, 1);
    const answers = await steadily(rate, seconds, (n) => send(server.port, agent, n + 2));
    report(rate, answers);
  } finally {
    agent.destroy();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Answer {
  status: number;
  tookMs: number;
}

/** Sends by the clock, whether earlier ones are answered or not, as GitHub does. */
async function steadily(rate: number, seconds: number, sendOne: (n: number) => Promise<Answer>): Promise<Answer[]> {
  const startedAt = performance.now();
  const sent: Promise<Answer>[] = [];
  while (sent.length < rate * seconds) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * rate);
    while (sent.length < Math.min(due, rate * seconds)) sent.push(sendOne(sent.length));
    await sleep(1);
  }
  return Promise.all(sent);
}

/** A push to pull request `n`, with a body of the size that GitHub sends. */
function send(port: number, agent: Agent, n: number): Promise<Answer> {
  const body = JSON.stringify({
    action: 'synchronize',
    installation: { id: 7 },
    repository: { id: 11, name: 'shop', owner: { login: 'acme' } },
    pull_request: { number: n + 1, head: { sha: n.toString(16).padStart(40, '0') } },
    sender: { login: 'mona', type: 'User' },
    padding: 'x'.repeat(25_000),
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-github-event': 'pull_request',
    'x-github-delivery': `00000000-0000-0000-0000-${n.toString().padStart(12, '0')}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const path = '/api/github/webhooks';
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, tookMs: performance.now() - startedAt }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function report(rate: number, answers: Answer[]): void {
  const times = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
  const refused = answers.filter(({ status }) => status !== 200).length;
  process.stdout.write(
    `${answers.length} deliveries at ${rate}/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms, ${refused} not taken\n`,
  );
  if (refused > 0) process.exitCode = 1;
}
