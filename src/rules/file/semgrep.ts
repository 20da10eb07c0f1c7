// A file of Semgrep's own form: its rules one by one, and what in them is refused. Pure.
import { stringify } from 'yaml';
import { quoted } from '../../config.ts';
import type { RuleEnforcement } from '../document.ts';
import type { WrittenRule } from './metadata.ts';
import { type FileProblem, fileProblem, type ProblemCode } from './problem.ts';
import type { YamlDocument } from './yaml.ts';

const severities: Record<string, RuleEnforcement> = {
  CRITICAL: 'block',
  HIGH: 'block',
  ERROR: 'block',
  MEDIUM: 'warn',
  WARNING: 'warn',
  LOW: 'suggest',
  INFO: 'suggest',
  INVENTORY: 'suggest',
  EXPERIMENT: 'suggest',
};

/** Every text in quotes: readers of YAML 1.1 and 1.2 disagree on words such as `on`, and must not here. */
const quotedTexts = {
  aliasDuplicateObjects: false,
  lineWidth: 0,
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
} as const;

/** What reaches out of the rule itself: to the network, to other files, or to an interpreter. */
const refusedKeys: Record<string, { code: ProblemCode; what: string }> = {
  validators: { code: 'remote-config', what: 'validators sends requests over the network and is refused' },
  join: { code: 'remote-config', what: 'join takes rules from elsewhere and is refused' },
  'pattern-where-python': { code: 'runs-code', what: 'pattern-where-python runs code and is refused' },
};

export function isSemgrep(value: object): value is { rules: unknown } {
  return 'rules' in value;
}

/** Each rule of the list, or what keeps it from being one. */
export function readSemgrep(path: string, document: YamlDocument): (WrittenRule | FileProblem)[] {
  const { rules } = document.value as { rules: unknown };
  if (!Array.isArray(rules)) {
    return [fileProblem('wrong-value', path, document.lineAt(['rules']), 'rules must be a list of Semgrep rules')];
  }
  return rules.map((rule: unknown, index) => readRule(path, document, rule, ['rules', index]));
}

function readRule(
  path: string,
  document: YamlDocument,
  rule: unknown,
  at: readonly (string | number)[],
): WrittenRule | FileProblem {
  const problem = (code: ProblemCode, field: string | null, what: string) =>
    fileProblem(code, path, document.lineAt(field === null ? at : [...at, field]), what);
  if (typeof rule === 'string') {
    return problem('remote-config', null, `${quoted(rule)} names rules that are not in the file, and is refused`);
  }
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    return problem('wrong-value', null, 'a Semgrep rule must be a map');
  }
  const value = rule as Record<string, unknown>;
  const absent = ['id', 'message', 'severity', 'languages'].find((field) => value[field] === undefined);
  if (absent !== undefined) return problem('missing-field', null, `the Semgrep rule has no ${absent}`);
  const { id, message, severity, languages, metadata } = value;
  // Semgrep names rules by these characters alone, in its results and in `nosemgrep` comments.
  if (typeof id !== 'string' || !/^[\w.-]{1,500}$/.test(id)) {
    return problem('wrong-value', 'id', 'id must be letters, digits and . _ -, at most 500');
  }
  if (typeof message !== 'string') return problem('wrong-value', 'message', 'message must be a text');
  if (!Array.isArray(languages) || !languages.every((one) => typeof one === 'string') || languages.length === 0) {
    return problem('wrong-value', 'languages', 'languages must be a list of names');
  }
  const implied = severities[String(severity).toUpperCase()];
  if (implied === undefined) {
    const known = Object.keys(severities).join(', ');
    return problem('wrong-value', 'severity', `severity ${quoted(String(severity))} is none of ${known}`);
  }
  const refused = refusedKey(value);
  if (refused !== null) return problem(refused.code, refused.key, refused.what);
  return {
    id,
    message,
    note: null,
    implied,
    metadata,
    engine: 'semgrep',
    query: { semgrepRule: stringify({ rules: [value] }, quotedTexts) },
    languages,
    at,
  };
}

/** Looked for at every depth: patterns nest. Texts are not looked into, so a pattern may name these words. */
function refusedKey(value: unknown): { key: string; code: ProblemCode; what: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const refused = refusedKeys[key];
    if (refused !== undefined && !Array.isArray(value)) return { key, ...refused };
    const deeper = key === 'metadata' ? null : refusedKey(inner);
    if (deeper !== null) return deeper;
  }
  return null;
}
