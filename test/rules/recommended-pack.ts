// The pack as its tests and its page need it: rules with what only their YAML says, and their cases.
// `node test/rules/recommended-pack.ts` writes the file that it is read from when it runs.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { loadRecommended, packFolder, packName } from '../../src/analysis/recommended.ts';
import type { RuleDoc } from '../../src/rules/document.ts';
import { inItsLanguages, readRecommended, recommendedRules } from '../../src/rules/recommended.ts';
import { type RuleTests, readTests } from '../../src/rules/test/cases.ts';

export const root = path.resolve(import.meta.dirname, '../..');

/** A rule file as it is written. */
export interface PackFile {
  path: string;
  /** Of the folder. */
  language: string;
  yaml: {
    id: string;
    severity: string;
    message: string;
    note: string;
    fix?: string;
    files?: string[];
    metadata: {
      category: string;
      cwe?: string;
      references?: string[];
      driftline: {
        title: string;
        type: string;
        category: string;
        status?: string;
        example: string;
        counterExample: string;
      };
    };
  };
  /** In ast-grep's own test form. */
  cases: { id: string; valid: string[]; invalid: string[] };
}

export const packFiles: PackFile[] = loadRecommended().map(({ path: name, bytes }) => ({
  path: name,
  language: name.split('/')[0] ?? '',
  yaml: parse(new TextDecoder().decode(bytes)),
  cases: parse(readFileSync(path.join(root, 'rules/recommended-tests', name), 'utf8')),
}));

/** The cases, as `driftline rules test` reads them. */
export const packTests: RuleTests = readTests(
  packFiles.map(({ path: name }) => ({
    path: name,
    bytes: readFileSync(path.join(root, 'rules/recommended-tests', name)),
  })),
);

const checked = readRecommended(loadRecommended());

/** What is kept: a line a rule, so that a change of one rule is a change of one line. */
export const packPath = path.join(packFolder(), packName);
export const packText = `[\n${checked.map((rule) => JSON.stringify(rule)).join(',\n')}\n]\n`;

/** As documents, one for each language that a rule is run in; `key` is the id in the file. */
export const packRules: RuleDoc[] = recommendedRules(checked.flatMap(inItsLanguages), { orgId: 'acme', levels: {} });

if (process.argv[1] === import.meta.filename) writeFileSync(packPath, packText);
