// An engine for tests of the queue, where it must be told how to behave: each added line with `QUERY(name)` is a
// finding. Reads the same mirror as the real one. `SLOW` waits, `POISON` kills the process, `BUG` throws.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ChangeRequest, Engine } from '../../src/analysis/engine.ts';
import type { Finding, Report } from '../../src/finding.ts';
import { finding, report } from '../review/report.ts';

const run = promisify(execFile);

export const lineEngine: Engine = {
  async analyzeChange(request) {
    const { repository, base, head } = request;
    const git = async (...args: string[]) => (await run('git', args, { cwd: repository, maxBuffer: 1e8 })).stdout;
    const mergeBase = (await git('merge-base', base, head)).trim();
    const findings: Finding[] = [];
    const files: Report['files'] = [];
    for (const path of (await git('diff', '--name-only', '--no-renames', mergeBase, head))
      .split('\n')
      .filter(Boolean)) {
      if (!path.endsWith('.py')) continue;
      const patch = await git('diff', '--no-renames', '-U3', mergeBase, head, '--', path);
      await behave(patch, request);
      files.push({ path, basePath: null, status: 'modified', hunks: hunksOf(patch) });
      findings.push(...findingsOf(path, patch));
    }
    return report(findings, { mergeBase, head, files });
  },
  scan() {
    throw new Error('not for scans');
  },
};

async function behave(patch: string, { signal }: ChangeRequest): Promise<void> {
  if (/^\+.*POISON/m.test(patch)) process.kill(process.pid, 'SIGKILL');
  if (/^\+.*BUG/m.test(patch)) throw new Error('a bug in the engine');
  if (/^\+.*SLOW/m.test(patch)) await sleep(30_000, undefined, signal === undefined ? {} : { signal });
}

function hunksOf(patch: string): Report['files'][number]['hunks'] {
  return [...patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map((match) => ({
    oldStart: Number(match[1]),
    oldLines: Number(match[2] ?? 1),
    newStart: Number(match[3]),
    newLines: Number(match[4] ?? 1),
  }));
}

function findingsOf(path: string, patch: string): Finding[] {
  const found: Finding[] = [];
  let line = 0;
  for (const text of patch.split('\n')) {
    const hunk = /^@@ .* \+(\d+)/.exec(text);
    if (hunk) line = Number(hunk[1]) - 1;
    else if (!text.startsWith('-')) line += 1;
    const name = /^\+.*QUERY\((\w+)\)/.exec(text)?.[1];
    if (name === undefined) continue;
    const id = `df1_${createHash('sha256').update(`${path} ${name}`).digest('hex').slice(0, 32)}`;
    const place = { path, startLine: line, startColumn: 1, endLine: line, endColumn: 2, startByte: 0, endByte: 1 };
    found.push({ ...finding(1, { place }), id, title: `query ${name}`, anchorLine: line, related: [] });
  }
  return found;
}
