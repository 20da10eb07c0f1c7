// Where findings stand by what people said of them, read from storage.
import type { Finding } from '../src/finding.ts';
import type { RepositoryRef } from '../src/review/pull.ts';
import { type Standing, standingsOf } from '../src/review/verdict.ts';
import type { Deps } from './job.ts';

/** In this pull request; findings that nobody spoke of are open and have no entry. */
export async function standingsIn(
  { repository, pull }: { repository: RepositoryRef; pull: number },
  findings: readonly Pick<Finding, 'id'>[],
  { storage }: Pick<Deps, 'storage'>,
): Promise<Map<string, Standing>> {
  if (findings.length === 0) return new Map();
  const ids = findings.map(({ id }) => id);
  return standingsOf(await storage.signals.ofFindings(repository.repositoryId, ids), pull);
}
