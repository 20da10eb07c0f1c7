// What Semgrep itself says of the team's Semgrep rules: those that it cannot load, as problems of their files.
import { Semgrep } from '../analysis/semgrep/semgrep.ts';
import { readSemgrepSettings } from '../config.ts';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { type FileProblem, fileProblem } from '../rules/file/problem.ts';

const timeoutMs = 120_000;

/** Without Semgrep one note says that its rules were not looked at. */
export async function semgrepProblems(documents: readonly RuleDoc[]): Promise<FileProblem[]> {
  const rules = documents.flatMap((rule) =>
    engineOf(rule) === 'semgrep' && rule.semgrepRule !== null ? [{ id: rule.id, text: rule.semgrepRule }] : [],
  );
  const placeOf = (id: string) => documents.find((rule) => rule.id === id)?.fileRef ?? { path: id, line: null };
  const [first] = rules;
  if (first === undefined) return [];
  const found = await new Semgrep(readSemgrepSettings(process.env)).validate(rules, timeoutMs);
  if (found.state === 'ok') {
    return found.failed.map(({ rule, message }) => {
      const { path, line } = placeOf(rule);
      return fileProblem('engine-refuses', path, line, `Semgrep cannot run the rule: ${message.replace(/\.$/, '')}`);
    });
  }
  const { path, line } = placeOf(first.id);
  const which = rules.length === 1 ? 'this Semgrep rule was' : `this and ${rules.length - 1} more Semgrep rules were`;
  return [fileProblem('not-checked', path, line, `${which} not tried with Semgrep: ${found.reason}`)];
}
