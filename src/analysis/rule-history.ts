// What earlier reviews of a repository say of its rules: those that took too long again and again are not run (RUL-171). Whoever
// keeps the count is handed in; without a history every rule runs.
import { createHash } from 'node:crypto';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { timeoutsMax } from '../rules/enforcement.ts';
import { documentIdOf } from '../rules/rule-set.ts';
import type { TeamRules } from './rule-source.ts';

export interface RunRule {
  /** Of the document. */
  ruleId: string;
  /** SHA-256 of what the engine is given. */
  textHash: string;
}

export interface RuleHistory {
  /** Which of these are set aside with the text that they have. */
  setAside(rules: readonly RunRule[]): Promise<readonly string[]>;
  /** How this review went for them; of rules that are in neither list nothing is known. */
  add(outcome: { timedOut: readonly RunRule[]; gotThrough: readonly string[] }): Promise<void>;
}

export const setAsideReason = `it took too long in ${timeoutsMax} reviews in a row, so it is set aside until its text is changed`;

/** The rules of Semgrep, which alone is given a time for each rule. */
export function timedRules(runnable: readonly RuleDoc[], { implementations }: TeamRules): RunRule[] {
  return runnable
    .filter((rule) => engineOf(rule) === 'semgrep')
    .map(({ id, semgrepRule }) => {
      const texts = implementations.filter(({ ruleId }) => ruleId === id).map((one) => [one.language, one.semgrepRule]);
      const said = JSON.stringify([semgrepRule, texts]);
      return { ruleId: id, textHash: createHash('sha256').update(said).digest('hex') };
    });
}

/** `ids`: as the engine was given them. A rule in several languages timed out when it did in one. */
export function outcomeOf(
  rules: readonly RunRule[],
  { run, timedOut, notEvaluated }: Record<'run' | 'timedOut' | 'notEvaluated', readonly string[]>,
) {
  const documents = (ids: readonly string[]) => new Set(ids.map(documentIdOf));
  const [ran, slow, lost] = [documents(run), documents(timedOut), documents(notEvaluated)];
  return {
    timedOut: rules.filter(({ ruleId }) => slow.has(ruleId)),
    gotThrough: rules.flatMap(({ ruleId }) => (ran.has(ruleId) && !lost.has(ruleId) ? [ruleId] : [])),
  };
}
