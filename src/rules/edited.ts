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
    (rule) =>
      before.get(rule.id) !== said(rule) || calledBy(rule.astGrepQuery ?? '').some((called) => utilities.has(called)),
  );
}

/** Whatever a rule says, but for when and where it was written. */
function said({ fileRef: _, createdAt: __, updatedAt: ___, ...rule }: RuleDoc): string {
  return JSON.stringify(rule);
}

/** Ids of those that are new, changed or gone, and of those that call them. */
function editedUtilities(base: readonly UtilityRule[], head: readonly UtilityRule[]): Set<string> {
  const before = new Map(base.map(({ id, text }) => [id, text]));
  const after = new Map(head.map(({ id, text }) => [id, text]));
  const calls = head.flatMap(({ id, text }) => calledBy(text).map((called) => ({ id, called })));
  const callers = Map.groupBy(calls, ({ called }) => called);
  const edited = new Set([...before.keys(), ...after.keys()].filter((id) => before.get(id) !== after.get(id)));
  // A set hands out what is added while it is walked.
  for (const id of edited) for (const caller of callers.get(id) ?? []) edited.add(caller.id);
  return edited;
}

/** Names after `matches:` in a text; those of the rule's own utilities are among them, one that needs quotes is not. */
function calledBy(text: string): string[] {
  return [...new Set([...text.matchAll(/matches['"]?\s*:[\s{'"]*([^\s'"{}:,()[\]]+)/g)].map(([, name]) => name ?? ''))];
}
