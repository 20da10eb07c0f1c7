// What our comment on a finding says once the finding is gone or dismissed, and again when it is back: the comment is
// edited in place, which notifies nobody. What it said at first is kept, folded, so that it can be said again. Pure.
import { code, plain } from './markdown.ts';
import { bodyAfterMarker, findingMarker } from './marker.ts';
import type { PostedComment } from './pull.ts';
import type { Standing, Verdict } from './verdict.ts';

export interface CommentEdit {
  commentId: number;
  /** Markdown with the hidden marker. */
  body: string;
}

/** Where the finding of a comment is at this head. */
export type CommentState =
  | { name: 'open' }
  | { name: 'gone'; headSha: string }
  | { name: 'dismissed'; standing: Standing };

const stateLine = /^<!-- driftline:now ([a-z0-9-]{1,60}) -->\n/;
const opening = '<details><summary>What was found</summary>\n\n';
const closing = '\n\n</details>';

/** The body that the comment should have; null when it has it. Twice gives the same. */
export function commentEdit({ id, findingId, body }: PostedComment, state: CommentState): CommentEdit | null {
  const shown = bodyAfterMarker(body);
  const stamp = stateLine.exec(shown)?.[1] ?? 'open';
  const wanted = stampOf(state);
  // The head at which it was gone first stays: later ones say nothing new.
  if (stamp === wanted) return null;
  const found = originalOf(shown);
  const marker = findingMarker(findingId);
  if (state.name === 'open') return { commentId: id, body: `${marker}\n${found}` };
  const said = `<!-- driftline:now ${wanted} -->\n${bannerOf(state)}\n\n${opening}${found}${closing}`;
  return { commentId: id, body: `${marker}\n${said}` };
}

function stampOf(state: CommentState): string {
  if (state.name !== 'dismissed') return state.name;
  const { verdict, actor, at } = state.standing.signal;
  return `${verdict}-${actor.id}-${at}`;
}

function originalOf(shown: string): string {
  if (!stateLine.test(shown)) return shown;
  const start = shown.indexOf(opening);
  return start < 0 || !shown.endsWith(closing) ? shown : shown.slice(start + opening.length, -closing.length);
}

const words: Record<Exclude<Verdict, 'undo' | 'confirm'>, string> = {
  'false-positive': 'Dismissed as a false positive',
  'wont-fix': 'Accepted: it will not be fixed',
  'not-applicable': 'Dismissed: the rule does not apply here',
  override: 'Accepted: the change may pass',
};

function bannerOf(state: Exclude<CommentState, { name: 'open' }>): string {
  if (state.name === 'gone') return `**No longer reported** as of ${code(state.headSha.slice(0, 12))}.`;
  const { verdict, actor, reason } = state.standing.signal;
  const what = verdict === 'undo' || verdict === 'confirm' ? 'Dismissed' : words[verdict];
  return `**${what}** (${plain(actor.login)})${reason === '' ? '.' : `: ${plain(reason)}`}`;
}
