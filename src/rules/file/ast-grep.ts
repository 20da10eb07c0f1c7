// A document of ast-grep's own form: what Driftline must know of it before the engine compiles it. Pure.
// Everything else in it is the engine's business and stays as it is written.

import { quoted } from '../../config.ts';
import type { RuleEnforcement } from '../document.ts';
import type { WrittenRule } from './metadata.ts';
import { type FileProblem, fileProblem } from './problem.ts';
import type { YamlDocument } from './yaml.ts';

/** A rule of `.driftline/utils/`, which others call by its id. */
export interface UtilityRule {
  id: string;
  language: string;
  path: string;
  line: number;
  /** As it is written. */
  text: string;
}

/** ast-grep's languages by their lower-case names and short forms. */
const languages = new Set(
  (
    'bash c cpp cc c++ cxx csharp cs css elixir ex go golang haskell hs hcl html java javascript js jsx json kotlin kt ' +
    'kts lua nix php python py python3 ruby rb rust rs scala sh solidity sol swift tsx typescript ts yaml yml'
  ).split(' '),
);

const severities: Record<string, RuleEnforcement | 'off'> = {
  error: 'block',
  warning: 'warn',
  info: 'suggest',
  hint: 'suggest',
  off: 'off',
};

export function isAstGrep(value: object): value is Record<string, unknown> {
  return 'rule' in value || ('id' in value && 'language' in value);
}

/** A rule, or what keeps it from being one. */
export function readAstGrep(path: string, document: YamlDocument): WrittenRule | FileProblem {
  const value = document.value as Record<string, unknown>;
  const identity = readIdentity(path, document, value);
  if ('code' in identity) return identity;
  const { id, language } = identity;
  const severity = severities[String(value.severity ?? 'hint')];
  if (severity === undefined) {
    const what = `severity ${quoted(String(value.severity))} is none of ${Object.keys(severities).join(', ')}`;
    return fileProblem('wrong-value', path, document.lineAt(['severity']), what);
  }
  if (severity === 'off') {
    return fileProblem('switched-off', path, document.line, `rule ${quoted(id)} has severity off and is not run`);
  }
  const text = (key: string) => (typeof value[key] === 'string' ? value[key] : null);
  return {
    id,
    message: text('message') ?? '',
    note: text('note'),
    implied: severity,
    metadata: value.metadata,
    engine: 'ast_grep',
    query: { astGrepQuery: document.text },
    languages: [language],
    url: value.url,
    at: [],
  };
}

export function readUtility(path: string, document: YamlDocument): UtilityRule | FileProblem {
  const identity = readIdentity(path, document, document.value as Record<string, unknown>);
  if ('code' in identity) return identity;
  return { ...identity, path, line: document.line, text: document.text };
}

function readIdentity(
  path: string,
  document: YamlDocument,
  value: Record<string, unknown>,
): { id: string; language: string } | FileProblem {
  if ('customLanguages' in value) return customLanguages(path, document.lineAt(['customLanguages']));
  const { id, language, rule } = value;
  if (typeof id !== 'string' || id.trim() === '') return missing(path, document, 'id', id);
  if (typeof language !== 'string') return missing(path, document, 'language', language);
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return missing(path, document, 'rule', rule);
  if (id.length > 500)
    return fileProblem('wrong-value', path, document.lineAt(['id']), 'id is longer than 500 characters');
  if (!languages.has(language.toLowerCase())) {
    const what = `${quoted(language)} is no language of ast-grep; languages from libraries are refused`;
    return fileProblem('wrong-value', path, document.lineAt(['language']), what);
  }
  return { id, language };
}

export function customLanguages(path: string, line: number): FileProblem {
  return fileProblem(
    'native-library',
    path,
    line,
    'customLanguages would load a library into the reviewer and is refused',
  );
}

function missing(path: string, document: YamlDocument, field: string, value: unknown): FileProblem {
  return value === undefined || value === null
    ? fileProblem('missing-field', path, document.line, `the ast-grep rule has no ${field}`)
    : fileProblem(
        'wrong-value',
        path,
        document.lineAt([field]),
        `${field} must be ${field === 'rule' ? 'a map' : 'a text'}`,
      );
}
