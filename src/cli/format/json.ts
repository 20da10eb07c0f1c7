// The report as JSON, for programs. Times are left out: the same commits give the same bytes.
import { z } from 'zod';
import { Report } from '../../finding.ts';

const times = { diffMs: true, parseMs: true, analyseMs: true, totalMs: true, ruleMs: true } as const;
/** Between the engines and the judgement; findings are what comes of them. */
const inner = { matches: true, ruleProblems: true, ruleCuts: true, ruleNotices: true } as const;

/** What `--format json` prints; docs/report.schema.json is its JSON Schema. */
export const JsonReport = Report.omit(inner).extend({ stats: Report.shape.stats.omit(times) });
export type JsonReport = z.infer<typeof JsonReport>;

export function jsonReport(report: Report): string {
  return `${JSON.stringify(JsonReport.parse(report), null, 2)}\n`;
}

export function jsonSchema(): object {
  return z.toJSONSchema(JsonReport);
}
