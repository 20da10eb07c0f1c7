// The report as Markdown, for pull-request descriptions and job summaries.
import type { Finding, Report } from '../../finding.ts';
import { diffText } from '../../review/edit.ts';
import { block, code, count, plain, prose } from '../../review/markdown.ts';
import { ruleText } from '../../review/rule.ts';
import { ruleSections, ruleSummary } from '../../review/rule-report.ts';
import { byPlace } from '../../review/select.ts';

export function markdownReport(report: Report, { change }: { change: boolean }): string {
  const findings = [...report.findings].sort(byPlace);
  const noun = change ? 'new problem' : 'problem';
  const head = `## Driftline: ${findings.length === 0 ? `no ${noun}s` : count(findings.length, noun)}`;
  const rules = [ruleSummary(report.ruleReview).join('\n').trim(), ...ruleSections(report.ruleReview)];
  return `${[head, ...findings.map(sectionOf), ...rules, skippedOf(report)].filter((part) => part !== '').join('\n\n')}\n`;
}

function sectionOf(finding: Finding): string {
  const { place } = finding;
  return [
    `### ${code(`${place.path}:${place.startLine}`)} ${plain(ruleText(finding).name)}: ${prose(finding.title)}`,
    block(finding.code),
    prose(finding.message),
    ...(finding.fix === '' ? [] : [`**Fix:** ${prose(finding.fix)}`]),
    ...(finding.edit === null ? [] : [block(diffText(finding.edit), 'diff')]),
    `<sub>${code(finding.ruleId)} · ${finding.level} · ${finding.certainty} · ${code(finding.id)}</sub>`,
  ].join('\n\n');
}

function skippedOf({ skipped }: Report): string {
  if (skipped.length === 0) return '';
  const lines = skipped.map(
    ({ path, reason, detail }) => `- ${code(path)} ${reason}${detail ? `: ${plain(detail)}` : ''}`,
  );
  return `<details><summary>${count(skipped.length, 'file')} not analysed</summary>\n\n${lines.join('\n')}\n\n</details>`;
}
