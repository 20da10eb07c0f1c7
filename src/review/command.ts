// Commands in comments: `/driftline fix`. A table of words, what may follow each, and nothing else. Pure.
// A comment is a stranger's text: only its very first line is read, so that what is quoted, indented or fenced is none.
import { z } from 'zod';
import { FixTarget } from './fix.ts';

export const Command = z.discriminatedUnion('name', [
  /** Without a target: the finding whose thread the command stands in, else all. */
  z.object({ name: z.literal('fix'), target: FixTarget.nullable() }),
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
const table: Record<Exclude<Command['name'], 'unknown'>, Word> = {
  fix: {
    usage: 'fix [rule or finding id]',
    does: 'commits the verified fixes to the branch; as a reply to a finding, the fix of that finding',
    read: (words) => {
      if (words.length > 1) return null;
      const target = words[0] === undefined ? null : targetOf(words[0]);
      return words.length === 1 && target === null ? null : { name: 'fix', target };
    },
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
  const word = Object.hasOwn(table, name) ? table[name as keyof typeof table] : undefined;
  return word?.read(words.map(unquoted)) ?? { name: 'unknown' };
}

/** People copy ids out of code spans. */
function unquoted(word: string): string {
  return /^`[^`]+`$/.test(word) ? word.slice(1, -1) : word;
}

const findingId = /^(?:df1_)?([0-9a-f]{8,32})$/;
const ruleId = /^[A-Za-z0-9][A-Za-z0-9._:@#-]*(?:\/[A-Za-z0-9._:@#-]+)*$/;

function targetOf(word: string): FixTarget | null {
  const id = findingId.exec(word)?.[1];
  if (id !== undefined) return { kind: 'finding', prefix: `df1_${id}` };
  return ruleId.test(word) && word.length <= 200 ? { kind: 'rule', ruleId: word } : null;
}

/** The commands that there are, as Markdown. */
export function commandHelp(): string {
  return Object.values(table)
    .map(({ usage, does }) => `- \`/driftline ${usage}\` ${does}`)
    .join('\n');
}
