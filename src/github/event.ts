// Our own events: what a webhook becomes before anything else sees it. Ids and SHAs only.
import type { Command } from '../review/command.ts';
import type { RepositoryRef } from '../review/pull.ts';

interface Delivered {
  /** `X-GitHub-Delivery`; the same on redelivery. */
  deliveryId: string;
}

/** How new an event's word about its pull request is: deliveries come in any order. null: it says nothing of that. */
export interface AsOf {
  /** When the pull request was last changed, in whole seconds as GitHub tells it. */
  updatedAt: number;
  /** The head that this push replaced. */
  before: string | null;
}

/**
 * Review this head. `deliberate`: asked for again with the same head (re-run, base changed, ready_for_review, reopened),
 * so an equal finished job must not swallow it.
 */
export interface ReviewRequested extends Delivered {
  kind: 'review';
  repository: RepositoryRef;
  pull: number;
  headSha: string;
  asOf: AsOf | null;
  deliberate: boolean;
}

export interface PullClosed extends Delivered {
  kind: 'pull-closed';
  repository: RepositoryRef;
  pull: number;
  headSha: string;
  asOf: AsOf | null;
}

/** A merge group asks for checks: report on the group's head so that the queue never stalls. */
export interface MergeGroupRequested extends Delivered {
  kind: 'merge-group';
  repository: RepositoryRef;
  headSha: string;
  headRef: string;
  /** As in ReviewRequested: a re-run was asked for. */
  deliberate: boolean;
}

/** A re-run was asked for a head whose pull request must still be looked up (forks: `pull_requests` is empty). */
export interface RerunRequested extends Delivered {
  kind: 'rerun';
  repository: RepositoryRef;
  headSha: string;
}

/** Where a command came from, and so where its answer goes. */
export type CommandPlace =
  | { kind: 'comment'; id: number }
  /** `top`: the first comment of the thread; null when the command itself is. */
  | { kind: 'thread'; id: number; top: number | null }
  | { kind: 'button' };

/** A person asks for something by a comment or a button. What they may do is looked up when it is done. */
export interface CommandGiven extends Delivered {
  kind: 'command';
  repository: RepositoryRef;
  pull: number;
  command: Command;
  requester: { id: number; login: string };
  place: CommandPlace;
  /** The head that the person saw; null: the event does not say. */
  seenHead: string | null;
  /** Milliseconds since 1970, as GitHub has it; null: the event does not say. */
  saidAt: number | null;
}

export interface InstallationChanged extends Delivered {
  kind: 'installation';
  installationId: number;
  account: { id: number; login: string; type: string };
  action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted' | 'repositories';
  permissions: Record<string, string>;
  added: { id: number; owner: string; name: string; private: boolean }[];
  removed: { id: number }[];
}

export type DriftlineEvent =
  | ReviewRequested
  | PullClosed
  | MergeGroupRequested
  | RerunRequested
  | CommandGiven
  | InstallationChanged;
