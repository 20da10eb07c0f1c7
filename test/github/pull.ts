// One pull request in the hands of a test: push to it, close it, read what was said on it. Each step sends its webhooks.
import type { World } from './api.ts';
import { carryLine, findAnchor } from './diff.ts';
import type { Changes } from './git.ts';
import type { Fields } from './openapi.ts';
import { makeReply } from './routes-replies.ts';
import {
  type CheckRun,
  type IssueComment,
  now,
  type Pull,
  pullFiles,
  type Review,
  type ReviewComment,
  type User,
} from './state.ts';
import { suggestionOf, withSuggestion } from './suggestion.ts';

export interface ReadReview extends Review {
  comments: ReviewComment[];
}

export class FakePull {
  readonly #world: World;
  readonly record: Pull;

  constructor(world: World, record: Pull) {
    this.#world = world;
    this.record = record;
  }

  get number(): number {
    return this.record.number;
  }

  get headSha(): string {
    return this.record.headSha;
  }

  get url(): string {
    const { owner, name } = this.record.repository;
    return `${this.#world.origin}/${owner.login}/${name}/pull/${this.number}`;
  }

  /** Sends a pull_request event. */
  async announce(action: string, more: Fields = {}): Promise<void> {
    const { render, webhooks } = this.#world;
    const pull = this.record;
    const { files } = await pullFiles(pull);
    const payload = {
      number: pull.number,
      pull_request: await render.pull(pull, files),
      repository: render.repository(pull.repository),
      sender: render.user(pull.author),
      ...more,
    };
    await webhooks.send('pull_request', action, payload, pull.repository);
  }

  /** Moves refs/pull/N/head and /merge to the head, carries open comments along. */
  async refresh(): Promise<void> {
    const pull = this.record;
    const { git } = pull.repository;
    const ref = `refs/pull/${pull.number}`;
    if (pull.head === pull.repository) await git.setRef(`${ref}/head`, pull.headSha);
    else await git.take(pull.head.git, pull.headSha, `${ref}/head`);
    const base = await git.must(`refs/heads/${pull.baseRef}`);
    pull.mergeSha = await git.testMerge(base, pull.headSha, `Merge ${pull.headSha} into ${base}`);
    if (pull.mergeSha) await git.setRef(`${ref}/merge`, pull.mergeSha);
    else await git.deleteRef(`${ref}/merge`);
    pull.updatedAt = now();
    for (const comment of pull.comments) await this.#carry(comment);
  }

  async #carry(comment: ReviewComment): Promise<void> {
    const pull = this.record;
    const since = await pull.repository.git.diff(comment.originalCommit, pull.headSha);
    const touched = since.find((f) => (f.oldPath ?? f.path) === comment.path);
    const right = comment.side === 'RIGHT';
    const line = right ? carryLine(touched, comment.originalLine) : comment.originalLine;
    const start = comment.originalStartLine;
    const startLine = start === null ? null : right ? carryLine(touched, start) : start;
    const { files } = await pullFiles(pull);
    const anchor =
      line === null ? null : findAnchor(files, comment.path, line, comment.side, startLine, comment.startSide);
    comment.line = anchor ? line : null;
    comment.startLine = anchor ? startLine : null;
    comment.position = anchor?.position ?? null;
    if (anchor) comment.commit = pull.headSha;
  }

  /** The head branch was moved by somebody, the App say; GitHub answers that call before it tells of it. */
  async movedBy(to: string, sender: User): Promise<void> {
    await this.#moved(to, sender);
  }

  async #moved(to: string, sender?: User): Promise<string> {
    const pull = this.record;
    const before = pull.headSha;
    pull.previousHead = before;
    pull.headSha = to;
    await this.refresh();
    this.#world.lag(pull);
    await this.requestSuite();
    const push = { before, after: to };
    const { render, webhooks } = this.#world;
    if (sender === undefined) await this.announce('synchronize', push);
    else webhooks.follow(this.announce('synchronize', { ...push, sender: render.user(sender) }));
    return to;
  }

  /** check_suite.requested, which GitHub sends for pushes to the repository itself but not to forks. */
  async requestSuite(): Promise<void> {
    const { render, state, webhooks } = this.#world;
    const { repository, head, headSha, headRef, author } = this.record;
    if (head !== repository) return;
    const suite = state.suite(repository, headSha, headRef);
    const payload = {
      check_suite: render.checkSuite(repository, suite),
      repository: render.repository(repository),
      sender: render.user(author),
    };
    await webhooks.send('check_suite', 'requested', payload, repository);
  }

  /** Adds a commit; returns the new head. */
  async push(changes: Changes, message = 'More work'): Promise<string> {
    const { head, headRef, headSha } = this.record;
    return this.#moved(await head.git.commit(headRef, changes, message, headSha));
  }

  /** Replaces the branch by one commit on top of `onto` (default: the merge base). */
  async forcePush(changes: Changes, onto?: string): Promise<string> {
    const { head, headRef } = this.record;
    const base = onto ?? (await pullFiles(this.record)).mergeBase;
    return this.#moved(await head.git.commit(headRef, changes, 'Start again', base));
  }

  /** Sets the branch back, or anywhere else. */
  async resetTo(sha: string): Promise<void> {
    const { head, headRef } = this.record;
    await head.git.setRef(`refs/heads/${headRef}`, sha);
    await this.#moved(sha);
  }

  async close(): Promise<void> {
    this.record.state = 'closed';
    this.record.updatedAt = now();
    await this.announce('closed');
  }

  async merge(): Promise<void> {
    const { record } = this;
    if (!record.mergeSha) throw new Error('this pull request has conflicts');
    await record.repository.git.setRef(`refs/heads/${record.baseRef}`, record.mergeSha);
    record.mergedAt = now();
    await this.close();
  }

  async reopen(): Promise<void> {
    this.record.state = 'open';
    await this.announce('reopened');
  }

  async toDraft(): Promise<void> {
    this.record.draft = true;
    await this.announce('converted_to_draft');
  }

  async ready(): Promise<void> {
    this.record.draft = false;
    await this.announce('ready_for_review');
  }

  async changeBase(branch: string): Promise<void> {
    const from = this.record.baseRef;
    const sha = await this.record.repository.git.must(`refs/heads/${from}`);
    this.record.baseRef = branch;
    await this.refresh();
    await this.announce('edited', { changes: { base: { ref: { from }, sha: { from: sha } } } });
  }

  async retitle(title: string): Promise<void> {
    const from = this.record.title;
    this.record.title = title;
    await this.announce('edited', { changes: { title: { from } } });
  }

  /** Somebody comments on the conversation. `via`: through an App of that slug. */
  async comment(body: string, login = 'mona', via: string | null = null): Promise<IssueComment> {
    const { state, webhooks } = this.#world;
    const pull = this.record;
    const user = state.user(login, login.endsWith('[bot]') ? 'Bot' : 'User');
    const at = now();
    const about = { id: state.nextId(), user, body, via, createdAt: at, updatedAt: at };
    const comment: IssueComment = { ...about, reactions: [], read: true };
    pull.issueComments.push(comment);
    await webhooks.send('issue_comment', 'created', this.#commentPayload(comment), pull.repository);
    return comment;
  }

  /** Somebody changes the text of a comment on the conversation. */
  async editComment(id: number, body: string): Promise<void> {
    const comment = this.record.issueComments.find((one) => one.id === id);
    if (!comment) throw new Error(`no comment ${id}`);
    const changes = { body: { from: comment.body } };
    comment.body = body;
    const payload = { ...this.#commentPayload(comment), changes };
    await this.#world.webhooks.send('issue_comment', 'edited', payload, this.record.repository);
  }

  #commentPayload(comment: IssueComment): Fields {
    const { render } = this.#world;
    return {
      issue: render.issue(this.record),
      comment: render.issueComment(this.record, comment),
      repository: render.repository(this.record.repository),
      sender: render.user(comment.user),
    };
  }

  /** Somebody answers in the thread of an inline comment. */
  async reply(to: number, body: string, login = 'mona'): Promise<ReviewComment> {
    const { render, state, webhooks } = this.#world;
    const pull = this.record;
    const reply = makeReply(this.#world, pull, to, state.user(login), body);
    const payload = {
      comment: render.comment(pull, reply),
      pull_request: await render.pull(pull, (await pullFiles(pull)).files),
      repository: render.repository(pull.repository),
      sender: render.user(reply.user),
    };
    await webhooks.send('pull_request_review_comment', 'created', payload, pull.repository);
    return reply;
  }

  /** The replies in the thread of an inline comment, oldest first; reads them. */
  replies(to: number): ReviewComment[] {
    const all = this.record.comments.filter((comment) => comment.inReplyTo === to);
    for (const reply of all) reply.read = true;
    return all;
  }

  /** Somebody presses "Commit suggestion" on an inline comment; returns the new head. */
  async commitSuggestion(comment: ReviewComment): Promise<string> {
    const { path, line, startLine } = comment;
    const block = suggestionOf(comment.body);
    if (line === null || block === null) throw new Error(`GitHub offers no suggestion to commit on ${path}`);
    const text = await this.record.head.git.file(this.headSha, path);
    return this.push({ [path]: withSuggestion(text ?? '', startLine ?? line, line, block) }, 'Apply a suggestion');
  }

  /** Every review posted, with its comments. Reading marks them read (see `assertClean`). */
  reviews(): ReadReview[] {
    const submitted = this.record.reviews.filter((r) => r.state !== 'PENDING');
    return submitted.map((review) => {
      const comments = this.record.comments.filter((c) => c.reviewId === review.id && c.inReplyTo === null);
      for (const item of [review, ...comments]) item.read = true;
      return { ...review, comments };
    });
  }

  /** All inline comments in the order of path and line; reads them. */
  comments(): ReviewComment[] {
    const all = this.reviews().flatMap((r) => r.comments);
    return all.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.originalLine - b.originalLine));
  }

  issueComments(): IssueComment[] {
    for (const comment of this.record.issueComments) comment.read = true;
    return [...this.record.issueComments];
  }

  /** Check runs of this head (default the newest), oldest first. */
  checkRuns(headSha = this.headSha): CheckRun[] {
    return this.record.repository.checkRuns.filter((r) => r.headSha === headSha);
  }

  /** The newest check run of that name on the head. */
  check(name = 'Driftline', headSha = this.headSha): CheckRun | undefined {
    return this.checkRuns(headSha).findLast((r) => r.name === name);
  }
}
