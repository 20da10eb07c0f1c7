// Turns a verified webhook payload into our own events. Payloads are untrusted and differ between GitHub and
// Enterprise versions, so only the few fields in use are checked; what does not fit is ignored, never an error.
import { z } from 'zod';
import type { RepositoryRef } from '../review/pull.ts';
import { commandsOf } from './commands.ts';
import type { DriftlineEvent, InstallationChanged } from './event.ts';
import { checkName, type Delivery, Id, InRepository, PullRef, repositoryOf, Sha } from './payload.ts';

/** Branches that GitHub's merge queue makes; a re-run on one of them has no pull request. */
const mergeQueueBranch = /^gh-readonly-queue\//;

export interface Self {
  appId: number;
  /** `<slug>[bot]`, or null while it is not known yet. */
  login: string | null;
}

const Envelope = z.object({
  action: z.string().optional(),
  sender: z.object({ login: z.string(), type: z.string() }).nullish(),
});

const PullRequestPayload = InRepository.extend({
  action: z.string(),
  pull_request: z.object({ number: Id, head: z.object({ sha: Sha }), updated_at: z.string().nullish().catch(null) }),
  before: Sha.nullish().catch(null),
  changes: z.object({ base: z.unknown() }).partial().optional(),
});

const RerunSubject = z.object({
  head_sha: Sha,
  app: z.object({ id: Id }),
  pull_requests: z.array(PullRef).catch([]),
});

const CheckRunPayload = InRepository.extend({
  check_run: RerunSubject.extend({
    name: z.string(),
    check_suite: z.object({ head_branch: z.string().nullable() }).nullish(),
  }),
});

const CheckSuitePayload = InRepository.extend({
  check_suite: RerunSubject.extend({ head_branch: z.string().nullish() }),
});

const MergeGroupPayload = InRepository.extend({
  merge_group: z.object({ head_sha: Sha, head_ref: z.string() }),
});

/** An enterprise's account has a slug where users and organisations have a login. */
const Account = z.union([
  z.object({ id: Id, login: z.string(), type: z.string() }).transform(({ id, login, type }) => ({ id, login, type })),
  z.object({ id: Id, slug: z.string() }).transform(({ id, slug }) => ({ id, login: slug, type: 'Enterprise' })),
]);

const RepositorySummary = z.object({ id: Id, name: z.string(), full_name: z.string(), private: z.boolean() });

const InstallationPayload = z.object({
  installation: z.object({ id: Id, account: Account, permissions: z.record(z.string(), z.string()).catch({}) }),
  repositories: z.array(RepositorySummary).nullish(),
  repositories_added: z.array(RepositorySummary).nullish(),
  repositories_removed: z.array(z.object({ id: Id })).nullish(),
});

/** What to review is decided by the job; a draft is passed on like any other pull request. */
const reviewActions: Record<string, { deliberate: boolean }> = {
  opened: { deliberate: false },
  synchronize: { deliberate: false },
  reopened: { deliberate: true },
  ready_for_review: { deliberate: true },
};

const installationActions = ['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'] as const;

/** The events a delivery asks for; none when it is not for us. */
export function eventsOf(delivery: Delivery, self: Self): DriftlineEvent[] {
  const envelope = Envelope.safeParse(delivery.payload);
  if (!envelope.success) return [];
  const { action, sender } = envelope.data;
  // What the App itself does comes back as events; acting on them would be a loop. But a commit of ours is a new head,
  // which nobody else would ask us to review.
  const isOwn = sender?.type === 'Bot' && sender.login === self.login;
  if (isOwn && !(delivery.name === 'pull_request' && action === 'synchronize')) return [];
  switch (delivery.name) {
    case 'pull_request':
      return ofPullRequest(delivery);
    case 'check_run':
      if (action === 'requested_action') return commandsOf(delivery, self.appId);
      return action === 'rerequested' ? ofCheckRun(delivery, self.appId) : [];
    case 'issue_comment':
    case 'pull_request_review_comment':
      return action === 'created' ? commandsOf(delivery, self.appId) : [];
    case 'check_suite':
      return action === 'rerequested' ? ofCheckSuite(delivery, self.appId) : [];
    case 'merge_group':
      return action === 'checks_requested' ? ofMergeGroup(delivery) : [];
    case 'installation':
      return ofInstallation(delivery, installationActions.find((known) => known === action) ?? null);
    case 'installation_repositories':
      return ofInstallation(delivery, action === 'added' || action === 'removed' ? 'repositories' : null);
    default:
      return [];
  }
}

function ofPullRequest({ id, payload }: Delivery): DriftlineEvent[] {
  const parsed = PullRequestPayload.safeParse(payload);
  if (!parsed.success) return [];
  const { action, pull_request: pull, changes, before } = parsed.data;
  const updatedAt = Date.parse(pull.updated_at ?? '') / 1000;
  const about = {
    deliveryId: id,
    repository: repositoryOf(parsed.data),
    pull: pull.number,
    headSha: pull.head.sha,
    asOf: Number.isInteger(updatedAt) ? { updatedAt, before: before ?? null } : null,
  };
  if (action === 'closed') return [{ kind: 'pull-closed', ...about }];
  // A new base is a new question about the same head.
  if (action === 'edited') return changes?.base === undefined ? [] : [{ kind: 'review', ...about, deliberate: true }];
  const wanted = Object.hasOwn(reviewActions, action) ? reviewActions[action] : undefined;
  return wanted === undefined ? [] : [{ kind: 'review', ...about, deliberate: wanted.deliberate }];
}

function ofCheckRun({ id, payload }: Delivery, appId: number): DriftlineEvent[] {
  const parsed = CheckRunPayload.safeParse(payload);
  if (!parsed.success) return [];
  const run = parsed.data.check_run;
  if (run.app.id !== appId || run.name !== checkName) return [];
  return rerunOf(id, repositoryOf(parsed.data), run, run.check_suite?.head_branch ?? null);
}

function ofCheckSuite({ id, payload }: Delivery, appId: number): DriftlineEvent[] {
  const parsed = CheckSuitePayload.safeParse(payload);
  if (!parsed.success) return [];
  const suite = parsed.data.check_suite;
  if (suite.app.id !== appId) return [];
  return rerunOf(id, repositoryOf(parsed.data), suite, suite.head_branch ?? null);
}

function rerunOf(
  deliveryId: string,
  repository: RepositoryRef,
  subject: z.infer<typeof RerunSubject>,
  branch: string | null,
): DriftlineEvent[] {
  const about = { deliveryId, repository, headSha: subject.head_sha };
  if (branch !== null && mergeQueueBranch.test(branch)) {
    return [{ kind: 'merge-group', ...about, headRef: `refs/heads/${branch}`, deliberate: true }];
  }
  // The list also names pull requests that this branch has in forks; those are not ours to review.
  const pulls = subject.pull_requests.filter((pull) => pull.base.repo.id === repository.repositoryId);
  if (pulls.length === 0) return [{ kind: 'rerun', ...about }];
  return pulls.map((pull) => ({ kind: 'review', ...about, pull: pull.number, asOf: null, deliberate: true }));
}

function ofMergeGroup({ id, payload }: Delivery): DriftlineEvent[] {
  const parsed = MergeGroupPayload.safeParse(payload);
  if (!parsed.success) return [];
  const { head_sha: headSha, head_ref: headRef } = parsed.data.merge_group;
  return [
    { kind: 'merge-group', deliveryId: id, repository: repositoryOf(parsed.data), headSha, headRef, deliberate: false },
  ];
}

function ofInstallation({ id, payload }: Delivery, action: InstallationChanged['action'] | null): DriftlineEvent[] {
  if (action === null) return [];
  const parsed = InstallationPayload.safeParse(payload);
  if (!parsed.success) return [];
  const { installation, repositories, repositories_added: added, repositories_removed: removed } = parsed.data;
  return [
    {
      kind: 'installation',
      deliveryId: id,
      installationId: installation.id,
      account: installation.account,
      action,
      permissions: installation.permissions,
      added: (action === 'created' ? (repositories ?? []) : (added ?? [])).map((repository) => ({
        id: repository.id,
        owner: repository.full_name.split('/')[0] ?? installation.account.login,
        name: repository.name,
        private: repository.private,
      })),
      removed: (removed ?? []).map((repository) => ({ id: repository.id })),
    },
  ];
}
