// Uploads a SARIF log to code scanning where the permission and the feature are there, and says which is missing where
// not. A review does not fail for it. It must not know what stands in the log.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Log } from 'sarif';
import type { PullSnapshot } from '../review/pull.ts';
import { isFault, isPassing, rateLimitMs } from './faults.ts';
import { type Client, repeatable } from './octokit.ts';
import type { SarifUpload } from './port.ts';
import { inRepository } from './posted.ts';

const compressedLimitBytes = 10 * 1024 * 1024;
const zip = promisify(gzip);

export async function uploadSarif(
  client: Client,
  pull: PullSnapshot,
  log: Log,
  permissions: Record<string, string>,
): Promise<SarifUpload> {
  if (permissions.security_events !== 'write') {
    return { state: 'not-permitted', reason: 'the App has no permission to write security events' };
  }
  const packed = await zip(JSON.stringify(log));
  if (packed.length > compressedLimitBytes) {
    return { state: 'failed', reason: 'the results are larger than code scanning takes (10 MB compressed)' };
  }
  try {
    const { data } = await client.rest.codeScanning.uploadSarif({
      ...inRepository(pull.repository),
      commit_sha: pull.headSha,
      ref: `refs/pull/${pull.number}/head`,
      sarif: packed.toString('base64'),
      // The same tool and category for the same commit overwrite what was there.
      request: repeatable,
    });
    return { state: 'uploaded', id: data.id ?? '' };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): SarifUpload {
  if (!isFault(error) || rateLimitMs(error) !== null) throw error;
  const { status, message } = error;
  if (status === 403 && /not accessible by integration/i.test(message)) {
    return { state: 'not-permitted', reason: 'the App has no permission to write security events' };
  }
  if (status === 403 || status === 404) {
    return { state: 'not-enabled', reason: 'code scanning is not enabled for this repository' };
  }
  const why = isPassing(error) ? 'GitHub did not answer' : `GitHub refused the results (${status})`;
  return { state: 'failed', reason: why };
}
