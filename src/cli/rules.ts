// `driftline rules`: the rules of a working tree, why each applies to a file, and what is wrong with them.
import path from 'node:path';
import { localOwner, type TeamRules } from '../analysis/rule-source.ts';
import { UserError } from '../errors.ts';
import { type FileProblem, problemLine } from '../rules/file/problem.ts';
import { resolveRules } from '../rules/resolve.ts';
import { explainText, listText, validateText } from './format/rules.ts';
import { wantsColor } from './print.ts';
import { printable } from './printable.ts';
import { folderState } from './rule-files.ts';
import { testRules, testText } from './rules-test.ts';
import { configOfFolder, rootOf } from './scan.ts';
import { semgrepProblems } from './semgrep-check.ts';
import { localRules } from './team.ts';

export interface RulesOptions {
  root: string;
  format: 'text' | 'json';
}

export interface TestOptions extends RulesOptions {
  /** A regular expression. */
  filter?: string;
}

export interface ExplainOptions extends RulesOptions {
  branch?: string;
}

export async function listRules({ root, format }: RulesOptions): Promise<number> {
  const { documents: rules, problems } = await rulesOf(rootOf(root));
  if (format === 'json') writeJson({ rules, problems });
  else {
    warn(problems);
    process.stdout.write(listText(rules, wantsColor()));
  }
  return 0;
}

/** Exits 1 when anything is refused; notes alone are no failure. */
export async function validateRules({ root, format }: RulesOptions): Promise<number> {
  const rules = await rulesOf(rootOf(root));
  const files = { ...rules, problems: [...rules.problems, ...(await semgrepProblems(rules.documents))] };
  if (format === 'json') writeJson({ valid: files.problems.every(isNote), problems: files.problems });
  else process.stdout.write(validateText(files, wantsColor()));
  return files.problems.every(isNote) ? 0 : 1;
}

/** Exits 1 when a rule does not do what its test says, and when a file of tests is wrong. */
export async function testRuleFiles({ root: given, format, filter }: TestOptions): Promise<number> {
  const root = rootOf(given);
  const rules = await localRules(folderState(root), configOfFolder(root), true);
  const tested = await testRules(root, rules, filter);
  const { tests } = rules;
  const wrong = [...rules.problems, ...(tests?.problems ?? []), ...tested.problems];
  if (format === 'json') writeJson({ ...tested, problems: wrong });
  else {
    warn(wrong);
    process.stdout.write(testText(tested));
  }
  if (tested.notRun !== null) throw new UserError('rules-not-tested', tested.notRun);
  return tested.failures.length === 0 && (tests?.problems ?? []).length === 0 ? 0 : 1;
}

/** The file need not exist: people ask before they write it. */
export async function explainRules(given: string, options: ExplainOptions): Promise<number> {
  const root = rootOf(options.root);
  const filePath = belowRoot(root, given);
  const { documents: rules, problems } = await rulesOf(root);
  const branch = options.branch ?? null;
  const resolution = resolveRules(rules, {
    ...localOwner,
    branch,
    userId: null,
    filePath,
    entityKinds: null,
    audience: 'review',
    statuses: ['active'],
  });
  if (options.format === 'json') {
    const applying = resolution.rules.map(({ rule, enforcement }) => ({ id: rule.id, key: rule.key, enforcement }));
    writeJson({ path: filePath, branch, rules: applying, trace: resolution.trace, problems });
  } else {
    warn(problems);
    process.stdout.write(explainText(filePath, resolution, rules, wantsColor()));
  }
  return 0;
}

function rulesOf(root: string): Promise<TeamRules> {
  return localRules(folderState(root), configOfFolder(root));
}

function belowRoot(root: string, given: string): string {
  for (const candidate of [path.resolve(given), path.resolve(root, given)]) {
    const relative = path.relative(root, candidate);
    if (relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative)) {
      return relative.split(path.sep).join('/');
    }
  }
  throw new UserError('no-such-path', `${JSON.stringify(given)} is not below --root ${JSON.stringify(root)}`);
}

function warn(problems: readonly FileProblem[]): void {
  for (const problem of problems) process.stderr.write(printable(`driftline: ${problemLine(problem)}`).concat('\n'));
}

function isNote({ level }: FileProblem): boolean {
  return level === 'note';
}

function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
