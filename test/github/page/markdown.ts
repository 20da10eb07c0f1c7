// Markdown and code as GitHub would show them: rendered, highlighted, and with everything dangerous taken out.
import hljs from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';
import sanitize from 'sanitize-html';

const languages: Record<string, string> = {
  py: 'python',
  rb: 'ruby',
  java: 'java',
  cs: 'csharp',
  ts: 'typescript',
  tsx: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  json: 'json',
  md: 'markdown',
  yml: 'yaml',
  yaml: 'yaml',
  sql: 'sql',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** HTML of one piece of code, in the language of the file's name. */
export function highlight(text: string, path: string): string {
  const language = languages[path.slice(path.lastIndexOf('.') + 1)];
  return language ? hljs.highlight(text, { language, ignoreIllegals: true }).value : escapeHtml(text);
}

const markdown = new MarkdownIt({
  html: true,
  linkify: true,
  highlight: (text, info) => {
    if (info.trim() === 'suggestion') return `<pre class="suggestion"><code>${escapeHtml(text)}</code></pre>`;
    const language = hljs.getLanguage(info.trim()) ? info.trim() : null;
    return language ? hljs.highlight(text, { language, ignoreIllegals: true }).value : escapeHtml(text);
  },
});

const tags = ['details', 'summary', 'sub', 'sup', 'del', 'ins', 'img', 'picture', 'h1', 'h2'];

export function renderMarkdown(text: string): string {
  return sanitize(markdown.render(text), {
    allowedTags: [...sanitize.defaults.allowedTags, ...tags],
    allowedAttributes: {
      a: ['href', 'title'],
      span: ['class'],
      pre: ['class'],
      code: ['class'],
      img: ['alt'],
      details: ['open'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
  });
}
