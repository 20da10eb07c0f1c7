// What every kind of job has in common: a checked payload of ids and SHAs, an id that makes redelivery harmless,
// and a handler. It knows neither BullMQ nor what the kinds do.
import { z } from 'zod';
import type { ChangeRequest } from '../src/analysis/engine.ts';
import type { RulesAsked, TeamRules } from '../src/analysis/rule-source.ts';
import type { Asked } from '../src/analysis/team-rules.ts';
import type { ReviewSettings } from '../src/config.ts';
import type { Report } from '../src/finding.ts';
import type { commitFiles as CommitFiles } from '../src/git/commit.ts';
import type { readFilesAt as ReadFiles } from '../src/git/files.ts';
import type { Mirrors } from '../src/git/mirror.ts';
import type { GitHub } from '../src/github/port.ts';
import type { Storage } from '../src/storage/open.ts';
import type { Gate } from './gate.ts';

export const Repository = z.object({
  installationId: z.int(),
  repositoryId: z.int(),
  owner: z.string().min(1),
  name: z.string().min(1),
});

export type Repository = z.infer<typeof Repository>;

export const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/** What a job may use. The edges arrive as values, so that queue/ imports none of them. */
export interface Deps {
  github: GitHub;
  storage: Storage;
  /** The rules that a commit of a local repository has. */
  rulesAt(repository: string, sha: string, asked: RulesAsked): Promise<TeamRules>;
  /** The engines, with the team's rules. */
  reviewChange(request: ChangeRequest, asked: Asked, rulesOfHead: () => Promise<TeamRules>): Promise<Report>;
  mirrors: Pick<Mirrors, 'prepare'>;
  /** Files of a commit in a local repository. */
  readFiles: typeof ReadFiles;
  /** A commit of new bytes in files of another one, as objects of a local repository. */
  commitFiles: typeof CommitFiles;
  /** A file of a commit in a local repository; null when there is none. */
  readFile(repository: string, sha: string, path: string): Promise<Buffer | null>;
  gate: Pick<Gate, 'enter' | 'listen' | 'latest'>;
  enqueue(job: NewJob): Promise<unknown>;
  /** What the operator says of reviews. */
  settings: ReviewSettings;
  log: Log;
  /** Version of Driftline, for the tool entry of SARIF. */
  version: string;
}

export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** One attempt at a job, as its handler sees it. */
export interface Attempt {
  jobId: string;
  /** Nobody has worked at this job before. */
  isFirst: boolean;
  /** Aborted when the worker must stop, when the job was lost to another worker, or when the handler itself says so. */
  signal: AbortSignal;
  /** Does the queue still hold this job for this worker? Asked right before anything is written that others see. */
  stillOurs(): Promise<boolean>;
  /** Marks a step done; tests stop the process at one of them. */
  step(name: string): void;
}

export interface JobResult {
  outcome: 'done' | 'reviewed' | 'superseded' | 'skipped';
  /** In plain words, for the log. */
  detail: string;
  /** Findings by rule, API calls and comments: what /metrics counts. */
  findings?: Record<string, number>;
  /** From the start of the attempt to its end. */
  seconds?: number;
  calls?: number;
  comments?: number;
}

export interface JobKind<Payload> {
  kind: string;
  payload: z.ZodType<Payload>;
  /** Equal ids are one job. No `:`, which BullMQ keeps for itself. */
  id(payload: Payload): string;
  handle(payload: Payload, deps: Deps, attempt: Attempt): Promise<JobResult>;
  /** The job has failed for good: leave nothing pending on GitHub. `reason` is one plain sentence without a full stop. */
  giveUp?(payload: Payload, reason: string, deps: Deps): Promise<void>;
  /** How often it is tried; without it as often as `attemptsMax` of bullmq.ts says. */
  attempts?: number;
}

export interface NewJob {
  kind: string;
  id: string;
  payload: unknown;
  attempts?: number;
}

export function newJob<Payload>(kind: JobKind<Payload>, payload: Payload): NewJob {
  const { attempts } = kind;
  return { kind: kind.kind, id: kind.id(payload), payload, ...(attempts === undefined ? {} : { attempts }) };
}

/** The worker stops and hands the job back; another takes it up at once. */
export class HandBack extends Error {
  constructor() {
    super('the worker stops');
    this.name = 'HandBack';
  }
}

/** The queue gave the job to another worker (this one did not answer for too long); whatever it does now must not be seen. */
export class LostJob extends Error {
  constructor() {
    super('the job was given to another worker');
    this.name = 'LostJob';
  }
}
