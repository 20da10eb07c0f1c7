// The pack as its tests and its page need it: rules with what only their YAML says, and their cases.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { loadRecommended } from '../../src/analysis/recommended.ts';
import type { RuleDoc } from '../../src/rules/document.ts';
import { readRecommended, recommendedRules } from '../../src/rules/recommended.ts';
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

/** As documents, one for each language that a rule is run in; `key` is the id in the file. */
export const packRules: RuleDoc[] = recommendedRules(readRecommended(loadRecommended()), { orgId: 'acme', levels: {} });
