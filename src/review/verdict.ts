// What people said of findings, and what follows from it. Words are only ever added; where a finding stands is computed
// from all of them, so that the same words give the same review. Pure.
import { z } from 'zod';
import type { Finding, Level } from '../finding.ts';
import type { Role } from './pull.ts';
import { byPlace } from './select.ts';

/** `undo` takes back whatever was said before it. */
export const Verdict = z.enum(['confirm', 'false-positive', 'wont-fix', 'not-applicable', 'override', 'undo']);
export type Verdict = z.infer<typeof Verdict>;

/** One verdict on one finding, as it was given. */
export interface Signal {
  findingId: string;
  ruleId: string;
  pull: number;
  verdict: Verdict;
  /** In the person's words; may be empty. */
  reason: string;
  actor: { id: number; login: string; role: Role };
  /** When it was said, in milliseconds since 1970; GitHub knows seconds. */
  at: number;
  /** Number of the comment: of two in one second the later has the higher one. */
  order: number;
}

/**
 * `confirmed`: a problem indeed, still reported. `false_positive` and `accepted` are no longer reported and open the
 * gate; the second says that the code stays as it is although the rule may be right.
 */
export interface Standing {
  state: 'confirmed' | 'false_positive' | 'accepted';
  signal: Signal;
}

const stateOf: Record<Exclude<Verdict, 'undo'>, Standing['state']> = {
  confirm: 'confirmed',
  'false-positive': 'false_positive',
  'wont-fix': 'accepted',
  'not-applicable': 'accepted',
  override: 'accepted',
};

/**
 * Where each finding stands in pull request `pull`; those without an entry are open. The latest word of the pull request
 * counts (G41). Where nothing was said in it, a false positive of another one stands (RUL-436): the id of a finding is
 * made of the code that matched, so the word ends when that code changes.
 */
export function standingsOf(signals: readonly Signal[], pull: number): Map<string, Standing> {
  const last = new Map<string, Signal>();
  const here = (signal: Signal) => signal.pull === pull;
  for (const signal of [...signals].sort((a, b) => a.at - b.at || a.order - b.order)) {
    const before = last.get(signal.findingId);
    if (before === undefined || here(signal) || !here(before)) last.set(signal.findingId, signal);
  }
  const standings = new Map<string, Standing>();
  for (const [id, signal] of last) {
    if (signal.verdict === 'undo') continue;
    const state = stateOf[signal.verdict];
    if (here(signal) || state === 'false_positive') standings.set(id, { state, signal });
  }
  return standings;
}

export interface Split {
  open: Finding[];
  /** By place. */
  settled: { finding: Finding; standing: Standing }[];
}

/** What is still to be reported, and what is not because somebody who may has said so. */
export function splitByStanding(findings: readonly Finding[], standings: ReadonlyMap<string, Standing>): Split {
  const split: Split = { open: [], settled: [] };
  for (const finding of findings) {
    const standing = standings.get(finding.id);
    if (standing !== undefined && isSettled(finding, standing)) split.settled.push({ finding, standing });
    else split.open.push(finding);
  }
  split.settled.sort((a, b) => byPlace(a.finding, b.finding));
  return split;
}

/**
 * A word that opens the gate counts only while its writer's role suffices for the level that the finding has now: where a
 * rule was lenient when it was said, or on another base, it said nothing about a gate.
 */
export function isSettled({ level }: Pick<Finding, 'level'>, { state, signal }: Standing): boolean {
  return state !== 'confirmed' && mayGive(signal.actor.role, signal.verdict, level);
}

const writers: ReadonlySet<Role> = new Set(['admin', 'maintain', 'write']);
const keepers: ReadonlySet<Role> = new Set(['admin', 'maintain']);

/** Write access for commands at all; opening the gate that a blocking finding has shut is the maintainers' (RUL-436). */
export function mayGive(role: Role, verdict: Verdict, level: Level): boolean {
  const opensGate = verdict !== 'confirm' && verdict !== 'undo';
  return (level === 'block' && opensGate ? keepers : writers).has(role);
}

export function mayCommand(role: Role): boolean {
  return writers.has(role);
}
