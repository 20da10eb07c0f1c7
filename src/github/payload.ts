// What the payloads of several webhooks have in common: the few fields in use, checked. It must not know single events.
import { z } from 'zod';
import type { RepositoryRef } from '../review/pull.ts';

/** The name of our check run: what branch protection names and what a re-run must be for. */
export const checkName = 'Driftline';

export interface Delivery {
  id: string;
  name: string;
  payload: unknown;
}

export const Sha = z.string().regex(/^[0-9a-f]{40,64}$/);
export const Id = z.int().positive();

export const InRepository = z.object({
  installation: z.object({ id: Id }),
  repository: z.object({ id: Id, name: z.string().min(1), owner: z.object({ login: z.string().min(1) }) }),
});

export const PullRef = z.object({
  number: Id,
  base: z.object({ repo: z.object({ id: Id }) }),
});

export function repositoryOf({ installation, repository }: z.infer<typeof InRepository>): RepositoryRef {
  return {
    installationId: installation.id,
    repositoryId: repository.id,
    owner: repository.owner.login,
    name: repository.name,
  };
}
