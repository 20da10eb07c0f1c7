// The pages of the fake GitHub: what was said stands at its line, and hostile text stays text.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from './fake.ts';
import type { FakePull } from './pull.ts';

const attack = '<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3))';
let fake: FakeGitHub;
let pull: FakePull;

const page = async (path: string) => (await fetch(`${pull.url}${path}`)).text();

beforeAll(async () => {
  fake = await startFakeGitHub();
  const shop = await fake.createRepository('acme/shop', { files: { 'a.py': 'x = 1\n' } });
  pull = await shop.openPull({
    title: attack,
    body: attack,
    files: { 'a.py': `x = 1\ny = """${attack}"""\n`, '<b>.py': 'z\n' },
  });
  const octokit = new Octokit({
    baseUrl: fake.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: 4711, privateKey: fake.env.PRIVATE_KEY, installationId: 77 },
  });
  const at = { owner: 'acme', repo: 'shop' };
  const comments = [{ path: 'a.py', line: 2, body: `**Look here** ${attack}` }];
  await octokit.pulls.createReview({ ...at, pull_number: 1, event: 'COMMENT', body: 'One thing.', comments });
  const note = { path: 'a.py', start_line: 2, end_line: 2, annotation_level: 'warning' as const, message: attack };
  const output = { title: '1 finding', summary: `| a |\n|---|\n| ${attack} |`, annotations: [note] };
  await octokit.checks.create({ ...at, name: 'Driftline', head_sha: pull.headSha, conclusion: 'neutral', output });
});

afterAll(() => fake.stop());

test('the conversation shows the review above its check', async () => {
  const text = await page('');
  expect(text).toContain('driftline[bot]');
  expect(text).toContain('<strong>Look here</strong>');
  expect(text.indexOf('One thing.')).toBeLessThan(text.indexOf('All checks have finished'));
});

test('a comment stands right under its line', async () => {
  const text = await page('/files');
  const line = text.indexOf('<td class="n">2</td>');
  const comment = text.indexOf('<strong>Look here</strong>');
  expect(line).toBeGreaterThan(0);
  expect(comment).toBeGreaterThan(line);
  expect(text.slice(line + 1, comment)).not.toContain('<td class="n">3</td>');
});

test.each(['', '/files', '/checks'])('hostile text stays text: %s', async (path) => {
  const text = await page(path);
  expect(text).not.toMatch(/<script|<img[^>]*onerror|href="javascript|<b>\.py/i);
  expect(text).toContain('&lt;script&gt;');
});

test('a pull request that is not there', async () => {
  expect((await fetch(pull.url.replace(/1$/, '2'))).status).toBe(404);
});
