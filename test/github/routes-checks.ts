// Routes of check runs, check suites and code scanning.
import { randomUUID } from 'node:crypto';
import { type Call, Refused, type Route, requireRepository, type World } from './api.ts';
import { type CheckRequest, readSarif, refuseCheck } from './refusals.ts';
import { type Annotation, type CheckRun, type CheckSuite, now, type Repository } from './state.ts';

interface RunRequest extends CheckRequest {
  name?: string;
  head_sha?: string;
  external_id?: string;
  details_url?: string;
  started_at?: string;
}

function apply(run: CheckRun, request: RunRequest): void {
  const { output } = request;
  if (request.name) run.name = request.name;
  if (request.external_id !== undefined) run.externalId = request.external_id;
  if (request.details_url !== undefined) run.detailsUrl = request.details_url;
  if (request.started_at) run.startedAt = request.started_at;
  if (output) {
    run.title = output.title ?? run.title;
    run.summary = output.summary ?? run.summary;
    run.text = output.text ?? run.text;
    run.annotations.push(...((output.annotations as Annotation[] | undefined) ?? [])); // appended, never replaced
  }
  if (request.actions) run.actions = request.actions;
  if (request.conclusion) {
    run.status = 'completed';
    run.conclusion = request.conclusion;
    run.completedAt = request.completed_at ?? now();
  } else if (request.status === 'queued' || request.status === 'in_progress') {
    run.status = request.status;
    run.conclusion = null;
    run.completedAt = null;
  }
}

async function createRun(world: World, call: Call): Promise<{ repository: Repository; run: CheckRun }> {
  const repository = requireRepository(world, call);
  const request = call.body as RunRequest;
  const wrong = refuseCheck(request, request.name ?? '');
  if (wrong) throw new Refused(422, `Invalid request.\n\n${wrong}`);
  const headSha = request.head_sha ?? '';
  if (!/^[0-9a-f]{40}$/.test(headSha) || !(await repository.git.resolve(headSha))) {
    throw new Refused(422, `No commit found for SHA: ${headSha}`);
  }
  const branch = [...repository.pulls.values()].find((p) => p.headSha === headSha && p.head === repository);
  const suite = world.state.suite(repository, headSha, branch?.headRef ?? null);
  suite.rerequested = false;
  const run: CheckRun = {
    id: world.state.nextId(),
    suiteId: suite.id,
    name: '',
    headSha,
    status: 'queued',
    conclusion: null,
    externalId: '',
    detailsUrl: null,
    startedAt: now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  apply(run, request);
  repository.checkRuns.push(run);
  return { repository, run };
}

function findRun(world: World, call: Call): { repository: Repository; run: CheckRun } {
  const repository = requireRepository(world, call);
  const run = repository.checkRuns.find((r) => r.id === Number(call.params.check_run_id));
  if (!run) throw new Refused(404, 'Not Found');
  return { repository, run };
}

function updateRun(world: World, call: Call): { repository: Repository; run: CheckRun; completed: boolean } {
  const { repository, run } = findRun(world, call);
  const request = call.body as RunRequest;
  const wrong = refuseCheck(request, null);
  if (wrong) throw new Refused(422, `Invalid request.\n\n${wrong}`);
  const before = run.status;
  apply(run, request);
  const suite = repository.suites.find((s) => s.id === run.suiteId);
  if (suite) suite.rerequested = false;
  return { repository, run, completed: before !== 'completed' && run.status === 'completed' };
}

function announce(world: World, action: string, repository: Repository, run: CheckRun): void {
  const { render, state, webhooks } = world;
  const payload = {
    check_run: render.checkRun(repository, run),
    repository: render.repository(repository),
    sender: render.user(state.bot),
  };
  webhooks.later('check_run', action, payload, repository);
}

async function shaOf(repository: Repository, ref: string): Promise<string> {
  const sha = (await repository.git.resolve(`refs/heads/${ref}`)) ?? (await repository.git.resolve(ref));
  if (!sha) throw new Refused(422, `No commit found for SHA: ${ref}`);
  return sha;
}

/** Runs a query selects; by default only the newest of each name. */
function select(runs: CheckRun[], query: Call['query'], appId: number): CheckRun[] {
  const named = runs
    .filter((r) => !query.check_name || r.name === query.check_name)
    .filter((r) => !query.status || r.status === query.status)
    .filter(() => !query.app_id || Number(query.app_id) === appId)
    .sort((a, b) => b.id - a.id);
  if (query.filter === 'all') return named;
  return named.filter((r, i) => named.findIndex((other) => other.name === r.name) === i);
}

function runRoutes(world: World): Route[] {
  const { render, state } = world;
  const listed = (repository: Repository, runs: CheckRun[], call: Call) => ({
    status: 200,
    list: select(runs, call.query, state.app.id).map((r) => render.checkRun(repository, r)),
    wrap: (page: unknown[], total: number) => ({ total_count: total, check_runs: page }),
  });
  return [
    {
      route: 'POST /repos/{owner}/{repo}/check-runs',
      needs: { checks: 'write' },
      handle: async (call) => {
        const { repository, run } = await createRun(world, call);
        announce(world, 'created', repository, run);
        if (run.status === 'completed') announce(world, 'completed', repository, run);
        return { status: 201, body: render.checkRun(repository, run) };
      },
    },
    {
      route: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
      needs: { checks: 'write' },
      handle: (call) => {
        const { repository, run, completed } = updateRun(world, call);
        if (completed) announce(world, 'completed', repository, run);
        return { status: 200, body: render.checkRun(repository, run) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}',
      needs: { checks: 'read' },
      handle: (call) => {
        const { repository, run } = findRun(world, call);
        return { status: 200, body: render.checkRun(repository, run) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
      needs: { checks: 'read' },
      handle: (call) => {
        const { run } = findRun(world, call);
        const nothing = { start_column: null, end_column: null, title: null, raw_details: null };
        return { status: 200, list: run.annotations.map((a) => ({ ...nothing, ...a, blob_href: '' })) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
      needs: { checks: 'read' },
      handle: async (call) => {
        const repository = requireRepository(world, call);
        const sha = await shaOf(repository, call.params.ref ?? '');
        const runs = repository.checkRuns.filter((r) => r.headSha === sha);
        return listed(repository, runs, call);
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs',
      needs: { checks: 'read' },
      handle: (call) => {
        const { repository, suite } = findSuite(world, call);
        const runs = repository.checkRuns.filter((r) => r.suiteId === suite.id);
        return listed(repository, runs, call);
      },
    },
  ];
}

function findSuite(world: World, call: Call): { repository: Repository; suite: CheckSuite } {
  const repository = requireRepository(world, call);
  const suite = repository.suites.find((s) => s.id === Number(call.params.check_suite_id));
  if (!suite) throw new Refused(404, 'Not Found');
  return { repository, suite };
}

function suiteRoutes(world: World): Route[] {
  const { render } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}',
      needs: { checks: 'read' },
      handle: (call) => {
        const { repository, suite } = findSuite(world, call);
        return { status: 200, body: render.checkSuite(repository, suite) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-suites',
      needs: { checks: 'read' },
      handle: async (call) => {
        const repository = requireRepository(world, call);
        const sha = await shaOf(repository, call.params.ref ?? '');
        return {
          status: 200,
          list: repository.suites.filter((s) => s.headSha === sha).map((s) => render.checkSuite(repository, s)),
          wrap: (page, total) => ({ total_count: total, check_suites: page }),
        };
      },
    },
  ];
}

function scanningRoutes(world: World): Route[] {
  const enabled = (call: Call): Repository => {
    const repository = requireRepository(world, call);
    if (repository.codeScanning) return repository;
    throw new Refused(403, 'Advanced Security must be enabled for this repository to use code scanning.');
  };
  return [
    {
      route: 'POST /repos/{owner}/{repo}/code-scanning/sarifs',
      needs: { security_events: 'write' },
      handle: async (call) => {
        const repository = enabled(call);
        const { commit_sha: commit, ref, sarif } = call.body as { commit_sha: string; ref: string; sarif: string };
        if (!/^refs\/(heads|tags)\/.+|^refs\/pull\/\d+\/(merge|head)$/.test(ref))
          throw new Refused(400, 'ref is invalid');
        if (!(await repository.git.resolve(commit))) throw new Refused(422, `commit not found: ${commit}`);
        if (!(await repository.git.resolve(ref))) throw new Refused(422, `ref ${ref} not found in this repository`);
        const verdict = readSarif(sarif);
        if ('status' in verdict) throw new Refused(verdict.status, verdict.message);
        const upload = { id: randomUUID(), commit, ref, ...verdict, polled: 0 };
        repository.uploads.push(upload);
        const path = `/repos/${repository.owner.login}/${repository.name}/code-scanning/sarifs/${upload.id}`;
        return { status: 202, body: { id: upload.id, url: `${world.origin}/api/v3${path}` } };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}',
      needs: { security_events: 'read' },
      handle: (call) => {
        const upload = enabled(call).uploads.find((u) => u.id === call.params.sarif_id);
        if (!upload) throw new Refused(404, 'Not Found');
        upload.polled += 1;
        if (upload.polled === 1) return { status: 200, body: { processing_status: 'pending' } };
        const failed = upload.errors.length > 0;
        return {
          status: 200,
          body: { processing_status: failed ? 'failed' : 'complete', errors: failed ? upload.errors : null },
        };
      },
    },
  ];
}

export function checkRoutes(world: World): Route[] {
  return [...runRoutes(world), ...suiteRoutes(world), ...scanningRoutes(world)];
}
