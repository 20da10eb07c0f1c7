// Runs an analysis and prints its report: the report goes to standard output, warnings to standard error, progress
// too and only to a terminal.
import type { Progress } from '../analysis/engine.ts';
import { readReviewSettings } from '../config.ts';
import type { Report } from '../finding.ts';
import { parseRepositoryConfig, type RepositoryConfig, repositoryConfigWarnings } from '../repository-config.ts';
import { ruleIds } from '../review/rule.ts';
import { type Format, render } from './format/format.ts';
import { printable } from './printable.ts';
import { version } from './version.ts';

const patienceMs = 1_000;

/** The settings in these bytes; what is odd about them is said, and changes nothing. */
export function configOf(bytes: Uint8Array | null, where: string): RepositoryConfig {
  for (const warning of repositoryConfigWarnings(bytes, ruleIds, where)) {
    process.stderr.write(printable(`driftline: warning: ${warning}.`).concat('\n'));
  }
  return parseRepositoryConfig(bytes, where, readReviewSettings(process.env));
}

export async function printReport(
  format: Format,
  change: boolean,
  run: (onProgress: (progress: Progress) => void) => Promise<Report>,
): Promise<Report> {
  const progress = await showProgress();
  const report = await run(progress.update).finally(progress.stop);
  const color = format === 'text' && wantsColor();
  process.stdout.write(render(report, format, { version: version(), change, color }));
  return report;
}

export function wantsColor(): boolean {
  if (process.env.NO_COLOR) return false;
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

/** Work that takes more than a moment shows how far it is; short work says nothing. */
async function showProgress() {
  if (!process.stderr.isTTY) return { update: (_: Progress): void => {}, stop: (): void => {} };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: '{phase} [{bar}] {value} of {total} files',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: null,
    barsize: 30,
  });
  const started = performance.now();
  return {
    update({ phase, done, total }: Progress): void {
      if (performance.now() - started < patienceMs) return;
      if (bar.isActive) {
        bar.setTotal(total);
        bar.update(done, { phase });
      } else {
        bar.start(total, done, { phase });
      }
    },
    stop: () => bar.stop(),
  };
}
