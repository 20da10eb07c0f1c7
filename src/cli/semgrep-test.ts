// Semgrep's form of tests for `driftline rules test`: runs the team's Semgrep rules on the code that lies beside them, as
// Semgrep's own tests do, and says where a rule does not do what the comments there ask for.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Semgrep } from '../analysis/semgrep/semgrep.ts';
import { readSemgrepSettings } from '../config.ts';
import { UserError } from '../errors.ts';
import { engineOf, type RuleDoc } from '../rules/document.ts';
import { isRuleFile } from '../rules/file/read.ts';
import { failuresOf, readAnnotations } from '../rules/test/annotations.ts';
import type { TestFailure } from '../rules/test/trial.ts';

const timeoutMs = 600_000;
/** As large as the engine reads. */
const maxBytes = 1024 * 1024;

export interface SemgrepTested {
  /** Rules with a test. */
  tested: number;
  /** Rules without one, by their keys. */
  untested: string[];
  failures: TestFailure[];
}

/** `root` is absolute. */
export async function testSemgrepRules(root: string, documents: readonly RuleDoc[]): Promise<SemgrepTested> {
  const rules = documents.flatMap((rule) => {
    if (engineOf(rule) !== 'semgrep' || rule.semgrepRule === null || rule.fileRef === null) return [];
    const name = rule.id.slice(rule.id.lastIndexOf('#') + 1);
    return [{ rule, name, text: rule.semgrepRule, code: testFiles(root, rule.fileRef.path) }];
  });
  const withCode = rules.filter(({ code }) => code.length > 0);
  const tested: SemgrepTested = { tested: 0, untested: [], failures: [] };
  const paths = [...new Set(withCode.flatMap(({ code }) => code))].sort();
  const texts = new Map(paths.map((file) => [file, readFileSync(path.join(root, file))]));
  const result = await new Semgrep(readSemgrepSettings(process.env)).run({
    rules: withCode.map(({ rule, text }) => ({ id: rule.id, text })),
    root,
    paths,
    gitignore: false,
    timeoutMs,
  });
  if (result.state !== 'ok') throw new UserError('rules-not-tested', result.reason ?? 'Semgrep did not run');
  const refused = new Map([
    ...result.failed.map(({ rule, message }) => [rule, message] as const),
    ...result.notEvaluated.map(({ rule, reason }) => [rule, reason] as const),
  ]);
  for (const { rule, name, code } of rules) {
    const asked = code.map((file) => ({ file, annotations: readAnnotations(String(texts.get(file))) }));
    const named = asked.filter(({ annotations }) => annotations.some((annotation) => annotation.rule === name));
    if (named.length === 0) {
      tested.untested.push(rule.key);
      continue;
    }
    tested.tested += 1;
    const why = refused.get(rule.id);
    const { path: ruleFile = '', line = 1 } = rule.fileRef ?? {};
    if (why !== undefined) tested.failures.push({ path: ruleFile, line, rule: name, what: `does not run: ${why}` });
    else tested.failures.push(...named.flatMap((one) => failuresIn(rule.id, name, one, result.matches, texts)));
  }
  return tested;
}

type Match = Awaited<ReturnType<Semgrep['run']>>['matches'][number];

function failuresIn(
  id: string,
  name: string,
  { file, annotations }: { file: string; annotations: ReturnType<typeof readAnnotations> },
  matches: readonly Match[],
  texts: ReadonlyMap<string, Buffer>,
): TestFailure[] {
  const bytes = texts.get(file) ?? Buffer.alloc(0);
  const lines = matches
    .filter((match) => match.rule === id && match.path === file && !match.suppressed)
    .map(({ startByte }) => bytes.subarray(0, startByte).filter((byte) => byte === 10).length + 1);
  const words = {
    missed: 'missed: must match here and does not',
    unexpected: 'false alarm: matches here and must not',
  };
  return failuresOf(name, annotations, lines).map(({ line, kind }) => ({
    path: file,
    line,
    rule: name,
    what: words[kind],
  }));
}

/** Files beside the rule file that have its name up to the ending, or `NAME.test.ENDING`. */
function testFiles(root: string, ruleFile: string): string[] {
  const { dir, name } = path.posix.parse(ruleFile);
  const folder = path.join(root, dir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith(`${name}.`))
    .map((entry) => `${dir}/${entry.name}`)
    .filter((file) => !isRuleFile(file) && !/\.fixed\.[^.]+$/.test(file))
    .filter((file) => statSync(path.join(root, file)).size <= maxBytes)
    .sort();
}
