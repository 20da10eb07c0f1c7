import { describe, expect, it } from 'vitest';
import type { CodeContext } from '../../src/rules/code-context.ts';
import { evaluateHybrid, type Hit } from '../../src/rules/hybrid.ts';
import type { SemanticFilter } from '../../src/rules/semantic-filter.ts';

const context: CodeContext = {
  featureAreas: ['lib'],
  businessValue: 'medium',
  entityKinds: ['function'],
  entityName: 'parse',
  owners: [],
  package: null,
  exported: true,
  designPattern: null,
  why: { featureArea: '', businessValue: '', owner: '' },
};
const inApi: CodeContext = { ...context, featureAreas: ['api'], businessValue: 'high' };
const inTest: CodeContext = { ...context, featureAreas: ['test'], businessValue: 'low', entityKinds: ['test'] };
const filter: SemanticFilter = { feature_area: { $in: ['api'] } };

const hit = (line: number) => ({ ruleId: 'r', path: 'a.ts', line, prNumber: 7 });
const evaluate = (contexts: (CodeContext | null)[], wanted: SemanticFilter | null, twoPassEnabled = true) =>
  evaluateHybrid({
    hits: contexts.map((_, index) => hit(index + 1)),
    filterOf: () => wanted,
    contextOf: (one: Hit) => contexts[one.line - 1] ?? null,
    twoPassEnabled,
  });

describe('T-11 hybrid evaluation', () => {
  it('T-11.1, RUL-183: the first pass alone gives the raw findings', () => {
    const { violations, ...counts } = evaluate([inApi, inTest], filter, false);
    expect(violations.map((one) => [one.line, one.semanticContext])).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(counts).toEqual({ syntacticTotal: 2, semanticFiltered: 0, meta: { twoPassEnabled: false } });
  });

  it('T-11.2, RUL-038: the second adds area, value and kind, and keeps what else a hit carries', () => {
    expect(evaluate([inApi], null).violations).toEqual([
      {
        ...hit(1),
        semanticContext: { featureArea: ['api'], businessValue: 'high', entityKind: ['function'] },
        confidence: 0.9,
      },
    ]);
  });

  it('T-11.3, RUL-182: what the filter excludes is dropped and counted', () => {
    const exclude: SemanticFilter = { entity_kind: { $nin: ['test', 'fixture'] } };
    const { violations, ...counts } = evaluate([inApi, inTest, context], exclude);
    expect(violations.map((one) => one.line)).toEqual([1, 3]);
    expect(counts).toEqual({ syntacticTotal: 3, semanticFiltered: 1, meta: { twoPassEnabled: true } });
  });

  it.each<[string, CodeContext, SemanticFilter | null, number]>([
    ['context alone', context, null, 0.75],
    ['the area of the filter', context, { feature_area: 'lib' }, 0.85],
    ['high value', inApi, null, 0.9],
    ['critical value', { ...context, businessValue: 'critical' }, null, 0.9],
    ['high value in the area of the filter', inApi, filter, 1],
    ['a filter without an area', inApi, { business_value: { $gte: 'low' } }, 0.9],
  ])('T-11.4, RUL-190: %s', (_, known, wanted, expected) => {
    expect(evaluate([known], wanted).violations[0]?.confidence).toBe(expected);
  });

  it('T-11.5, RUL-181: without context a hit is kept at 0.7, whatever the filter', () => {
    expect(evaluate([null], filter).violations).toEqual([{ ...hit(1), semanticContext: null, confidence: 0.7 }]);
  });

  it('T-11.6: without a filter nothing is dropped', () => {
    expect(evaluate([inApi, inTest, context], null).violations).toHaveLength(3);
  });

  it('T-11.7, RUL-188: twenty findings cost far less than 50 ms', () => {
    evaluate([inApi], filter);
    const start = process.cpuUsage();
    for (let round = 0; round < 10; round++)
      evaluate(
        Array.from({ length: 20 }, () => inApi),
        filter,
      );
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000 / 10).toBeLessThan(50);
  });
});
