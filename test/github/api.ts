// The way of every REST call: fault, authentication, GitHub's description of the request, permission, handler, GitHub's
// description of the answer, pagination, ETag. It must not know what single routes do.
import { createHash } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, Hono } from 'hono';
import { allows, refuseJwt, tokenOf } from './auth.ts';
import type { Fault, Faults } from './faults.ts';
import { type Fields, type Operation, operation } from './openapi.ts';
import type { Renderer } from './render.ts';
import type { Level, Pull, Repository, State, Token } from './state.ts';
import type { Webhooks } from './webhooks.ts';

export type Env = { Bindings: HttpBindings };

export interface RecordedCall {
  /** GitHub's name of the route: `POST /repos/{owner}/{repo}/check-runs`. */
  route: string;
  path: string;
  status: number;
  creating: boolean;
  atMs: number;
  /** When its answer was ready; the call may hang until then. */
  endMs: number;
}

export interface World {
  state: State;
  faults: Faults;
  render: Renderer;
  webhooks: Webhooks;
  calls: RecordedCall[];
  origin: string;
  /** Called after each opening and push: may make the next reads stale. */
  lag: (pull: Pull) => void;
  /** Comments a test wants refused with 422 though their anchor is fine. */
  refusedComments: ((comment: { path: string; line: number | undefined }) => boolean)[];
}

/** An answer other than success, as GitHub words it. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: unknown[] | undefined;
  constructor(status: number, message: string, errors?: unknown[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export function unprocessable(...errors: string[]): Refused {
  return new Refused(422, 'Unprocessable Entity', errors);
}

export interface Call {
  params: Record<string, string>;
  query: Fields;
  body: Fields;
  token: Token | null;
}

export interface Answer {
  status: number;
  body?: unknown;
  /** A whole list; the page asked for is cut out, and `wrap` puts an envelope around it. */
  list?: unknown[];
  wrap?: (page: unknown[], total: number) => Fields;
}

export interface Route {
  route: string;
  /** `jwt`: the App itself. Otherwise any one of these permissions of the installation token. */
  needs: 'jwt' | 'token' | Record<string, Level>;
  creating?: boolean;
  handle: (call: Call) => Answer | Promise<Answer>;
}

export function requireRepository(world: World, call: Call): Repository {
  const found = world.state.repository(call.params.owner ?? '', call.params.repo ?? '');
  const visible = call.token?.repositories?.has(found?.id ?? 0) ?? true;
  if (!found || !visible) throw new Refused(404, 'Not Found');
  return found;
}

export function requirePull(world: World, call: Call, key = 'pull_number'): Pull {
  const pull = requireRepository(world, call).pulls.get(Number(call.params[key]));
  if (!pull) throw new Refused(404, 'Not Found');
  return pull;
}

export class Api {
  readonly #world: World;
  readonly #app: Hono<Env>;

  constructor(world: World, app: Hono<Env>) {
    this.#world = world;
    this.#app = app;
  }

  mount(routes: Route[]): void {
    for (const route of routes) {
      const described = operation(route.route);
      const [method = '', path = ''] = route.route.split(' ');
      const pattern = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
        /^(ref|path)$/.test(name) ? `:${name}{.+}` : `:${name}`,
      );
      for (const prefix of ['/api/v3', '']) {
        this.#app.on(method, prefix + pattern, (c) => this.#serve(c, route, described));
      }
    }
  }

  async #serve(c: Context<Env>, route: Route, described: Operation): Promise<Response> {
    const record: RecordedCall = {
      route: route.route,
      path: new URL(c.req.url).pathname.replace(/^\/api\/v3/, ''),
      status: 0,
      creating: route.creating ?? false,
      atMs: Date.now(),
      endMs: 0,
    };
    this.#world.calls.push(record);
    const fault = this.#world.faults.next(`${c.req.method} ${record.path}`);
    const early = fault && (await this.#strike(c, fault));
    const response = early ?? (await this.#answer(c, route, described));
    record.endMs = Date.now();
    if (fault?.kind === 'lost-answer') return this.#hangUp(c);
    record.status = response === RESPONSE_ALREADY_SENT ? 0 : response.status;
    return response;
  }

  #hangUp(c: Context<Env>): Response {
    c.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }

  async #strike(c: Context<Env>, fault: Fault): Promise<Response | null> {
    switch (fault.kind) {
      case 'bad-gateway':
        return new Response('<html><body><h1>502 Bad Gateway</h1></body></html>', {
          status: 502,
          headers: { 'content-type': 'text/html' },
        });
      case 'secondary-limit':
        return this.#json(
          { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
          fault.status ?? 403,
          { 'retry-after': String(fault.retryAfterS) },
        );
      case 'not-found':
        return this.#json({ message: 'Not Found' }, 404);
      case 'drop':
        return this.#hangUp(c);
      case 'delay':
        await new Promise((done) => setTimeout(done, fault.ms));
        return null;
      case 'lost-answer':
        return null;
    }
  }

  async #answer(c: Context<Env>, route: Route, described: Operation): Promise<Response> {
    try {
      const call = await this.#read(c, route, described);
      const answer = await route.handle(call);
      return this.#finish(c, route, described, call, answer);
    } catch (error) {
      if (error instanceof Refused) {
        const { status, message, errors } = error;
        return this.#json({ message, ...(errors ? { errors } : {}), status: String(status) }, status);
      }
      this.#world.state.problem(`${route.route}: the fake itself failed: ${String(error)}`);
      return this.#json({ message: String(error) }, 500);
    }
  }

  async #read(c: Context<Env>, route: Route, described: Operation): Promise<Call> {
    const { state } = this.#world;
    const header = c.req.header('authorization');
    let token: Token | null = null;
    if (route.needs === 'jwt') {
      const wrong = refuseJwt(state.app, (header ?? '').replace(/^bearer /i, ''));
      if (wrong) throw new Refused(401, wrong);
    } else {
      token = tokenOf(state, header);
      if (!token) throw new Refused(401, 'Bad credentials');
      if (!described.forApps) throw new Refused(403, 'Resource not accessible by integration');
    }
    const call: Call = {
      params: c.req.param() as Record<string, string>,
      query: { ...c.req.query() },
      body: {},
      token,
    };
    const wrong = described.params({ ...call.query, ...call.params });
    if (wrong.length > 0) throw new Refused(422, 'Validation Failed', wrong);
    if (described.request) call.body = await this.#body(c, route, described);
    this.#permit(route, call);
    return call;
  }

  #permit(route: Route, call: Call): void {
    if (route.needs === 'jwt' || route.needs === 'token') return;
    if (call.params.owner) requireRepository(this.#world, call);
    const granted = call.token?.permissions ?? {};
    const enough = Object.entries(route.needs).some(([name, level]) => allows(granted[name], level));
    if (!enough) throw new Refused(403, 'Resource not accessible by integration');
  }

  async #body(c: Context<Env>, route: Route, described: Operation): Promise<Fields> {
    const text = await c.req.text();
    let body: unknown = {};
    try {
      body = text === '' ? {} : JSON.parse(text);
    } catch {
      throw new Refused(400, 'Problems parsing JSON');
    }
    const request = described.request;
    const wrong = request?.check(body) ?? [];
    if (wrong.length > 0 || body === null || typeof body !== 'object') {
      this.#world.state.problem(`${route.route}: request does not fit GitHub's description: ${wrong.join('; ')}`);
      throw new Refused(422, 'Invalid request.', wrong);
    }
    for (const key of request?.unknown(body) ?? []) {
      this.#world.state.problem(`${route.route}: GitHub knows no request field ${key}`);
    }
    return body as Fields;
  }

  #finish(c: Context<Env>, route: Route, described: Operation, call: Call, answer: Answer): Response {
    const headers: Record<string, string> = {};
    let body = answer.body;
    if (answer.list) {
      const page = this.#page(c, call, answer.list, headers);
      body = answer.wrap ? answer.wrap(page, answer.list.length) : page;
    }
    const filled = described.answer(answer.status)?.fill(body, this.#world.origin);
    if (filled && filled.errors.length > 0) {
      this.#world.state.problem(
        `${route.route}: answer does not fit GitHub's description: ${filled.errors.join('; ')}`,
      );
    }
    if (answer.status === 204) return new Response(null, { status: 204, headers: this.#limits() });
    return this.#json(filled ? filled.body : body, answer.status, headers, c);
  }

  #page(c: Context<Env>, call: Call, list: unknown[], headers: Record<string, string>): unknown[] {
    const size = Math.min(Math.max(Number(call.query.per_page ?? 30), 1), 100);
    const cursor = /^v1_(\d+)$/.exec(String(call.query.cursor ?? ''));
    const page = cursor ? Number(cursor[1]) : Math.max(Number(call.query.page ?? 1), 1);
    const last = Math.max(Math.ceil(list.length / size), 1);
    const byCursor = c.req.path.endsWith('/deliveries');
    const link = (to: number, rel: string): string => {
      const url = new URL(c.req.url);
      url.searchParams.set(byCursor ? 'cursor' : 'page', byCursor ? `v1_${to}` : String(to));
      return `<${url.href}>; rel="${rel}"`;
    };
    const links: string[] = [];
    if (page > 1) links.push(link(page - 1, 'prev'), link(1, 'first'));
    if (page < last) links.push(link(page + 1, 'next'), ...(byCursor ? [] : [link(last, 'last')]));
    if (links.length > 0) headers.link = links.join(', ');
    return list.slice((page - 1) * size, page * size);
  }

  #limits(): Record<string, string> {
    const used = this.#world.calls.length;
    return {
      'x-ratelimit-limit': '5000',
      'x-ratelimit-used': String(used),
      'x-ratelimit-remaining': String(Math.max(5000 - used, 1)),
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
      'x-github-request-id': `FAKE:${used}`,
    };
  }

  #json(body: unknown, status: number, headers: Record<string, string> = {}, c?: Context<Env>): Response {
    const text = body === undefined ? '' : JSON.stringify(body);
    const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
    const all = { 'content-type': 'application/json; charset=utf-8', etag, ...this.#limits(), ...headers };
    if (status === 200 && c?.req.method === 'GET' && c.req.header('if-none-match')?.includes(etag)) {
      return new Response(null, { status: 304, headers: all });
    }
    return new Response(text, { status, headers: all });
  }
}
