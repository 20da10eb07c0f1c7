// What is to be posted for a review, as data. `planReview` is pure; `github/publish.ts` carries a plan out.
import type { Log } from 'sarif';

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

export interface CheckPlan {
  conclusion: Conclusion;
  title: string;
  summary: string;
  text: string | null;
  annotations: Annotation[];
}

export interface ReviewPlan {
  headSha: string;
  /** null: nothing new to say inline and nothing to overflow, so no review and no notification. */
  review: { body: string; comments: InlineComment[] } | null;
  check: CheckPlan;
  sarif: Log;
}
