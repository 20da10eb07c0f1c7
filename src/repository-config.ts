// What a repository configures, by .github/driftline.yml: checked values, or one clear line with file and line.
import { type ErrorCode, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { firstLine, nearest, quoted, type ReviewSettings } from './config.ts';
import { UserError } from './errors.ts';
import { levels } from './finding.ts';

export const repositoryConfigPath = '.github/driftline.yml';

const Review = z.strictObject({
  /** The rest of the findings stand in the check's summary. */
  maxInlineComments: z.int().min(0).max(50).optional(),
  drafts: z.boolean().default(false),
});
const Check = z.strictObject({
  onWarn: z.enum(['neutral', 'success']).optional(),
});

/** Least first. */
export const businessValues = ['low', 'medium', 'high', 'critical'] as const;

const Glob = z.string().min(1).max(500).superRefine(mustBeGlob);
const Rules = z.strictObject({
  /** Folders of rule files besides `.driftline/rules`. */
  paths: z.array(z.string().min(1).max(500)).max(20).default([]),
  /** Whether the folders of an `sgconfig.yml` at the root count too. */
  sgconfig: z.boolean().default(false),
  /** The rules that Driftline brings along. */
  recommended: z.boolean().default(false),
  /** How strict the severity in a rule file alone can make a rule. */
  impliedEnforcementCap: z.enum(levels).default('warn'),
  /** `new`: what the change causes. `touched`: also what stood before on lines it changes. `all`: whatever its files hold. */
  report: z.enum(['new', 'touched', 'all']).default('new'),
  /** What the check says when a rule that blocks could not be run. */
  onEngineUnavailable: z.enum(['neutral', 'failure']).optional(),
});
const Written = z.strictObject({
  exclude: z.array(Glob).max(200).default([]),
  levels: z.record(z.string().regex(/^[\w./-]{1,200}$/), z.enum([...levels, 'off'])).default({}),
  review: Review.prefault({}),
  check: Check.prefault({}),
  rules: Rules.prefault({}),
  /** Feature areas by path, which semantic filters of rules ask for. */
  areas: z.record(Glob, z.array(z.string().regex(/^[\w-]{1,50}$/)).max(20)).default({}),
  /** Business values by path; the highest of several counts. */
  values: z.record(Glob, z.enum(businessValues)).default({}),
});
type Written = z.output<typeof Written>;

/** What the file says, and what holds where it says nothing. */
export interface RepositoryConfig extends Omit<Written, 'review' | 'check' | 'rules'> {
  review: Whole<Written['review']>;
  check: Whole<Written['check']>;
  rules: Whole<Written['rules']>;
}

type Whole<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

/** What of the operator's settings bounds those of a repository. */
export type Operator = Pick<ReviewSettings, 'maxInlineComments' | 'onEngineUnavailable' | 'onWarn'>;

/** An operator that leaves everything to the repositories. */
export const noOperator: Operator = { maxInlineComments: null, onEngineUnavailable: null, onWarn: null };

const maxInlineComments = 20;

/** What a repository says cannot loosen what the operator set: it may only ask for fewer comments and a stricter check. */
function settled(written: Written, operator: Operator): RepositoryConfig {
  const { review, check, rules } = written;
  const most = operator.maxInlineComments ?? 50;
  return {
    ...written,
    review: {
      ...review,
      maxInlineComments: Math.min(most, review.maxInlineComments ?? operator.maxInlineComments ?? maxInlineComments),
    },
    check: {
      onWarn: (operator.onWarn === 'neutral' ? 'neutral' : check.onWarn) ?? operator.onWarn ?? 'neutral',
    },
    rules: {
      ...rules,
      onEngineUnavailable:
        (operator.onEngineUnavailable === 'failure' ? 'failure' : rules.onEngineUnavailable) ??
        operator.onEngineUnavailable ??
        'neutral',
    },
  };
}

/** Known keys by section; '' is the top. */
export const repositoryConfigKeys: Record<string, string[]> = {
  '': Object.keys(Written.shape),
  review: Object.keys(Review.shape),
  check: Object.keys(Check.shape),
  rules: Object.keys(Rules.shape),
};

/** What the YAML library says in terms of its own interface. */
const ownWords: Partial<Record<ErrorCode, string>> = {
  RESOURCE_EXHAUSTION: 'nested too deeply',
  MULTIPLE_DOCS: 'more than one YAML document',
  NON_STRING_KEY: 'a key must be text',
};

const maxConfigBytes = 256 * 1024;

/** `null`: the file does not exist, so everything is as by default. `where` names file and revision in messages. */
export function parseRepositoryConfig(
  bytes: Uint8Array | null,
  where: string = repositoryConfigPath,
  operator: Operator = noOperator,
): RepositoryConfig {
  return settled(bytes === null ? Written.parse({}) : read(bytes, where).config, operator);
}

/** What can be used and is most likely not what was meant: levels of rules that do not exist. One plain sentence each. */
export function repositoryConfigWarnings(
  bytes: Uint8Array | null,
  rules: readonly string[],
  where: string = repositoryConfigPath,
): string[] {
  if (bytes === null) return [];
  const { config, lineAt } = read(bytes, where);
  const unknown = Object.keys(config.levels).filter((id) => !rules.includes(id));
  const warnings = unknown.slice(0, warningsMax).map((id) => {
    const near = nearest(id, rules);
    const hint = near === null ? `known are ${rules.join(', ')}` : `perhaps ${quoted(near)} was meant`;
    return `${lineAt(['levels', id])}: there is no rule ${quoted(id)}, so its level changes nothing; ${hint}`;
  });
  if (unknown.length > warningsMax) warnings.push(`${where}: ${unknown.length - warningsMax} more rules do not exist`);
  return warnings;
}

const warningsMax = 5;

function read(bytes: Uint8Array, where: string): { config: Written; lineAt: (path: string[]) => string } {
  const text = decode(bytes, where);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, stringKeys: true });
  const lineOf = (offset: number) => `${where}, line ${counter.linePos(offset).line}`;
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    throw unreadable(`${lineOf(problem.pos[0])}: ${ownWords[problem.code] ?? firstLine(problem.message)}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw unreadable(`${where}: ${firstLine(error instanceof Error ? error.message : String(error))}`);
  }
  const lineAt = (path: string[]) => {
    const node = document.getIn(path, true);
    return isNode(node) && node.range ? lineOf(node.range[0]) : where;
  };
  const parsed = Written.safeParse(withoutNulls(value));
  if (parsed.success) return { config: parsed.data, lineAt };
  const lines = parsed.error.issues.map((issue) => {
    const path = (issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path).map(String);
    return `${lineAt(path)}: ${explained(issue, path)}`;
  });
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  throw unreadable(`${lines[0]}${more}`);
}

function decode(bytes: Uint8Array, where: string): string {
  if (bytes.byteLength > maxConfigBytes) throw unreadable(`${where} is larger than ${maxConfigBytes / 1024} KiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(`${where} is not UTF-8`);
  }
}

/** A key with nothing behind it (`exclude:` with every line commented out) is as if it were not there. */
function withoutNulls(value: unknown, depth = 2): unknown {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(depth > 1 ? kept.map(([key, entry]) => [key, withoutNulls(entry, depth - 1)]) : kept);
}

function explained(issue: z.core.$ZodIssue, path: string[]): string {
  const name = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = repositoryConfigKeys[issue.path.join('.')] ?? [];
    const near = nearest(path.at(-1) ?? '', known);
    return `unknown key ${quoted(name)}, ${near === null ? `known are ${known.join(', ')}` : `perhaps ${quoted(near)} was meant`}`;
  }
  if (issue.code === 'invalid_key') {
    return `${quoted(path.at(-1) ?? '')} is no ${path[0] === 'levels' ? 'rule id' : 'glob'}`;
  }
  const what = firstLine(issue.message).replace(/^Invalid (input|option): /, '');
  return name === '' ? `${what} at the top of the file` : `${quoted(name)}: ${what}`;
}

function mustBeGlob(glob: string, context: z.RefinementCtx): void {
  const problem = globProblem(glob);
  if (problem !== null) context.addIssue({ code: 'custom', message: `${quoted(glob)} is no glob: ${problem}` });
}

/** What the engine's glob library (globset) would refuse; said here because the engine knows neither file nor line. */
export function globProblem(glob: string): string | null {
  const marks = [...glob];
  let open = 0;
  for (let at = 0; at < marks.length; at++) {
    const mark = marks[at];
    if (mark === '\\' && ++at === marks.length) return 'it ends with a backslash';
    if (mark === '{') open += 1;
    if (mark === '}' && --open < 0) return 'a } has no {';
    if (mark === '[') {
      const end = endOfClass(marks, at);
      if (typeof end === 'string') return end;
      at = end;
    }
  }
  return open > 0 ? 'a { is not closed' : null;
}

/** Where the class that opens at `open` is closed, or what is wrong with it. Inside it a backslash is a letter. */
function endOfClass(marks: readonly string[], open: number): number | string {
  const negated = marks[open + 1] === '!' || marks[open + 1] === '^';
  const first = open + (negated ? 2 : 1);
  let from = '';
  let inRange = false;
  for (let at = first; at < marks.length; at++) {
    const mark = marks[at] ?? '';
    if (mark === ']' && at > first) return at;
    if (mark === '-' && at > first && !inRange) {
      inRange = true;
      continue;
    }
    if (inRange && (mark.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0)) return `the range ${from}-${mark} is empty`;
    if (!inRange) from = mark;
    inRange = false;
  }
  return 'a [ is not closed';
}

function unreadable(what: string): UserError {
  return new UserError('unreadable-config', what);
}
