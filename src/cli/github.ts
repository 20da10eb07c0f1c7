// How to reach GitHub, from the server's configuration: the same for `serve` and for `worker`.
import type { Logger } from 'pino';
import type { ServerConfig } from '../config.ts';
import type { GitHubOptions } from '../github/client.ts';
import { apiUrl, webUrl } from '../github/octokit.ts';

export function githubOptions(
  config: ServerConfig,
  app: NonNullable<ServerConfig['github']>,
  log: Logger,
): GitHubOptions {
  const { gheHost, gheProtocol } = config;
  return {
    appId: app.appId,
    privateKey: app.privateKey,
    baseUrl: apiUrl(gheHost ?? undefined, gheProtocol),
    webUrl: webUrl(gheHost ?? undefined, gheProtocol),
    log,
  };
}
