// What is to be posted for a review, as data. `planReview` is pure: the same report, posted state
// and settings give the same plan. `github/publish.ts` carries a plan out.
import type { Log } from 'sarif';
import type { Finding, Report, Skipped } from '../finding.ts';
import { planCheck } from './check.ts';
import { commentBody } from './comment.ts';
import { type CommentEdit, commentEdit } from './comment-state.ts';
import { commentPlace, suggestionRefusals } from './edit.ts';
import { code, count, cut, plain, prose } from './markdown.ts';
import { reviewMarker } from './marker.ts';
import type { PostedState } from './pull.ts';
import { ruleText } from './rule.ts';
import { sarifLog } from './sarif.ts';
import { isQuiet, select } from './select.ts';
import { successors } from './successor.ts';
import { isSettled, type Standing, splitByStanding } from './verdict.ts';

export type Conclusion = 'success' | 'neutral' | 'failure' | 'cancelled' | 'skipped';

export interface InlineComment {
  findingId: string;
  path: string;
  /** Line of the new side, inside a hunk. */
  line: number;
  startLine: number | null;
  /** Markdown with the hidden marker; at most 65,535 characters. */
  body: string;
}

export interface Annotation {
  path: string;
  startLine: number;
  endLine: number;
  /** Only when startLine equals endLine. */
  startColumn: number | null;
  endColumn: number | null;
  level: 'notice' | 'warning' | 'failure';
  title: string;
  message: string;
}

/** A button on a check run that is completed. GitHub takes at most three, label and identifier of 20 characters. */
export interface CheckAction {
  identifier: string;
  label: string;
  /** At most 40 characters. */
  description: string;
}

/** Commits the fixes of all that is reported aloud. */
export const fixAction: CheckAction = {
  identifier: 'apply-fixes',
  label: 'Apply fixes',
  description: 'Commit the verified fixes to the branch',
};

export interface CheckPlan {
  conclusion: Conclusion;
  title: string;
  summary: string;
  text: string | null;
  annotations: Annotation[];
  /** None without it. */
  actions?: readonly CheckAction[];
}

export interface ReviewPlan {
  headSha: string;
  /** null: nothing new to say on a line of the diff, so no review and no notification; the check has the rest. */
  review: { body: string; comments: InlineComment[] } | null;
  /** Of comments that stand there, whose finding is gone, dismissed, back, or edited. */
  edits: CommentEdit[];
  check: CheckPlan;
  /** The check is left to the review of another pull request with this head, which is under way. */
  checkWaits: boolean;
  sarif: Log;
}

export interface PlanSettings {
  version: string;
  headSha: string;
  maxInlineComments: number;
  /** Findings below it are told in the check alone; 0 without it. */
  minConfidence?: number | undefined;
  onWarn: 'neutral' | 'success';
  onEngineUnavailable: 'neutral' | 'failure';
  notices: readonly string[];
  /** Findings whose edit a suggestion would not write byte for byte (`isVerbatim`). */
  notVerbatim?: ReadonlySet<string>;
  /** What people said of findings; those without an entry are open. */
  standings?: ReadonlyMap<string, Standing>;
  /** Findings of earlier heads whose comments stand and that are not in the report. */
  before?: readonly Finding[];
  /** Fixes can be committed to the head branch: the check offers a button for it where a finding has a fix. */
  canCommit?: boolean;
}

const reviewBodyLimit = 60_000;

/** Planning again after publishing plans no review: every inline finding is then among `posted.comments`. */
export function planReview(reported: Report, posted: PostedState, settings: PlanSettings): ReviewPlan {
  const { open, settled } = splitByStanding(reported.findings, settings.standings ?? new Map());
  const report: Report = { ...reported, findings: open };
  const successor = successors(
    settings.before ?? [],
    open.filter((finding) => !isQuiet(finding)),
  );
  const spoken = [...posted.comments.map(({ findingId }) => findingId), ...[...successor.values()].map(({ id }) => id)];
  const already = new Set(spoken);
  const { maxInlineComments: limit, minConfidence = 0 } = settings;
  const selection = select(report.findings, report.files, already, { limit, minConfidence });
  const refusals = suggestionRefusals(selection.inline, report.files, settings.notVerbatim ?? new Set());
  const comments = selection.inline.flatMap((finding) => {
    const refusal = refusals.get(finding) ?? null;
    const at = commentPlace(finding, refusal === null);
    return at === null ? [] : [{ findingId: finding.id, ...at, body: commentBody(finding, refusal) }];
  });
  const hasFix = report.findings.some((finding) => finding.edit !== null && !isQuiet(finding));
  const withButton = (check: CheckPlan) =>
    settings.canCommit === true && hasFix ? { ...check, actions: [fixAction] } : check;
  return {
    headSha: settings.headSha,
    review:
      comments.length === 0
        ? null
        : { body: reviewBody(comments.length, selection.overflow, settings.headSha), comments },
    check: withButton(planCheck({ ...settings, report, settled, selection })),
    edits: commentEdits(reported, posted, settings, successor),
    checkWaits: false,
    sarif: sarifLog(report, { version: settings.version, newOnly: true }),
  };
}

const earlierLines = 'this comment stands on the lines of an earlier commit';

/** Reasons that may be gone the next time. */
const passing: ReadonlySet<Skipped['reason']> = new Set(['timeout', 'missing-blob', 'unreadable', 'panic', 'budget']);

/** What was not looked at this time is not said to be gone: a file, or anything while a rule or a file had no answer. */
function commentEdits(
  report: Report,
  posted: PostedState,
  settings: PlanSettings,
  successor: ReadonlyMap<string, Finding>,
): CommentEdit[] {
  const there = new Map(report.findings.map((finding) => [finding.id, finding]));
  const skipped = new Set(report.skipped.map(({ path }) => path));
  const isPartial =
    report.skipped.some(({ reason }) => passing.has(reason)) || (report.ruleReview?.notEvaluated ?? []).length > 0;
  const edits = posted.comments.map((comment) => {
    const heir = successor.get(comment.findingId);
    if (heir !== undefined) return { commentId: comment.id, body: commentBody(heir, earlierLines) };
    const finding = there.get(comment.findingId);
    if (finding === undefined) {
      const isKnown = !isPartial && !skipped.has(comment.path);
      return isKnown ? commentEdit(comment, { name: 'gone', headSha: settings.headSha }) : null;
    }
    const standing = settings.standings?.get(finding.id);
    const isDismissed = standing !== undefined && isSettled(finding, standing);
    return commentEdit(comment, isDismissed ? { name: 'dismissed', standing } : { name: 'open' });
  });
  return edits.filter((edit) => edit !== null).sort((a, b) => a.commentId - b.commentId);
}

function reviewBody(inline: number, overflow: ReturnType<typeof select>['overflow'], headSha: string): string {
  const lines = [reviewMarker(headSha), `Driftline found ${count(inline, 'new problem')} in the changed code.`];
  if (overflow.length > 0) {
    lines.push('Not shown inline:', '');
    for (const finding of overflow) {
      const where = `${finding.place.path}:${finding.place.startLine}`;
      lines.push(`- ${code(where)} **${plain(ruleText(finding).name)}:** ${prose(finding.title)}`);
    }
  }
  return cut(lines.join('\n'), reviewBodyLimit);
}
