// A repository's rules where there are none, for tests that add a few.
import type { TeamRules } from '../../src/analysis/rule-source.ts';
import { parseCodeOwners } from '../../src/rules/code-owners.ts';

export const noRules: TeamRules = {
  commit: null,
  folders: [],
  documents: [],
  utilities: [],
  implementations: [],
  languageGlobs: {},
  problems: [],
  levels: {},
  testFolders: [],
  tests: { tests: [], problems: [] },
  facts: { areas: {}, values: {}, owners: parseCodeOwners(''), fanInThreshold: 0 },
  report: 'new',
};
