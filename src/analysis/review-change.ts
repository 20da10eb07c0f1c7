// The review of a change with the team's rules: those of the base judge it, those of its head are only shown. The command line
// and the App both come through here.
import type { Report } from '../finding.ts';
import type { ChangeRequest } from './engine.ts';
import { editsRules, preview } from './rule-preview.ts';
import type { TeamRules } from './rule-source.ts';
import { type Asked, noReview, type RuleDeps, runRules } from './team-rules.ts';

/**
 * What is new at the head; `report.ruleReview` says what became of the rules. `rulesOfHead`: the rules that the head has, with
 * their tests, asked for only where the change edits rule files.
 */
export async function reviewChange(
  deps: RuleDeps,
  request: ChangeRequest,
  asked: Asked,
  rulesOfHead: () => Promise<TeamRules>,
): Promise<Report> {
  const { report } = await runRules(deps, request, asked);
  if (!editsRules(report, asked.rules)) return report;
  const head = await rulesOfHead();
  // Whoever hands in the same ones does not ask what others would do.
  if (head === asked.rules) return report;
  const seen = await preview(deps, request, asked, { head, report });
  return { ...report, ruleReview: { ...(report.ruleReview ?? noReview(asked.rules)), preview: seen } };
}
