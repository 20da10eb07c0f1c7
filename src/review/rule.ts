// The built-in rules as people meet them: name, what is wrong, where it is shown. It must not know how they are found.
import type { Finding } from '../finding.ts';

interface RuleText {
  id: string;
  /** Short name, before the colon of a comment's title. */
  name: string;
  /** One sentence for SARIF and `driftline` help. */
  summary: string;
  /** Markdown, for code scanning's rule page. */
  help: string;
  /** `inline`: on the changed line. `summary`: only in the check, unless its level is raised. */
  shown: 'inline' | 'summary';
  tags: string[];
}

const docs = 'https://github.com/driftline/driftline/blob/main/docs/rules.md';

const texts: RuleText[] = [
  {
    id: 'n-plus-one/loop-query',
    name: 'N+1 query',
    summary: 'A database read runs once for every turn of a loop, and what it reads depends on the turn.',
    help: [
      'One query fetches a list, then each element runs one more: N rows cost N + 1 round trips.',
      'Read everything the loop needs before it, with one query for all keys, and look it up in memory.',
    ].join('\n'),
    shown: 'inline',
    tags: ['performance', 'database', 'n-plus-one'],
  },
  {
    id: 'n-plus-one/lazy-relation',
    name: 'N+1 query',
    summary: 'A loop reads a relation of its element that nothing has loaded, so each element asks the database.',
    help: [
      'The query that feeds the loop can load the relation for all rows at once (eager loading).',
      'The finding names the relation, the query that feeds the loop, and the call that loads both.',
    ].join('\n'),
    shown: 'inline',
    tags: ['performance', 'database', 'n-plus-one'],
  },
  {
    id: 'n-plus-one/graphql-resolver',
    name: 'N+1 query in a resolver',
    summary: 'A field resolver asks the database for its parent, and a list has many parents.',
    help: 'Read through a DataLoader, which collects the keys of all parents and asks once, or load the rows with the parents.',
    shown: 'inline',
    tags: ['performance', 'database', 'n-plus-one', 'graphql'],
  },
  {
    id: 'n-plus-one/implicit',
    name: 'N+1 query',
    summary:
      'A framework runs this code once per row (serializer, partial, mapper), and it asks the database each time.',
    help: 'Load what the rows need together with them, or compute it in the query that reads them.',
    shown: 'inline',
    tags: ['performance', 'database', 'n-plus-one'],
  },
  {
    id: 'n-plus-one/eager-fetch',
    name: 'N+1 query at load time',
    summary:
      'A mapping loads a relation with each row, and this query reads the rows without it: one more query per row.',
    help: 'Fetch the relation in the query itself, load it in batches, or make it lazy and fetch it where it is used.',
    shown: 'summary',
    tags: ['performance', 'database', 'n-plus-one'],
  },
  {
    id: 'db/write-in-loop',
    name: 'Write in a loop',
    summary: 'A row is written once for every turn of a loop where one bulk call would do.',
    help: 'Collect the rows and write them with the bulk call of the ORM. Bulk calls may skip callbacks, validations or signals.',
    shown: 'summary',
    tags: ['performance', 'database'],
  },
  {
    id: 'db/invariant-query-in-loop',
    name: 'Same query in a loop',
    summary: 'A database read runs in a loop though it does not depend on the turn.',
    help: 'Run the query once before the loop and use its result inside.',
    shown: 'summary',
    tags: ['performance', 'database'],
  },
];

const byId = new Map(texts.map((text) => [text.id, text]));

export const ruleIds: readonly string[] = texts.map(({ id }) => id);

/** A rule of the team or of a pack brings its own words; one that is not known is named by its id. */
export function ruleText({ ruleId: id, rule }: Pick<Finding, 'ruleId' | 'rule'>): RuleText {
  if (rule !== null) return { id, ...rule, help: rule.help || rule.summary, shown: 'inline' };
  return byId.get(id) ?? { id, name: id, summary: id, help: id, shown: 'inline', tags: [] };
}

/** Where a rule is explained; null: nowhere. */
export function ruleLink({ ruleId, rule }: Pick<Finding, 'ruleId' | 'rule'>): string | null {
  return rule === null ? `${docs}#${ruleId.replaceAll('/', '')}` : rule.url;
}
