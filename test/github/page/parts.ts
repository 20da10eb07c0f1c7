// Pieces every page shares: frame, header of a pull request, avatars, signs of checks.
import { html, raw } from 'hono/html';
import type { FileDiff } from '../diff.ts';
import { type CheckRun, fullName, type Pull, type User } from '../state.ts';
import { style } from './style.ts';

export type Html = ReturnType<typeof html>;

export function avatar(user: User, small = false): Html {
  const hue = [...user.login].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 3);
  const bot = user.type === 'Bot' ? ' bot' : '';
  return html`<span class="avatar${small ? ' small' : ''}${bot}" style="background:hsl(${hue} 45% 42%)"
    >${user.login.charAt(0).toUpperCase()}</span>`;
}

export function frame(title: string, trail: Html, body: Html): Html {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><style>${raw(style)}</style></head>
    <body><div class="top">${trail}<span class="note">a GitHub of our own, on this machine only</span></div><main>${body}</main></body></html>`;
}

const signs: Record<string, [string, string]> = {
  success: ['ok', '✓'],
  failure: ['bad', '✗'],
  timed_out: ['bad', '✗'],
  action_required: ['bad', '!'],
  cancelled: ['meh', '⊘'],
  skipped: ['meh', '⊘'],
  neutral: ['meh', '■'],
};

export function sign(run: CheckRun): Html {
  const [kind, mark] = signs[run.conclusion ?? ''] ?? ['busy', '●'];
  return html`<span class="sign ${kind}">${mark}</span>`;
}

function stateOf(pull: Pull): [string, string] {
  if (pull.mergedAt) return ['merged', 'Merged'];
  if (pull.state === 'closed') return ['closed', 'Closed'];
  return pull.draft ? ['draft', 'Draft'] : ['', 'Open'];
}

export type Tab = 'conversation' | 'files' | 'checks';

export function pullPage(pull: Pull, tab: Tab, files: FileDiff[], commits: number, body: Html): Html {
  const name = fullName(pull.repository);
  const base = `/${name}/pull/${pull.number}`;
  const [kind, word] = stateOf(pull);
  const runs = pull.repository.checkRuns.filter((r) => r.headSha === pull.headSha);
  const link = (to: Tab, text: string, count: number) => html`<a class="${tab === to ? 'on' : ''}"
    href="${to === 'conversation' ? base : `${base}/${to}`}">${text}<span class="count">${count}</span></a>`;
  const sum = (key: 'additions' | 'deletions') => files.reduce((n, f) => n + f[key], 0);
  const trail = html`<b><a href="/${name}">${pull.repository.owner.login} / ${pull.repository.name}</a></b>
    <span class="pill">${pull.repository.private ? 'Private' : 'Public'}</span>`;
  return frame(
    `${pull.title} · Pull request #${pull.number} · ${name}`,
    trail,
    html`<h1>${pull.title} <span>#${pull.number}</span></h1>
    <div class="meta"><span class="state ${kind}">${word}</span>
      <span><b>${pull.author.login}</b> wants to merge ${commits} commit${commits === 1 ? '' : 's'} into
      <span class="branch mono">${pull.baseRef}</span> from
      <span class="branch mono">${pull.head === pull.repository ? '' : `${pull.head.owner.login}:`}${pull.headRef}</span></span></div>
    <nav class="tabs">${link('conversation', 'Conversation', pull.reviews.length + pull.issueComments.length)}
      ${link('checks', 'Checks', runs.length)}${link('files', 'Files changed', files.length)}
      <span class="diffstat"><span class="plus">+${sum('additions')}</span> <span class="minus">−${sum('deletions')}</span></span></nav>
    ${body}`,
  );
}
