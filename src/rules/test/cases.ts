// ast-grep's form of a rule's test: the id of the rule, code that it must match and code that it must not. Pure.
import { quoted } from '../../config.ts';
import { type FileProblem, fileProblem } from '../file/problem.ts';
import type { RuleFile } from '../file/read.ts';
import { readYaml, type YamlDocument } from '../file/yaml.ts';

export const testFolder = '.driftline/rule-tests';

export interface RuleCase {
  code: string;
  /** 1-based, in the test file. */
  line: number;
}

export interface RuleTest {
  /** As the rule's own file names it. */
  id: string;
  path: string;
  line: number;
  /** Code without a match. */
  valid: RuleCase[];
  /** Code with at least one match. */
  invalid: RuleCase[];
}

export interface RuleTests {
  /** In the order of their paths, then of their places. */
  tests: RuleTest[];
  problems: FileProblem[];
}

/** Of all tests together; what is beyond is left out and told. */
const maxCases = 5_000;
const maxTotalBytes = 4 * 1024 * 1024;

/** Whether a path below a folder of tests is a test. What ast-grep itself keeps there (`__snapshots__`) is none. */
export function isTestFile(path: string): boolean {
  return /\.ya?ml$/.test(path) && !path.split('/').includes('__snapshots__');
}

export function readTests(files: readonly RuleFile[]): RuleTests {
  const found: RuleTests = { tests: [], problems: [] };
  let cases = 0;
  let bytes = 0;
  for (const { path, bytes: content } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    bytes += content.byteLength;
    if (bytes > maxTotalBytes) {
      const what = `the tests of rules are larger than ${maxTotalBytes / 1024 / 1024} MB; the rest, from this file on, is left out`;
      found.problems.push(fileProblem('too-many-tests', path, null, what));
      break;
    }
    const { documents, problems } = readYaml(path, content);
    found.problems.push(...problems);
    for (const document of documents) {
      const test = readTest(path, document);
      if ('code' in test) {
        found.problems.push(test);
        continue;
      }
      cases += test.valid.length + test.invalid.length;
      if (cases > maxCases) {
        const what = `the tests of rules have more than ${maxCases} cases; the rest, from this one on, is left out`;
        found.problems.push(fileProblem('too-many-tests', path, test.line, what));
        return found;
      }
      found.tests.push(test);
    }
  }
  return found;
}

function readTest(path: string, document: YamlDocument): RuleTest | FileProblem {
  const { value, line } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fileProblem('no-test', path, line, 'this is no test of a rule');
  }
  const { id } = value as { id?: unknown };
  if (id === undefined || id === null) return fileProblem('no-test', path, line, 'the test does not name a rule by id');
  if (typeof id !== 'string') return fileProblem('wrong-value', path, document.lineAt(['id']), 'id must be a text');
  const valid = readCases(path, document, 'valid');
  if ('code' in valid) return valid;
  const invalid = readCases(path, document, 'invalid');
  if ('code' in invalid) return invalid;
  return { id, path, line, valid, invalid };
}

/** A number or the like is the text that it is written as, as for ast-grep. */
function readCases(path: string, document: YamlDocument, field: 'valid' | 'invalid'): RuleCase[] | FileProblem {
  const given = (document.value as Record<string, unknown>)[field] ?? [];
  const wrong = (index: number | null) =>
    fileProblem(
      'wrong-value',
      path,
      document.lineAt(index === null ? [field] : [field, index]),
      index === null ? `${field} must be a list of code` : `${quoted(`${field}[${index}]`)} is no text`,
    );
  if (!Array.isArray(given)) return wrong(null);
  if (given.length > maxCases) {
    const what = `${field} has more than ${maxCases} cases, and the test is left out`;
    return fileProblem('too-many-tests', path, document.lineAt([field]), what);
  }
  const strange = given.findIndex((code) => typeof code === 'object');
  if (strange >= 0) return wrong(strange);
  return given.map((code, index) => ({ code: String(code), line: document.lineAt([field, index]) }));
}
