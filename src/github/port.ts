// What the rest of the product may ask of GitHub. `octokit.ts` and its neighbours carry it out; nobody else knows Octokit.
import type { CheckPlan, ReviewPlan } from '../review/plan.ts';
import type { PostedState, PullSnapshot, RepositoryRef, Role } from '../review/pull.ts';
import type { CommandPlace } from './event.ts';

export interface CloneAccess {
  /** https URL without credentials. */
  url: string;
  /** Installation token narrowed to this repository, contents: read. Never logged, never on disk. */
  token: string;
}

export type SarifUpload =
  | { state: 'uploaded'; id: string }
  | { state: 'not-permitted' | 'not-enabled' | 'failed' | 'unchanged'; reason: string };

export interface PublishResult {
  /** `head-moved` and `closed`: nothing was written; the caller concludes the check of the old head. */
  state: 'published' | 'head-moved' | 'closed';
  reviewId: number | null;
  comments: { findingId: string; commentId: number }[];
  /** Findings whose anchor GitHub refused with 422; they are named in the check instead. */
  refused: string[];
  sarif: SarifUpload;
  /** API calls made, and how many of them created content. */
  calls: { total: number; creating: number };
}

export interface StartedCheck {
  id: number;
  /** It was already completed and has been left as it was; only possible when `again` is false. */
  concluded: boolean;
}

export interface Answer {
  /** Names the command, so that it is answered once: letters, digits and hyphens, at most 100. */
  key: string;
  reaction: '+1' | 'confused';
  /** Markdown. */
  body: string;
  /** An earlier attempt may have posted it: look first. */
  mayBeThere: boolean;
}

export interface CommitRequest {
  files: readonly { path: string; mode: '100644' | '100755'; bytes: Uint8Array }[];
  /** The tree of the head. */
  baseTree: string;
  /** The tree that must come of it. */
  tree: string;
  /** Ends in a paragraph of trailers. */
  message: string;
  coAuthor: { id: number; login: string };
}

export type CommitResult =
  | { state: 'committed'; sha: string }
  /** The branch is no longer at the head of the pull request that was handed in; nothing was written. */
  | { state: 'head-moved' }
  /** A rule of the repository or a missing permission; one plain sentence part. */
  | { state: 'refused'; reason: string };

/** Faults leave as `TransientError` (5xx, dropped connection, rate limit) or `PermanentError` (gone, denied) of errors.ts. */
export interface GitHub {
  /** Reads the pull request now. Retries misses right after `opened`; `expectHead` says which head should be there. */
  pull(repository: RepositoryRef, number: number, expectHead?: string): Promise<PullSnapshot>;
  /** Open pull requests whose head is this SHA, forks included. */
  pullsOfHead(repository: RepositoryRef, headSha: string): Promise<number[]>;
  /**
   * Finds our check run of this head or creates it, and sets it in_progress; safe to call twice.
   * A completed one is left alone unless `again` is set (a deliberate re-run), so that redelivery changes nothing;
   * then a fresh run takes its place, because the old one's annotations cannot be taken back.
   */
  startCheck(repository: RepositoryRef, headSha: string, again: boolean): Promise<StartedCheck>;
  /** Shows on a check in progress how far the review is; the caller concludes it only after this has come back. */
  showProgress(repository: RepositoryRef, checkId: number, text: string): Promise<void>;
  /** Concludes it if it is not yet concluded. */
  concludeCheck(repository: RepositoryRef, checkId: number, plan: CheckPlan): Promise<void>;
  /**
   * Concludes the newest check of this head, which is started when there is none. One that is concluded already gives
   * way to a fresh one only when the new word is worse: an outage must not leave an old `success`, nor hide a `failure`.
   */
  concludeHead(repository: RepositoryRef, headSha: string, plan: CheckPlan): Promise<void>;
  posted(pull: PullSnapshot): Promise<PostedState>;
  /**
   * Carries the plan out. Idempotent: what `posted` says is already there is not posted again, and a write whose
   * outcome is unknown is looked up before it is repeated. Reads the head once more right before it writes.
   */
  publish(pull: PullSnapshot, plan: ReviewPlan, checkId: number, posted: PostedState): Promise<PublishResult>;
  /** What the owner of the installation has granted. `fresh`: now, not within the last hour. */
  permissions(installationId: number, fresh?: boolean): Promise<Record<string, string>>;
  role(repository: RepositoryRef, person: { id: number; login: string }): Promise<Role>;
  /** The finding of an inline comment of ours; null when it is none. */
  findingOfComment(repository: RepositoryRef, commentId: number): Promise<string | null>;
  /** Reacts to the command and replies where it was written; safe to call twice when `mayBeThere` is set. */
  answer(pull: PullSnapshot, place: CommandPlace, answer: Answer): Promise<void>;
  /** One commit on the head branch, only if that still is at the head. Its author is the App. */
  commit(pull: PullSnapshot, request: CommitRequest): Promise<CommitResult>;
  /** The newest commit of the pull request whose message has this line. */
  findCommit(pull: PullSnapshot, line: string): Promise<string | null>;
  cloneAccess(repository: RepositoryRef): Promise<CloneAccess>;
}
