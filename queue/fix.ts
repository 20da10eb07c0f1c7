// `/driftline fix`: the fixes of what is reported of the head as it is now, analysed once more with all of them, as one
// commit on its branch. Every way out is an answer; nothing but the last call changes anything that others see.
import type { Finding, Report } from '../src/finding.ts';
import { isVerbatim } from '../src/review/edit.ts';
import { chosen, type FixTarget, type SoundFixes, soundFixes } from '../src/review/fix.ts';
import { commitMessage, committedText, requestTrailer, skippedText } from '../src/review/fix-text.ts';
import { code } from '../src/review/markdown.ts';
import type { PullSnapshot } from '../src/review/pull.ts';
import { splitByStanding } from '../src/review/verdict.ts';
import type { Turn } from './gate.ts';
import { type Attempt, type Deps, LostJob } from './job.ts';
import { baseSettings, historyOf, ownerOf } from './settings.ts';
import { standingsIn } from './standings.ts';

export interface FixRequest {
  pull: PullSnapshot;
  target: FixTarget;
  requester: { id: number; login: string };
  /** The head that the person saw, where it is known. */
  seenHead: string | null;
  /** Names the request, in the commit too. */
  key: string;
}

export interface Said {
  done: boolean;
  /** Markdown. */
  body: string;
}

const no = (body: string): Said => ({ done: false, body });

const moved = 'A newer commit was pushed meanwhile, so nothing was committed. Ask again when it is reviewed.';

export async function fix(request: FixRequest, deps: Deps, attempt: Attempt, turn: Turn): Promise<Said> {
  const { pull, key, seenHead } = request;
  const { github } = deps;
  const made = attempt.isFirst ? null : await github.findCommit(pull, requestTrailer(key));
  if (made !== null) return { done: true, body: `Committed as ${made.slice(0, 12)}.` };
  const obstacle = await obstacleTo(pull, seenHead, deps);
  if (obstacle !== null) return no(obstacle);
  const { repository, headSha, baseSha, baseRef, number } = pull;
  const { signal } = attempt;
  const access = await github.cloneAccess(repository);
  const about = { repositoryId: repository.repositoryId, access, pull: number, headSha, baseSha, baseRef };
  const mirror = await deps.mirrors.prepare({ ...about, signal });
  try {
    const { config, rules } = await baseSettings(mirror.path, baseSha, repository, deps);
    const { exclude, levels } = config;
    const history = historyOf(repository, null, deps);
    const asked = { rules, owner: ownerOf(repository), branch: baseRef, userId: pull.author, history };
    // What the rules of the head would say is of no use here.
    const analyse = (head: string) =>
      deps.reviewChange(
        { repository: mirror.path, base: baseSha, head, exclude, levels, signal },
        asked,
        async () => rules,
      );
    const report = await analyse(headSha);
    attempt.step('fix-analysed');
    return await commitFixes(request, { path: mirror.path, report, analyse }, deps, attempt, turn);
  } finally {
    await mirror.release();
  }
}

/** Why nothing can be committed, whatever the fixes are; null: nothing speaks against it. */
async function obstacleTo(pull: PullSnapshot, seenHead: string | null, deps: Deps): Promise<string | null> {
  if (pull.state === 'closed') return 'The pull request is closed.';
  if (pull.fork) {
    return 'The branch is in a fork, to which Driftline cannot push. The suggestions on the changed lines can be applied there.';
  }
  if (seenHead !== null && seenHead !== pull.headSha) return moved;
  return (await mayCommit(pull, deps, true))
    ? null
    : 'Driftline may only read here. To let it commit fixes, give the App the permission `contents: write`; the suggestions on the changed lines work without.';
}

/** Can fixes be committed to the head branch? `fresh`: a permission that was granted a moment ago counts. */
export async function mayCommit(pull: PullSnapshot, { github }: Pick<Deps, 'github'>, fresh: boolean) {
  if (pull.fork) return false;
  const { installationId } = pull.repository;
  const has = async (again: boolean) => (await github.permissions(installationId, again)).contents === 'write';
  return (await has(false)) || (fresh && (await has(true)));
}

interface Analysed {
  /** Path of the mirror. */
  path: string;
  report: Report;
  analyse: (head: string) => Promise<Report>;
}

async function commitFixes(
  { pull, target, requester, key }: FixRequest,
  { path, report, analyse }: Analysed,
  deps: Deps,
  attempt: Attempt,
  turn: Turn,
): Promise<Said> {
  const about = { repository: pull.repository, pull: pull.number };
  const { open } = splitByStanding(report.findings, await standingsIn(about, report.findings, deps));
  const meant = chosen(open, target);
  const refusal = refusalOf(meant, target);
  if (refusal !== null) return no(refusal);
  const texts = await textsOf(meant, path, pull.headSha, deps);
  let written: Awaited<ReturnType<Deps['commitFiles']>> | null = null;
  const sound = await soundFixes(report, meant, texts, async (files) => {
    written = await deps.commitFiles(path, pull.headSha, files);
    return analyse(written.commit);
  });
  attempt.step('fix-checked');
  if (written === null || sound.applied.length === 0) return no(nothingText(sound));
  if (!(await attempt.stillOurs()) || !(await turn.stillOurs())) throw new LostJob();
  attempt.signal.throwIfAborted();
  const { files, baseTree, tree }: Awaited<ReturnType<Deps['commitFiles']>> = written;
  const message = commitMessage(sound.applied, key);
  const result = await deps.github.commit(pull, { files, baseTree, tree, message, coAuthor: requester });
  attempt.step('fix-committed');
  if (result.state === 'head-moved') return no(moved);
  if (result.state === 'refused') return no(`${result.reason}. Nothing was changed.`);
  return { done: true, body: committedText(result.sha, sound.applied, sound.skipped) };
}

function refusalOf(meant: readonly Finding[], target: FixTarget): string | null {
  if (target.kind === 'finding' && meant.length > 1) {
    return `${code(target.prefix)} names ${meant.length} problems. Write more of the id.`;
  }
  if (meant.some(({ edit }) => edit !== null)) return null;
  if (meant.length > 0) return 'There is no verified fix for this: it needs a person.';
  if (target.kind === 'all') return 'There is nothing to fix at this commit.';
  const named = code(target.kind === 'rule' ? target.ruleId : target.prefix);
  return `There is no problem of ${named} at this commit.`;
}

function nothingText({ skipped }: SoundFixes): string {
  return ['Nothing was committed.', skippedText(skipped)].filter((part) => part !== '').join('\n\n');
}

/** Larger files are not analysed, and so have no fixes. */
const fileBytesMax = 2_000_000;
const filesMax = 1_000;

/** The files that edits are in, as they are at this commit. */
async function textsOf(
  findings: readonly Finding[],
  mirror: string,
  headSha: string,
  { readFiles }: Pick<Deps, 'readFiles'>,
): Promise<Map<string, Uint8Array>> {
  const paths = new Set(findings.flatMap(({ edit }) => (edit === null ? [] : [edit.place.path])));
  const wanted = { wants: (path: string) => paths.has(path), maxFiles: filesMax, maxBytes: fileBytesMax };
  const { files } = await readFiles(mirror, headSha, { under: [...paths], ...wanted });
  return new Map(files.map(({ path, bytes }) => [path, bytes]));
}

/** Ids of findings whose edit a click on a suggestion would not write byte for byte. */
export async function notVerbatim(report: Report, mirror: string, headSha: string, deps: Pick<Deps, 'readFiles'>) {
  const texts = await textsOf(report.findings, mirror, headSha, deps);
  const bytesOf = (path: string) => texts.get(path) ?? new Uint8Array();
  const others = report.findings.filter(({ edit }) => edit !== null && !isVerbatim(edit, bytesOf(edit.place.path)));
  return new Set(others.map(({ id }) => id));
}
