// `npm run bench -- n1 [--root DIR] [--ast-grep COMMAND] [--rounds N]`: what the N+1 engine finds on the pages of the
// ORMs, and what that costs, on a corpus made of those pages or on a tree of yours. Nothing here passes or fails.
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type * as Addon from '../native/addon/index.d.ts';
import { Report } from '../src/finding.ts';
import { writeRules } from './ast-grep.ts';
import { driftline, type Ran, run } from './command.ts';
import { type Page, readPages, writePage } from './pages.ts';
import { median, percent, seconds, table } from './table.ts';

/** Places that execute a query, which the corpus has at least. */
const sitesMin = 2_000;

/** What the addon says beyond the report that is shown. */
interface SiteMs {
  median: number;
  p99: number;
  max: number;
}

export async function benchN1(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { root: { type: 'string' }, 'ast-grep': { type: 'string' }, rounds: { type: 'string', default: '3' } },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'driftline-bench-'));
  try {
    const pages = await readPages();
    const sites = await precision(pages, folder);
    const root = values.root === undefined ? await corpus(pages, sites, folder) : path.resolve(values.root);
    await speed(root, folder, Number(values.rounds), values['ast-grep']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each page as a repository of its own: what is found against what it says. Gives the number of query sites. */
async function precision(pages: Page[], folder: string): Promise<number> {
  let sites = 0;
  const rows: string[][] = [];
  for (const page of pages) {
    const root = path.join(folder, 'pages', page.orm);
    await writePage(page, root);
    const { report, siteMs } = await scan(root);
    const wanted = new Map([...page.expected].map(([place, rules]) => [place, [...rules]]));
    let met = 0;
    let unexpected = 0;
    for (const { place, ruleId } of report.findings) {
      const rules = wanted.get(`${place.path}:${place.startLine}`) ?? [];
      const at = rules.indexOf(ruleId);
      if (at < 0) unexpected += 1;
      else {
        rules.splice(at, 1);
        met += 1;
      }
    }
    const expected = [...page.expected.values()].flat().length;
    sites += report.stats.querySites;
    const counts = [expected, met, page.silent, unexpected, report.stats.querySites].map(String);
    const times = [siteMs.median, siteMs.p99, siteMs.max].map((ms) => ms.toFixed(2));
    rows.push([page.orm, ...counts, percent(met, expected), percent(met, met + unexpected), ...times]);
  }
  const head = ['page', 'expected', 'met', 'silent', 'unexpected', 'sites', 'recall', 'precision'];
  process.stdout.write(`${table([...head, 'ms/site', 'p99', 'max'], rows)}\n`);
  return sites;
}

/** All pages in one tree, as often as it takes. */
async function corpus(pages: Page[], sites: number, folder: string): Promise<string> {
  const root = path.join(folder, 'corpus');
  for (let copy = 1; copy <= Math.ceil(sitesMin / Math.max(1, sites)); copy += 1) {
    for (const page of pages) await writePage(page, path.join(root, `${page.orm}-${copy}`), `copy ${copy}`);
  }
  return root;
}

/** Whole runs of the command, start of Node included, in turns with the yardstick if there is one. */
async function speed(given: string, folder: string, rounds: number, yardstick: string | undefined): Promise<void> {
  const { report, siteMs } = await scan(given);
  const { filesAnalysed, querySites } = report.stats;
  process.stdout.write(
    `${given}: ${filesAnalysed} files, ${querySites} query sites, ${report.findings.length} findings\n`,
  );
  process.stdout.write(
    `time per query site: median ${siteMs.median.toFixed(2)} ms, p99 ${siteMs.p99.toFixed(2)} ms, max ${siteMs.max.toFixed(2)} ms\n\n`,
  );
  // Both read the same files: ast-grep would parse the tests and the generated code too.
  const root = yardstick === undefined ? given : path.join(folder, 'same');
  if (yardstick !== undefined) await copyWithout(given, root, new Set(report.skipped.map((skipped) => skipped.path)));
  const config = await writeRules(path.join(folder, 'rules'));
  const ran: Record<string, Ran[]> = { cold: [], warm: [], 'ast-grep': [] };
  for (let round = 0; round < rounds; round += 1) {
    const cache = path.join(folder, `cache-${round}`);
    for (const name of ['cold', 'warm']) {
      ran[name]?.push(await driftline(['scan', '--root', root, '--format', 'json', '--fail-on', 'never'], cache));
      if (yardstick === undefined) continue;
      ran['ast-grep']?.push(
        await run(yardstick, ['scan', '--config', config, '--no-ignore', 'hidden', '--json=stream', root]),
      );
    }
    await rm(cache, { recursive: true, force: true });
  }
  const rows = Object.entries(ran).filter(([, runs]) => runs.length > 0);
  const ms = (name: string) => (ran[name] ?? []).map((it) => it.ms);
  const peak = (runs: Ran[]) => Math.max(...runs.map((it) => it.peakMiB ?? Number.NaN));
  const cells = rows.map(([name, runs]) => {
    const took = median(ms(name));
    const memory = Number.isNaN(peak(runs)) ? '-' : `${peak(runs).toFixed(0)} MiB`;
    return [name, seconds(took), ((1000 * filesAnalysed) / took).toFixed(0), memory];
  });
  process.stdout.write(`${table(['run', 'median', 'files/s', 'peak memory'], cells)}\n`);
  if (yardstick === undefined) return;
  for (const [index, name] of ['cold', 'warm'].entries()) {
    const other = ms('ast-grep').filter((_, at) => at % 2 === index);
    const ratios = ms(name).map((took, round) => took / (other[round] ?? Number.NaN));
    const all = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
    process.stdout.write(`${name} / ast-grep next to it: ${median(ratios).toFixed(2)} (${all})\n`);
  }
}

/** In this process, and without a cache. */
async function scan(root: string): Promise<{ report: Report; siteMs: SiteMs }> {
  const addon = createRequire(import.meta.url)('../native/addon/driftline.node') as typeof Addon;
  const answer = JSON.parse(
    (await addon.scan({ root, paths: [], settings: { exclude: [], levels: {}, threads: 1 } })).toString('utf8'),
  );
  return { report: Report.parse(answer), siteMs: answer.stats.siteMs };
}

/** Declarations of types hold no code; ast-grep would parse them. */
const notRead = /\.(d\.[mc]?ts|pyi)$/;

async function copyWithout(from: string, to: string, skipped: Set<string>, below = ''): Promise<void> {
  await mkdir(path.join(to, below), { recursive: true });
  for (const entry of await readdir(path.join(from, below), { withFileTypes: true })) {
    const file = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name === '.git' || skipped.has(file) || notRead.test(entry.name)) continue;
    if (entry.isDirectory()) await copyWithout(from, to, skipped, file);
    else if (entry.isFile()) await copyFile(path.join(from, file), path.join(to, file));
  }
}
