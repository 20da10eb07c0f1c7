// The README shows a real comment: the one that Driftline writes for the demo's pull request today.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { loadEngine } from '../src/analysis/native.ts';
import { commentBody } from '../src/review/comment.ts';
import { base, head } from './demo/sample.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'driftline-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function commit(tree: Record<string, string>): Promise<string> {
  for (const [file, text] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-qm', 'x');
  return (await git('rev-parse', 'HEAD')).stdout;
}

it('shows a comment as Driftline writes it', async () => {
  const from = await commit(base);
  const to = await commit(head);
  const report = await loadEngine().analyzeChange({
    repository: folder,
    base: from,
    head: to,
    exclude: [],
    levels: {},
  });
  const finding = report.findings.find(({ place }) => place.path === 'backend/stock/importer.py');
  if (finding === undefined) throw new Error('the demo lost its finding in backend/stock/importer.py');
  const body = commentBody(finding).split('\n').slice(1).join('\n');
  const line = `${finding.place.path}, line ${finding.place.startLine}: \`${finding.code}\``;
  const sample = `> ${line}\n>\n${body.replace(/^/gm, '> ').replace(/^> $/gm, '>')}`;
  const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');
  expect(readme).toContain(`<!-- sample:comment -->\n${sample}\n<!-- /sample:comment -->`);
});
