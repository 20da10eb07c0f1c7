import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FilterContext, filterFields, filterMatches, SemanticFilter } from '../../src/rules/semantic-filter.ts';

const handler: FilterContext = {
  feature_area: ['api', 'public'],
  business_value: 'high',
  entity_kind: ['function', 'route_handler'],
  entity_name: 'createOrder',
  exported: true,
  owner: [],
};

/** RUL-187: the sample of the catalogue. */
const sample = {
  feature_area: { $in: ['api', 'webhook', 'public'] },
  business_value: { $gte: 'medium' },
  entity_kind: { $nin: ['test', 'fixture'] },
};

const holds = (filter: unknown, context: FilterContext) => filterMatches(SemanticFilter.parse(filter), context);

describe('RUL-184 to 187 the semantic filter', () => {
  it.each([
    [{ feature_area: 'api' }, true],
    [{ feature_area: 'auth' }, false],
    [{ feature_area: { $eq: 'public' } }, true],
    [{ feature_area: { $ne: 'public' } }, false],
    [{ feature_area: { $ne: 'auth' } }, true],
    [{ feature_area: { $in: ['auth', 'api'] } }, true],
    [{ feature_area: { $nin: ['auth', 'api'] } }, false],
    [{ business_value: { $gt: 'medium' } }, true],
    [{ business_value: { $gt: 'high' } }, false],
    [{ business_value: { $gte: 'high' } }, true],
    [{ business_value: { $lt: 'critical' } }, true],
    [{ business_value: { $lte: 'medium' } }, false],
    [{ business_value: { $gte: 'low', $lt: 'high' } }, false],
    [{ exported: true }, true],
    [{ exported: { $ne: true } }, false],
    [{ feature_area: 'api', entity_name: 'other' }, false],
    [{ feature_area: 'api', entity_name: 'createOrder' }, true],
    [{ owner: { $exists: false } }, true],
    [{ owner: { $exists: true } }, false],
    [{ entity_name: { $exists: true } }, true],
    [sample, true],
    [{ ...sample, entity_kind: { $nin: ['route_handler'] } }, false],
  ])('%j: %s', (filter, expected) => {
    expect(holds(filter, handler)).toBe(expected);
  });

  it.each([
    [{ $eq: 'low' }, false],
    [{ $in: ['low'] }, false],
    [{ $gt: 'low' }, false],
    [{ $gte: 'low' }, false],
    [{ $lt: 'critical' }, false],
    [{ $lte: 'critical' }, false],
    [{ $ne: 'low' }, true],
    [{ $nin: ['low'] }, true],
  ])('RUL-186: a missing value under %j: %s', (condition, expected) => {
    expect(holds({ business_value: condition }, {})).toBe(expected);
    expect(holds({ business_value: condition }, { business_value: null })).toBe(expected);
  });

  it.each([
    [{}],
    [{ area: 'api' }],
    [{ feature_area: {} }],
    [{ feature_area: { $regex: '.*' } }],
    [{ feature_area: { $gte: 'api' } }],
    [{ feature_area: { $in: [] } }],
    [{ business_value: 'enormous' }],
    [{ business_value: { $in: ['high', 'enormous'] } }],
    [{ exported: 'yes' }],
    [{ entity_name: { $where: 'process.exit()' } }],
    ['feature_area == "api"'],
  ])('RUL-185: refuses %j', (filter) => {
    expect(SemanticFilter.safeParse(filter).success).toBe(false);
  });

  it('RUL-185: a filter that passed never throws, whatever the context holds', () => {
    const operator = fc.constantFrom('$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte', '$exists');
    const value = fc.oneof(
      fc.constantFrom('low', 'high', 'api'),
      fc.boolean(),
      fc.array(fc.constantFrom('low', 'api')),
    );
    const condition = fc.oneof(value, fc.dictionary(operator, value, { maxKeys: 2 }));
    const filter = fc.dictionary(fc.constantFrom<string>(...filterFields), condition, { maxKeys: 2 });
    const context = fc.dictionary(fc.constantFrom<string>(...filterFields), fc.anything());
    let passed = 0;
    fc.assert(
      fc.property(filter, context, (written, known) => {
        const parsed = SemanticFilter.safeParse(written);
        if (!parsed.success) return;
        passed += 1;
        expect(typeof filterMatches(parsed.data, known as FilterContext)).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
    expect(passed).toBeGreaterThan(50);
  });
});
