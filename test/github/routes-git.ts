// Routes of git objects and branches, over the real repository: blobs, trees, commits, and moving a branch forward.
import { type Call, Refused, type Route, requireRepository, type World } from './api.ts';
import type { Fields } from './openapi.ts';
import { FakePull } from './pull.ts';
import { fullName, type Repository } from './state.ts';

interface TreeEntry {
  path?: string;
  mode?: string;
  type?: string;
  sha?: string | null;
  content?: string;
}

async function typeOf(repository: Repository, sha: string): Promise<string> {
  return repository.git.run(['cat-file', '-t', sha]).catch(() => 'missing');
}

async function requireObject(repository: Repository, sha: string, type: string, what: string): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(sha) || (await typeOf(repository, sha)) !== type) throw new Refused(422, what);
}

async function makeTree(repository: Repository, base: string | undefined, entries: TreeEntry[]): Promise<string> {
  if (base !== undefined && !['tree', 'commit'].includes(await typeOf(repository, base))) {
    throw new Refused(422, 'base_tree is not a valid tree oid');
  }
  const lines: string[] = [];
  for (const { path = '', mode = '', sha, content } of entries) {
    if (path === '' || path.startsWith('/')) throw new Refused(422, 'tree.path contains a malformed path component');
    if (sha !== undefined && content !== undefined)
      throw new Refused(422, 'Must supply either tree.sha or tree.content');
    const blob = sha ?? (await repository.git.run(['hash-object', '-w', '--stdin'], content ?? ''));
    await requireObject(repository, blob, 'blob', `tree.sha ${blob} is not a valid blob`);
    lines.push(`${mode} ${blob}\t${path}\0`);
  }
  return repository.git.treeWith(base ?? null, lines.join(''));
}

async function renderCommit(world: World, repository: Repository, sha: string): Promise<Fields> {
  const { git } = repository;
  const [tree = '', parents = '', name = '', email = '', date = ''] = (
    await git.run(['show', '-s', '--format=%T%n%P%n%an%n%ae%n%aI', sha])
  ).split('\n');
  const person = { name, email, date };
  const at = `${world.origin}/api/v3/repos/${fullName(repository)}/git`;
  return {
    sha,
    message: await git.run(['show', '-s', '--format=%B', sha]),
    author: person,
    committer: person,
    tree: { sha: tree, url: `${at}/trees/${tree}` },
    parents: parents
      .split(' ')
      .filter((parent) => parent !== '')
      .map((parent) => ({ sha: parent, url: `${at}/commits/${parent}`, html_url: `${at}/commits/${parent}` })),
    verification: { verified: true, reason: 'valid', signature: null, payload: null, verified_at: null },
  };
}

async function createCommit(world: World, call: Call): Promise<Fields> {
  const repository = requireRepository(world, call);
  const { message, tree, parents = [] } = call.body as { message: string; tree: string; parents?: string[] };
  await requireObject(repository, tree, 'tree', 'Tree SHA does not exist');
  for (const parent of parents) await requireObject(repository, parent, 'commit', 'Parent SHA does not exist');
  const { bot } = world.state;
  const email = `${bot.id}+${bot.login}@users.noreply.github.com`;
  const sha = await repository.git.commitTree(tree, parents, message, { name: bot.login, email });
  return renderCommit(world, repository, sha);
}

function renderRef(world: World, repository: Repository, ref: string, sha: string): Fields {
  const at = `${world.origin}/api/v3/repos/${fullName(repository)}/git`;
  return { ref, url: `${at}/${ref}`, object: { type: 'commit', sha, url: `${at}/commits/${sha}` } };
}

async function updateRef(world: World, call: Call): Promise<Fields> {
  const repository = requireRepository(world, call);
  const { sha, force = false } = call.body as { sha: string; force?: boolean };
  const ref = `refs/${call.params.ref}`;
  const now = await repository.git.resolve(ref);
  if (now === null) throw new Refused(422, 'Reference does not exist');
  await requireObject(repository, sha, 'commit', 'Object does not exist');
  const branch = ref.replace(/^refs\/heads\//, '');
  if (repository.protectedBranches.has(branch)) {
    throw new Refused(422, 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n');
  }
  if (!force && !(await repository.git.contains(now, sha))) throw new Refused(422, 'Update is not a fast forward');
  await repository.git.setRef(ref, sha);
  if (now !== sha) {
    for (const other of world.state.repositories.values()) {
      for (const pull of other.pulls.values()) {
        const isHead = pull.head === repository && pull.headRef === branch && pull.state === 'open';
        if (isHead) await new FakePull(world, pull).movedBy(sha, world.state.bot);
      }
    }
  }
  return renderRef(world, repository, ref, sha);
}

export function gitRoutes(world: World): Route[] {
  return [
    {
      route: 'POST /repos/{owner}/{repo}/git/blobs',
      needs: { contents: 'write' },
      handle: async (call) => {
        const { content, encoding = 'utf-8' } = call.body as { content: string; encoding?: string };
        const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
        const sha = await requireRepository(world, call).git.run(['hash-object', '-w', '--stdin'], bytes);
        return { status: 201, body: { sha, url: `${world.origin}/-/blobs/${sha}` } };
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/git/trees',
      needs: { contents: 'write' },
      handle: async (call) => {
        const { tree, base_tree: base } = call.body as { tree: TreeEntry[]; base_tree?: string };
        const sha = await makeTree(requireRepository(world, call), base, tree);
        return { status: 201, body: { sha, url: `${world.origin}/-/trees/${sha}`, tree: [], truncated: false } };
      },
    },
    {
      route: 'POST /repos/{owner}/{repo}/git/commits',
      needs: { contents: 'write' },
      handle: async (call) => ({ status: 201, body: await createCommit(world, call) }),
    },
    {
      route: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
      needs: { contents: 'read' },
      handle: async (call) => {
        const repository = requireRepository(world, call);
        const ref = `refs/${call.params.ref}`;
        const sha = await repository.git.resolve(ref);
        if (sha === null) throw new Refused(404, 'Not Found');
        return { status: 200, body: renderRef(world, repository, ref, sha) };
      },
    },
    {
      route: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
      needs: { contents: 'write' },
      handle: async (call) => ({ status: 200, body: await updateRef(world, call) }),
    },
  ];
}
