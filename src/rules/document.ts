// The rule document: every field of a rule, wherever it comes from, and what each may hold. Pure.
// Resolution, evaluation and enforcement read this; engines read only the queries in it.
import { z } from 'zod';
import { ruleGlobProblem } from './glob.ts';
import { SemanticFilter } from './semantic-filter.ts';

export const ruleTypes = ['architectural', 'syntactic', 'convention', 'styling', 'team_standard'] as const;
/** Least specific first: the place in this list is the specificity, 1 to 5. */
export const ruleScopes = ['org', 'repo', 'path', 'branch', 'workspace'] as const;
/** Mildest first. */
export const enforcements = ['suggest', 'warn', 'block'] as const;
export const ruleStatuses = ['draft', 'staged', 'active', 'archived'] as const;
export const engines = ['ast_grep', 'semgrep', 'builtin', 'none'] as const;
export const categories = ['security', 'correctness', 'performance', 'testing', 'convention'] as const;
export const entityKinds = [
  'function',
  'method',
  'class',
  'interface',
  'type',
  'enum',
  'variable',
  'file',
  'route_handler',
  'component',
  'hook',
  'test',
  'fixture',
] as const;

/** The rules that Driftline brings along. */
export const recommendedPack = 'driftline/recommended';

export const RuleType = z.enum(ruleTypes);
export const RuleScope = z.enum(ruleScopes);
export const RuleEnforcement = z.enum(enforcements);
export const RuleStatus = z.enum(ruleStatuses);
export const RuleEngine = z.enum(engines);
export const RuleCategory = z.enum(categories);
export const EntityKind = z.enum(entityKinds);
export type RuleType = z.infer<typeof RuleType>;
export type RuleScope = z.infer<typeof RuleScope>;
export type RuleEnforcement = z.infer<typeof RuleEnforcement>;
export type RuleStatus = z.infer<typeof RuleStatus>;
export type RuleEngine = z.infer<typeof RuleEngine>;
export type RuleCategory = z.infer<typeof RuleCategory>;
export type EntityKind = z.infer<typeof EntityKind>;

const line = (max: number) => z.string().trim().min(1).max(max);
const text = (max: number) => z.string().min(1).max(max);
const optional = <T extends z.ZodType>(type: T) => type.nullable().default(null);

const Glob = z.string().check((context) => {
  const problem = ruleGlobProblem(context.value);
  if (problem !== null) {
    context.issues.push({ code: 'custom', input: context.value, message: `is no glob for a rule: ${problem}` });
  }
});

/** Where one part of the code may not import from another. */
export const ImportBoundary = z.strictObject({
  from: Glob,
  to: Glob,
  /** `deny`: files of `from` must not import `to`. `only`: they may import nothing else. */
  mode: z.enum(['deny', 'only']),
});

/** The five fields that differ by language; everything else of a rule is one intent. */
const payload = {
  /** A complete Semgrep file with this rule alone. */
  semgrepRule: optional(text(262_144)),
  /** ast-grep YAML that matches violations: a whole document, or its rule object alone. */
  astGrepQuery: optional(text(262_144)),
  /** Replaces the `fix` of the query: the same forms as there. */
  astGrepFix: optional(text(65_536)),
  example: optional(text(65_536)),
  counterExample: optional(text(65_536)),
};

export const LanguageImplementation = z.strictObject({ ruleId: line(500), language: line(40), ...payload });
export type LanguageImplementation = z.infer<typeof LanguageImplementation>;

const fields = z.strictObject({
  /** `rule_` and a UUID for a rule of the database; `file:PATH#ID` for one of a file. Unique within an organisation. */
  id: z
    .string()
    .max(2_000)
    .regex(/^(rule_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|file:.+#.+)$/s),
  orgId: line(200),
  /** null: every repository of the organisation. */
  repoId: optional(line(200)),
  /** What overrides match by. Left out, it is the title in lower case with hyphens. */
  key: z.string().trim().max(500).default(''),
  title: line(500),
  /** Holds the rationale. */
  description: text(20_000),
  type: RuleType,
  scope: RuleScope,
  enforcement: RuleEnforcement,
  status: RuleStatus,
  category: optional(RuleCategory),
  /** null: chosen by `engineOf`. */
  engine: optional(RuleEngine),
  pathGlob: optional(Glob),
  /** Extensions without the first dot; `test.ts` is one too. */
  fileTypes: optional(
    z
      .array(z.string().regex(/^[^./\s][^/\s]*$/))
      .min(1)
      .max(100),
  ),
  entityKinds: optional(z.array(EntityKind).min(1)),
  /** Name of the base branch, or a glob such as `release/*`. */
  branch: optional(Glob),
  workspaceUserId: optional(line(200)),
  semanticFilter: optional(SemanticFilter),
  importBoundary: optional(ImportBoundary),
  /** Higher first. */
  priority: z.int().min(0).max(1_000).default(0),
  polyglot: z.boolean().default(false),
  languages: optional(z.array(line(40)).min(1).max(100)),
  /** A less specific rule of the same key may then be tightened by others, never weakened. */
  locked: z.boolean().default(false),
  /** A user id, `auto-promoted:PATTERN`, `system:attribution`, `system:insight` or the name of a pack. */
  createdBy: line(300),
  sourcePatternId: optional(line(200)),
  origin: z.enum(['database', 'file']).default('database'),
  /** Of a rule from a file: where it stands. `commit` is null for a working tree. */
  fileRef: optional(z.strictObject({ path: text(4_096), line: z.int().min(1), commit: line(64).nullable() })),
  needsReview: z.boolean().default(false),
  autoDowngrade: z.boolean().default(true),
  revision: z.int().min(1).default(1),
  /** What the engine said of the query when it last read it. */
  validation: optional(z.strictObject({ valid: z.boolean(), errors: z.array(z.string().max(2_000)).max(100) })),
  /** The weaknesses that it is about, as `CWE-89`. */
  cwe: optional(
    z
      .array(z.string().regex(/^CWE-[1-9]\d{0,4}$/))
      .min(1)
      .max(10),
  ),
  /** The page that explains it. */
  url: optional(z.url({ protocol: /^https$/ }).max(2_000)),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  ...payload,
});

type Fields = z.infer<typeof fields>;

/** What a scope needs and what it forbids: a rule that says one and means another would apply where nobody expects it. */
const scopeProblems: { path: keyof Fields; when: (rule: Fields) => boolean; message: string }[] = [
  {
    path: 'pathGlob',
    when: (rule) => rule.scope === 'path' && rule.pathGlob === null,
    message: 'scope path needs a pathGlob',
  },
  {
    path: 'branch',
    when: (rule) => rule.scope === 'branch' && rule.branch === null,
    message: 'scope branch needs a branch',
  },
  {
    path: 'workspaceUserId',
    when: (rule) => rule.scope === 'workspace' && rule.workspaceUserId === null,
    message: 'scope workspace needs a workspaceUserId',
  },
  {
    path: 'pathGlob',
    when: (rule) => rule.scope === 'org' && rule.pathGlob !== null,
    message: 'scope org allows no pathGlob',
  },
  {
    path: 'branch',
    when: (rule) => rule.scope === 'org' && rule.branch !== null,
    message: 'scope org allows no branch',
  },
  {
    path: 'repoId',
    when: (rule) => rule.scope === 'org' && rule.repoId !== null,
    message: 'scope org allows no repoId',
  },
  {
    path: 'repoId',
    when: (rule) => rule.scope === 'repo' && rule.repoId === null,
    message: 'scope repo needs a repoId; a rule for all repositories has scope org',
  },
  {
    path: 'languages',
    when: (rule) => rule.polyglot && rule.languages === null,
    message: 'a polyglot rule needs its languages',
  },
];

/**
 * A rule, checked: unknown fields and unknown values are errors with the field's path. Optional fields may be left out
 * and are null then. Times are UTC, ISO 8601.
 */
export const RuleDoc = fields
  .check((context) => {
    for (const { path, when, message } of scopeProblems) {
      if (when(context.value)) context.issues.push({ code: 'custom', input: context.value, path: [path], message });
    }
  })
  .transform((rule) => ({ ...rule, key: rule.key === '' ? keyOfTitle(rule.title) : rule.key }));
export type RuleDoc = z.output<typeof RuleDoc>;
export type RuleInput = z.input<typeof RuleDoc>;

/** Letters and digits of any script, in lower case, with hyphens between; the title itself where it has none. */
export function keyOfTitle(title: string): string {
  const slug = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return slug === '' ? title : slug;
}

/** 1 (org) to 5 (workspace). */
export function specificityOf(scope: RuleScope): number {
  return ruleScopes.indexOf(scope) + 1;
}

export function stricter(a: RuleEnforcement, b: RuleEnforcement): RuleEnforcement {
  return enforcements.indexOf(a) >= enforcements.indexOf(b) ? a : b;
}

/** Which engine runs a rule: the one it names, else ast-grep where it has a query, else Semgrep. Never two. */
export function engineOf(
  rule: Pick<RuleDoc, 'engine' | 'astGrepQuery' | 'semgrepRule' | 'importBoundary'>,
): RuleEngine {
  if (rule.engine !== null) return rule.engine;
  if (rule.astGrepQuery !== null) return 'ast_grep';
  if (rule.semgrepRule !== null) return 'semgrep';
  return rule.importBoundary === null ? 'none' : 'builtin';
}

/** A rule without a category gets one by its type; attribution and severities go by it. */
export function categoryOf(rule: Pick<RuleDoc, 'category' | 'type'>): RuleCategory {
  return rule.category ?? (rule.type === 'syntactic' ? 'correctness' : 'convention');
}
