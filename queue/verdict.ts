// A verdict that a person gave on findings: noted once, heard by the check within this job, answered in one line.
import type { VerdictCommand } from '../src/review/command.ts';
import { code, count } from '../src/review/markdown.ts';
import type { PullSnapshot, Role } from '../src/review/pull.ts';
import { mayGive, type Signal, type Verdict } from '../src/review/verdict.ts';
import type { KnownFinding } from '../src/storage/findings.ts';
import type { Said } from './fix.ts';
import type { Attempt, Deps } from './job.ts';
import { sayAgain } from './say.ts';
import { standingsIn } from './standings.ts';

export interface VerdictRequest {
  pull: PullSnapshot;
  verdict: Verdict;
  target: NonNullable<VerdictCommand['target']>;
  reason: string;
  requester: { id: number; login: string };
  role: Role;
  /** Names the comment: what was said by it is noted once. */
  key: string;
}

const no = (body: string): Said => ({ done: false, body });

export async function giveVerdict(request: VerdictRequest, deps: Deps, attempt: Attempt): Promise<Said> {
  const { pull, verdict, target, role, key, reason, requester } = request;
  const meant = await meantBy(request, deps);
  if (meant.length === 0) {
    return no(
      target.kind === 'all' ? 'There is nothing to say that of.' : `There is no problem ${code(target.prefix)} here.`,
    );
  }
  if (target.kind === 'finding' && meant.length > 1) {
    return no(`${code(target.prefix)} names ${meant.length} problems. Write more of the id.`);
  }
  const allowed = meant.filter(({ level }) => mayGive(role, verdict, level));
  const refused = meant.length - allowed.length;
  if (allowed.length === 0) {
    return no('What blocks a merge is dismissed by those with the role maintain or admin. Nothing was changed.');
  }
  const { repositoryId } = pull.repository;
  const given = { pull: pull.number, verdict, reason, actor: { ...requester, role }, at: Date.now() };
  const signals: Signal[] = allowed.map(({ id, ruleId }) => ({ findingId: id, ruleId, ...given }));
  await deps.storage.signals.append(repositoryId, key, signals);
  attempt.step('verdict-noted');
  const again = await sayAgain(pull, !attempt.isFirst, deps, attempt);
  const said = `${heading[verdict]}: ${allowed.length === 1 ? code(allowed[0]?.id.slice(0, 12) ?? '') : count(allowed.length, 'problem')}.`;
  const left =
    refused === 0
      ? ''
      : ` ${count(refused, 'problem')} that ${refused === 1 ? 'blocks' : 'block'} a merge can be dismissed only with the role maintain or admin.`;
  const check = again === null ? '' : ` The check now says: ${again.detail}.`;
  return { done: true, body: `${said}${left}${check}` };
}

const heading: Record<Verdict, string> = {
  confirm: 'Confirmed',
  'false-positive': 'Dismissed as a false positive, here and in later pull requests while this code stays as it is',
  'wont-fix': 'Accepted for this pull request',
  'not-applicable': 'Dismissed for this pull request',
  override: 'Accepted for this pull request',
  undo: 'Taken back',
};

/** `all`: those of the head as it is that the verdict would change; else what a prefix names, at any head of it. */
async function meantBy({ pull, verdict, target }: VerdictRequest, deps: Deps): Promise<KnownFinding[]> {
  const { storage } = deps;
  const { repository, number, headSha } = pull;
  if (target.kind === 'finding') return storage.findings.known(repository.repositoryId, number, target.prefix);
  const run = await storage.runs.ofHead(repository.repositoryId, number, headSha);
  const findings = run === null ? [] : await storage.findings.ofRun(run.id);
  const standings = await standingsIn({ repository, pull: number }, findings, deps);
  return findings.filter(({ id }) => standings.has(id) === (verdict === 'undo'));
}
