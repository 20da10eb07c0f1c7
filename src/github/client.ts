// Puts the pieces of this room together as the one port that the rest of the product sees.
import { findingOfComment, postAnswer, readRole } from './answer.ts';
import { concludeCheck, concludeHead, showProgress, startCheck } from './check.ts';
import { findCommit, pushCommit } from './commit.ts';
import { telling } from './faults.ts';
import { type Calls, type ClientOptions, type Clients, createClients } from './octokit.ts';
import type { GitHub } from './port.ts';
import { type Identity, readPosted } from './posted.ts';
import { publish } from './publish.ts';
import { pullsOfHead, readPull, settleWaitsMs } from './pull.ts';

export interface GitHubOptions extends ClientOptions {
  /** From `webUrl`. */
  webUrl: string;
  /** How long to wait between reads of a pull request that is not yet as announced. */
  settleWaitsMs?: readonly number[];
}

export interface GitHubEdge extends GitHub {
  /** `<slug>[bot]`: the author of our comments and the sender of events that we caused. */
  ownLogin(): Promise<string>;
}

export function createGitHub(options: GitHubOptions): GitHubEdge {
  const clients = createClients(options);
  const { patience } = clients;
  const { appId } = options;
  let asked: Promise<string> | null = null;

  const ownLogin = (): Promise<string> => {
    asked ??= readOwnLogin();
    // A failure is not kept: the next caller asks again.
    asked.catch(() => {
      asked = null;
    });
    return asked;
  };
  const readOwnLogin = async (): Promise<string> => {
    const { data } = await clients.app().rest.apps.getAuthenticated();
    if (!data?.slug) throw new Error('GitHub did not tell the slug of the App');
    return `${data.slug}[bot]`;
  };
  const self = async (): Promise<Identity> => ({ appId, login: await ownLogin() });

  return {
    ownLogin: () => telling('reading the App', ownLogin),
    permissions: (id, fresh) => telling('reading the permissions', () => clients.permissions(id, fresh)),
    pull(repository, number, expectHead) {
      const client = clients.installation(repository.installationId);
      const waits = options.settleWaitsMs ?? settleWaitsMs;
      return telling(`reading pull request ${number}`, () => readPull(client, repository, number, expectHead, waits));
    },
    pullsOfHead(repository, headSha) {
      const client = clients.installation(repository.installationId);
      return telling('looking up pull requests', () => pullsOfHead(client, repository, headSha));
    },
    startCheck(repository, headSha, again) {
      const client = clients.installation(repository.installationId);
      return telling('starting the check run', () =>
        startCheck({ client, repository, appId, patience }, headSha, again),
      );
    },
    showProgress(repository, checkId, text) {
      const client = clients.installation(repository.installationId);
      return telling('showing how far the review is', () => showProgress(client, repository, checkId, text));
    },
    concludeCheck(repository, checkId, plan) {
      const client = clients.installation(repository.installationId);
      return telling('concluding the check run', () => concludeCheck(client, repository, checkId, plan, patience));
    },
    concludeHead(repository, headSha, plan) {
      const client = clients.installation(repository.installationId);
      return telling('concluding the check run', () =>
        concludeHead({ client, repository, appId, patience }, headSha, plan),
      );
    },
    posted(pull) {
      const client = clients.installation(pull.repository.installationId);
      return telling('reading what is posted', async () => readPosted(client, pull, await self()));
    },
    publish(pull, plan, checkId, posted) {
      const { installationId } = pull.repository;
      const calls: Calls = { total: 0, creating: 0 };
      const client = clients.installation(installationId, calls);
      const permissions = () => clients.permissions(installationId);
      return telling('publishing the review', async () =>
        publish({ client, calls, pull, plan, checkId, posted, self: await self(), patience, permissions }),
      );
    },
    ...forCommands(options, clients, self),
    cloneAccess({ installationId, repositoryId, owner, name }) {
      return telling('making a token to clone with', async () => ({
        url: `${options.webUrl}/${owner}/${name}.git`,
        token: await clients.cloneToken(installationId, repositoryId),
      }));
    },
  };
}

type ForCommands = Pick<GitHub, 'role' | 'findingOfComment' | 'answer' | 'commit' | 'findCommit'>;

function forCommands({ webUrl }: GitHubOptions, clients: Clients, self: () => Promise<Identity>): ForCommands {
  const { patience } = clients;
  const clientOf = ({ installationId }: { installationId: number }) => clients.installation(installationId);
  return {
    role: (repository, person) => telling('reading a role', () => readRole(clientOf(repository), repository, person)),
    findingOfComment: (repository, commentId) =>
      telling('reading a comment', async () =>
        findingOfComment(clientOf(repository), repository, commentId, await self()),
      ),
    answer: (pull, place, answer) =>
      telling('answering a command', async () =>
        postAnswer({ client: clientOf(pull.repository), pull, self: await self(), patience }, place, answer),
      ),
    commit: (pull, request) =>
      telling('committing', () => pushCommit(clientOf(pull.repository), pull, request, patience, webUrl)),
    findCommit: (pull, line) => telling('reading the commits', () => findCommit(clientOf(pull.repository), pull, line)),
  };
}
