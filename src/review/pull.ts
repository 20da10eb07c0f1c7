// What the pure rooms know of a pull request: values only, read once per review.
import type { Conclusion } from './plan.ts';

export interface RepositoryRef {
  installationId: number;
  repositoryId: number;
  owner: string;
  name: string;
}

/** What a person may do in a repository, as GitHub names it. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface PullSnapshot {
  repository: RepositoryRef;
  number: number;
  title: string;
  state: 'open' | 'closed';
  draft: boolean;
  author: string;
  headSha: string;
  headRef: string;
  baseSha: string;
  baseRef: string;
  fork: boolean;
  url: string;
}

/** One of our own inline comments as it stands on GitHub now, recognised by its hidden marker. */
export interface PostedComment {
  id: number;
  findingId: string;
  path: string;
  line: number | null;
  body: string;
}

/** What is already on GitHub for this pull request and head, so that a second run changes nothing. */
export interface PostedState {
  comments: PostedComment[];
  /** Heads for which we posted a review, from the hidden marker in the review bodies. */
  reviewedHeads: string[];
  check: {
    id: number;
    status: 'queued' | 'in_progress' | 'completed';
    conclusion: Conclusion | null;
    /** Annotations it already has; more can only be appended. */
    annotations: number;
  } | null;
}
