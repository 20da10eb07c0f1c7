// A change that edits rules is judged by the rules of its base; this says what its own rules will do once they are merged:
// what is wrong with them, and where they match in this change (RUL-404g). The findings of the preview gate nothing.
import type { Report, RuleReview } from '../finding.ts';
import { ruleIds } from '../review/rule.ts';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { ruleIdOf } from '../rules/rule-finding.ts';
import { documentIdOf } from '../rules/rule-set.ts';
import type { ChangeRequest } from './engine.ts';
import type { TeamRules } from './rule-source.ts';
import { type Asked, type RuleDeps, runRules } from './team-rules.ts';

/** Whether the change edits what `preview` looks at. `folders`: those of the base. */
export function editsRules(report: Report, folders: readonly string[]): boolean {
  const paths = report.files.flatMap(({ path, basePath }) => [path, basePath ?? path]);
  return paths.some((path) => path === 'sgconfig.yml' || folders.some((folder) => path.startsWith(`${folder}/`)));
}

const nPlusOneOff = Object.fromEntries(ruleIds.map((id) => [id, 'off' as const]));

/** `head`: the rules that the head has. */
export async function preview(
  deps: RuleDeps,
  request: ChangeRequest,
  asked: Asked,
  head: TeamRules,
): Promise<RuleReview['preview']> {
  const { onProgress: _, ...quiet } = request;
  const ofHead: Asked = { ...asked, rules: { ...head, report: 'all' } };
  const ran = await runRules(deps, { ...quiet, levels: nPlusOneOff }, ofHead);
  const wrong = head.problems.filter(({ level }) => level === 'refused');
  const problems = wrong.map(({ path, line, what, cure }) => ({ path, line, message: `${what}. ${cure}.` }));
  for (const { id, reason } of ran.wrong) {
    const place = head.documents.find((rule) => rule.id === documentIdOf(id))?.fileRef;
    if (place) problems.push({ path: place.path, line: place.line, message: reason });
  }
  return { problems, effects: effects(asked.rules.documents, head.documents, ran.report) };
}

function effects(base: readonly RuleDoc[], head: readonly RuleDoc[], report: Report): string[] {
  const before = new Map(base.map((rule) => [rule.id, rule]));
  const after = new Set(head.map((rule) => rule.id));
  const edited = head.filter((rule) => !isSame(before.get(rule.id), rule));
  const lines = edited.map((rule) => {
    const id = ruleIdOf(rule);
    const verb = before.has(rule.id) ? 'is changed' : 'is new';
    return `${id} ${verb} (${rule.enforcement}): ${matchesOf(id, report, rule)}.`;
  });
  const gone = base.filter((rule) => rule.origin === 'file' && !after.has(rule.id));
  return [...lines, ...gone.map((rule) => `${ruleIdOf(rule)} is removed: it judges this change for the last time.`)];
}

function matchesOf(id: string, { findings }: Report, rule: RuleDoc): string {
  if (rule.status !== 'active') return `its status is ${rule.status}, so it will not run`;
  if (engineOf(rule) === 'none') return 'nothing runs it';
  const found = findings.filter(({ ruleId }) => ruleId === id);
  if (found.length === 0) return 'it matches nothing in the files of this change';
  const fresh = found.filter(({ newness }) => newness === 'new' || newness === 'caused').length;
  return `in the files of this change it matches ${found.length} times, ${fresh} of them new`;
}

/** Whatever it says, but for when and where it was written. */
function isSame(before: RuleDoc | undefined, after: RuleDoc): boolean {
  if (before === undefined) return false;
  const said = ({ fileRef: _, createdAt: __, updatedAt: ___, ...rule }: RuleDoc) => JSON.stringify(rule);
  return said(before) === said(after);
}
