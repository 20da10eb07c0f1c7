// Draws diffs with their threads between the lines.
import { html, raw } from 'hono/html';
import type { DiffHunk, DiffLine, FileDiff } from '../diff.ts';
import type { ReviewComment } from '../state.ts';
import { highlight, renderMarkdown } from './markdown.ts';
import { avatar, type Html } from './parts.ts';

function thread(comment: ReviewComment): Html {
  const gone = comment.line === null ? html`<span class="pill outdated">Outdated</span>` : '';
  const lines =
    comment.originalStartLine === null
      ? html`line ${comment.originalLine}`
      : html`lines ${comment.originalStartLine} to ${comment.originalLine}`;
  return html`<div class="thread" id="discussion_r${comment.id}">
    <div class="who">${avatar(comment.user, true)} <b>${comment.user.login}</b> <span class="pill">bot</span> on ${lines} ${gone}</div>
    <div class="md">${raw(renderMarkdown(comment.body))}</div>
  </div>`;
}

function row(line: DiffLine, path: string, marked: boolean): Html {
  if (line.kind === '\\') return html``;
  const kind = line.kind === '+' ? 'add' : line.kind === '-' ? 'del' : '';
  return html`<tr class="${kind}${marked ? ' at' : ''}"><td class="n">${line.old ?? ''}</td><td class="n">${line.new ?? ''}</td>
    <td class="code" data-mark="${line.kind}">${raw(highlight(line.text, path))}</td></tr>`;
}

function at(comment: ReviewComment, line: DiffLine): boolean {
  return comment.line !== null && (comment.side === 'RIGHT' ? line.new : line.old) === comment.line;
}

function within(comment: ReviewComment, line: DiffLine): boolean {
  const number = comment.side === 'RIGHT' ? line.new : line.old;
  if (number === null || comment.line === null) return false;
  return number >= (comment.startLine ?? comment.line) && number <= comment.line;
}

function hunkRows(hunk: DiffHunk, path: string, comments: ReviewComment[]): Html {
  return html`<tr class="hunk"><td class="n">…</td><td class="n">…</td><td class="code">${hunk.header}</td></tr>
    ${hunk.lines.map((line) => {
      const here = comments.filter((c) => at(c, line));
      const talk = here.length === 0 ? '' : html`<tr class="talk"><td colspan="3">${here.map(thread)}</td></tr>`;
      return html`${row(
        line,
        path,
        comments.some((c) => within(c, line)),
      )}${talk}`;
    })}`;
}

export function fileDiff(file: FileDiff, comments: ReviewComment[]): Html {
  const own = comments.filter((c) => c.path === file.path);
  const name = file.oldPath ? `${file.oldPath} → ${file.path}` : file.path;
  return html`<section class="file" id="${encodeURIComponent(file.path)}">
    <header><span class="mono">${name}</span> <span class="pill">${file.status}</span>
      <span class="right"><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span></header>
    ${
      file.hunks.length === 0
        ? html`<div class="md">${file.binary ? 'Binary file not shown.' : 'No changes to show.'}</div>`
        : html`<table class="diff">${file.hunks.map((hunk) => hunkRows(hunk, file.path, own))}</table>`
    }
  </section>`;
}

/** A thread on the conversation page: the last lines of its hunk, then what was said. */
export function excerpt(comment: ReviewComment): Html {
  const [header = '', ...lines] = comment.diffHunk.split('\n');
  const shown = lines.slice(
    -Math.max(4, comment.originalLine - (comment.originalStartLine ?? comment.originalLine) + 1),
  );
  const kinds: Record<string, string> = { '+': 'add', '-': 'del' };
  let number = comment.originalLine - shown.filter((l) => !l.startsWith('-')).length;
  const rows = shown.map((line) => {
    const kind = line.charAt(0);
    if (kind !== '-') number += 1;
    return html`<tr class="${kinds[kind] ?? ''}"><td class="n">${kind === '-' ? '' : number}</td>
      <td class="code" data-mark="${kind}">${raw(highlight(line.slice(1), comment.path))}</td></tr>`;
  });
  return html`<section class="file">
    <header title="${header}"><span class="mono">${comment.path}</span></header>
    <table class="diff">${rows}<tr class="talk"><td colspan="2">${thread(comment)}</td></tr></table>
  </section>`;
}
