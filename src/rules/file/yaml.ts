// Rule files as YAML, read safely: bounded in size, nesting, documents and aliases, without tags that stand for anything
// but plain data. Pure. A document that is wrong does not take its neighbours with it.
import { type Document, isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { firstLine, quoted } from '../../config.ts';
import { nestingBeyond } from './nesting.ts';
import { type FileProblem, fileProblem, type ProblemCode } from './problem.ts';

export const yamlBounds = {
  maxBytes: 256 * 1024,
  maxDepth: 64,
  maxDocuments: 500,
  /** Of one anchor's content, after nested aliases are expanded. */
  maxAliases: 100,
  /** Values of one document once aliases stand for what they name. */
  maxValues: 100_000,
} as const;

export interface YamlDocument {
  /** Plain data: maps, lists, strings, numbers, booleans, null. */
  value: unknown;
  /** 1-based line on which its content starts. */
  line: number;
  /** The document as it is written, from the start of that line. */
  text: string;
  /** Line of the value at a path, or of the nearest part of the path that exists. */
  lineAt: (path: readonly (string | number)[]) => number;
}

export interface YamlFile {
  /** Sound documents that hold anything. */
  documents: YamlDocument[];
  problems: FileProblem[];
}

export function readYaml(path: string, bytes: Uint8Array): YamlFile {
  const refused = (code: ProblemCode, line: number | null, what: string): YamlFile => ({
    documents: [],
    problems: [fileProblem(code, path, line, what)],
  });
  const { maxBytes, maxDepth, maxDocuments } = yamlBounds;
  if (bytes.byteLength > maxBytes) return refused('too-large', null, `the file is larger than ${maxBytes / 1024} KB`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('not-utf8', null, 'the file is not UTF-8');
  }
  const beyond = nestingBeyond(text, maxDepth, maxDocuments);
  if (beyond?.exceeded === 'depth') return refused('too-deep', beyond.line, `it nests deeper than ${maxDepth} levels`);
  if (beyond) return refused('too-many-documents', beyond.line, `the file has more than ${maxDocuments} documents`);
  const lines = new LineCounter();
  // The library compares each key with each other one of its map; `duplicateKey` does it once per key.
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
  });
  const file: YamlFile = { documents: [], problems: [] };
  for (const document of 'empty' in parsed ? [] : parsed) {
    const result = readDocument(path, text, document, lines);
    if (result === null) continue;
    if ('code' in result) file.problems.push(result);
    else file.documents.push(result);
  }
  return file;
}

/** null: nothing but comments between two marks. */
function readDocument(
  path: string,
  text: string,
  document: Document.Parsed,
  lines: LineCounter,
): YamlDocument | FileProblem | null {
  const lineOf = (offset: number) => lines.linePos(offset).line;
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) {
    const unsafe = fault.code === 'TAG_RESOLVE_FAILED' || fault.code === 'RESOURCE_EXHAUSTION';
    return fileProblem(unsafe ? 'unsafe-yaml' : 'not-yaml', path, lineOf(fault.pos[0]), firstLine(fault.message));
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return null;
  const line = lineOf(contents.range[0]);
  const twice = duplicateKey(contents);
  if (twice !== null) {
    const what = `the key ${quoted(twice.key)} stands twice in one map`;
    return fileProblem('duplicate-key', path, lineOf(twice.offset), what);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: yamlBounds.maxAliases });
  } catch (error) {
    const what = firstLine(error instanceof Error ? error.message : String(error));
    return fileProblem(what.startsWith('Unresolved alias') ? 'not-yaml' : 'unsafe-yaml', path, line, what);
  }
  if (!isBounded(value)) {
    return fileProblem('unsafe-yaml', path, line, 'its aliases name themselves or stand for too much');
  }
  const start = text.lastIndexOf('\n', contents.range[0] - 1) + 1;
  const lineAt = (keys: readonly (string | number)[]): number => {
    for (let length = keys.length; length > 0; length--) {
      const offset = offsetOf(document, keys.slice(0, length));
      if (offset !== null) return lineOf(offset);
    }
    return line;
  };
  return { value, line, text: text.slice(start, contents.range[2]), lineAt };
}

/** Where a key of a map or an item of a list starts. */
function offsetOf(document: Document.Parsed, keys: readonly (string | number)[]): number | null {
  const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  const last = keys.at(-1);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
  const node = pair?.key ?? document.getIn(keys, true);
  return isNode(node) && node.range ? node.range[0] : null;
}

/** Depth is bounded by `nestingBeyond` before. */
function duplicateKey(node: unknown): { key: string; offset: number } | null {
  if (!isCollection(node)) return null;
  const seen = new Set<string>();
  for (const item of node.items) {
    if (isNode(item)) {
      const inner = duplicateKey(item);
      if (inner !== null) return inner;
      continue;
    }
    const { key, value } = item as { key: unknown; value: unknown };
    if (isMap(node) && isScalar(key)) {
      const name = String(key.value);
      if (seen.has(name)) return { key: name, offset: key.range?.[0] ?? 0 };
      seen.add(name);
    }
    const inner = isAlias(value) ? null : duplicateKey(value);
    if (inner !== null) return inner;
  }
  return null;
}

/** Whether a value is a tree of bounded size and depth; an alias inside its own anchor makes it endless. */
function isBounded(value: unknown): boolean {
  let left: number = yamlBounds.maxValues;
  const walk = (one: unknown, depth: number): boolean => {
    left -= 1;
    if (left < 0 || depth > yamlBounds.maxDepth * 2) return false;
    if (typeof one !== 'object' || one === null) return true;
    return Object.values(one).every((inner) => walk(inner, depth + 1));
  };
  return walk(value, 0);
}
