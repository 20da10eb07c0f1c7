// Turns the fake's records into the shapes of GitHub's API: only what says something; `openapi.ts` fills in the rest.
import type { FileDiff } from './diff.ts';
import type { Fields } from './openapi.ts';
import {
  type CheckRun,
  type CheckSuite,
  type Delivery,
  fullName,
  type IssueComment,
  type Pull,
  type Repository,
  type Review,
  type ReviewComment,
  type State,
  suiteStatus,
  type User,
} from './state.ts';

const reactionNames = ['total_count', '+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];
const noReactions = Object.fromEntries(reactionNames.map((name) => [name, 0]));

function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
}

export class Renderer {
  readonly #state: State;
  readonly #origin: string;

  constructor(state: State, origin: string) {
    this.#state = state;
    this.#origin = origin;
  }

  #api(path: string): string {
    return `${this.#origin}/api/v3${path}`;
  }

  #html(path: string): string {
    return `${this.#origin}${path}`;
  }

  user(user: User): Fields {
    return {
      id: user.id,
      login: user.login,
      type: user.type,
      node_id: nodeId('U', user.id),
      site_admin: false,
      url: this.#api(`/users/${encodeURIComponent(user.login)}`),
      html_url: this.#html(`/${encodeURIComponent(user.login)}`),
    };
  }

  repository(repository: Repository): Fields {
    const name = fullName(repository);
    return {
      id: repository.id,
      node_id: nodeId('R', repository.id),
      name: repository.name,
      full_name: name,
      owner: this.user(repository.owner),
      private: repository.private,
      visibility: repository.private ? 'private' : 'public',
      fork: repository.parent !== null,
      default_branch: 'main',
      url: this.#api(`/repos/${name}`),
      html_url: this.#html(`/${name}`),
      clone_url: this.#html(`/${name}.git`),
      git_url: `git://${new URL(this.#origin).host}/${name}.git`,
      ssh_url: `git@${new URL(this.#origin).hostname}:${name}.git`,
      created_at: '2026-01-01T00:00:00Z',
      pushed_at: '2026-01-01T00:00:00Z',
      ...(repository.parent
        ? { parent: this.repository(repository.parent), source: this.repository(repository.parent) }
        : {}),
    };
  }

  async pull(pull: Pull, files: FileDiff[], headSha = pull.headSha): Promise<Fields> {
    const name = fullName(pull.repository);
    const { git } = pull.repository;
    const baseSha = await git.must(`refs/heads/${pull.baseRef}`);
    const api = this.#api(`/repos/${name}/pulls/${pull.number}`);
    const end = (repository: Repository, ref: string, sha: string): Fields => ({
      label: `${repository.owner.login}:${ref}`,
      ref,
      sha,
      user: this.user(repository.owner),
      repo: this.repository(repository),
    });
    return {
      id: pull.id,
      node_id: nodeId('PR', pull.id),
      number: pull.number,
      state: pull.state,
      locked: false,
      title: pull.title,
      body: pull.body,
      user: this.user(pull.author),
      draft: pull.draft,
      created_at: pull.createdAt,
      updated_at: pull.updatedAt,
      closed_at: pull.state === 'closed' ? pull.updatedAt : null,
      merged_at: pull.mergedAt,
      merged: pull.mergedAt !== null,
      merge_commit_sha: pull.mergeSha,
      mergeable: pull.state === 'open' ? pull.mergeSha !== null : null,
      mergeable_state: pull.mergeSha ? 'clean' : 'dirty',
      rebaseable: null,
      author_association: 'CONTRIBUTOR',
      auto_merge: null,
      assignee: null,
      assignees: [],
      requested_reviewers: [],
      requested_teams: [],
      milestone: null,
      merged_by: null,
      head: end(pull.head, pull.headRef, headSha),
      base: end(pull.repository, pull.baseRef, baseSha),
      comments: pull.issueComments.length,
      review_comments: pull.comments.filter((c) => !c.pending).length,
      commits: (await git.commits(baseSha, headSha)).length,
      additions: files.reduce((n, f) => n + f.additions, 0),
      deletions: files.reduce((n, f) => n + f.deletions, 0),
      changed_files: files.length,
      url: api,
      html_url: this.#html(`/${name}/pull/${pull.number}`),
      diff_url: this.#html(`/${name}/pull/${pull.number}.diff`),
      issue_url: this.#api(`/repos/${name}/issues/${pull.number}`),
      comments_url: this.#api(`/repos/${name}/issues/${pull.number}/comments`),
      review_comments_url: `${api}/comments`,
      commits_url: `${api}/commits`,
      statuses_url: this.#api(`/repos/${name}/statuses/${headSha}`),
      _links: { self: { href: api }, html: { href: this.#html(`/${name}/pull/${pull.number}`) } },
    };
  }

  file(pull: Pull, file: FileDiff): Fields {
    const name = fullName(pull.repository);
    const path = file.path.split('/').map(encodeURIComponent).join('/');
    return {
      sha: file.sha,
      filename: file.path,
      status: file.status,
      additions: file.additions,
      deletions: file.deletions,
      changes: file.additions + file.deletions,
      blob_url: this.#html(`/${name}/blob/${pull.headSha}/${path}`),
      raw_url: this.#html(`/${name}/raw/${pull.headSha}/${path}`),
      contents_url: this.#api(`/repos/${name}/contents/${path}?ref=${pull.headSha}`),
      ...(file.patch === null ? {} : { patch: file.patch }),
      ...(file.oldPath === null ? {} : { previous_filename: file.oldPath }),
    };
  }

  review(pull: Pull, review: Review): Fields {
    const name = fullName(pull.repository);
    const html = this.#html(`/${name}/pull/${pull.number}#pullrequestreview-${review.id}`);
    const api = this.#api(`/repos/${name}/pulls/${pull.number}`);
    return {
      id: review.id,
      node_id: nodeId('PRR', review.id),
      user: this.user(review.user),
      body: review.body,
      state: review.state,
      commit_id: review.commit,
      ...(review.state === 'PENDING' ? {} : { submitted_at: review.submittedAt }),
      author_association: 'NONE',
      html_url: html,
      pull_request_url: api,
      _links: { html: { href: html }, pull_request: { href: api } },
    };
  }

  comment(pull: Pull, comment: ReviewComment): Fields {
    const name = fullName(pull.repository);
    const html = this.#html(`/${name}/pull/${pull.number}#discussion_r${comment.id}`);
    const self = this.#api(`/repos/${name}/pulls/comments/${comment.id}`);
    const api = this.#api(`/repos/${name}/pulls/${pull.number}`);
    return {
      id: comment.id,
      node_id: nodeId('PRRC', comment.id),
      pull_request_review_id: comment.reviewId,
      ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
      user: this.user(comment.user),
      body: comment.body,
      path: comment.path,
      side: comment.side,
      start_side: comment.originalStartLine === null ? null : comment.startSide,
      line: comment.line,
      start_line: comment.startLine,
      original_line: comment.originalLine,
      original_start_line: comment.originalStartLine,
      position: comment.position,
      original_position: comment.originalPosition,
      commit_id: comment.commit,
      original_commit_id: comment.originalCommit,
      diff_hunk: comment.diffHunk,
      subject_type: 'line',
      author_association: 'NONE',
      created_at: comment.createdAt,
      updated_at: comment.updatedAt,
      url: self,
      html_url: html,
      pull_request_url: api,
      _links: { self: { href: self }, html: { href: html }, pull_request: { href: api } },
    };
  }

  issueComment(pull: Pull, comment: IssueComment): Fields {
    const name = fullName(pull.repository);
    return {
      id: comment.id,
      node_id: nodeId('IC', comment.id),
      user: this.user(comment.user),
      body: comment.body,
      author_association: 'NONE',
      performed_via_github_app: comment.via === null ? null : { ...this.app(), slug: comment.via, name: comment.via },
      created_at: comment.createdAt,
      updated_at: comment.updatedAt,
      url: this.#api(`/repos/${name}/issues/comments/${comment.id}`),
      html_url: this.#html(`/${name}/pull/${pull.number}#issuecomment-${comment.id}`),
      issue_url: this.#api(`/repos/${name}/issues/${pull.number}`),
    };
  }

  /** A pull request as the issue that it also is. */
  issue(pull: Pull): Fields {
    const name = fullName(pull.repository);
    const api = this.#api(`/repos/${name}/issues/${pull.number}`);
    const html = this.#html(`/${name}/pull/${pull.number}`);
    return {
      id: pull.id,
      node_id: nodeId('PR', pull.id),
      number: pull.number,
      state: pull.state,
      title: pull.title,
      body: pull.body,
      user: this.user(pull.author),
      draft: pull.draft,
      locked: false,
      labels: [],
      assignees: [],
      comments: pull.issueComments.length,
      author_association: 'CONTRIBUTOR',
      created_at: pull.createdAt,
      updated_at: pull.updatedAt,
      closed_at: pull.state === 'closed' ? pull.updatedAt : null,
      url: api,
      html_url: html,
      repository_url: this.#api(`/repos/${name}`),
      labels_url: `${api}/labels{/name}`,
      comments_url: `${api}/comments`,
      events_url: `${api}/events`,
      reactions: { ...noReactions, url: `${api}/reactions` },
      pull_request: {
        url: this.#api(`/repos/${name}/pulls/${pull.number}`),
        html_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
      },
    };
  }

  app(): Fields {
    const { app } = this.#state;
    return {
      id: app.id,
      slug: app.slug,
      name: app.name,
      node_id: nodeId('A', app.id),
      client_id: `Iv1.${app.id}`,
      owner: this.user(this.#state.user('driftline-dev', 'Organization')),
      description: null,
      permissions: app.permissions,
      events: app.events,
      external_url: this.#html(`/apps/${app.slug}`),
      html_url: this.#html(`/apps/${app.slug}`),
    };
  }

  installation(account: User): Fields {
    const { app, suspendedAt } = this.#state;
    return {
      id: app.installationId,
      account: this.user(account),
      app_id: app.id,
      app_slug: app.slug,
      target_id: account.id,
      target_type: account.type,
      repository_selection: 'all',
      permissions: app.permissions,
      events: app.events,
      single_file_name: null,
      suspended_by: null,
      suspended_at: suspendedAt,
      access_tokens_url: this.#api(`/app/installations/${app.installationId}/access_tokens`),
    };
  }

  /** Pull requests a check names: those of the repository itself; forks' are left out, as GitHub does. */
  #checkPulls(repository: Repository, headSha: string): Fields[] {
    const end = (of: Repository, ref: string, sha: string): Fields => ({
      ref,
      sha,
      repo: { id: of.id, name: of.name, url: this.#api(`/repos/${fullName(of)}`) },
    });
    return [...repository.pulls.values()]
      .filter((p) => p.state === 'open' && p.head === repository && p.headSha === headSha)
      .map((p) => ({
        id: p.id,
        number: p.number,
        url: this.#api(`/repos/${fullName(repository)}/pulls/${p.number}`),
        head: end(p.head, p.headRef, p.headSha),
        base: end(repository, p.baseRef, p.headSha),
      }));
  }

  checkRun(repository: Repository, run: CheckRun): Fields {
    const name = fullName(repository);
    const suite = repository.suites.find((s) => s.id === run.suiteId);
    return {
      id: run.id,
      node_id: nodeId('CR', run.id),
      name: run.name,
      head_sha: run.headSha,
      external_id: run.externalId,
      details_url: run.detailsUrl ?? this.#html(`/${name}/runs/${run.id}`),
      html_url: this.#html(`/${name}/runs/${run.id}`),
      url: this.#api(`/repos/${name}/check-runs/${run.id}`),
      status: run.status,
      conclusion: run.conclusion,
      started_at: run.startedAt,
      completed_at: run.completedAt,
      output: {
        title: run.title,
        summary: run.summary,
        text: run.text,
        annotations_count: run.annotations.length,
        annotations_url: this.#api(`/repos/${name}/check-runs/${run.id}/annotations`),
      },
      check_suite: suite ? this.checkSuite(repository, suite) : null,
      app: this.app(),
      pull_requests: this.#checkPulls(repository, run.headSha),
    };
  }

  checkSuite(repository: Repository, suite: CheckSuite): Fields {
    const url = this.#api(`/repos/${fullName(repository)}/check-suites/${suite.id}`);
    return {
      id: suite.id,
      node_id: nodeId('CS', suite.id),
      head_branch: suite.headBranch,
      head_sha: suite.headSha,
      ...suiteStatus(repository, suite),
      url,
      before: null,
      after: suite.headSha,
      created_at: suite.createdAt,
      updated_at: suite.createdAt,
      // GitHub's description of check_suite.rerequested lists the events an App may have, merge_group not among them.
      app: { ...this.app(), events: this.#state.app.events.filter((e) => e !== 'merge_group') },
      repository: this.repository(repository),
      latest_check_runs_count: repository.checkRuns.filter((r) => r.suiteId === suite.id).length,
      check_runs_url: `${url}/check-runs`,
      pull_requests: this.#checkPulls(repository, suite.headSha),
      head_commit: { id: suite.headSha, tree_id: suite.headSha, message: 'Change', timestamp: suite.createdAt },
    };
  }

  delivery(delivery: Delivery, full: boolean): Fields {
    return {
      id: delivery.id,
      guid: delivery.guid,
      delivered_at: delivery.deliveredAt,
      redelivery: delivery.redelivery,
      duration: delivery.durationS,
      status: delivery.status,
      status_code: delivery.statusCode,
      event: delivery.event,
      action: delivery.action,
      installation_id: this.#state.app.installationId,
      repository_id: delivery.repositoryId,
      ...(full
        ? {
            request: { headers: delivery.requestHeaders, payload: delivery.payload },
            response: { headers: {}, payload: delivery.responseBody },
          }
        : {}),
    };
  }
}
