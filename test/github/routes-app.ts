// Routes of the App itself and of repositories as a whole.
import { type Call, Refused, type Route, requireRepository, type World } from './api.ts';
import { issueToken, type TokenRequest } from './auth.ts';
import type { Delivery } from './state.ts';

function installationRoutes(world: World): Route[] {
  const { state, render } = world;
  const accounts = () => [...new Set([...state.repositories.values()].map((r) => r.owner))];
  const installation = (call: Call) => {
    const account = accounts()[0];
    if (Number(call.params.installation_id) !== state.app.installationId || !account)
      throw new Refused(404, 'Not Found');
    return render.installation(account);
  };
  return [
    { route: 'GET /app', needs: 'jwt', handle: () => ({ status: 200, body: render.app() }) },
    {
      route: 'GET /app/installations',
      needs: 'jwt',
      handle: () => ({
        status: 200,
        list: accounts()
          .slice(0, 1)
          .map((a) => render.installation(a)),
      }),
    },
    {
      route: 'GET /app/installations/{installation_id}',
      needs: 'jwt',
      handle: (call) => ({ status: 200, body: installation(call) }),
    },
    {
      route: 'POST /app/installations/{installation_id}/access_tokens',
      needs: 'jwt',
      handle: (call) => {
        installation(call);
        if (state.suspendedAt) throw new Refused(403, 'This installation has been suspended');
        const token = issueToken(state, call.body as TokenRequest);
        if (typeof token === 'string') throw new Refused(422, token);
        const { repositories } = token;
        const list = [...state.repositories.values()].filter((r) => repositories?.has(r.id));
        return {
          status: 201,
          body: {
            token: token.value,
            expires_at: new Date(token.expiresAt).toISOString(),
            permissions: token.permissions,
            repository_selection: repositories ? 'selected' : 'all',
            ...(repositories ? { repositories: list.map((r) => render.repository(r)) } : {}),
          },
        };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/installation',
      needs: 'jwt',
      handle: (call) => ({ status: 200, body: render.installation(requireRepository(world, call).owner) }),
    },
    {
      route: 'GET /installation/repositories',
      needs: 'token',
      handle: (call) => ({
        status: 200,
        list: [...state.repositories.values()]
          .filter((r) => !r.parent && (call.token?.repositories?.has(r.id) ?? true))
          .map((r) => render.repository(r)),
        wrap: (repositories, total) => ({ total_count: total, repositories }),
      }),
    },
  ];
}

function deliveryRoutes(world: World): Route[] {
  const { state, render } = world;
  const delivery = (call: Call): Delivery => {
    const found = state.deliveries.find((d) => d.id === Number(call.params.delivery_id));
    if (!found) throw new Refused(404, 'Not Found');
    return found;
  };
  return [
    {
      route: 'GET /app/hook/deliveries',
      needs: 'jwt',
      handle: () => ({ status: 200, list: state.deliveries.map((d) => render.delivery(d, false)).reverse() }),
    },
    {
      route: 'GET /app/hook/deliveries/{delivery_id}',
      needs: 'jwt',
      handle: (call) => ({ status: 200, body: render.delivery(delivery(call), true) }),
    },
    {
      route: 'POST /app/hook/deliveries/{delivery_id}/attempts',
      needs: 'jwt',
      handle: (call) => {
        world.webhooks.redeliverLater(delivery(call));
        return { status: 202, body: {} };
      },
    },
  ];
}

function repositoryRoutes(world: World): Route[] {
  const { state, render } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}',
      needs: { metadata: 'read' },
      handle: (call) => ({ status: 200, body: render.repository(requireRepository(world, call)) }),
    },
    {
      route: 'GET /repos/{owner}/{repo}/contents/{path}',
      needs: { contents: 'read' },
      handle: async (call) => {
        const repository = requireRepository(world, call);
        const path = call.params.path ?? '';
        const text = await repository.git.file(String(call.query.ref ?? 'main'), path);
        if (text === null) throw new Refused(404, 'Not Found');
        const content = Buffer.from(text).toString('base64');
        const base = { type: 'file', encoding: 'base64', name: path.split('/').at(-1), path, content };
        return {
          status: 200,
          body: { ...base, size: Buffer.byteLength(text), sha: '', git_url: null, html_url: null },
        };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      needs: { metadata: 'read' },
      handle: (call) => {
        const repository = requireRepository(world, call);
        const login = call.params.username ?? '';
        const role = repository.collaborators.get(login) ?? (repository.private ? 'none' : 'read');
        const user = state.users.get(login);
        if (!user) throw new Refused(404, 'Not Found');
        const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
        return { status: 200, body: { permission, role_name: role, user: { ...render.user(user), role_name: role } } };
      },
    },
    { route: 'GET /rate_limit', needs: 'token', handle: () => ({ status: 200, body: rateLimit(world.calls.length) }) },
  ];
}

export function appRoutes(world: World): Route[] {
  return [...installationRoutes(world), ...deliveryRoutes(world), ...repositoryRoutes(world)];
}

function rateLimit(used: number): Record<string, unknown> {
  const bucket = { limit: 5000, used, remaining: Math.max(5000 - used, 1), reset: Math.ceil(Date.now() / 1000) + 3600 };
  return { resources: { core: bucket, search: bucket }, rate: bucket };
}
