// Puts one commit on the head branch of a pull request: blobs, a tree, the commit, and the branch moved forward, in this
// order, so that nothing is seen before the last call. GitHub signs the commit as the App's.
import type { PullSnapshot } from '../review/pull.ts';
import { hasStatus, isFault, type Patience, rateLimitMs, writingOnce } from './faults.ts';
import { type Client, repeatable } from './octokit.ts';
import type { CommitRequest, CommitResult } from './port.ts';
import { at, inRepository } from './posted.ts';

export async function pushCommit(
  client: Client,
  pull: PullSnapshot,
  { files, baseTree, tree, message, coAuthor }: CommitRequest,
  patience: Patience,
  webUrl: string,
): Promise<CommitResult> {
  const here = inRepository(pull.repository);
  const ref = `heads/${pull.headRef}`;
  try {
    const entries = [];
    for (const { path, mode, bytes } of files) {
      const content = Buffer.from(bytes).toString('base64');
      const { data } = await client.rest.git.createBlob({ ...here, content, encoding: 'base64', request: repeatable });
      entries.push({ path, mode, type: 'blob' as const, sha: data.sha });
    }
    const made = await client.rest.git.createTree({ ...here, base_tree: baseTree, tree: entries, request: repeatable });
    // What was analysed is what is committed, to the byte.
    if (made.data.sha !== tree) return { state: 'refused', reason: 'GitHub made other files of the fixes' };
    const parents = [pull.headSha];
    const commit = await client.rest.git.createCommit({
      ...here,
      message: `${message}\nCo-authored-by: ${addressOf(coAuthor, webUrl)}`,
      tree,
      parents,
      request: repeatable,
    });
    const { sha } = commit.data;
    const branchAt = async () => (await client.rest.git.getRef({ ...here, ref })).data.object.sha;
    // A branch that was set back since would be moved forward again without complaint.
    if ((await branchAt()) !== pull.headSha) return { state: 'head-moved' };
    await writingOnce(
      async () => {
        await client.rest.git.updateRef({ ...here, ref, sha, force: false });
        return true;
      },
      async () => ((await branchAt()) === sha ? true : null),
      patience,
    );
    return { state: 'committed', sha };
  } catch (error) {
    return refusal(error);
  }
}

/** The address by which GitHub knows a person without telling theirs. */
function addressOf({ id, login }: CommitRequest['coAuthor'], webUrl: string): string {
  return `${login} <${id}+${login}@users.noreply.${new URL(webUrl).hostname}>`;
}

function refusal(error: unknown): CommitResult {
  if (!isFault(error) || rateLimitMs(error) !== null || !hasStatus(error, 403, 404, 409, 422)) throw error;
  if (/not a fast.forward/i.test(error.message) || error.status === 404) return { state: 'head-moved' };
  const said = error.message.split(/\n| - https?:/, 1)[0] ?? '';
  const rest = /Changes must be made through a pull request/.test(error.message) ? ': the branch is protected' : '';
  return { state: 'refused', reason: `GitHub refused the commit (${said.slice(0, 200).trim()}${rest})` };
}

/** The commit of the pull request whose message has this line: an earlier attempt got so far. GitHub lists 250. */
export async function findCommit(client: Client, pull: PullSnapshot, line: string): Promise<string | null> {
  const all = await client.paginate(client.rest.pulls.listCommits, { ...at(pull), per_page: 100 });
  return all.findLast(({ commit }) => commit.message.split('\n').includes(line))?.sha ?? null;
}
