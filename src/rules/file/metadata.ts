// `metadata.driftline` of a rule file: what Driftline adds to a rule that ast-grep or Semgrep runs. Pure.
// Both engines ignore it, so a rule with it still works with their own command lines.
import { z } from 'zod';
import { firstLine, nearest, quoted } from '../../config.ts';
import {
  categories,
  EntityKind,
  RuleCategory,
  RuleDoc,
  RuleEnforcement,
  type RuleInput,
  RuleType,
  stricter,
} from '../document.ts';
import { SemanticFilter } from '../semantic-filter.ts';
import { type FileProblem, fileProblem } from './problem.ts';
import { pageOf, weaknesses } from './references.ts';
import type { YamlDocument } from './yaml.ts';

const Extras = z.strictObject({
  key: z.string().trim().min(1).max(500).optional(),
  title: z.string().trim().min(1).max(500).optional(),
  description: z.string().min(1).max(20_000).optional(),
  type: RuleType.optional(),
  scope: z.enum(['repo', 'path', 'branch']).optional(),
  pathGlob: z.string().optional(),
  branch: z.string().optional(),
  enforcement: RuleEnforcement.optional(),
  status: z.enum(['active', 'staged', 'draft']).optional(),
  priority: z.int().min(0).max(1_000).optional(),
  entityKinds: z.array(EntityKind).min(1).optional(),
  semanticFilter: SemanticFilter.optional(),
  example: z.string().min(1).max(65_536).optional(),
  counterExample: z.string().min(1).max(65_536).optional(),
  category: RuleCategory.optional(),
});
type Extras = z.infer<typeof Extras>;
export const extraFields = Object.keys(Extras.shape);

/** Whose rules are read, and from when. */
export interface RuleSource {
  orgId: string;
  repoId: string;
  /** null: a working tree. */
  commit: string | null;
  /** Time of that commit, UTC, ISO 8601. */
  at: string;
  /** `rules.impliedEnforcementCap`: how strict the severity of a file alone can make a rule. */
  impliedEnforcementCap: RuleEnforcement;
}

/** What is common to rules of both formats. */
export interface WrittenRule {
  id: string;
  message: string;
  note: string | null;
  implied: RuleEnforcement;
  metadata: unknown;
  engine: 'ast_grep' | 'semgrep';
  query: Pick<RuleInput, 'astGrepQuery' | 'semgrepRule'>;
  languages: string[];
  /** Of the format itself, where it has one. */
  url?: unknown;
  /** Path of the rule in its document. */
  at: readonly (string | number)[];
}

/** A rule of a file as a document, or everything that is wrong with what it says about itself. */
export function ruleFromFile(
  path: string,
  document: YamlDocument,
  written: WrittenRule,
  source: RuleSource,
): RuleDoc | FileProblem[] {
  const where = [...written.at, 'metadata', 'driftline'];
  const extras = Extras.safeParse(driftlineOf(written.metadata));
  if (!extras.success) return extras.error.issues.map((issue) => extraProblem(path, document, where, issue));
  const rule = RuleDoc.safeParse(fields(path, document, written, source, extras.data));
  if (rule.success) return rule.data;
  return rule.error.issues.map((issue) => extraProblem(path, document, where, issue));
}

function driftlineOf(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || !('driftline' in metadata)) return {};
  return metadata.driftline ?? {};
}

function fields(
  path: string,
  document: YamlDocument,
  written: WrittenRule,
  source: RuleSource,
  extras: Extras,
): RuleInput {
  const { id, message, note, implied, engine, query, languages, at } = written;
  const capped = stricter(implied, source.impliedEnforcementCap) === implied ? source.impliedEnforcementCap : implied;
  return {
    ...extras,
    ...query,
    id: `file:${path}#${id}`,
    orgId: source.orgId,
    repoId: source.repoId,
    key: extras.key ?? id,
    title: extras.title ?? titleOf(message, id),
    description: extras.description ?? (note === null || note === '' ? message || id : note).slice(0, 20_000),
    type: extras.type ?? 'syntactic',
    scope: extras.scope ?? 'repo',
    enforcement: extras.enforcement ?? capped,
    status: extras.status ?? 'active',
    category: extras.category ?? writtenCategory(written.metadata),
    engine,
    languages,
    cwe: weaknesses(written.metadata),
    url: pageOf(written.metadata, [written.url]),
    createdBy: `file:${path}`.slice(0, 300),
    origin: 'file',
    fileRef: { path, line: document.lineAt(at), commit: source.commit },
    createdAt: source.at,
    updatedAt: source.at,
  };
}

/** The message on one line. */
function titleOf(message: string, id: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  if (line === '') return id;
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}

/** Semgrep's rules say `metadata.category`; where that is one of ours it holds. */
function writtenCategory(metadata: unknown): RuleCategory | null {
  if (typeof metadata !== 'object' || metadata === null || !('category' in metadata)) return null;
  return categories.find((category) => category === metadata.category) ?? null;
}

function extraProblem(
  path: string,
  document: YamlDocument,
  where: readonly (string | number)[],
  issue: z.core.$ZodIssue,
): FileProblem {
  const keys = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = keys.length === 0 ? nearest(key, extraFields) : null;
    const name = ['metadata.driftline', ...keys, key].join('.');
    const hint = known === null ? '' : `, perhaps ${quoted(known)} was meant`;
    return fileProblem(
      'unknown-field',
      path,
      document.lineAt([...where, ...keys, key]),
      `there is no ${quoted(name)}${hint}`,
    );
  }
  const name = ['metadata.driftline', ...keys].join('.');
  const what = firstLine(issue.message).replace(/^Invalid (input|option): /, '');
  return fileProblem('wrong-value', path, document.lineAt([...where, ...keys]), `${quoted(name)}: ${what}`);
}
