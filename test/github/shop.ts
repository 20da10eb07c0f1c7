// What the tests of the fake GitHub start from: a running fake, a small repository, and an App's client for it.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { type FakeGitHub, startFakeGitHub } from './fake.ts';
import type { FakeRepository } from './repository.ts';

export const base = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`).join('\n');
export const head = base.replace('line 10', 'ten').replace('line 30', 'thirty');
export const at = { owner: 'acme', repo: 'shop' };

export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function openShop(): Promise<{ fake: FakeGitHub; shop: FakeRepository; octokit: Octokit }> {
  const fake = await startFakeGitHub();
  const files = { 'a.txt': base, 'old name.txt': 'same\n'.repeat(9) };
  const shop = await fake.createRepository('acme/shop', { files });
  return { fake, shop, octokit: client(fake) };
}

export function client(fake: FakeGitHub): Octokit {
  const { APP_ID, PRIVATE_KEY } = fake.env;
  return new Octokit({
    baseUrl: fake.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: APP_ID, privateKey: PRIVATE_KEY, installationId: 77 },
    log: silent,
  });
}

export function statusOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 200,
    (error: { status: number }) => error.status,
  );
}
