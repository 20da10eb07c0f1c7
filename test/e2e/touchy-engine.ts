// The real engine, with a temper for tests: before it analyses a change, words among the added lines make it wait
// (`SLOW`), throw (`BUG`) or die with its process (`POISON`). And code with as many N+1 queries as a test wants.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Engine, MatchEngine } from '../../src/analysis/engine.ts';
import { loadEngine } from '../../src/analysis/native.ts';

const run = promisify(execFile);
const engine = loadEngine();

export const touchyEngine: Engine & MatchEngine = {
  ...engine,
  async analyzeChange(request) {
    const { repository, base, head, signal } = request;
    const range = `${base}...${head}`;
    const { stdout: patch } = await run('git', ['diff', range, '--', '*.py'], { cwd: repository, maxBuffer: 1e8 });
    if (/^\+.*POISON/m.test(patch)) process.kill(process.pid, 'SIGKILL');
    if (/^\+.*BUG/m.test(patch)) throw new Error('a bug in the engine');
    if (/^\+.*SLOW/m.test(patch)) await sleep(30_000, undefined, signal === undefined ? {} : { signal });
    return await engine.analyzeChange(request);
  },
};

/** Django code in which each named function asks the database once for each row. */
export function queries(...names: string[]): string {
  const functions = names.map(
    (name) => `def ${name}(rows):\n    for row in rows:\n        yield User.objects.get(pk=row.${name})\n`,
  );
  return ['from django.contrib.auth.models import User\n', ...functions].join('\n\n');
}

/** An N+1 query that nothing makes doubtful: only such a finding may block. */
export const certainQuery = [
  'from django.contrib.auth.models import User\n\n',
  'def view():',
  '    for row in User.objects.all():',
  '        print(User.objects.get(pk=row.pk))\n',
].join('\n');
