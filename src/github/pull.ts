// Reads pull requests. GitHub's reads lag behind its webhooks, so a first miss proves nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PullSnapshot, RepositoryRef } from '../review/pull.ts';
import { hasStatus } from './faults.ts';
import type { Client } from './octokit.ts';

const Pull = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().optional(),
  html_url: z.string(),
  user: z.object({ login: z.string() }).nullable(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: z.object({ id: z.int() }).nullable() }),
  base: z.object({ sha: z.string(), ref: z.string(), repo: z.object({ id: z.int() }) }),
});

/** Ten seconds in all: longer than GitHub's replicas lag, shorter than anyone waits for a check to start. */
export const settleWaitsMs = [250, 500, 1_000, 2_000, 3_000, 3_000] as const;

/** Open pull requests looked through for a head, newest first. */
const pagesLookedThrough = 10;

/**
 * Reads the pull request now. A miss, or another head than expected, is read again for a while; after that the miss is
 * thrown, and another head is believed: somebody pushed.
 */
export async function readPull(
  client: Client,
  repository: RepositoryRef,
  number: number,
  expectHead: string | undefined,
  waitsMs: readonly number[],
): Promise<PullSnapshot> {
  for (let read = 0; ; read++) {
    const waitMs = waitsMs[read];
    try {
      const pull = await readOnce(client, repository, number);
      if (expectHead === undefined || pull.headSha === expectHead || waitMs === undefined) return pull;
    } catch (error) {
      if (waitMs === undefined || !hasStatus(error, 404)) throw error;
    }
    await sleep(waitMs);
  }
}

async function readOnce(client: Client, repository: RepositoryRef, number: number): Promise<PullSnapshot> {
  const { owner, name } = repository;
  const { data } = await client.rest.pulls.get({ owner, repo: name, pull_number: number });
  const pull = Pull.parse(data);
  return {
    repository,
    number: pull.number,
    title: pull.title,
    state: pull.state,
    draft: pull.draft ?? false,
    author: pull.user?.login ?? 'ghost',
    headSha: pull.head.sha,
    headRef: pull.head.ref,
    baseSha: pull.base.sha,
    baseRef: pull.base.ref,
    // The head repository is null once a fork has been deleted.
    fork: pull.head.repo?.id !== pull.base.repo.id,
    url: pull.html_url,
  };
}

/**
 * Open pull requests whose head is this commit. The question by commit finds nothing for heads in forks, so the open
 * ones are looked through as well.
 */
export async function pullsOfHead(client: Client, repository: RepositoryRef, headSha: string): Promise<number[]> {
  const here = { owner: repository.owner, repo: repository.name };
  const found = new Set<number>();
  const keep = (pulls: { number: number; state: string; head: { sha: string } }[]) => {
    for (const pull of pulls) if (pull.state === 'open' && pull.head.sha === headSha) found.add(pull.number);
  };
  try {
    const { data } = await client.rest.repos.listPullRequestsAssociatedWithCommit({ ...here, commit_sha: headSha });
    keep(data);
  } catch (error) {
    // A commit that only a fork has is unknown here.
    if (!hasStatus(error, 404, 409, 422)) throw error;
  }
  let page = 0;
  const open = { ...here, state: 'open', sort: 'updated', direction: 'desc', per_page: 100 } as const;
  for await (const { data } of client.paginate.iterator(client.rest.pulls.list, open)) {
    keep(data);
    page += 1;
    if (page >= pagesLookedThrough) break;
  }
  return [...found].sort((a, b) => a - b);
}
