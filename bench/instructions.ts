// `npm run bench -- instructions [--save FILE] [--against FILE]`: what the engine costs on each page of the ORMs,
// in instructions counted by valgrind. They are the same on a busy machine; wall times are not.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './command.ts';
import { readPages, writePage } from './pages.ts';
import { table } from './table.ts';

type Counts = Record<string, { cold: number; warm: number }>;

export async function benchInstructions(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { save: { type: 'string' }, against: { type: 'string' } } });
  const binary = build();
  const folder = await mkdtemp(path.join(tmpdir(), 'driftline-bench-'));
  try {
    const counts: Counts = {};
    await mkdir(path.join(folder, 'start'));
    for (const page of await readPages()) await writePage(page, path.join(folder, page.orm));
    for (const name of ['start', ...(await readPages()).map((page) => page.orm)]) {
      const count = () => instructions(binary, path.join(folder, name), path.join(folder, 'cache'));
      counts[name] = { cold: await count(), warm: await count() };
    }
    if (values.save !== undefined) writeFileSync(values.save, `${JSON.stringify(counts, null, 2)}\n`);
    process.stdout.write(shown(counts, values.against));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With the flags of the addon, so that what both are made of is compiled once. */
function build(): string {
  const host = /^host: (.+)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))?.[1] ?? '';
  const manifest = path.join(import.meta.dirname, '../native/Cargo.toml');
  const args = ['build', '--release', '--target', host, '--manifest-path', manifest, '-p', 'driftline-engine'];
  const lines = execFileSync('cargo', [...args, '--bench', 'engine', '--message-format', 'json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  const built = lines.split('\n').map((line) => (line.startsWith('{') ? JSON.parse(line) : {}));
  const found = built.find(({ target, executable }) => target?.name === 'engine' && executable);
  if (found === undefined) throw new Error('cargo has built no benchmark');
  return found.executable;
}

/** Of a whole run on one thread: the start (ORMs and rules are read) is the row `start`. */
async function instructions(binary: string, root: string, cache: string): Promise<number> {
  const out = `${cache}.callgrind`;
  await run('valgrind', ['--tool=callgrind', `--callgrind-out-file=${out}`, binary, 'scan', root, cache], {
    THREADS: '1',
  });
  return Number(/^(?:summary|totals): (\d+)/m.exec(readFileSync(out, 'utf8'))?.[1]);
}

function shown(counts: Counts, against: string | undefined): string {
  const before: Counts = against !== undefined && existsSync(against) ? JSON.parse(readFileSync(against, 'utf8')) : {};
  const millions = (count: number) => (count / 1e6).toFixed(1);
  const change = (now: number, then: number | undefined) =>
    then === undefined ? '' : `${now >= then ? '+' : ''}${((100 * (now - then)) / then).toFixed(1)} %`;
  const rows = Object.entries(counts).map(([name, { cold, warm }]) => [
    name,
    millions(cold),
    change(cold, before[name]?.cold),
    millions(warm),
    change(warm, before[name]?.warm),
  ]);
  return table(['page', 'cold, million', '', 'warm, million', ''], rows);
}
