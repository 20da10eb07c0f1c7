// Which rules a change edits, by what they say: also those that call an edited utility rule. Pure.
import type { RuleDoc } from './document.ts';
import type { UtilityRule } from './file/ast-grep.ts';

interface Rules {
  documents: readonly RuleDoc[];
  utilities: readonly UtilityRule[];
}

/** Rules of `head` that `base` does not have, or has otherwise. */
export function editedRules(base: Rules, head: Rules): RuleDoc[] {
  const before = new Map(base.documents.map((rule) => [rule.id, said(rule)]));
  const utilities = editedUtilities(base.utilities, head.utilities);
  return head.documents.filter(
    (rule) => before.get(rule.id) !== said(rule) || utilities.some((id) => calls(rule.astGrepQuery ?? '', id)),
  );
}

/** Whatever a rule says, but for when and where it was written. */
function said({ fileRef: _, createdAt: __, updatedAt: ___, ...rule }: RuleDoc): string {
  return JSON.stringify(rule);
}

/** Ids of those that are new, changed or gone, and of those that call them. */
function editedUtilities(base: readonly UtilityRule[], head: readonly UtilityRule[]): string[] {
  const [before, after] = [base, head].map((all) => new Map(all.map(({ id, text }) => [id, text]))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  const edited = new Set([...before.keys(), ...after.keys()].filter((id) => before.get(id) !== after.get(id)));
  for (let size = -1; size !== edited.size; ) {
    size = edited.size;
    for (const { id, text } of head) if ([...edited].some((other) => calls(text, other))) edited.add(id);
  }
  return [...edited];
}

/** A text that only mentions the name counts too: at worst a rule is shown that is as it was. */
function calls(text: string, utility: string): boolean {
  return text.includes('matches') && text.includes(utility);
}
