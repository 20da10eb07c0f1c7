// The check run's conclusion, title, summary, text and annotations, within GitHub's limits. Pure.
import type { Finding, Report, RuleReview, Skipped } from '../finding.ts';
import { levelTable } from './level.ts';
import { code, count, cut, folded, plain, prose, section } from './markdown.ts';
import type { Annotation, CheckPlan, Conclusion } from './plan.ts';
import { ruleText } from './rule.ts';
import { ruleFileAnnotations, ruleSections, ruleSummary } from './rule-report.ts';
import { byPlace, type Selection } from './select.ts';
import type { Split } from './verdict.ts';

/** GitHub's limit is 65,535; the rest is room for what the publisher adds (SARIF, refused anchors). */
export const checkTextLimit = 64_000;
const annotationTitleLimit = 255;
const annotationMessageLimit = 60_000;
const listedSkips = 100;

export interface CheckInput {
  report: Report;
  selection: Selection;
  /** Findings that are not in the report because a person who may has said so. */
  settled?: Split['settled'];
  onWarn: 'neutral' | 'success';
  onEngineUnavailable: 'neutral' | 'failure';
  /** Things the reader must know first, such as a configuration file that could not be read. Plain sentences. */
  notices: readonly string[];
}

/**
 * RUL-416: one block fails the check, and so does a rule file that cannot be used once it is merged; a blocking rule that
 * could not be run makes it `onEngineUnavailable`, one warn makes it `onWarn`; suggestions change nothing.
 */
export function conclusionOf(
  findings: readonly Finding[],
  rules: RuleReview | null,
  { onWarn, onEngineUnavailable }: Pick<CheckInput, 'onWarn' | 'onEngineUnavailable'>,
): Conclusion {
  const words = new Set(findings.map(({ level }) => levelTable[level].conclusion));
  if (words.has('failure')) return 'failure';
  if ((rules?.preview?.problems ?? []).length > 0) return 'failure';
  if (rules?.notEvaluated.some(({ level }) => level === 'block')) return onEngineUnavailable;
  return words.has('by-setting') ? onWarn : 'success';
}

export function planCheck(input: CheckInput): CheckPlan {
  const { report, selection, notices, settled = [] } = input;
  const { ruleReview } = report;
  const quiet = new Set(selection.quiet);
  const loud = report.findings.filter((finding) => !quiet.has(finding)).sort(byPlace);
  return {
    conclusion: conclusionOf(loud, ruleReview, input),
    title: titleOf(loud, selection.quiet, report, settled.length),
    summary: cut(summaryOf(report, loud, selection, notices, settled.length), checkTextLimit),
    text: textOf(report, loud, selection, settled),
    annotations: [...ruleFileAnnotations(ruleReview), ...loud.flatMap(annotationsOf)],
  };
}

function titleOf(loud: readonly Finding[], quiet: readonly Finding[], report: Report, settled: number): string {
  const parts = [];
  if (loud.length > 0) parts.push(`${count(loud.length, 'new problem')}`);
  if (settled > 0) parts.push(`${settled} dismissed`);
  if (quiet.length > 0) parts.push(`${count(quiet.length, 'hint')}`);
  if (report.stats.fixed > 0) parts.push(`${report.stats.fixed} fixed`);
  return parts.length === 0 ? 'No new problems' : parts.join(', ');
}

function summaryOf(
  report: Report,
  loud: readonly Finding[],
  selection: Selection,
  notices: readonly string[],
  settled: number,
): string {
  const { stats } = report;
  const lines = notices.map((notice) => `> **Note:** ${prose(notice)}\n`);
  lines.push(
    loud.length === 0
      ? 'Nothing new that should be changed before this is merged.'
      : `This change adds ${count(loud.length, 'problem')}.`,
  );
  if (stats.fixed > 0) lines.push(`It fixes ${count(stats.fixed, 'problem')} that stood before. Thank you.`);
  if (selection.unsure > 0) {
    lines.push(`${count(selection.unsure, 'problem')} too unsure for a comment; the list below has all.`);
  }
  if (selection.overflow.length > 0) {
    lines.push(
      `${count(selection.overflow.length, 'problem')} could not be put on a line of the diff; the list below has all.`,
    );
  }
  lines.push(
    '',
    '| | |',
    '|---|---|',
    `| Files changed | ${stats.filesChanged} |`,
    `| Files analysed | ${stats.filesAnalysed} |`,
    `| Query sites looked at | ${stats.querySites} |`,
    `| Problems that stood before this change (not reported) | ${stats.preExisting} |`,
  );
  if (settled > 0) lines.push(`| Dismissed by people | ${settled} |`);
  if (stats.suppressed > 0) lines.push(`| Silenced by a comment in the code | ${stats.suppressed} |`);
  lines.push(`| Not analysed | ${skippedLine(report.skipped)} |`);
  return [...lines, ...ruleSummary(report.ruleReview)].join('\n');
}

function skippedLine(skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return 'none';
  const byReason = new Map<string, number>();
  for (const { reason } of skipped) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  const reasons = [...byReason].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, n]) => `${n} ${reason}`);
  return `${count(skipped.length, 'file')} (${reasons.join(', ')})`;
}

function textOf(
  report: Report,
  loud: readonly Finding[],
  selection: Selection,
  settled: Split['settled'],
): string | null {
  const sections = [
    section('Problems', loud.map(lineOf)),
    folded('Hints that are not commented', selection.quiet.map(lineOf)),
    folded('Dismissed', settled.map(settledLine)),
    ...ruleSections(report.ruleReview),
    folded('Files that were not analysed', report.skipped.slice(0, listedSkips).map(skipOf), report.skipped.length),
  ].filter((part) => part !== '');
  return sections.length === 0 ? null : cut(sections.join('\n\n'), checkTextLimit);
}

export function lineOf(finding: Finding): string {
  const where = `${finding.place.path}:${finding.place.startLine}`;
  return `- ${code(where)} **${plain(ruleText(finding).name)}:** ${prose(finding.title)} (${code(finding.ruleId)}, ${finding.level}, ${finding.certainty}, ${code(finding.id.slice(0, 12))})`;
}

/** Who opened the gate is named, and in which pull request it was said. */
function settledLine({ finding, standing: { signal } }: Split['settled'][number]): string {
  const { verdict, actor, pull, reason } = signal;
  const why = reason === '' ? '' : `: ${plain(reason)}`;
  return `${lineOf(finding)}: ${verdict}, ${plain(actor.login)} in #${pull}${why}`;
}

function skipOf({ path, reason, detail }: Skipped): string {
  return `- ${code(path)} ${reason}${detail === '' ? '' : `: ${plain(detail)}`}`;
}

function annotationsOf(finding: Finding): Annotation[] {
  const level = levelTable[finding.level].annotation;
  return level === null ? [] : [annotationOf(finding, level)];
}

function annotationOf(finding: Finding, level: Annotation['level']): Annotation {
  const { place } = finding;
  const oneLine = place.startLine === place.endLine;
  return {
    path: place.path,
    startLine: place.startLine,
    endLine: place.endLine,
    startColumn: oneLine ? place.startColumn : null,
    endColumn: oneLine ? place.endColumn : null,
    level,
    title: cut(`${ruleText(finding).name}: ${finding.title.replaceAll('`', '')}`, annotationTitleLimit, '…'),
    message: cut(
      [finding.message, finding.fix === '' ? '' : `Fix: ${finding.fix}`, `${finding.ruleId} ${finding.id}`]
        .filter((part) => part !== '')
        .join('\n\n'),
      annotationMessageLimit,
    ),
  };
}
