// The state of the fake as plain values in one order, without ids and times; and what should not be there at the end.
import { fullName, type State, suiteStatus } from './state.ts';

export type Snapshot = Record<string, { pulls: unknown[]; checkRuns: unknown[]; sarif: unknown[] }>;

function by<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

const bySelf = by((item: unknown) => JSON.stringify(item));

export function snapshot(state: State): Snapshot {
  const out: Snapshot = {};
  for (const repository of [...state.repositories.values()].sort(by(fullName))) {
    const pulls = [...repository.pulls.values()].map((pull) => ({
      number: pull.number,
      state: pull.state,
      headSha: pull.headSha,
      reviews: pull.reviews.map((review) => ({
        user: review.user.login,
        state: review.state,
        commit: review.commit,
        body: review.body,
        comments: pull.comments
          .filter((c) => c.reviewId === review.id)
          .map(({ path, side, originalLine, originalStartLine, line, body, user, reactions }) => {
            const said = { user: user.login, body, reactions: reactions.map((r) => r.content) };
            return { path, side, originalLine, originalStartLine, line, ...said };
          })
          .sort(bySelf),
      })),
      issueComments: pull.issueComments.map((c) => {
        return { user: c.user.login, body: c.body, reactions: c.reactions.map((r) => r.content) };
      }),
    }));
    const checkRuns = repository.checkRuns.map((run) => {
      const { name, headSha, status, conclusion, title, summary, text, annotations, actions } = run;
      const sorted = annotations.toSorted(bySelf);
      return { headSha, name, status, conclusion, title, summary, text, annotations: sorted, actions };
    });
    // The same tool, category and commit overwrite on GitHub: the last upload of a commit and ref counts.
    const uploads = new Map(repository.uploads.map((u) => [`${u.commit} ${u.ref}`, u]));
    const sarif = [...uploads.values()].map(({ commit, ref, log, errors }) => ({ commit, ref, log, errors }));
    out[fullName(repository)] = { pulls, checkRuns: checkRuns.sort(bySelf), sarif: sarif.sort(bySelf) };
  }
  return out;
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 100) ?? '';
}

export function complaints(state: State): string[] {
  const found = state.problems.map((p) => `problem: ${p}`);
  for (const repository of state.repositories.values()) {
    const name = fullName(repository);
    for (const pull of repository.pulls.values()) {
      const at = `${name}#${pull.number}`;
      if (pull.reviews.some((r) => r.state === 'PENDING')) found.push(`pending review left on ${at}`);
      for (const r of pull.reviews) if (!r.read) found.push(`unread review on ${at}: ${firstLine(r.body)}`);
      for (const c of pull.comments) {
        if (!c.read) found.push(`unread comment on ${at} ${c.path}:${c.originalLine}: ${firstLine(c.body)}`);
      }
      for (const c of pull.issueComments) if (!c.read) found.push(`unread comment on ${at}: ${firstLine(c.body)}`);
    }
    for (const run of repository.checkRuns) {
      if (run.status !== 'completed') found.push(`check run ${run.name} of ${name} ${run.headSha} is ${run.status}`);
    }
    for (const suite of repository.suites) {
      if (suite.rerequested && suiteStatus(repository, suite).status === 'queued') {
        found.push(`re-requested checks of ${name} ${suite.headSha} were never answered`);
      }
    }
    for (const upload of repository.uploads) {
      for (const error of upload.errors) found.push(`SARIF of ${name} ${upload.commit}: ${error}`);
    }
  }
  return found;
}
