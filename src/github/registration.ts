// Probot's own registration page, for a start without credentials: it creates the App on GitHub from app.yml and writes
// APP_ID, PRIVATE_KEY and WEBHOOK_SECRET to `.env`. It must not know the server that it is served by.
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type HttpHandler, webhookPath } from './webhook.ts';

export interface RegistrationOptions {
  host: string;
  port: number;
  log: Logger;
}

const rootAsHook = /("hook_attributes":\{"url":"https?:\/\/[^"/]+)\/"/;

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const SetupModule = z.object({
  setupAppFactory: z.custom<(options: object) => () => Promise<Page>>((value) => typeof value === 'function'),
});
const StaticModule = z.object({
  staticFilesHandler: z.custom<Page>((value) => typeof value === 'function'),
});

interface ManifestOptions {
  readFileSync?: () => string;
}
const ManifestModule = z.object({
  ManifestCreation: z.custom<{ prototype: { getManifest: (options: ManifestOptions) => string } }>(
    (value) => typeof value === 'function',
  ),
});

export async function createRegistrationHandler(options: RegistrationOptions): Promise<HttpHandler> {
  // Otherwise Probot fetches a webhook relay client through npx while it starts.
  process.env.NO_SMEE_SETUP ??= 'true';
  // Probot offers the page only inside a server of its own; its pinned version has it at this place.
  const { setupAppFactory } = SetupModule.parse(await probotFile('apps/setup.js'));
  await useOwnManifest();
  const { staticFilesHandler } = StaticModule.parse(await probotFile('server/handlers/static-files.js'));
  const page = await setupAppFactory({ host: options.host, port: options.port, log: options.log })();
  return async (request, response) => {
    // The page would register the root as the webhook's address, where nothing listens.
    rewriteBody(response, (html) => html.replace(rootAsHook, `$1${webhookPath}"`));
    return (await page(request, response)) || (await staticFilesHandler(request, response)) === true;
  };
}

/** Probot looks for app.yml in the folder that the server was started in, and asks for no permission at all without it. */
async function useOwnManifest(): Promise<void> {
  const text = readFileSync(manifestFile(), 'utf8');
  const { prototype } = ManifestModule.parse(await probotFile('manifest-creation.js')).ManifestCreation;
  const { getManifest } = prototype;
  prototype.getManifest = function (options) {
    return getManifest.call(this, { ...options, readFileSync: () => text });
  };
}

function manifestFile(): URL {
  // From a checkout this file is src/github/registration.ts; built, it is dist/src/github/registration.js.
  const places = ['../../app.yml', '../../../app.yml'].map((up) => new URL(up, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error('app.yml, which belongs to Driftline, is missing from its folder');
  return found;
}

function rewriteBody(response: ServerResponse, rewrite: (text: string) => string): void {
  const end = response.end.bind(response);
  response.end = ((body?: unknown) => end(typeof body === 'string' ? rewrite(body) : body)) as ServerResponse['end'];
}

function probotFile(path: string): Promise<unknown> {
  return import(new URL(path, import.meta.resolve('probot')).href);
}
