// The report for people at a terminal: place, what is wrong, the code line, why, the fix.
import { styleText } from 'node:util';
import type { Edit, Finding, Level, Report, RuleReview } from '../../finding.ts';
import { count } from '../../review/markdown.ts';
import { ruleText } from '../../review/rule.ts';
import { byPlace } from '../../review/select.ts';
import { printable } from '../printable.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const levelStyle: Record<Level, Style> = { block: 'red', warn: 'yellow', suggest: 'cyan' };

export function textReport(report: Report, options: { change: boolean; color: boolean }): string {
  const paint: Paint = (style, text) => (options.color ? styleText(style, text, { validateStream: false }) : text);
  const findings = [...report.findings].sort(byPlace);
  const parts = findings.map((finding) => findingLines(finding, paint));
  parts.push(tail(report, options.change, paint));
  // GitHub Actions takes a log line that begins with `::`, blanks before it or not, for a command.
  return `${parts.join('\n\n').replace(/^(\s*):(?=:)/gm, '$1:\u200b')}\n`;
}

/** A path that looks like a command of GitHub Actions stays one that can be copied. */
function placeText({ path, startLine, startColumn }: Finding['place']): string {
  return printable(`${/^\s*::/.test(path) ? './' : ''}${path}:${startLine}:${startColumn}`);
}

function findingLines(finding: Finding, paint: Paint): string {
  const { place } = finding;
  const number = String(place.startLine);
  const gutter = ' '.repeat(number.length);
  const bar = paint('dim', '│');
  const lines = [
    `${paint('bold', placeText(place))}  ${paint(levelStyle[finding.level], finding.level)}  ${paint('dim', finding.ruleId)}`,
    `  ${paint('bold', `${ruleText(finding).name}: ${printable(finding.title)}`)}`,
    `  ${paint('dim', number)} ${bar} ${printable(finding.code)}`,
  ];
  for (const { role, place: where, message } of finding.related) {
    const at = where.path === place.path ? `line ${where.startLine}` : `${where.path}:${where.startLine}`;
    lines.push(`  ${gutter} ${bar} ${paint('dim', printable(`${role}, ${at}: ${message}`))}`);
  }
  if (finding.message !== '') lines.push(`  ${printable(finding.message)}`);
  if (finding.fix !== '') lines.push(`  ${paint('green', 'Fix:')} ${printable(finding.fix)}`);
  if (finding.edit !== null) lines.push(...editLines(finding.edit, paint));
  lines.push(`  ${paint('dim', `${finding.certainty} (${finding.confidence.toFixed(2)}), ${finding.id}`)}`);
  return lines.join('\n');
}

/** The edit as a diff under its line number; blanks that a single line begins with on both sides say nothing here. */
function editLines({ place, before, after }: Edit, paint: Paint): string[] {
  const isLine = !before.includes('\n') && !after.includes('\n');
  const rows = (style: Style, sign: string, text: string) =>
    text.split('\n').map((line) => paint(style, `${sign} ${printable(isLine ? line.trim() : line.trimEnd())}`));
  const all = [...rows('red', '-', before), ...(after === '' ? [] : rows('green', '+', after))];
  const gutter = ' '.repeat(String(place.startLine).length);
  return all.map((row, index) => `  ${paint('dim', `${index === 0 ? place.startLine : gutter} │`)} ${row}`);
}

const listedSkips = 10;

function tail(report: Report, change: boolean, paint: Paint): string {
  const { stats, skipped, findings } = report;
  const noun = change ? 'new problem' : 'problem';
  const lines = [
    findings.length === 0
      ? paint('green', `No ${noun}s`)
      : paint('bold', `${count(findings.length, noun)} (${levelCounts(findings)})`),
  ];
  const facts = [`${count(stats.filesAnalysed, 'file')} analysed`, `${count(stats.querySites, 'query site')}`];
  if (stats.fixed > 0) facts.push(`${stats.fixed} fixed`);
  if (stats.preExisting > 0) facts.push(`${stats.preExisting} stood before`);
  if (stats.suppressed > 0) facts.push(`${stats.suppressed} silenced in the code`);
  lines[0] += ` in ${facts.join(', ')}`;
  for (const { path, reason, detail } of skipped.slice(0, listedSkips)) {
    lines.push(paint('dim', printable(`  not analysed: ${path} (${reason}${detail ? `: ${detail}` : ''})`)));
  }
  if (skipped.length > listedSkips) {
    lines.push(paint('dim', `  … and ${skipped.length - listedSkips} more; --format json lists all`));
  }
  lines.push(...ruleLines(report.ruleReview, paint));
  return lines.join('\n');
}

/** What became of the team's rules besides their findings. */
function ruleLines(rules: RuleReview | null, paint: Paint): string[] {
  if (rules === null) return [];
  const { notEvaluated, ignored, notices, preview } = rules;
  const more = (count: number) =>
    count > listedSkips ? [`… and ${count - listedSkips} more; --format json lists all`] : [];
  const lines = [
    ...notEvaluated
      .slice(0, listedSkips)
      .map(({ ruleId, level, reason }) => paint('yellow', printable(`rule not run: ${ruleId} (${level}): ${reason}`))),
    ...more(notEvaluated.length),
    ...notices.slice(0, listedSkips).map((notice) => paint('dim', printable(notice))),
    ...more(notices.length),
    ...ignored
      .slice(0, listedSkips)
      .map(({ ruleId, path, line }) => paint('dim', printable(`silenced by a new comment: ${path}:${line} ${ruleId}`))),
    ...more(ignored.length),
    ...(preview?.problems ?? []).map(({ path, line, message }) =>
      paint('red', printable(`rule file: ${path}${line === null ? '' : `:${line}`}: ${message}`)),
    ),
    ...(preview?.testFailures ?? []).map(({ path, line, message }) =>
      paint('yellow', printable(`test of a rule: ${path}${line === null ? '' : `:${line}`}: ${message}`)),
    ),
    ...(preview?.notices ?? []).map((notice) => paint('dim', printable(`rules of this change: ${notice}`))),
    ...(preview?.effects ?? []).map((effect) => printable(`rule of this change: ${effect}`)),
  ];
  return lines.map((line) => `  ${line}`);
}

function levelCounts(findings: readonly Finding[]): string {
  return (['block', 'warn', 'suggest'] as const)
    .map((level) => [level, findings.filter((finding) => finding.level === level).length] as const)
    .filter(([, n]) => n > 0)
    .map(([level, n]) => `${n} ${level}`)
    .join(', ');
}
