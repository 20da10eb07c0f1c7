// The catalogue of docs/recommended-rules.md, out of the rule files. `node test/rules/recommended-page.ts` writes it there.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PackFile, packFiles, packRules, root } from './recommended-pack.ts';

export const pagePath = path.join(root, 'docs/recommended-rules.md');
/** What stands above it is written by hand. */
export const mark = '<!-- The catalogue below is made from the rule files: node test/rules/recommended-page.ts -->\n';

const sections: Record<string, { title: string; fence: string }> = {
  javascript: { title: 'JavaScript and TypeScript', fence: 'ts' },
  jsx: { title: 'JSX', fence: 'tsx' },
  typescript: { title: 'Conventions for TypeScript, off by default', fence: 'ts' },
  python: { title: 'Python', fence: 'python' },
  ruby: { title: 'Ruby', fence: 'ruby' },
  java: { title: 'Java', fence: 'java' },
  csharp: { title: 'C#', fence: 'csharp' },
};

export function catalogue(): string {
  return Object.entries(sections)
    .map(([language, { title, fence }]) => {
      const files = packFiles.filter((file) => file.language === language);
      return `## ${title}\n\n${files.map((file) => entry(file, fence)).join('\n')}`;
    })
    .join('\n');
}

function entry({ yaml }: PackFile, fence: string): string {
  const { driftline, category, cwe, references = [] } = yaml.metadata;
  const rule = packRules.find(({ key }) => key === yaml.id);
  const facts = [
    rule?.status === 'draft' ? 'off' : (rule?.enforcement ?? ''),
    category,
    ...(cwe === undefined ? [] : [`[${cwe}](https://cwe.mitre.org/data/definitions/${cwe.slice('CWE-'.length)}.html)`]),
    ...(yaml.fix === undefined ? [] : ['has a fix']),
  ];
  return [
    `### ${yaml.id}`,
    '',
    `${driftline.title}: _${facts.join(', ')}_`,
    '',
    `${yaml.message} ${yaml.note}`,
    ...(references.length === 0 ? [] : ['', ...references.map((address) => `<${address}>`)]),
    '',
    `\`\`\`${fence}`,
    driftline.counterExample,
    '```',
    '',
    'Rather:',
    '',
    `\`\`\`${fence}`,
    driftline.example,
    '```',
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const [above] = readFileSync(pagePath, 'utf8').split(mark);
  writeFileSync(pagePath, `${above}${mark}\n${catalogue()}`);
}
