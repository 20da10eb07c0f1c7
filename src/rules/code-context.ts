// The context of code, derived from its path, the repository's own files and what the analyser knows: never guessed, and
// each part with the reason for it. Pure.
import { businessValues } from '../repository-config.ts';
import type { CodeOwners } from './code-owners.ts';
import { ownersOf } from './code-owners.ts';
import type { EntityKind } from './document.ts';
import type { Entity } from './entity.ts';
import { areasByPath, isExample, topFolder } from './feature-area.ts';
import { globMatcher } from './glob.ts';
import type { BusinessValue, FilterContext } from './semantic-filter.ts';

/** What a repository says about itself, from its base branch. */
export interface RepositoryFacts {
  /** `areas:` of the configuration: glob → names. */
  areas: Readonly<Record<string, readonly string[]>>;
  /** `values:` of the configuration: glob → value. The only source of `critical`. */
  values: Readonly<Record<string, BusinessValue>>;
  owners: CodeOwners;
  /** The 90th percentile of fan-in, see `fanInThreshold`. */
  fanInThreshold: number;
}

export interface CodeContext {
  featureAreas: readonly string[];
  businessValue: BusinessValue;
  entityKinds: readonly EntityKind[];
  entityName: string;
  owners: readonly string[];
  package: string | null;
  exported: boolean;
  designPattern: string | null;
  /** Where each derived part comes from, for explanations. */
  why: { featureArea: string; businessValue: string; owner: string };
}

interface Derived<T> {
  value: T;
  why: string;
}

export function codeContext(entity: Entity, facts: RepositoryFacts): CodeContext {
  const areas = featureAreas(entity, facts);
  const value = businessValue(entity, areas.value, facts);
  const owner = ownersOf(facts.owners, entity.path);
  return {
    featureAreas: areas.value,
    businessValue: value.value,
    entityKinds: entity.kinds,
    entityName: entity.name,
    owners: owner?.owners ?? [],
    package: entity.package,
    exported: entity.exported,
    designPattern: designPattern(entity),
    why: {
      featureArea: areas.why,
      businessValue: value.why,
      owner: owner === null ? 'no line of CODEOWNERS matches' : `CODEOWNERS line ${owner.line}: ${owner.pattern}`,
    },
  };
}

/** The first source that knows the path decides; within one source every match counts. `public` comes on top. */
function featureAreas(entity: Entity, facts: RepositoryFacts): Derived<string[]> {
  const found = sourcedAreas(entity, facts);
  if (!entity.public) return found;
  const why = [found.why, 'reachable from an exported entry point'].filter((part) => part !== '').join('; ');
  return { value: [...new Set([...found.value, 'public'])], why };
}

function sourcedAreas({ path, kinds, package: name }: Entity, facts: RepositoryFacts): Derived<string[]> {
  const configured = Object.entries(facts.areas).filter(([glob]) => globMatcher(glob)(path));
  if (configured.length > 0) {
    const value = [...new Set(configured.flatMap(([, names]) => names))].sort();
    return { value, why: `areas in the configuration: ${configured.map(([glob]) => glob).join(', ')}` };
  }
  const matches = areasByPath(path);
  const handler = kinds.includes('route_handler') && !matches.some(({ area }) => area === 'api');
  if (handler) matches.unshift({ area: 'api', by: 'a route handler' });
  if (matches.length > 0) {
    const why = matches.map(({ area, by }) => `${area} by ${by}`).join(', ');
    return { value: matches.map(({ area }) => area), why };
  }
  if (name !== null) return { value: [name], why: `package ${name}` };
  const top = topFolder(path);
  return top === null ? { value: [], why: 'nothing tells' } : { value: [top], why: `top folder ${top}/` };
}

const exposed = ['api', 'webhook', 'public', 'auth'];
const inner = ['cli', 'infra', 'lib'];

function businessValue(entity: Entity, areas: readonly string[], facts: RepositoryFacts): Derived<BusinessValue> {
  const { path, kinds, exported, callers, generated } = entity;
  const configured = Object.entries(facts.values).filter(([glob]) => globMatcher(glob)(path));
  const rank = (value: BusinessValue) => businessValues.indexOf(value);
  // Several globs: the highest, so that the order of the file does not matter.
  const [highest] = configured.sort(([, a], [, b]) => rank(b) - rank(a));
  if (highest) return { value: highest[1], why: `values in the configuration: ${highest[0]}` };
  const idle = lowReason(path, kinds, areas, generated);
  if (idle !== null) return { value: 'low', why: idle };
  const area = areas.find((name) => exposed.includes(name));
  if (exported && area !== undefined) return { value: 'high', why: `exported in ${area}` };
  if (callers >= 5 && callers >= facts.fanInThreshold) return { value: 'high', why: `called from ${callers} places` };
  const hidden = areas.find((name) => inner.includes(name));
  if (!exported && callers <= 1 && hidden !== undefined) return { value: 'low', why: `not exported in ${hidden}` };
  return { value: 'medium', why: 'nothing makes it more or less' };
}

function lowReason(
  path: string,
  kinds: readonly EntityKind[],
  areas: readonly string[],
  generated: boolean,
): string | null {
  if (kinds.includes('test') || areas.includes('test')) return 'a test';
  if (kinds.includes('fixture')) return 'a fixture';
  if (generated) return 'generated';
  if (isExample(path)) return 'an example';
  return areas.includes('docs') ? 'documentation' : null;
}

const suffixes = ['Service', 'Repository', 'Factory', 'Controller', 'Middleware', 'Provider', 'Handler'] as const;

/** By the end of the name (`OrderService`, `order_service`), or by the kind. */
function designPattern({ name, kinds }: Entity): string | null {
  if (kinds.includes('hook') || /^use[A-Z]/.test(name)) return 'Hook';
  const suffix = suffixes.find((word) => name.endsWith(word) || name.endsWith(`_${word.toLowerCase()}`));
  if (suffix !== undefined) return suffix;
  if (kinds.includes('component') || name.endsWith('Component')) return 'Component';
  return kinds.includes('route_handler') ? 'Handler' : null;
}

/** The context under the names that filters use. */
export function filterContext(context: CodeContext): FilterContext {
  return {
    feature_area: context.featureAreas,
    business_value: context.businessValue,
    entity_kind: context.entityKinds,
    entity_name: context.entityName,
    owner: context.owners,
    package: context.package,
    exported: context.exported,
    design_pattern: context.designPattern,
  };
}
