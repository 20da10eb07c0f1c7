// What holds for any set of rules: the order of documents is nothing, locks hold, and every rule is accounted for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enforcements, entityKinds, type RuleDoc, ruleScopes, ruleStatuses } from '../../src/rules/document.ts';
import { capRules, resolveFinding, resolveRules, type Subject } from '../../src/rules/resolve.ts';
import { rule, subject, uuid } from './make-rule.ts';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const kinds = fc.uniqueArray(fc.constantFrom(...entityKinds.slice(0, 4)), { minLength: 1, maxLength: 2 });

const anyRules = fc
  .array(
    fc.record({
      scope: fc.constantFrom(...ruleScopes),
      enforcement: fc.constantFrom(...enforcements),
      status: fc.constantFrom('active' as const, ...ruleStatuses),
      key: fc.constantFrom('a', 'b', 'c'),
      locked: fc.boolean(),
      origin: fc.constantFrom('database' as const, 'file' as const),
      priority: fc.constantFrom(0, 10),
      updatedAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
      glob: maybe(fc.constantFrom('src/**', 'lib/**')),
      fileTypes: maybe(fc.constant<string[]>(['ts'])),
      entityKinds: maybe(kinds),
    }),
    { maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ glob, scope, ...draft }, index) =>
      rule({
        ...draft,
        scope,
        id: uuid(index + 1),
        pathGlob: scope === 'org' ? null : (glob ?? (scope === 'path' ? 'src/**' : null)),
        branch: scope === 'branch' ? 'main' : null,
        workspaceUserId: scope === 'workspace' ? '7' : null,
      }),
    ),
  );

const anySubject: fc.Arbitrary<Subject> = fc
  .record({
    filePath: maybe(fc.constantFrom('src/a.ts', 'lib/b.py')),
    entityKinds: maybe(kinds),
    audience: fc.constantFrom('agent' as const, 'review' as const),
  })
  .map((about) => ({ ...subject, ...about }));

const shuffled = anyRules.chain((rules) =>
  fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length, maxLength: rules.length })),
);

describe('for any rules', () => {
  it('the order of documents changes nothing', () => {
    fc.assert(
      fc.property(shuffled, anySubject, ([rules, others], about) => {
        const [one, other] = [resolveRules(rules, about), resolveRules(others, about)];
        expect({ rules: other.rules, trace: other.trace }).toEqual({ rules: one.rules, trace: one.trace });
        expect(capRules(other.rules, 2)).toEqual(capRules(one.rules, 2));
      }),
      { numRuns: 500 },
    );
  });

  it('every rule has one entry in the trace, and applies exactly if it is resolved', () => {
    fc.assert(
      fc.property(anyRules, anySubject, (rules, about) => {
        const { rules: resolved, trace } = resolveRules(rules, about);
        expect(trace.map((entry) => entry.ruleId).sort()).toEqual(rules.map((one) => one.id).sort());
        const applying = trace.filter((entry) => entry.applies).map((entry) => entry.ruleId);
        expect(applying.sort()).toEqual(resolved.map((one) => one.rule.id).sort());
      }),
      { numRuns: 500 },
    );
  });

  it('a locked rule that matches is never weakened', () => {
    fc.assert(
      fc.property(anyRules, anySubject, kinds, (rules, about, found) => {
        const at = { ...about, entityKinds: found };
        const { rules: resolved, candidates } = resolveRules(rules, at);
        for (const locked of [...candidates.values()].flat().filter((one) => one.locked && one.scope !== 'workspace')) {
          const standing = resolved.find((one) => one.rule.key === locked.key);
          const strength = enforcements.indexOf(standing?.enforcement ?? 'suggest');
          expect(strength).toBeGreaterThanOrEqual(enforcements.indexOf(locked.enforcement));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('settling the kind for each finding gives what knowing it before gives', () => {
    fc.assert(
      fc.property(anyRules, anySubject, kinds, (rules, about, found) => {
        const later = resolveRules(rules, { ...about, entityKinds: null });
        const before = resolveRules(rules, { ...about, entityKinds: found });
        const settled = later.rules
          .map(({ rule: { id, key } }) => resolveFinding(later, id, key, found))
          .filter((one) => one !== null);
        const strength = (all: { rule: RuleDoc; enforcement: string }[]) =>
          all.map((one) => [one.rule.id, one.enforcement]);
        expect(strength(settled)).toEqual(strength(before.rules));
      }),
      { numRuns: 500 },
    );
  });
});
