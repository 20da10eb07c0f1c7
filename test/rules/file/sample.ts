// Rule files as tests need them.
import type { RuleSource } from '../../../src/rules/file/metadata.ts';
import { problemLine } from '../../../src/rules/file/problem.ts';
import { type RuleFiles, readRuleFiles } from '../../../src/rules/file/read.ts';

export const source: RuleSource = {
  orgId: 'acme',
  repoId: 'shop',
  commit: 'c0ffee',
  at: '2026-01-01T00:00:00Z',
  impliedEnforcementCap: 'warn',
};

export const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads files given as path → text. */
export function read(files: Record<string, string>, from: RuleSource = source): RuleFiles {
  return readRuleFiles(
    Object.entries(files).map(([path, text]) => ({ path, bytes: bytes(text) })),
    from,
  );
}

/** One file of the usual name. */
export const readOne = (text: string) => read({ '.driftline/rules/a.yml': text });

export const lines = ({ problems }: RuleFiles) => problems.map(problemLine);
export const codes = ({ problems }: RuleFiles) => problems.map(({ code, line }) => `${code}:${line ?? '-'}`);
