// What a check says of the team's rules besides their findings: what could not be run, what was silenced, what the rules of
// the change itself will do, and why each rule applies. Pure.
import type { RuleReview } from '../finding.ts';
import { code, count, folded, plain, section } from './markdown.ts';
import type { Annotation } from './plan.ts';

const listedMax = 100;

/** Lines for the summary, under its table. Nothing where no rules were asked. */
export function ruleSummary(rules: RuleReview | null): string[] {
  if (rules === null) return [];
  const from = rules.commit === null ? '' : ` (rule files of ${code(rules.commit.slice(0, 12))})`;
  const lines = ['', `${count(rules.ran, 'rule')} of the team and of packs ran${from}.`];
  const blocking = rules.notEvaluated.filter(({ level }) => level === 'block').length;
  if (rules.notEvaluated.length > 0) {
    const blocks = blocking === 0 ? '' : `, ${blocking} of them blocking`;
    lines.push(
      `**${count(rules.notEvaluated.length, 'rule')} could not be run${blocks}**; this is no word that they pass.`,
    );
  }
  if (rules.ignored.length > 0) {
    lines.push(`${count(rules.ignored.length, 'match', 'matches')} silenced by a comment that this change brings.`);
  }
  if (rules.filtered > 0) {
    lines.push(`${count(rules.filtered, 'match', 'matches')} left out by semantic filters.`);
  }
  for (const notice of rules.notices.slice(0, listedMax)) lines.push(`> **Note:** ${plain(notice)}`);
  if (rules.preview !== null && rules.preview.problems.length > 0) {
    const wrong = count(rules.preview.problems.length, 'problem');
    lines.push(`**The rule files of this change have ${wrong}**, so the check fails until they are corrected.`);
  }
  if (rules.preview !== null && rules.preview.testFailures.length > 0) {
    lines.push(`**${count(rules.preview.testFailures.length, 'test')} of the rules of this change failed.**`);
  }
  return lines;
}

/** Parts of the text below the findings; empty ones are left out by the caller. */
export function ruleSections(rules: RuleReview | null): string[] {
  if (rules === null) return [];
  const { notEvaluated, ignored, problems, preview, trace } = rules;
  const list = (title: string, lines: readonly string[]) => folded(title, lines.slice(0, listedMax), lines.length);
  return [
    section(
      'Rules that could not be run',
      notEvaluated
        .slice(0, listedMax)
        .map(({ ruleId, level, reason }) => `- ${code(ruleId)} (${level}): ${plain(reason)}`),
    ),
    section('What the rules of this change will do', effectsOf(preview)),
    list(
      'Silenced by a comment that this change brings',
      ignored.map(
        ({ ruleId, id, path, line }) => `- ${code(`${path}:${line}`)} ${code(ruleId)} (${code(id.slice(0, 12))})`,
      ),
    ),
    list(
      'Problems in rule files of the base branch',
      problems.map((problem) => `- ${plain(problem)}`),
    ),
    list(
      'Which rules apply, and why',
      trace.map((line) => `- ${plain(line)}`),
    ),
  ];
}

function effectsOf(preview: RuleReview['preview']): string[] {
  if (preview === null) return [];
  const at = ({ path, line, message }: (typeof preview.problems)[number]) =>
    `- ${code(line === null ? path : `${path}:${line}`)} ${plain(message)}`;
  const lines = [...preview.effects, ...preview.notices].map((line) => `- ${plain(line)}`);
  const all = [...preview.problems.map(at), ...preview.testFailures.map(at), ...lines];
  return all.length > listedMax ? [...all.slice(0, listedMax), `- and ${all.length - listedMax} more`] : all;
}

/** What is wrong with rule files of the head, and which of their tests fail, on their lines. */
export function ruleFileAnnotations(rules: RuleReview | null): Annotation[] {
  const { problems, testFailures } = rules?.preview ?? { problems: [], testFailures: [] };
  return [
    ...problems.map((problem) => annotationOf(problem, 'failure', 'Rule file')),
    ...testFailures.map((failure) => annotationOf(failure, 'warning', 'Test of a rule')),
  ].slice(0, listedMax);
}

function annotationOf(
  { path, line, message }: { path: string; line: number | null; message: string },
  level: Annotation['level'],
  title: string,
): Annotation {
  const lines = { startLine: line ?? 1, endLine: line ?? 1, startColumn: null, endColumn: null };
  return { path, ...lines, level, title, message };
}
