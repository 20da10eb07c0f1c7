// The semantic filter of a rule: conditions on what is known of the code that a finding lies in. Pure, and total: whatever
// the context holds, a filter that passed the schema answers yes or no and never throws.
import { z } from 'zod';
import { businessValues } from '../repository-config.ts';

export const filterFields = [
  'feature_area',
  'business_value',
  'entity_kind',
  'entity_name',
  'owner',
  'package',
  'exported',
  'design_pattern',
] as const;
export type FilterField = (typeof filterFields)[number];

/** Lowest first: `$gt` and its kind go by the place in this list. */
export const BusinessValue = z.enum(businessValues);
export type BusinessValue = z.infer<typeof BusinessValue>;

const setFields = ['feature_area', 'entity_kind', 'entity_name', 'owner', 'package', 'design_pattern'] as const;

const Word = z.string().min(1).max(200);
const many = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(100);
/** A bare value means `$eq`. */
const conditionOf = <T extends z.ZodType<string | boolean>, R extends z.ZodRawShape>(value: T, more: R) =>
  z.union([
    value,
    z
      .strictObject({
        $eq: value.optional(),
        $ne: value.optional(),
        $in: many(value).optional(),
        $nin: many(value).optional(),
        $exists: z.boolean().optional(),
        ...more,
      })
      .refine((operators) => Object.keys(operators).length > 0, 'a condition needs an operator'),
  ]);

const ofWords = conditionOf(Word, {}).optional();
const ordered = {
  $gt: BusinessValue.optional(),
  $gte: BusinessValue.optional(),
  $lt: BusinessValue.optional(),
  $lte: BusinessValue.optional(),
};

/** Field → condition; several fields must all hold. Unknown fields and operators are errors; there are no expressions. */
export const SemanticFilter = z
  .strictObject({
    ...(Object.fromEntries(setFields.map((field) => [field, ofWords])) as Record<
      (typeof setFields)[number],
      typeof ofWords
    >),
    business_value: conditionOf(BusinessValue, ordered).optional(),
    exported: conditionOf(z.boolean(), {}).optional(),
  })
  .refine((filter) => Object.keys(filter).length > 0, 'a filter needs a field');
export type SemanticFilter = z.infer<typeof SemanticFilter>;

/** What a filter can ask. A list may be empty and a value null: then it is missing. */
export type FilterContext = Partial<Record<FilterField, string | boolean | readonly string[] | null>>;

type Value = string | boolean;

/**
 * Whether every condition holds. A field with several values matches when any of them does; `$ne` and `$nin` when none
 * does, so that a missing value passes those two and no other operator.
 */
export function filterMatches(filter: SemanticFilter, context: FilterContext): boolean {
  return firstMismatch(filter, context) === null;
}

/** The first field, in the filter's own order, whose condition does not hold; null when all do. */
export function firstMismatch(filter: SemanticFilter, context: FilterContext): FilterField | null {
  for (const field of Object.keys(filter) as FilterField[]) {
    const condition = filter[field];
    if (condition !== undefined && !conditionHolds(condition, valuesOf(context[field]))) return field;
  }
  return null;
}

/** Whether the filter names this field and its condition holds. */
export function fieldMatches(filter: SemanticFilter | null, field: FilterField, context: FilterContext): boolean {
  const condition = filter?.[field];
  return condition !== undefined && conditionHolds(condition, valuesOf(context[field]));
}

function valuesOf(value: FilterContext[FilterField]): readonly Value[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [value];
  return Array.isArray(value) ? value : [];
}

function conditionHolds(condition: Value | object, values: readonly Value[]): boolean {
  if (typeof condition !== 'object') return values.includes(condition);
  return Object.entries(condition).every(([operator, wanted]) => operatorHolds(operator, wanted, values));
}

function operatorHolds(operator: string, wanted: unknown, values: readonly Value[]): boolean {
  const any = (holds: (value: Value) => boolean) => values.some(holds);
  const list = Array.isArray(wanted) ? wanted : [];
  const rank = (value: unknown) => businessValues.indexOf(value as BusinessValue);
  switch (operator) {
    case '$eq':
      return any((value) => value === wanted);
    case '$ne':
      return !any((value) => value === wanted);
    case '$in':
      return any((value) => list.includes(value));
    case '$nin':
      return !any((value) => list.includes(value));
    case '$exists':
      return values.length > 0 === wanted;
    case '$gt':
      return any((value) => rank(value) > rank(wanted));
    case '$gte':
      return any((value) => rank(value) >= rank(wanted));
    case '$lt':
      return any((value) => rank(value) >= 0 && rank(value) < rank(wanted));
    case '$lte':
      return any((value) => rank(value) >= 0 && rank(value) <= rank(wanted));
    default:
      return false;
  }
}
