// The pages of the ORMs as a corpus: each page is a small repository, and its comments say what must be found.
// The same reading as native/engine/tests/orm_pages/pages.rs, which proves them; here they are only measured.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface Page {
  orm: string;
  /** Path to text: sources, manifests and schemas. */
  files: Map<string, string>;
  /** `path:line` to the rules that must fire there; lines that are not named must be silent. */
  expected: Map<string, string[]>;
  /** Look-alikes that are marked as such. */
  silent: number;
}

const folder = path.join(import.meta.dirname, '../native/rules/orm');
const extensions: Record<string, string> = {
  python: 'py',
  ruby: 'rb',
  csharp: 'cs',
  typescript: 'ts',
  javascript: 'js',
};

export async function readPages(): Promise<Page[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(
    names.map(async (name) => pageOf(name.slice(0, -'.md'.length), await readFile(path.join(folder, name), 'utf8'))),
  );
}

function pageOf(orm: string, markdown: string): Page {
  const page: Page = { orm, files: new Map(), expected: new Map(), silent: 0 };
  const fences = markdown.matchAll(/^```(.+)\n([\s\S]*?)^```/gm);
  for (const [index, [, info = '', text = '']] of [...fences].entries()) {
    const [kind = ''] = info.trim().split(/\s+/);
    const title = /(?:^|\s)title=(\S+)/.exec(info)?.[1];
    const file = title ?? `shop/piece_${index + 1}.${extensions[kind] ?? kind}`;
    page.files.set(file, text);
    for (const [at, line] of text.split('\n').entries()) {
      const rules = [...line.matchAll(/finds: (\S+)/g)].map(([, rule = '']) => rule);
      if (rules.length > 0) page.expected.set(`${file}:${at + 1}`, rules);
      if (line.includes('silent:')) page.silent += 1;
    }
  }
  return page;
}

/** Writes a page below `root`. The mark makes the contents of each copy its own, as those of real files are. */
export async function writePage(page: Page, root: string, mark = ''): Promise<void> {
  for (const [file, text] of page.files) {
    const target = path.join(root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text + comment(file, mark));
  }
}

function comment(file: string, mark: string): string {
  if (mark === '') return '';
  if (/\.(py|rb)$/.test(file)) return `# ${mark}\n`;
  return /\.(java|cs|ts|tsx|js|mts|cts|mjs|cjs|jsx)$/.test(file) ? `// ${mark}\n` : '';
}
