// One check for several pull requests: GitHub keeps checks by commit, so the worst conclusion among the pull requests
// with that head stands, and the check names each of them. Pure; it must not know how the others were looked up.
import type { Finding } from '../finding.ts';
import { checkTextLimit, lineOf } from './check.ts';
import { count, cut, plain } from './markdown.ts';
import type { CheckPlan, Conclusion } from './plan.ts';
import { byPlace, isQuiet } from './select.ts';

/** `cancelled` and `skipped` say that nothing was reviewed: every review has more to say. */
const weights: Record<Conclusion, number> = { cancelled: 0, skipped: 0, success: 1, neutral: 2, failure: 3 };

export function isWorse(one: Conclusion | null, other: Conclusion | null): boolean {
  return weightOf(one) > weightOf(other);
}

function weightOf(conclusion: Conclusion | null): number {
  return conclusion === null ? 0 : weights[conclusion];
}

/** What the latest review of another open pull request with the same head came to. */
export interface OtherPull {
  number: number;
  url: string;
  /** null: it is being reviewed. */
  conclusion: Conclusion | null;
  /** Why there was no review; null when there was one. */
  reason: string | null;
  findings: readonly Finding[];
}

interface Word {
  number: number;
  name: string;
  conclusion: Conclusion | null;
  title: string;
}

/** Worst first, then by number: the same for whichever of them speaks last. */
export function byConclusion<T extends { number: number; conclusion: Conclusion | null }>(a: T, b: T): number {
  return weightOf(b.conclusion) - weightOf(a.conclusion) || a.number - b.number;
}

const listed = 20;
const titled = 5;

/** The check of pull request `number` as it must be while `others` have the same head. */
export function withOthers(check: CheckPlan, number: number, others: readonly OtherPull[]): CheckPlan {
  if (others.length === 0) return check;
  const sorted = [...others].sort(byConclusion);
  const words: Word[] = [
    { number, name: `#${number}`, conclusion: check.conclusion, title: check.title },
    ...sorted.map((other) => ({ ...other, name: `[#${other.number}](${other.url})`, title: titleOf(other) })),
  ].sort(byConclusion);
  const texts = [check.text ?? '', ...sorted.map(problemsOf)].filter((text) => text !== '');
  return {
    ...check,
    conclusion: words[0]?.conclusion ?? check.conclusion,
    title: words
      .slice(0, titled)
      .map((word) => `#${word.number}: ${word.title}`)
      .join('; '),
    summary: cut(`${tableOf(words)}\n\nAbout #${number}:\n\n${check.summary}`, checkTextLimit),
    text: texts.length === 0 ? null : cut(texts.join('\n\n'), checkTextLimit),
  };
}

function loudOf({ findings }: OtherPull): Finding[] {
  return findings.filter((finding) => !isQuiet(finding)).sort(byPlace);
}

function titleOf(other: OtherPull): string {
  if (other.conclusion === null) return 'Under review';
  if (other.reason !== null) return 'Not reviewed';
  const problems = loudOf(other).length;
  return problems === 0 ? 'No new problems' : count(problems, 'new problem');
}

function tableOf(words: readonly Word[]): string {
  const rows = words
    .slice(0, listed)
    .map(({ name, conclusion, title }) => `| ${name} | ${conclusion ?? 'pending'} | ${plain(title)} |`);
  return [
    'Several open pull requests have this commit as their head. It has one check for all of them, and the worst conclusion stands.',
    '',
    '| Pull request | Conclusion | |',
    '|---|---|---|',
    ...rows,
    ...(words.length > listed ? [`| … and ${words.length - listed} more | | |`] : []),
  ].join('\n');
}

function problemsOf(other: OtherPull): string {
  const loud = other.reason === null ? loudOf(other) : [];
  return loud.length === 0 ? '' : `### Problems of #${other.number}\n${loud.map(lineOf).join('\n')}`;
}
