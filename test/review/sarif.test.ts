// What code scanning is told of a team's rule, as GitHub documents it: tags, security severity, help.
import { expect, it } from 'vitest';
import type { Finding, Level } from '../../src/finding.ts';
import { sarifLog } from '../../src/review/sarif.ts';
import { finding, report } from './report.ts';

const rule = {
  name: 'sql',
  summary: 'SQL from text',
  help: 'Use parameters.',
  url: 'https://example.org/sql',
  tags: ['security', 'CWE-89'],
};

function descriptor(...findings: Partial<Finding>[]) {
  const all = findings.map((over, index) => finding(index + 1, { ruleId: 'sql', rule, ...over }));
  return sarifLog(report(all), { version: '1.0.0', newOnly: true }).runs[0]?.tool.driver.rules?.[0];
}

it('says the weakness, how grave it is, and where to read more', () => {
  expect(descriptor({ level: 'warn' })).toEqual({
    id: 'sql',
    name: 'sql',
    shortDescription: { text: 'SQL from text' },
    fullDescription: { text: 'SQL from text' },
    helpUri: 'https://example.org/sql',
    help: {
      text: 'Use parameters.',
      markdown: 'Use parameters.\n\n[CWE-89](https://cwe.mitre.org/data/definitions/89.html)',
    },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: ['security', 'external/cwe/cwe-89'], precision: 'high', 'security-severity': '6.0' },
  });
});

it.each([
  [['suggest'], '3.0', 'note'],
  [['warn', 'suggest'], '6.0', 'warning'],
  [['suggest', 'block', 'warn'], '9.5', 'error'],
] as [Level[], string, string][])('goes by the loudest of its findings: %j', (levels, severity, level) => {
  const { properties, defaultConfiguration } = descriptor(...levels.map((one) => ({ level: one }))) ?? {};
  expect([properties?.['security-severity'], defaultConfiguration?.level]).toEqual([severity, level]);
});

it('gives no security severity to what is no matter of security', () => {
  const { properties } = descriptor({ rule: { ...rule, tags: ['correctness', 'CWE-561'] } }) ?? {};
  expect(properties).toEqual({ tags: ['correctness', 'external/cwe/cwe-561'], precision: 'high' });
});
