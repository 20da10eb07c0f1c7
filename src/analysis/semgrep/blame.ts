// When Semgrep refuses to start because of a rule: which one. It does not say so when many stand in one file.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readAnswer, type Trouble } from './output.ts';
import { configurationOf, type FailedRule, type LoadedRule } from './rules.ts';
import { loadOnly, type Refusal, type Task } from './scan.ts';

/** Which of `rules` are a cause of the refusal, perhaps not all that are. Empty: it is not known. */
export async function findBad(task: Task, rules: readonly LoadedRule[], { answer }: Refusal): Promise<FailedRule[]> {
  const named = blamed(answer?.troubles ?? [], rules);
  if (named.length > 0 || answer === null) return named;
  // Of each file only the first wrong rule is told, and reading a file of its own for each rule is slow: so in two steps.
  const size = Math.ceil(Math.sqrt(rules.length));
  const groups = Array.from({ length: Math.ceil(rules.length / size) }, (_, at) =>
    rules.slice(at * size, (at + 1) * size),
  );
  const first = await load(task, groups);
  if (first.named.length > 0) return first.named;
  const suspects = first.bad.flatMap(({ group }) => groups[group] ?? []);
  const second = await load(
    task,
    suspects.map((rule) => [rule]),
  );
  const alone = second.bad.flatMap(({ group, message }) => {
    const rule = suspects[group];
    return rule === undefined ? [] : [{ rule: rule.id, message }];
  });
  return [...second.named, ...alone];
}

/** Rules that an answer names: by their id, or by a language that Semgrep does not know. */
function blamed(troubles: readonly Trouble[], rules: readonly LoadedRule[]): FailedRule[] {
  return troubles.flatMap((trouble) => {
    if (trouble.kind === 'unknown-language') {
      const { known } = trouble;
      return rules.flatMap(({ id, languages }) => {
        const unknown = languages.find((language) => !known.includes(language.toLowerCase()));
        return unknown === undefined
          ? []
          : [{ rule: id, message: `Semgrep knows no language ${JSON.stringify(unknown)}` }];
      });
    }
    if (trouble.kind !== 'bad-rule' || trouble.rule === null) return [];
    const rule = rules.find(({ name }) => name === trouble.rule);
    return rule === undefined ? [] : [{ rule: rule.id, message: trouble.message }];
  });
}

/** Which groups, each in a file of its own, Semgrep cannot load, and which rules it names. */
async function load(
  task: Task,
  groups: readonly (readonly LoadedRule[])[],
): Promise<{ bad: { group: number; message: string }[]; named: FailedRule[] }> {
  if (groups.length === 0) return { bad: [], named: [] };
  const files = groups.map((_, at) => path.join(task.scratch.folder, `group-${at}.yaml`));
  await Promise.all(files.map((file, at) => writeFile(file, configurationOf(groups[at] ?? []), { mode: 0o600 })));
  const ran = await loadOnly(task, files);
  const troubles = (ran.state === 'ended' ? readAnswer(ran.stdout)?.troubles : null) ?? [];
  const bad = troubles.flatMap((trouble) => {
    if (trouble.kind !== 'bad-rule' || trouble.file === null) return [];
    const group = files.indexOf(trouble.file);
    return group === -1 ? [] : [{ group, message: trouble.message }];
  });
  return { bad, named: blamed(troubles, groups.flat()) };
}
