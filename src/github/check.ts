// Our check run: found or started, given its annotations, concluded once. GitHub can only append annotations and never
// takes one back, so the order of writes is what makes a second attempt safe.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Annotation, CheckPlan, Conclusion } from '../review/plan.ts';
import type { PostedState, RepositoryRef } from '../review/pull.ts';
import { isWorse } from '../review/shared.ts';
import { backoffMs, isPassing, type Patience, writingOnce } from './faults.ts';
import { type Client, repeatable } from './octokit.ts';
import { checkName } from './payload.ts';
import type { StartedCheck } from './port.ts';

type Check = NonNullable<PostedState['check']>;

const perRequest = 50;
const outputLimit = 65_535;
const titleLimit = 255;
const messageLimitBytes = 64 * 1024;

/** The newest check run of ours for this head. */
export async function findCheck(
  client: Client,
  repository: RepositoryRef,
  headSha: string,
  appId: number,
): Promise<Check | null> {
  const { data } = await client.rest.checks.listForRef({
    owner: repository.owner,
    repo: repository.name,
    ref: headSha,
    check_name: checkName,
    app_id: appId,
    filter: 'latest',
    per_page: 100,
  });
  const ours = data.check_runs
    .filter((run) => run.app?.id === appId && run.name === checkName && run.head_sha === headSha)
    .sort((a, b) => b.id - a.id)[0];
  return ours === undefined ? null : checkOf(ours);
}

interface CheckRun {
  id: number;
  status: string;
  conclusion: string | null;
  output: { annotations_count: number };
}

function checkOf({ id, status, conclusion, output }: CheckRun): Check {
  return {
    id,
    status: status === 'completed' || status === 'in_progress' ? status : 'queued',
    // `stale`, `timed_out` and `action_required` are not ours to set; a completed run with one of them counts as failed.
    conclusion: conclusion === null ? null : ((known.find((one) => one === conclusion) ?? 'failure') as Conclusion),
    annotations: output.annotations_count,
  };
}

const known: readonly Conclusion[] = ['success', 'neutral', 'failure', 'cancelled', 'skipped'];

export interface CheckRoom {
  client: Client;
  repository: RepositoryRef;
  appId: number;
  patience: Patience;
}

export async function startCheck(room: CheckRoom, headSha: string, again: boolean): Promise<StartedCheck> {
  const { client, repository, appId, patience } = room;
  const here = { owner: repository.owner, repo: repository.name };
  const found = await findCheck(client, repository, headSha, appId);
  if (found?.status === 'completed' && !again) return { id: found.id, concluded: true };
  if (found !== null && found.status !== 'completed') {
    if (found.status === 'queued') {
      await client.rest.checks.update({ ...here, check_run_id: found.id, status: 'in_progress', request: repeatable });
    }
    return { id: found.id, concluded: false };
  }
  const id = await writingOnce(
    async () => {
      const { data } = await client.rest.checks.create({
        ...here,
        name: checkName,
        head_sha: headSha,
        external_id: headSha,
        status: 'in_progress',
        started_at: new Date().toISOString(),
      });
      return data.id;
    },
    async () => {
      const now = await findCheck(client, repository, headSha, appId);
      return now === null || now.id === found?.id ? null : now.id;
    },
    patience,
  );
  return { id, concluded: false };
}

export async function readCheck(client: Client, { owner, name }: RepositoryRef, checkId: number): Promise<Check> {
  return checkOf((await client.rest.checks.get({ owner, repo: name, check_run_id: checkId })).data);
}

/** Never on one that is concluded: its words are the review's. */
export async function showProgress(
  client: Client,
  repository: RepositoryRef,
  checkId: number,
  text: string,
): Promise<void> {
  await client.rest.checks.update({
    owner: repository.owner,
    repo: repository.name,
    check_run_id: checkId,
    output: { title: text, summary: 'The first review of a repository reads all of it; later ones only what changed.' },
    request: repeatable,
  });
}

/** Concludes the check unless it is concluded already. For conclusions that come without a review. */
export async function concludeCheck(
  client: Client,
  repository: RepositoryRef,
  checkId: number,
  plan: CheckPlan,
  patience: Patience,
): Promise<void> {
  await writeCheck(client, repository, await readCheck(client, repository, checkId), plan, patience);
}

/** The last word about a head whose review failed: one that is concluded already stays, unless this word is worse. */
export async function concludeHead(room: CheckRoom, headSha: string, plan: CheckPlan): Promise<void> {
  const { client, repository, appId, patience } = room;
  const found = await findCheck(client, repository, headSha, appId);
  const again = found?.status === 'completed' && isWorse(plan.conclusion, found.conclusion);
  const { id, concluded } = await startCheck(room, headSha, again);
  if (!concluded) await concludeCheck(client, repository, id, plan, patience);
}

/**
 * Appends the annotations that are missing, fifty a request, and concludes in the last request: until then the check
 * stays in progress, so a crash in between is seen, and the next attempt goes on where this one stopped. After a
 * request of unknown outcome the check is read again: concluded means that all of it arrived.
 */
export async function writeCheck(
  client: Client,
  repository: RepositoryRef,
  check: Check,
  plan: CheckPlan,
  patience: Patience,
): Promise<void> {
  const run = { owner: repository.owner, repo: repository.name, check_run_id: check.id };
  for (let tries = 0, there = check; there.status !== 'completed'; tries++) {
    try {
      const missing = there.annotations === 0 ? plan.annotations : await notYetThere(client, run, plan.annotations);
      await sendCheck(client, run, plan, missing);
      return;
    } catch (error) {
      if (!isPassing(error) || tries >= patience.retries) throw error;
      await sleep(backoffMs(tries, patience.backoffMs));
      there = await readCheck(client, repository, check.id);
    }
  }
}

interface RunAddress {
  owner: string;
  repo: string;
  check_run_id: number;
}

async function sendCheck(
  client: Client,
  run: RunAddress,
  plan: CheckPlan,
  missing: readonly Annotation[],
): Promise<void> {
  const output = {
    title: cutTo(plan.title, titleLimit),
    summary: cutTo(plan.summary, outputLimit),
    ...(plan.text === null ? {} : { text: cutTo(plan.text, outputLimit) }),
  };
  const batches = Math.max(1, Math.ceil(missing.length / perRequest));
  for (let batch = 0; batch < batches; batch++) {
    const annotations = missing.slice(batch * perRequest, (batch + 1) * perRequest).map(wireOf);
    const last = batch === batches - 1;
    await client.rest.checks.update({
      ...run,
      ...(last
        ? {
            status: 'completed',
            conclusion: plan.conclusion,
            completed_at: new Date().toISOString(),
            ...(plan.actions === undefined ? {} : { actions: [...plan.actions] }),
          }
        : { status: 'in_progress' }),
      output: { ...output, annotations },
    });
  }
}

interface WireAnnotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: Annotation['level'];
  title: string;
  message: string;
}

function wireOf(annotation: Annotation): WireAnnotation {
  const { startColumn, endColumn } = annotation;
  const oneLine = annotation.startLine === annotation.endLine;
  return {
    path: annotation.path,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    ...(oneLine && startColumn !== null ? { start_column: startColumn } : {}),
    ...(oneLine && endColumn !== null ? { end_column: endColumn } : {}),
    annotation_level: annotation.level,
    title: cutTo(annotation.title, titleLimit),
    message: cutToBytes(annotation.message, messageLimitBytes),
  };
}

/** Each annotation that is there counts once, so two equal ones in the plan stay two. */
async function notYetThere(client: Client, run: RunAddress, wanted: readonly Annotation[]): Promise<Annotation[]> {
  const there = new Map<string, number>();
  for (const annotation of await client.paginate(client.rest.checks.listAnnotations, { ...run, per_page: 100 })) {
    const key = keyOf(annotation);
    there.set(key, (there.get(key) ?? 0) + 1);
  }
  return wanted.filter((annotation) => {
    const key = keyOf(wireOf(annotation));
    const left = there.get(key) ?? 0;
    if (left > 0) there.set(key, left - 1);
    return left === 0;
  });
}

function keyOf(annotation: {
  path: string;
  start_line: number;
  end_line: number;
  title: string | null;
  message: string | null;
}): string {
  const { path, start_line, end_line, title, message } = annotation;
  return JSON.stringify([path, start_line, end_line, title, message]);
}

/** Cuts without splitting a surrogate pair. */
export function cutTo(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

function cutToBytes(text: string, limitBytes: number): string {
  if (Buffer.byteLength(text) <= limitBytes) return text;
  const cut = Buffer.from(text)
    .subarray(0, limitBytes - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${cut}…`;
}
