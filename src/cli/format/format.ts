// The output formats of `review` and `scan`: one function each, from a report to text.
import { UserError } from '../../errors.ts';
import { type Level, levels, type Report } from '../../finding.ts';
import { sarifLog } from '../../review/sarif.ts';
import { githubCommands } from './github.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import { textReport } from './text.ts';

export const formats = ['text', 'json', 'sarif', 'markdown', 'github'] as const;
export type Format = (typeof formats)[number];

export interface FormatOptions {
  version: string;
  /** A change reports what is new; a scan reports what stands. */
  change: boolean;
  /** Colours are for terminals only. */
  color: boolean;
}

export function parseFormat(name: string): Format {
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new UserError('unknown-format', `unknown format ${JSON.stringify(name)}`);
  return format;
}

const failOnLevels = [...levels, 'never'] as const;
export type FailOn = (typeof failOnLevels)[number];

export function parseFailOn(name: string): FailOn {
  const level = failOnLevels.find((known) => known === name);
  if (level === undefined) {
    throw new UserError('unknown-option', `--fail-on takes ${failOnLevels.join(', ')}, not ${JSON.stringify(name)}`);
  }
  return level;
}

/**
 * 1 when a finding stands at `failOn` or above, else 0. What is merely possible never fails a run; a blocking rule that could
 * not be run does where `onEngineUnavailable` says so.
 */
export function exitCodeOf(
  report: Report,
  failOn: FailOn,
  onEngineUnavailable: 'neutral' | 'failure' = 'neutral',
): number {
  if (failOn === 'never') return 0;
  const isUnknown = report.ruleReview?.notEvaluated.some(({ level }) => level === 'block') ?? false;
  if (isUnknown && onEngineUnavailable === 'failure') return 1;
  const reach = levels.indexOf(failOn);
  const counts = (level: Level) => levels.indexOf(level) <= reach;
  return report.findings.some((finding) => counts(finding.level) && finding.certainty !== 'possible') ? 1 : 0;
}

/** The report as text that ends with a line break. */
export function render(report: Report, format: Format, options: FormatOptions): string {
  switch (format) {
    case 'text':
      return textReport(report, options);
    case 'json':
      return jsonReport(report);
    case 'sarif':
      return `${JSON.stringify(sarifLog(report, { version: options.version, newOnly: options.change }), null, 2)}\n`;
    case 'markdown':
      return markdownReport(report, options);
    case 'github':
      return githubCommands(report);
  }
}
