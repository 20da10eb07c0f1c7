// Commands in comments: `/driftline dismiss wont-fix`. A table of words, what may follow each, and nothing else. Pure.
// A comment is a stranger's text: only its very first line is read, so that what is quoted, indented or fenced is none.
import { z } from 'zod';
import { FixTarget } from './fix.ts';
import { Verdict } from './verdict.ts';

export const Command = z.discriminatedUnion('name', [
  /** Without a target: the finding whose thread the command stands in, else all. */
  z.object({ name: z.literal('fix'), target: FixTarget.nullable() }),
  z.object({
    name: z.literal('verdict'),
    verdict: Verdict,
    /** null: the finding whose thread the command stands in. */
    target: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('all') }),
        z.object({ kind: z.literal('finding'), prefix: z.string() }),
      ])
      .nullable(),
    reason: z.string(),
  }),
  z.object({ name: z.literal('recheck') }),
  z.object({ name: z.literal('help') }),
  /** Begins like a command and is none. */
  z.object({ name: z.literal('unknown') }),
]);
export type Command = z.infer<typeof Command>;

interface Word {
  /** What follows `/driftline`, as people write it. */
  usage: string;
  /** One sentence for `/driftline help`. */
  does: string;
  /** `null`: what follows the word cannot be meant. */
  read(words: readonly string[]): Command | null;
}

/** In the order in which help lists them. */
const table: Record<string, Word> = {
  dismiss: {
    usage: 'dismiss [finding id or all] [false-positive | wont-fix | not-applicable] [reason]',
    does: 'stops reporting a problem; without a word for it as a false positive, which later pull requests remember',
    read: readDismissal,
  },
  confirm: {
    usage: 'confirm [finding id or all] [reason]',
    does: 'says that a problem is one',
    read: (words) => verdictOf('confirm', words),
  },
  override: {
    usage: 'override [finding id or all] [reason]',
    does: 'lets a change pass although a problem is one',
    read: (words) => verdictOf('override', words),
  },
  undo: {
    usage: 'undo [finding id or all]',
    does: 'takes back what was said of a problem',
    read: (words) => verdictOf('undo', words),
  },
  fix: {
    usage: 'fix [rule or finding id]',
    does: 'commits the verified fixes to the branch; as a reply to a finding, the fix of that finding',
    read: (words) => {
      if (words.length > 1) return null;
      const target = words[0] === undefined ? null : targetOf(words[0]);
      return words.length === 1 && target === null ? null : { name: 'fix', target };
    },
  },
  recheck: {
    usage: 'recheck',
    does: 'reviews the change again',
    read: (words) => (words.length === 0 ? { name: 'recheck' } : null),
  },
  help: {
    usage: 'help',
    does: 'lists the commands',
    read: (words) => (words.length === 0 ? { name: 'help' } : null),
  },
};

const commandLine = /^\/driftline(?=\s|$)(.*)$/;
const lineLimit = 400;

/** The command of a comment; null when it holds none. */
export function commandOf(body: string): Command | null {
  const line = body.split(/\r?\n/, 1)[0] ?? '';
  const said = line.length > lineLimit ? null : commandLine.exec(line.trimEnd());
  if (said === null) return null;
  const [name = '', ...words] = (said[1] ?? '').split(/\s+/).filter((word) => word !== '');
  const word = Object.hasOwn(table, name) ? table[name] : undefined;
  return word?.read(words.map(unquoted)) ?? { name: 'unknown' };
}

/** People copy ids out of code spans. */
function unquoted(word: string): string {
  return /^`[^`]+`$/.test(word) ? word.slice(1, -1) : word;
}

export type VerdictCommand = Extract<Command, { name: 'verdict' }>;

/** A first word that names findings is the target; the rest is the reason in the person's words. */
function verdictOf(verdict: Verdict, words: readonly string[]): VerdictCommand {
  const [first = '', ...others] = words;
  const named = first === 'all' ? ({ kind: 'all' } as const) : findingOf(first);
  const reason = (named === null ? words : others).join(' ');
  return { name: 'verdict', verdict, target: named, reason };
}

const dismissals: readonly string[] = ['false-positive', 'wont-fix', 'not-applicable'];

/** The kind may stand before the target too. A word that is neither would be taken for a reason by mistake: refused. */
function readDismissal(words: readonly string[]): VerdictCommand | null {
  const [first = '', ...others] = words;
  if (words.length === 0) return verdictOf('false-positive', []);
  if (dismissals.includes(first)) return verdictOf(Verdict.parse(first), others);
  if (first !== 'all' && findingOf(first) === null) return null;
  const [kind = 'false-positive', ...reason] = others;
  return dismissals.includes(kind) ? verdictOf(Verdict.parse(kind), [first, ...reason]) : null;
}

const findingId = /^(?:df1_)?([0-9a-f]{8,32})$/;
const ruleId = /^[A-Za-z0-9][A-Za-z0-9._:@#-]*(?:\/[A-Za-z0-9._:@#-]+)*$/;

function findingOf(word: string): Extract<FixTarget, { kind: 'finding' }> | null {
  const id = findingId.exec(word)?.[1];
  return id === undefined ? null : { kind: 'finding', prefix: `df1_${id}` };
}

function targetOf(word: string): FixTarget | null {
  const finding = findingOf(word);
  if (finding !== null) return finding;
  return ruleId.test(word) && word.length <= 200 ? { kind: 'rule', ruleId: word } : null;
}

/** The commands that there are, as Markdown. */
export function commandHelp(): string {
  return Object.values(table)
    .map(({ usage, does }) => `- \`/driftline ${usage}\` ${does}`)
    .join('\n');
}
