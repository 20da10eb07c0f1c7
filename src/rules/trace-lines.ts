// For each rule, to which files of a change it applies, or why to none: the trace of a whole change in a line a rule. Pure.
import type { RuleDoc } from './document.ts';
import { resolveFor } from './judge.ts';
import { runsOn } from './language.ts';
import type { Subject } from './resolve.ts';
import { ruleIdOf } from './rule-finding.ts';

/** More files tell nothing more about a rule. */
const pathsMax = 300;

/** `paths`: of the head. Nothing for a change without files. */
export function traceLines(
  documents: readonly RuleDoc[],
  subject: Pick<Subject, 'orgId' | 'repoId' | 'branch' | 'userId'>,
  paths: readonly string[],
): string[] {
  if (paths.length === 0) return [];
  const looked = paths.slice(0, pathsMax);
  const byId = new Map(documents.map((rule) => [rule.id, rule]));
  const lines = new Map<string, { applies: string[]; reason: string; otherLanguage: boolean }>();
  for (const path of looked) {
    for (const { ruleId, applies, sentence } of resolveFor(path, { documents, subject }).trace) {
      const line = lines.get(ruleId) ?? { applies: [], reason: sentence, otherLanguage: false };
      const rule = byId.get(ruleId);
      if (applies && rule !== undefined && runsOn(rule, path) === false) line.otherLanguage = true;
      else if (applies) line.applies.push(path);
      lines.set(ruleId, line);
    }
  }
  return documents.flatMap((rule) => {
    const line = lines.get(rule.id);
    if (line === undefined) return [];
    return [`${ruleIdOf(rule)}: ${tell(line, looked.length)}`];
  });
}

function tell(
  { applies, reason, otherLanguage }: { applies: string[]; reason: string; otherLanguage: boolean },
  of: number,
) {
  const [first] = applies;
  if (first !== undefined) {
    const where = applies.length === 1 ? first : `${applies.length} of ${of} changed files`;
    return `Applies to ${where}.`;
  }
  return otherLanguage ? 'Does not apply: no changed file is of its language.' : reason;
}
