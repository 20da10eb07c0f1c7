// Routes of pull requests: reading them, and comments on their conversation.
import { type Call, Refused, type Route, requirePull, requireRepository, unprocessable, type World } from './api.ts';
import type { Fields } from './openapi.ts';
import { refuseBody } from './refusals.ts';
import { editBody } from './routes-reviews.ts';
import { type IssueComment, now, type Pull, pullFiles } from './state.ts';

/** The pull request as read now, or as a lagging replica would still show it. */
async function readPull(world: World, call: Call): Promise<Fields> {
  const pull = requirePull(world, call);
  let head = pull.headSha;
  if (pull.stale && pull.stale.reads > 0) {
    pull.stale.reads -= 1;
    if (pull.stale.say === 'missing') throw new Refused(404, 'Not Found');
    head = pull.previousHead ?? head;
  }
  const { files } = await pullFiles(pull, head);
  return world.render.pull(pull, files, head);
}

async function listPulls(world: World, pulls: Pull[]): Promise<Fields[]> {
  return Promise.all(pulls.map(async (p) => world.render.pull(p, (await pullFiles(p)).files)));
}

function findIssueComment(world: World, call: Call): { pull: Pull; comment: IssueComment } {
  for (const pull of requireRepository(world, call).pulls.values()) {
    const comment = pull.issueComments.find((c) => c.id === Number(call.params.comment_id));
    if (comment) return { pull, comment };
  }
  throw new Refused(404, 'Not Found');
}

function readingRoutes(world: World): Route[] {
  const { render } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      needs: { pull_requests: 'read' },
      handle: async (call) => ({ status: 200, body: await readPull(world, call) }),
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const wanted = String(call.query.state ?? 'open');
        const { head, base } = call.query;
        const pulls = [...requireRepository(world, call).pulls.values()]
          .filter((p) => wanted === 'all' || p.state === wanted)
          .filter((p) => !head || head === `${p.head.owner.login}:${p.headRef}`)
          .filter((p) => !base || base === p.baseRef)
          .sort((a, b) => (call.query.direction === 'asc' ? a.number - b.number : b.number - a.number));
        return { status: 200, list: await listPulls(world, pulls) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const pull = requirePull(world, call);
        const { files } = await pullFiles(pull);
        return { status: 200, list: files.slice(0, 3000).map((f) => render.file(pull, f)) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const pull = requirePull(world, call);
        const { mergeBase } = await pullFiles(pull);
        const { git } = pull.repository;
        const shas = (await git.commits(mergeBase, pull.headSha)).reverse().slice(0, 250);
        const list = shas.map(async (sha) => ({
          sha,
          commit: { message: await git.run(['show', '-s', '--format=%B', sha]) },
        }));
        return { status: 200, list: await Promise.all(list) };
      },
    },
    {
      route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      needs: { pull_requests: 'read' },
      handle: async (call) => {
        const repository = requireRepository(world, call);
        const sha = call.params.commit_sha ?? '';
        const found: Pull[] = [];
        for (const pull of repository.pulls.values()) {
          if (pull.head !== repository) continue; // GitHub finds nothing for a fork's head
          const { mergeBase } = await pullFiles(pull);
          if ((await repository.git.commits(mergeBase, pull.headSha)).includes(sha)) found.push(pull);
        }
        return { status: 200, list: await listPulls(world, found) };
      },
    },
  ];
}

function issueCommentRoutes(world: World): Route[] {
  const { render, state } = world;
  return [
    {
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      needs: { issues: 'read', pull_requests: 'read' },
      handle: (call) => {
        const pull = requirePull(world, call, 'issue_number');
        return { status: 200, list: pull.issueComments.map((c) => render.issueComment(pull, c)) };
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      needs: { issues: 'write', pull_requests: 'write' },
      creating: true,
      handle: (call) => {
        const pull = requirePull(world, call, 'issue_number');
        const body = String(call.body.body);
        const long = refuseBody(body);
        if (long) throw unprocessable(long);
        const at = now();
        const base = { id: state.nextId(), user: state.bot, createdAt: at, updatedAt: at, read: false };
        const own = { via: null, reactions: [] };
        const comment: IssueComment = { ...base, ...own, body };
        pull.issueComments.push(comment);
        return { status: 201, body: render.issueComment(pull, comment) };
      },
    },
    {
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      needs: { issues: 'write', pull_requests: 'write' },
      handle: (call) => {
        const { pull, comment } = findIssueComment(world, call);
        editBody(world, comment, call);
        return { status: 200, body: render.issueComment(pull, comment) };
      },
    },
  ];
}

export function pullRoutes(world: World): Route[] {
  return [...readingRoutes(world), ...issueCommentRoutes(world)];
}
