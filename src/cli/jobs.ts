// `driftline jobs`: the jobs that failed for good, with their reasons, and a way to put them back.
import { openQueue } from '../../queue/bullmq.ts';
import { startPrivateRedis } from '../../queue/private-redis.ts';
import { readEnvironment } from '../config.ts';
import { createLog } from './log.ts';
import { printable } from './printable.ts';

export interface JobsOptions {
  /** Ids to put back, or `['all']`; undefined: only list. */
  retry?: string[];
}

export async function jobs({ retry }: JobsOptions): Promise<number> {
  const config = readEnvironment(process.env);
  const log = createLog('silent');
  const redis = config.redisUrl === null ? await startPrivateRedis(config.dataDir, log) : null;
  const queue = openQueue(config.redisUrl ?? redis?.url ?? '', log);
  try {
    await queue.ping();
    const failed = await queue.failed();
    if (retry === undefined) {
      process.stdout.write(listed(failed));
      return 0;
    }
    const wanted = retry.includes('all') ? failed.map((job) => job.id) : retry;
    let refused = 0;
    for (const id of wanted) {
      const taken = await queue.retry(id);
      if (!taken) refused += 1;
      process.stdout.write(`${taken ? 'put back' : 'not among the failed'}: ${printable(id)}\n`);
    }
    return refused === 0 ? 0 : 2;
  } finally {
    await queue.close();
    await redis?.stop();
  }
}

function listed(failed: { id: string; kind: string; reason: string; failedAt: Date | null }[]): string {
  if (failed.length === 0) return 'No failed jobs.\n';
  const lines = [...failed]
    .sort((a, b) => (a.failedAt?.getTime() ?? 0) - (b.failedAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1))
    .map(({ id, reason, failedAt }) => `${failedAt?.toISOString() ?? 'unknown time'}  ${id}\n  ${printable(reason)}\n`);
  return `${lines.join('')}Put one back with \`driftline jobs --retry ID\`, or all with \`--retry all\`.\n`;
}
