// The one noun of the product: a finding, as every engine reports it and every output shows it.
// It must not know where a finding comes from (Rust, Semgrep) nor where it goes (GitHub, terminal, SARIF).
import { z } from 'zod';

export const levels = ['block', 'warn', 'suggest'] as const;
export const Level = z.enum(levels);
export type Level = z.infer<typeof Level>;

/** 1-based lines, 1-based UTF-16 columns (end exclusive), byte offsets; path relative to the root with `/`. */
export const Place = z.object({
  path: z.string(),
  startLine: z.int().min(1),
  startColumn: z.int().min(1),
  endLine: z.int().min(1),
  endColumn: z.int().min(1),
  startByte: z.int().min(0),
  endByte: z.int().min(0),
});
export type Place = z.infer<typeof Place>;

export const Related = z.object({
  role: z.enum(['loop', 'query', 'driver', 'call', 'cause', 'label']),
  place: Place,
  message: z.string(),
});
export type Related = z.infer<typeof Related>;

/**
 * Whole lines of the finding's file, and what is to stand there instead; no line break at the end. `after` without a
 * character: the lines go, with their line breaks.
 */
export const Edit = z.object({ place: Place, before: z.string(), after: z.string() });
export type Edit = z.infer<typeof Edit>;

/** `new`: on a changed line. `caused`: new, but the change stands elsewhere. `touched`, `existing`: the base has it too. */
export const newnessClasses = ['new', 'caused', 'touched', 'existing'] as const;
export type Newness = (typeof newnessClasses)[number];

export const engines = ['n-plus-one', 'ast-grep', 'semgrep'] as const;

/** A rule of the team or of a pack, as people meet it. The built-in rules are described in review/rule.ts. */
export const RuleInfo = z.object({
  /** Short, before the colon of a title. */
  name: z.string(),
  /** One sentence or a few. */
  summary: z.string(),
  /** Text; may be empty. */
  help: z.string(),
  /** Where the rule is explained; https only. */
  url: z.string().nullable(),
  /** The category, then the weaknesses as `CWE-89`. */
  tags: z.array(z.string()),
});
export type RuleInfo = z.infer<typeof RuleInfo>;

export const Finding = z.object({
  /** `df1_` + 32 hex: stable over line shifts, renames of files and locals, and reformatting. */
  id: z.string().regex(/^df1_[0-9a-f]{32}$/),
  ruleId: z.string(),
  engine: z.enum(engines).default('n-plus-one'),
  /** null: a built-in rule. */
  rule: RuleInfo.nullable().default(null),
  level: Level,
  severity: z.enum(['high', 'medium', 'low']),
  /** 0 to 1, two decimals: base × factors. */
  confidence: z.number().min(0).max(1),
  certainty: z.enum(['certain', 'likely', 'possible']),
  factors: z.array(z.object({ reason: z.string(), value: z.number() })),
  /** Empty where a rule of the team found it. */
  orm: z.string(),
  model: z.string().nullable(),
  symbol: z.string(),
  /** One line, no markup. */
  title: z.string(),
  /** Plain sentences; code in backticks. */
  message: z.string(),
  fix: z.string(),
  /** The fix as an edit of the file: offered only where the analysis of the edited file no longer has the finding. */
  edit: Edit.nullable().default(null),
  place: Place,
  /** Line of the new side of the diff to comment on; null for scans and when no such line exists. */
  anchorLine: z.int().min(1).nullable(),
  /** The file of that line: not `place.path` where the cause of the finding lies in another file. */
  anchorPath: z.string().nullable(),
  related: z.array(Related),
  /** The source line of the site. */
  code: z.string(),
  /** `touched` and `existing` ones are in a report only where the configuration asks for them. */
  newness: z.enum(newnessClasses).default('new'),
});
export type Finding = z.infer<typeof Finding>;

export const skipReasons = [
  'too-large',
  'long-line',
  'binary',
  'not-utf8',
  'symbolic-link',
  'submodule',
  'generated',
  'vendored',
  'excluded',
  'timeout',
  'too-deep',
  'missing-blob',
  'unreadable',
  'panic',
  'budget',
] as const;

export const Skipped = z.object({ path: z.string(), reason: z.enum(skipReasons), detail: z.string() });
export type Skipped = z.infer<typeof Skipped>;

export const Hunk = z.object({ oldStart: z.int(), oldLines: z.int(), newStart: z.int(), newLines: z.int() });
export type Hunk = z.infer<typeof Hunk>;

export const ChangedFile = z.object({
  path: z.string(),
  basePath: z.string().nullable(),
  status: z.enum(['added', 'modified', 'renamed', 'deleted']),
  hunks: z.array(Hunk),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

/** The function, class or the like around a match. Lines are 1-based, both ends included. */
export const MatchEntity = z.object({
  name: z.string(),
  /** Of `entityKinds` in rules/document.ts. */
  kinds: z.array(z.string()),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  exported: z.boolean(),
});

/** A place where a rule of the team matches; which of them are findings is decided by `rules/judge.ts`. */
export const RuleMatch = z.object({
  /** The id that the rule has in the `RuleSet`, or in the `ExternalMatch`. */
  rule: z.string(),
  /** As of a finding. */
  id: z.string().regex(/^df1_[0-9a-f]{32}$/),
  /** At the head, or in the scanned file. */
  place: Place,
  /** As of a finding. */
  anchorLine: z.int().min(1).nullable(),
  anchorPath: z.string().nullable(),
  /** With what the rule's metavariables stand for. */
  message: z.string(),
  note: z.string().nullable(),
  related: z.array(Related),
  /** Qualified name of the innermost function or class; empty outside of one. */
  symbol: z.string(),
  entity: MatchEntity.nullable(),
  /** null: a scan. */
  newness: z.enum(newnessClasses).nullable(),
  /** By an ignore comment of the rule's engine. `before`: the base has it too, or it is a scan. `now`: the change brings it. */
  suppressed: z.enum(['before', 'now']).nullable(),
  /** Verified: the edited file parses, this match is gone and no other rule matches newly. */
  edit: Edit.nullable(),
  /** The source line of the match. */
  code: z.string(),
});
export type RuleMatch = z.infer<typeof RuleMatch>;

/** What of the rules themselves, or of their number of matches, kept something from being looked at. */
const ruleAnswer = {
  matches: z.array(RuleMatch).default([]),
  /** Rules that cannot be run: they do not compile, or their language is not known. The others ran. */
  ruleProblems: z.array(z.object({ rule: z.string(), message: z.string() })).default([]),
  /** Rules that were stopped before they had seen all of some file: `message` goes on after the rule, "in a.py: …". */
  ruleCuts: z.array(z.object({ rule: z.string(), message: z.string() })).default([]),
  /** Bounds that were reached, in plain words. */
  ruleNotices: z.array(z.string()).default([]),
};

/** The answer about matches of another engine. */
export const Matches = z.object(ruleAnswer);
export type Matches = z.infer<typeof Matches>;

/** What became of the team's rules in a review, besides the findings. Texts are plain sentences. */
export const RuleReview = z.object({
  /** Commit whose rule files judged; null: a working tree. */
  commit: z.string().nullable(),
  /** Rules that ran. */
  ran: z.int(),
  /** Rules that could not be run, and why; never counted as passed. */
  notEvaluated: z.array(z.object({ ruleId: z.string(), level: Level, reason: z.string() })),
  /** Findings that only an ignore comment of this very change silences. */
  ignored: z.array(z.object({ ruleId: z.string(), id: z.string(), path: z.string(), line: z.int() })),
  /** Matches that stood before and are not reported. */
  stoodBefore: z.int(),
  /** Matches that a semantic filter dropped. */
  filtered: z.int(),
  /** What is wrong with rule files of the base. */
  problems: z.array(z.string()),
  /** Bounds that were reached, an engine that is missing. */
  notices: z.array(z.string()),
  /** For each rule, to which files of the change it applies, or why to none. */
  trace: z.array(z.string()),
  /** Of a change that edits rule files. */
  preview: z
    .object({
      /** What is wrong with the rule files of the head: the check fails. */
      problems: z.array(z.object({ path: z.string(), line: z.int().nullable(), message: z.string() })),
      /** What the rules will do once they are merged. */
      effects: z.array(z.string()),
      /** Where a new or changed rule does not do what its test says; the check does not fail of it. */
      testFailures: z.array(z.object({ path: z.string(), line: z.int().nullable(), message: z.string() })),
      /** What the tests came to, and what of all this was cut short. */
      notices: z.array(z.string()),
    })
    .nullable(),
});
export type RuleReview = z.infer<typeof RuleReview>;

/** The answer of one analysis. The same commits and settings give the same bytes, `stats` times aside. */
export const Report = z.object({
  schemaVersion: z.int(),
  mergeBase: z.string(),
  head: z.string(),
  findings: z.array(Finding),
  files: z.array(ChangedFile),
  skipped: z.array(Skipped),
  ...ruleAnswer,
  /** null: no rules of the team were asked. */
  ruleReview: RuleReview.nullable().default(null),
  stats: z.object({
    filesChanged: z.int(),
    filesAnalysed: z.int(),
    querySites: z.int(),
    preExisting: z.int(),
    fixed: z.int(),
    suppressed: z.int(),
    diffMs: z.number(),
    parseMs: z.number(),
    analyseMs: z.number(),
    totalMs: z.number(),
    /** Of all threads together, in milliseconds: parsing for rules alone, matching, checking of fixes. */
    ruleMs: z.number().default(0),
    /** Rules that could be run, and files that some rule was run on. */
    rules: z.int().default(0),
    ruleFiles: z.int().default(0),
  }),
});
export type Report = z.infer<typeof Report>;
