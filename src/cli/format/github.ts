// Findings as workflow commands, which GitHub Actions turns into annotations.
import type { Level, Report } from '../../finding.ts';
import { ruleText } from '../../review/rule.ts';
import { byPlace } from '../../review/select.ts';

const commands: Record<Level, string> = { block: 'error', warn: 'warning', suggest: 'notice' };

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

export function githubCommands(report: Report): string {
  return [...report.findings]
    .sort(byPlace)
    .map((finding) => {
      const { level, place, ruleId, title, message, fix } = finding;
      const properties = [
        `file=${property(place.path)}`,
        `line=${place.startLine}`,
        `endLine=${place.endLine}`,
        ...(place.startLine === place.endLine ? [`col=${place.startColumn}`, `endColumn=${place.endColumn}`] : []),
        `title=${property(ruleText(finding).name)}`,
      ];
      return `::${commands[level]} ${properties.join(',')}::${data(`${title}\n${message}${fix === '' ? '' : `\nFix: ${fix}`}\n(${ruleId})`)}\n`;
    })
    .join('');
}
