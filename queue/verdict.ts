// A verdict that a person gave on findings: noted once, heard by the check within this job, answered in one line.
import type { Finding } from '../src/finding.ts';
import type { VerdictCommand } from '../src/review/command.ts';
import { code, count } from '../src/review/markdown.ts';
import type { PullSnapshot, Role } from '../src/review/pull.ts';
import { isSettled, mayGive, type Signal, type Verdict } from '../src/review/verdict.ts';
import type { KnownFinding } from '../src/storage/findings.ts';
import type { Said } from './fix.ts';
import { type Attempt, type Deps, newJob } from './job.ts';
import { resumePull } from './resume.ts';
import { reviewJob } from './review.ts';
import { sayAgain } from './say.ts';
import { standingsIn } from './standings.ts';

export interface VerdictRequest {
  pull: PullSnapshot;
  verdict: Verdict;
  target: NonNullable<VerdictCommand['target']>;
  reason: string;
  requester: { id: number; login: string };
  role: Role;
  /** As of a signal. */
  said: { at: number; order: number };
  /** Names the comment: what was said by it is noted once. */
  key: string;
}

const no = (body: string): Said => ({ done: false, body });

export async function giveVerdict(request: VerdictRequest, deps: Deps, attempt: Attempt): Promise<Said> {
  const { pull, verdict, key } = request;
  const { repository, number } = pull;
  const { signals: queries } = deps.storage;
  if (!attempt.isFirst) await resumePull({ repository, pull: number }, deps);
  // What an attempt before this one has noted is what the person meant, whatever was pushed since.
  let noted = attempt.isFirst ? [] : await queries.ofAct(repository.repositoryId, number, key);
  let refused = 0;
  if (noted.length === 0) {
    const meant = await signalsOf(request, deps);
    if ('body' in meant) return meant;
    ({ noted, refused } = meant);
    await queries.append(repository.repositoryId, key, noted);
  }
  attempt.step('verdict-noted');
  const check = await concludeAgain(request, noted, deps, attempt);
  const [first] = noted;
  const what =
    noted.length === 1 && first !== undefined ? code(first.findingId.slice(0, 12)) : count(noted.length, 'problem');
  const left =
    refused === 0
      ? ''
      : ` ${count(refused, 'problem')} of what blocks a merge can be dismissed only with the role maintain or admin.`;
  return { done: true, body: `${heading[verdict]}: ${what}.${left}${check}` };
}

/** The words that the person may give, or why there are none. */
async function signalsOf(request: VerdictRequest, deps: Deps): Promise<Said | { noted: Signal[]; refused: number }> {
  const { pull, verdict, target, role, reason, requester, said } = request;
  const meant = await meantBy(request, deps);
  if (meant === 'moved') {
    return no('The change was reviewed again after you wrote this. Look at what is open now, and say it again.');
  }
  if (meant.length === 0) {
    const nothing =
      target.kind === 'all' ? 'There is nothing to say that of.' : `There is no problem ${code(target.prefix)} here.`;
    return no(nothing);
  }
  if (target.kind === 'finding' && meant.length > 1) {
    return no(`${code(target.prefix)} names ${meant.length} problems. Write more of the id.`);
  }
  const allowed = meant.filter(({ level }) => mayGive(role, verdict, level));
  if (allowed.length === 0) {
    return no('What blocks a merge is dismissed by those with the role maintain or admin. Nothing was changed.');
  }
  const given = { pull: pull.number, verdict, reason, actor: { ...requester, role }, ...said };
  const noted = allowed.map(({ id, ruleId }) => ({ findingId: id, ruleId, ...given }));
  return { noted, refused: meant.length - allowed.length };
}

/** Has the words heard by the check of this head, here or by a review, and by other pull requests. What to say of it. */
async function concludeAgain(
  request: VerdictRequest,
  noted: readonly Signal[],
  deps: Deps,
  attempt: Attempt,
): Promise<string> {
  const { pull, verdict, key } = request;
  const { repository, number, headSha, state } = pull;
  const review = (about: { pull: number; headSha: string }) =>
    deps.enqueue(newJob(reviewJob, { repository, ...about, deliberate: true, deliveryId: `${key}-${about.pull}` }));
  // A false positive, or that it is none after all, is said of later pull requests too.
  const others = verdict === 'false-positive' || verdict === 'undo' || verdict === 'confirm';
  const ids = noted.map(({ findingId }) => findingId);
  const open = others ? await deps.storage.findings.openPullsWith(repository.repositoryId, ids) : [];
  for (const other of open) if (other.pull !== number) await review(other);
  if (state === 'closed') return '';
  const again = await sayAgain(pull, deps, attempt);
  if (again !== null) return ` The check now says: ${again.detail}.`;
  // A review that is under way may have read the words already: another one hears them.
  await review({ pull: number, headSha });
  return ' The check follows as soon as the change is reviewed again.';
}

const heading: Record<Verdict, string> = {
  confirm: 'Confirmed',
  'false-positive': 'Dismissed as a false positive, here and in later pull requests while this code stays as it is',
  'wont-fix': 'Accepted for this pull request',
  'not-applicable': 'Dismissed for this pull request',
  override: 'Accepted for this pull request',
  undo: 'Taken back',
};

/** `all`: those of the head that the verdict would change, where the person has seen its review; else what a prefix names. */
async function meantBy({ pull, verdict, target, said }: VerdictRequest, deps: Deps): Promise<KnownFinding[] | 'moved'> {
  const { storage } = deps;
  const { repository, number, headSha } = pull;
  if (target.kind === 'finding') return storage.findings.known(repository.repositoryId, number, target.prefix);
  const run = await storage.runs.ofHead(repository.repositoryId, number, headSha);
  const isUnseen = run?.attempt === 1 && (run.concludedAt === null || run.concludedAt > said.at / 1000);
  if (isUnseen) return 'moved';
  const findings = run === null ? [] : await storage.findings.ofRun(run.id);
  const standings = await standingsIn({ repository, pull: number }, findings, deps);
  const isStill = (finding: Finding) => {
    const standing = standings.get(finding.id);
    return verdict === 'undo' ? standing !== undefined : standing === undefined || !isSettled(finding, standing);
  };
  return findings.filter(isStill);
}
