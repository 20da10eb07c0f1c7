// GitHub's own OpenAPI description: which routes exist, whether a request or an answer fits, and the many fields of an
// answer nobody asks about (links, counters, nulls). It must not know what the fake holds.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formatsModule from 'ajv-formats';

export type Fields = Record<string, unknown>;

interface Schema {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  enum?: unknown[];
  format?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
}

interface Content {
  content?: { 'application/json'?: { schema?: Schema } };
}

interface RawOperation {
  operationId: string;
  parameters?: ({ $ref: string } | Parameter)[];
  requestBody?: Content;
  responses: Record<string, { $ref?: string } & Content>;
  'x-github'?: { enabledForGitHubApps?: boolean };
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

interface Document {
  paths: Record<string, Record<string, RawOperation>>;
  'x-webhooks': Record<string, { post: RawOperation }>;
  components: {
    schemas: Record<string, Schema>;
    parameters: Record<string, Parameter>;
    responses: Record<string, Content>;
  };
}

const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false });
const coercing = new Ajv({ strict: false, allErrors: true, coerceTypes: true, logger: false });
for (const instance of [ajv, coercing]) {
  formatsModule.default(instance);
  instance.addFormat('int64', true);
}

let loaded: Document | undefined;
function description(): Document {
  if (!loaded) {
    const folder = dirname(createRequire(import.meta.url).resolve('@octokit/openapi/package.json'));
    loaded = JSON.parse(readFileSync(join(folder, 'generated/api.github.com.json'), 'utf8')) as Document;
  }
  return loaded;
}

function named<T>(map: Record<string, T>, ref: string): T {
  const found = map[ref.slice(ref.lastIndexOf('/') + 1)];
  if (!found) throw new Error(`GitHub's description has no ${ref}`);
  return found;
}

function deref(schema: Schema): Schema {
  return schema.$ref ? deref(named(description().components.schemas, schema.$ref)) : schema;
}

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type; components are registered when first referred to. */
function toJsonSchema(schema: Schema): Schema {
  if (schema.$ref) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    if (!registered.has(name)) {
      registered.add(name);
      const converted = toJsonSchema(asSent(name, deref(schema)));
      ajv.addSchema(converted, name);
      coercing.addSchema(converted, name);
    }
    return { $ref: name };
  }
  const { nullable, ...rest } = schema;
  const out: Schema = { ...rest };
  if (rest.properties) {
    out.properties = Object.fromEntries(Object.entries(rest.properties).map(([k, v]) => [k, toJsonSchema(v)]));
  }
  if (rest.items) out.items = toJsonSchema(rest.items);
  if (typeof rest.additionalProperties === 'object') out.additionalProperties = toJsonSchema(rest.additionalProperties);
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    const list = rest[key];
    if (list) out[key] = list.map(toJsonSchema);
  }
  if (!nullable) return out;
  return { anyOf: [{ type: 'null' }, out] };
}
const registered = new Set<string>();

/** Where GitHub sends what its own description leaves out: an outdated comment has no line any more. */
function asSent(name: string, schema: Schema): Schema {
  if (name !== 'pull-request-review-comment') return schema;
  const { line = {}, position = {} } = schema.properties ?? {};
  const nullable = { line: { ...line, nullable: true }, position: { ...position, nullable: true } };
  return { ...schema, properties: { ...schema.properties, ...nullable } };
}

function explain(errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map((e) => `${e.instancePath || '(root)'} ${e.message ?? 'is wrong'}`);
}

interface Flat {
  properties: Record<string, Schema>;
  required: Set<string>;
}

/** The properties of an object schema, `allOf` and the first object branch of a union folded in. */
function flatten(schema: Schema): Flat {
  const own = deref(schema);
  const flat: Flat = { properties: { ...own.properties }, required: new Set(own.required) };
  const branch = (own.anyOf ?? own.oneOf)?.find((s) => deref(s).properties || deref(s).allOf);
  for (const part of [...(own.allOf ?? []), ...(branch ? [branch] : [])]) {
    const folded = flatten(part);
    Object.assign(flat.properties, folded.properties);
    for (const name of folded.required) flat.required.add(name);
  }
  return flat;
}

/** A neutral value for a field the fake has no opinion on. */
function neutral(schema: Schema, name: string, origin: string): unknown {
  const own = deref(schema);
  if (schema.nullable || own.nullable) return null;
  if (own.default !== undefined) return own.default;
  if (own.enum) return own.enum[0];
  const branches = own.anyOf ?? own.oneOf;
  if (branches?.some((s) => deref(s).nullable || deref(s).type === 'null')) return null;
  if (own.type === 'boolean') return false;
  if (own.type === 'integer' || own.type === 'number') return own.minimum ?? 0;
  if (own.type === 'array') return [];
  if (own.type === 'object' || own.properties || own.allOf || branches) return complete(own, {}, origin);
  if (own.format === 'date-time') return '2026-01-01T00:00:00Z';
  if (own.format === 'uri' || /(^|_)(url|href)$/.test(name)) return `${origin}/-/${name}`;
  return name === 'node_id' ? 'N_0' : '';
}

/** `value` with every required field it lacks filled in neutrally. */
export function complete(schema: Schema, value: unknown, origin: string): unknown {
  if (value === null || typeof value !== 'object') return value;
  const own = deref(schema);
  if (Array.isArray(value)) {
    const items = own.items;
    return items ? value.map((v) => complete(items, v, origin)) : value;
  }
  const { properties, required } = flatten(own);
  const out: Fields = { ...value };
  for (const [name, property] of Object.entries(properties)) {
    if (out[name] !== undefined) out[name] = complete(property, out[name], origin);
    else if (required.has(name)) out[name] = neutral(property, name, origin);
    else delete out[name];
  }
  return out;
}

/** Keys of a request that GitHub would ignore without a word: slips of the client. */
function unknownKeys(schema: Schema, value: unknown, at: string): string[] {
  if (value === null || typeof value !== 'object') return [];
  const own = deref(schema);
  if (Array.isArray(value)) {
    const items = own.items;
    return items ? value.flatMap((v, i) => unknownKeys(items, v, `${at}/${i}`)) : [];
  }
  const { properties } = flatten(own);
  if (Object.keys(properties).length === 0) return [];
  return Object.entries(value).flatMap(([key, v]) => {
    const property = properties[key];
    return property ? unknownKeys(property, v, `${at}/${key}`) : [`${at}/${key}`];
  });
}

export interface Filled {
  body: unknown;
  errors: string[];
}

/** Fills and checks a value by one of GitHub's schemas. */
class Shape {
  readonly #schema: Schema;
  #validate: ValidateFunction | undefined;
  constructor(schema: Schema) {
    this.#schema = schema;
  }
  check(value: unknown): string[] {
    this.#validate ??= ajv.compile(toJsonSchema(this.#schema));
    return this.#validate(value) ? [] : explain(this.#validate.errors);
  }
  unknown(value: unknown): string[] {
    return unknownKeys(this.#schema, value, '');
  }
  fill(value: unknown, origin: string): Filled {
    const body = complete(this.#schema, value, origin);
    return { body, errors: this.check(body) };
  }
}

export class Operation {
  readonly route: string;
  readonly forApps: boolean;
  readonly request: Shape | null;
  readonly #raw: RawOperation;
  readonly #answers = new Map<number, Shape | null>();
  #params: ValidateFunction | undefined;

  constructor(route: string, raw: RawOperation) {
    this.route = route;
    this.#raw = raw;
    this.forApps = raw['x-github']?.enabledForGitHubApps ?? false;
    const schema = raw.requestBody?.content?.['application/json']?.schema;
    this.request = schema ? new Shape(schema) : null;
  }

  /** Checks path and query parameters, turning digits into numbers where the description says so. */
  params(values: Fields): string[] {
    if (!this.#params) {
      const list = (this.#raw.parameters ?? []).map((p) =>
        '$ref' in p ? named(description().components.parameters, p.$ref) : p,
      );
      const wanted = list.filter((p) => p.in === 'path' || p.in === 'query');
      this.#params = coercing.compile({
        type: 'object',
        properties: Object.fromEntries(wanted.map((p) => [p.name, toJsonSchema(p.schema)])),
        required: wanted.filter((p) => p.required).map((p) => p.name),
      });
    }
    return this.#params(values) ? [] : explain(this.#params.errors);
  }

  answer(status: number): Shape | null {
    const known = this.#answers.get(status);
    if (known !== undefined) return known;
    const raw = this.#raw.responses[String(status)];
    if (!raw) throw new Error(`GitHub's description of ${this.route} has no answer ${status}`);
    const content = raw.$ref ? named(description().components.responses, raw.$ref) : raw;
    const schema = content.content?.['application/json']?.schema;
    const shape = schema ? new Shape(schema) : null;
    this.#answers.set(status, shape);
    return shape;
  }
}

/** `GET /repos/{owner}/{repo}` as GitHub describes it; throws for a route GitHub does not have. */
export function operation(route: string): Operation {
  const [method = '', path = ''] = route.split(' ');
  const raw = description().paths[path]?.[method.toLowerCase()];
  if (!raw) throw new Error(`GitHub has no route ${route}`);
  return new Operation(route, raw);
}

const webhookShapes = new Map<string, Shape>();

/** Fills and checks the payload of a webhook, `pull_request` + `opened` say. */
export function webhookPayload(event: string, action: string, payload: Fields, origin: string): Filled {
  const name = `${event}.${action}`.replaceAll(/[._]/g, '-');
  let shape = webhookShapes.get(name);
  if (!shape) {
    const schema = description()['x-webhooks'][name]?.post.requestBody?.content?.['application/json']?.schema;
    if (!schema) throw new Error(`GitHub sends no webhook ${event}.${action}`);
    shape = new Shape(schema);
    webhookShapes.set(name, shape);
  }
  return shape.fill(payload, origin);
}
