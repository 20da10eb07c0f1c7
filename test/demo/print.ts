// Prints a review as a person reads it: Markdown as plain text, code with its line numbers, colours on a terminal only.
import { styleText } from 'node:util';
import MarkdownIt from 'markdown-it';
import type { FakePull, ReadReview } from '../github/pull.ts';
import type { Annotation, CheckRun, ReviewComment, SarifUpload } from '../github/state.ts';

type Style = Parameters<typeof styleText>[0];

/** Styled for this terminal; plain text where it goes into a file or a pipe. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

const markdown = new MarkdownIt({ html: true });
const { rules } = markdown.renderer;
const none = () => '';
for (const name of [
  'html_block',
  'html_inline',
  'link_open',
  'link_close',
  'thead_open',
  'thead_close',
  'tbody_open',
]) {
  rules[name] = none;
}
for (const name of ['tbody_close', 'table_open', 'tr_open', 'th_open', 'td_open', 'bullet_list_open', 'hr'])
  rules[name] = none;
for (const name of ['ordered_list_open', 'ordered_list_close', 'blockquote_open', 'blockquote_close'])
  rules[name] = none;
rules.table_close = rules.bullet_list_close = () => '\n';
rules.tr_close = rules.softbreak = rules.hardbreak = () => '\n';
rules.th_close = rules.td_close = () => '\ue005';
rules.list_item_open = () => '- ';
rules.list_item_close = none;
rules.paragraph_open = none;
rules.paragraph_close = (tokens, at) => (tokens[at]?.hidden ? '\n' : '\n\n');
rules.heading_open = () => '\ue001';
rules.heading_close = () => '\ue002\n\n';
rules.strong_open = () => '\ue001';
rules.strong_close = () => '\ue002';
rules.em_open = rules.em_close = rules.s_open = rules.s_close = none;
rules.text = (tokens, at) => tokens[at]?.content ?? '';
rules.code_inline = (tokens, at) => `\ue003${tokens[at]?.content ?? ''}\ue004`;
rules.fence = rules.code_block = (tokens, at) => {
  const lines = (tokens[at]?.content ?? '').trimEnd().split('\n');
  return `${lines.map((line) => `    ${line}`).join('\n')}\n\n`;
};

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  const indent = /^(- )?/.exec(text)?.[0].length ?? 0;
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function inlineCode(text: string): string {
  const coloured = paint('cyan', text);
  return coloured === text ? `\`${text}\`` : coloured;
}

/** Lines up the cells of each table, and drops rows that say nothing. */
function lineUp(lines: string[]): string[] {
  const bare = (cell: string) => cell.replaceAll(/[\ue001-\ue004]/g, '').length;
  const widths: number[] = [];
  for (const line of lines) {
    if (!line.includes('\ue005')) continue;
    for (const [i, cell] of line.split('\ue005').entries()) widths[i] = Math.max(widths[i] ?? 0, bare(cell));
  }
  return lines.flatMap((line) => {
    if (!line.includes('\ue005')) return [line];
    const cells = line.split('\ue005');
    if (cells.every((cell) => cell === '')) return [];
    return [
      cells
        .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - bare(cell)))
        .join('   ')
        .trimEnd(),
    ];
  });
}

/** Markdown as lines of text; marks for bold and code become colours, or backticks where there are none. */
export function textOf(source: string, width = 96): string[] {
  const text = markdown
    .render(source)
    .replaceAll(/[\u200b]|[^\P{Cc}\n]/gu, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  const whole = (line: string) => line.startsWith('    ') || line.includes('   ');
  const lines = lineUp(text.split('\n')).flatMap((line) => (whole(line) ? [line] : wrap(line, width)));
  let bold = false;
  let code = false;
  return lines.map((line) => {
    // A style may run over a line break: each line opens and closes its own.
    const opened = `${bold ? '\ue001' : ''}${code ? '\ue003' : ''}${line}`;
    bold = opened.lastIndexOf('\ue001') > opened.lastIndexOf('\ue002');
    code = opened.lastIndexOf('\ue003') > opened.lastIndexOf('\ue004');
    const closed = `${opened}${code ? '\ue004' : ''}${bold ? '\ue002' : ''}`;
    return closed
      .replaceAll(/\ue003([^\ue004]*)\ue004/g, (_, inner: string) => inlineCode(inner))
      .replaceAll(/\ue001([^\ue002]*)\ue002/g, (_, inner: string) => paint('bold', inner));
  });
}

/** The commented line with two lines before it, as they stand in the file. */
function codeAround(comment: ReviewComment, file: string): string[] {
  const lines = file.split('\n');
  const last = comment.originalLine;
  const first = Math.max(1, Math.min(comment.originalStartLine ?? last, last - 2));
  return lines.slice(first - 1, last).map((text, i) => {
    const number = first + i;
    const mark = number >= (comment.originalStartLine ?? last) ? '>' : ' ';
    const shown = `${mark} ${String(number).padStart(4)}  ${text}`;
    return `  ${mark === '>' ? paint('yellow', shown) : paint('dim', shown)}`;
  });
}

export function reviewText(pull: FakePull, reviews: ReadReview[], files: Record<string, string>): string[] {
  const { repository, title, number, author, headRef, baseRef } = pull.record;
  const out = [
    '',
    `${paint('bold', title)} ${paint('dim', `${repository.owner.login}/${repository.name}#${number}`)}`,
    paint('dim', `${author.login} wants to merge ${headRef} into ${baseRef}`),
  ];
  for (const review of reviews) {
    out.push('', `${paint(['bold', 'magenta'], review.user.login)} reviewed ${review.commit.slice(0, 7)}`);
    out.push(...textOf(review.body).map((line) => `  ${line}`));
    for (const comment of review.comments) {
      out.push('', `  ${paint(['bold', 'underline'], `${comment.path}:${comment.originalLine}`)}`);
      out.push(...codeAround(comment, files[comment.path] ?? ''));
      out.push(...textOf(comment.body).map((line) => `      ${paint('magenta', '│')} ${line}`.trimEnd()));
    }
  }
  return out;
}

function annotationText(note: Annotation): string {
  return `    ${note.annotation_level.padEnd(8)} ${note.path}:${note.start_line}  ${note.title ?? ''}`;
}

export function checkText(run: CheckRun, uploads: SarifUpload[]): string[] {
  const colours: Record<string, Style> = { success: 'green', neutral: 'yellow', failure: 'red' };
  const conclusion = run.conclusion ?? run.status;
  return [
    '',
    `Check ${paint('bold', run.name)}: ${paint(colours[conclusion] ?? 'yellow', conclusion)}, ${run.title ?? ''}`,
    ...textOf(run.summary ?? '').map((line) => `  ${line}`.trimEnd()),
    ...(run.annotations.length > 0 ? ['  Annotations'] : []),
    ...run.annotations.map(annotationText),
    ...uploads.map((upload) => `  Code scanning took ${resultsOf(upload)} results for ${upload.ref}`),
  ];
}

function resultsOf(upload: SarifUpload): number {
  const { runs = [] } = upload.log as { runs?: { results?: unknown[] }[] };
  return runs.reduce((sum, run) => sum + (run.results?.length ?? 0), 0);
}
