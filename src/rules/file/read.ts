// The rule files of a repository as rule documents, with everything that is wrong in them. Pure: the texts are handed in,
// by whoever reads them from a commit or from a folder. What is sound is kept beside what is not.
import { quoted } from '../../config.ts';
import type { RuleDoc } from '../document.ts';
import { isAstGrep, readAstGrep, readUtility, type UtilityRule } from './ast-grep.ts';
import { type RuleSource, ruleFromFile, type WrittenRule } from './metadata.ts';
import { type FileProblem, fileProblem } from './problem.ts';
import { isSemgrep, readSemgrep } from './semgrep.ts';
import { readYaml, type YamlDocument } from './yaml.ts';

export const ruleFolder = '.driftline/rules';
export const utilityFolder = '.driftline/utils';

export const maxRules = 500;
/** Together; one file is bounded by `yamlBounds`. */
const maxTotalBytes = 4 * 1024 * 1024;

export interface RuleFile {
  /** Relative to the root of the repository, with `/`. */
  path: string;
  bytes: Uint8Array;
}

export interface RuleFiles {
  /** In the order of their paths, then of their places. Ids differ. */
  rules: RuleDoc[];
  utilities: UtilityRule[];
  /** Everything refused and everything that does nothing, by path and line. */
  problems: FileProblem[];
}

/** Whether a path is a rule file: YAML, and not the code that Semgrep tests its YAML rules on. */
export function isRuleFile(path: string): boolean {
  return /\.ya?ml$/.test(path) && !/\.(test|fixed)\.ya?ml$/.test(path);
}

/** Reads `files`; those below `utilityFolders` are utility rules, all others rules of ast-grep or Semgrep. */
export function readRuleFiles(
  files: readonly RuleFile[],
  source: RuleSource,
  utilityFolders: readonly string[] = [utilityFolder],
): RuleFiles {
  const found: RuleFiles = { rules: [], utilities: [], problems: [] };
  const ordered = files.filter(({ path }) => isRuleFile(path)).sort((a, b) => compareText(a.path, b.path));
  let bytes = 0;
  for (const [index, file] of ordered.entries()) {
    bytes += file.bytes.byteLength;
    if (bytes > maxTotalBytes) {
      const what = `the rule files together are larger than ${maxTotalBytes / 1024 / 1024} MB; ${ordered.length - index} are left out`;
      found.problems.push(fileProblem('too-much-text', file.path, null, what));
      break;
    }
    const { documents, problems } = readYaml(file.path, file.bytes);
    found.problems.push(...problems);
    const isUtility = utilityFolders.some((folder) => file.path.startsWith(`${folder}/`));
    if (isUtility) readUtilities(file.path, documents, found);
    else readRules(file.path, documents, source, found);
  }
  const left = found.rules.splice(maxRules);
  const first = left[0]?.fileRef;
  if (first) {
    const what = `the repository has more than ${maxRules} rules; ${left.length} are left out, from this one on`;
    found.problems.push(fileProblem('too-many-rules', first.path, first.line, what));
  }
  found.problems.push(...sameKeys(found.rules));
  found.problems.sort((a, b) => compareText(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0));
  return found;
}

function readUtilities(path: string, documents: readonly YamlDocument[], found: RuleFiles): void {
  for (const document of documents) {
    const utility = isMap(document.value)
      ? readUtility(path, document)
      : fileProblem('no-rule', path, document.line, 'this is no utility rule of ast-grep');
    if ('code' in utility) found.problems.push(utility);
    else found.utilities.push(utility);
  }
}

function readRules(path: string, documents: readonly YamlDocument[], source: RuleSource, found: RuleFiles): void {
  const ids = new Set<string>();
  for (const document of documents) {
    for (const written of writtenRules(path, document)) {
      if ('code' in written) {
        found.problems.push(written);
        continue;
      }
      if (ids.has(written.id)) {
        const what = `rule ${quoted(written.id)} stands twice in this file`;
        found.problems.push(fileProblem('duplicate-id', path, document.lineAt(written.at), what));
        continue;
      }
      ids.add(written.id);
      const rule = ruleFromFile(path, document, written, source);
      if (Array.isArray(rule)) found.problems.push(...rule);
      else found.rules.push(rule);
    }
  }
}

function writtenRules(path: string, document: YamlDocument): (WrittenRule | FileProblem)[] {
  const { value, line } = document;
  if (isMap(value)) {
    if (isSemgrep(value)) return readSemgrep(path, document);
    if (isAstGrep(value) || 'customLanguages' in value) return [readAstGrep(path, document)];
  }
  return [fileProblem('no-rule', path, line, 'this is neither a rule of ast-grep nor a list of Semgrep rules')];
}

/** Rules with one key in one place hide each other; that is meant for overrides between scopes, and for other files. */
function sameKeys(rules: readonly RuleDoc[]): FileProblem[] {
  const first = new Map<string, RuleDoc>();
  return rules.flatMap((rule) => {
    const name = JSON.stringify([rule.key, rule.scope, rule.pathGlob, rule.branch]);
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, rule);
      return [];
    }
    const place = `${other.fileRef?.path}, line ${other.fileRef?.line}`;
    const what = `rule ${quoted(rule.title)} shares the key ${quoted(rule.key)} with ${place}, so only one of them applies to a file`;
    return [fileProblem('same-key', rule.fileRef?.path ?? '', rule.fileRef?.line ?? null, what)];
  });
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
