// The pages of the fake GitHub: what is open, and a pull request's conversation, checks and files. They only read.
import type { Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { Env, World } from '../api.ts';
import {
  type Annotation,
  type CheckRun,
  fullName,
  type Pull,
  pullFiles,
  type Repository,
  type Review,
} from '../state.ts';
import { excerpt, fileDiff } from './diff.ts';
import { renderMarkdown } from './markdown.ts';
import { avatar, frame, type Html, pullPage, sign, type Tab } from './parts.ts';

function body(text: string): Html {
  return text === '' ? html`` : html`<div class="md">${raw(renderMarkdown(text))}</div>`;
}

function said(pull: Pull, review: Review): Html {
  const comments = pull.comments.filter((c) => c.reviewId === review.id && !c.pending);
  return html`<div class="item">${avatar(review.user)}<div>
    <div class="said"><b>${review.user.login}</b> <span class="pill">bot</span> reviewed
      <span class="mono">${review.commit.slice(0, 7)}</span> with ${comments.length}
      comment${comments.length === 1 ? '' : 's'}</div>
    ${review.body === '' ? '' : html`<div class="box" style="margin-bottom:16px">${body(review.body)}</div>`}
    ${comments.map(excerpt)}
  </div></div>`;
}

function newestRuns(pull: Pull): CheckRun[] {
  const runs = pull.repository.checkRuns.filter((r) => r.headSha === pull.headSha);
  return runs.filter((r, i) => runs.findLastIndex((other) => other.name === r.name) === i);
}

function mergeBox(pull: Pull): Html {
  const runs = newestRuns(pull);
  const done = runs.filter((r) => r.status === 'completed').length;
  const base = `/${fullName(pull.repository)}/pull/${pull.number}/checks`;
  return html`<div class="item"><span></span><div class="checks">
    <div><b>${runs.length === 0 ? 'No checks yet' : done === runs.length ? 'All checks have finished' : 'Some checks are running'}</b></div>
    ${runs.map(
      (run) => html`<div>${sign(run)} <b>${run.name}</b> <span class="dim">${run.title ?? run.status}</span>
        <a class="right" href="${base}">Details</a></div>`,
    )}
  </div></div>`;
}

function conversation(pull: Pull): Html {
  return html`<div class="item">${avatar(pull.author)}<div class="box">
      <header><b>${pull.author.login}</b> opened this pull request</header>${body(pull.body || '*No description.*')}</div></div>
    ${pull.reviews.filter((r) => r.state !== 'PENDING').map((review) => said(pull, review))}
    ${pull.issueComments.map(
      (c) =>
        html`<div class="item">${avatar(c.user)}<div class="box"><header><b>${c.user.login}</b> commented</header>${body(c.body)}</div></div>`,
    )}
    ${mergeBox(pull)}`;
}

function annotation(note: Annotation): Html {
  const place = note.start_line === note.end_line ? `L${note.start_line}` : `L${note.start_line}-L${note.end_line}`;
  return html`<div class="annotation ${note.annotation_level}"><span class="mono">${note.path}#${place}</span>
    ${note.title ? html`<div><b>${note.title}</b></div>` : ''}<pre>${note.message}</pre></div>`;
}

function checks(pull: Pull): Html {
  const runs = newestRuns(pull);
  if (runs.length === 0) return html`<p>No checks have been reported on this commit yet.</p>`;
  const uploads = pull.repository.uploads.filter((u) => u.commit === pull.headSha);
  const results = (log: unknown) =>
    (log as { runs?: { results?: unknown[] }[] }).runs?.flatMap((r) => r.results ?? []) ?? [];
  return html`<div class="columns"><nav>${runs.map((r) => html`<a class="on" href="#${r.id}">${sign(r)} ${r.name}</a>`)}</nav><div>
    ${runs.map(
      (run) => html`<h1 id="${run.id}">${run.title ?? run.name}</h1>
      <div class="meta" style="margin-bottom:16px">${sign(run)} <b>${run.conclusion ?? run.status}</b>
        on <span class="mono">${run.headSha.slice(0, 7)}</span></div>
      <div class="box" style="margin-bottom:16px">${body(run.summary ?? '')}${run.text ? body(run.text) : ''}</div>
      ${run.annotations.length === 0 ? '' : html`<h2>Annotations</h2>${run.annotations.map(annotation)}`}`,
    )}
    ${uploads.map((u) => html`<p class="meta">Code scanning took a SARIF log for <span class="mono">${u.ref}</span> with ${results(u.log).length} results.</p>`)}
  </div></div>`;
}

function listing(world: World): Html {
  const row = (repository: Repository, pull: Pull) =>
    html`<a href="/${fullName(repository)}/pull/${pull.number}"><b>${pull.title}</b>
      <span class="meta">${fullName(repository)} #${pull.number} by ${pull.author.login}</span></a>`;
  const all = [...world.state.repositories.values()].flatMap((r) => [...r.pulls.values()].map((p) => row(r, p)));
  return html`<h1>Pull requests</h1><div class="box list">${all.length === 0 ? html`<div class="md">None yet.</div>` : all}</div>`;
}

export function mountPages(world: World, app: Hono<Env>): void {
  app.get('/', (c) => c.html(frame('Pull requests', html`<b>Pull requests</b>`, listing(world))));
  const show = (tab: Tab, path: string) =>
    app.get(`/:owner/:repo/pull/:number{[0-9]+}${path}`, async (c) => {
      const pull = world.state
        .repository(c.req.param('owner'), c.req.param('repo'))
        ?.pulls.get(Number(c.req.param('number')));
      if (!pull) return c.text('Not Found', 404);
      const { mergeBase, files } = await pullFiles(pull);
      const commits = (await pull.repository.git.commits(mergeBase, pull.headSha)).length;
      const shown = pull.comments.filter((comment) => !comment.pending);
      const inner =
        tab === 'files'
          ? html`${files.map((f) => fileDiff(f, shown))}`
          : tab === 'checks'
            ? checks(pull)
            : conversation(pull);
      // Nothing on these pages needs a script; comments come from whoever wrote the pull request.
      c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
      return c.html(pullPage(pull, tab, files, commits, inner));
    });
  show('conversation', '');
  show('files', '/files');
  show('checks', '/checks');
  app.get('/:owner/:repo', (c) => c.redirect('/'));
}
