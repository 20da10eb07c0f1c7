// Safe Markdown from text that may hold an attacker's names: a pull request decides file names,
// identifiers and code. Nothing here can open a link, a mention, HTML, a table cell or a command.

/** An inline code span. Line breaks become spaces; the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat === '') return '` `';
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** A fenced block that its content cannot close. */
export function block(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** One line of text with every character that Markdown or GitHub gives a meaning made plain. */
export function plain(text: string): string {
  return sentence(text.replace(/\s+/g, ' ').trim());
}

/** Our own sentences, in which code stands between single backticks: code becomes spans, the rest is made plain. */
export function prose(text: string): string {
  const parts = text.split('`');
  // An odd number of backticks means that a name broke the pairing: then nothing is code.
  if (parts.length % 2 === 0) return sentence(text);
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : sentence(part))).join('');
}

/** Marks are escaped; mentions and links are broken by a character of no width. */
function sentence(text: string): string {
  return text
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/[\\`*_{}[\]<>#|~$&!]/g, (mark) => `\\${mark}`)
    .replace(/@/g, '@\u200b')
    .replace(/:\/\//g, ':\u200b//')
    .replace(/\bwww\./gi, (prefix) => `${prefix.slice(0, 3)}\u200b.`);
}

/** Cuts on a line break where it can, and says how much is missing. `limit` counts UTF-16 units of the result. */
export function cut(text: string, limit: number, note = '\n\n… cut here.'): string {
  if (text.length <= limit) return text;
  const room = text.slice(0, Math.max(0, limit - note.length));
  const end = room.lastIndexOf('\n');
  return `${(end > room.length / 2 ? room.slice(0, end) : withoutOpenSpan(room)).trimEnd()}${note}`;
}

/** A code span that lost its end would be read as Markdown, and what stands in it is a stranger's. Nor half a character. */
function withoutOpenSpan(text: string): string {
  let at = text.lastIndexOf('\n') + 1;
  while (at < text.length) {
    const fence = text[at] === '\\' ? '' : (/^`+/.exec(text.slice(at))?.[0] ?? '');
    if (fence === '') {
      at += text[at] === '\\' ? 2 : 1;
      continue;
    }
    const inside = at + fence.length;
    const length = text.slice(inside).search(new RegExp(`(?<!\`)${fence}(?!\`)`));
    if (length < 0) return text.slice(0, at);
    at = inside + length + fence.length;
  }
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `### ${title}\n${lines.join('\n')}`;
}

export function folded(title: string, lines: readonly string[], total = lines.length): string {
  if (lines.length === 0) return '';
  const more = total > lines.length ? `\n\n… and ${total - lines.length} more.` : '';
  return `<details><summary>${title} (${total})</summary>\n\n${lines.join('\n')}${more}\n\n</details>`;
}

export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
