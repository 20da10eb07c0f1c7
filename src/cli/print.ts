// Runs an analysis and prints its report: the report goes to standard output, warnings to standard error, progress
// too and only to a terminal.
import { parseRepositoryConfig, type RepositoryConfig, repositoryConfigWarnings } from '../config.ts';
import type { Report } from '../finding.ts';
import { ruleIds } from '../review/rule.ts';
import { type Format, render } from './format/format.ts';
import { printable } from './printable.ts';
import { version } from './version.ts';

const patienceMs = 700;

/** The settings in these bytes; what is odd about them is said, and changes nothing. */
export function configOf(bytes: Uint8Array | null, where: string): RepositoryConfig {
  for (const warning of repositoryConfigWarnings(bytes, ruleIds, where)) {
    process.stderr.write(printable(`driftline: warning: ${warning}.`).concat('\n'));
  }
  return parseRepositoryConfig(bytes, where);
}

export async function printReport(format: Format, change: boolean, run: () => Promise<Report>): Promise<Report> {
  const stop = showElapsed();
  const report = await run().finally(stop);
  const color = format === 'text' && wantsColor();
  process.stdout.write(render(report, format, { version: version(), change, color }));
  return report;
}

function wantsColor(): boolean {
  if (process.env.NO_COLOR) return false;
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

/** Long work says that it goes on; short work says nothing. Returns what ends it. */
function showElapsed(): () => void {
  if (!process.stderr.isTTY) return () => {};
  const started = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stderr.write(`\r\u001b[Kanalysing … ${seconds} s`);
  }, patienceMs);
  return () => {
    clearInterval(timer);
    if (performance.now() - started >= patienceMs) process.stderr.write('\r\u001b[K');
  };
}
