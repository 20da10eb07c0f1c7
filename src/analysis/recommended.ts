// The files of the rules that Driftline brings along, read from where they are installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryConfig } from '../repository-config.ts';
import type { RuleDoc } from '../rules/document.ts';
import type { RuleFile } from '../rules/file/read.ts';
import { readRecommended, recommendedRules } from '../rules/recommended.ts';
import type { RuleOwner } from './rule-source.ts';

/** Paths are relative to the pack, as in `python/sql-injection.yml`. */
export function loadRecommended(): RuleFile[] {
  return readPack(packFolder());
}

let pack: RuleDoc[] | null = null;

/** None where the repository does not want them. The files are read once: an installation does not change. */
export function recommendedFor({ orgId }: Pick<RuleOwner, 'orgId'>, config: RepositoryConfig): RuleDoc[] {
  if (!config.rules.recommended) return [];
  pack ??= readRecommended(loadRecommended());
  return recommendedRules(pack, { orgId, levels: config.levels });
}

function readPack(folder: string): RuleFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return { path: file.slice(folder.length + 1).replaceAll('\\', '/'), bytes: readFileSync(file) };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The checkout has src/analysis/, the build dist/src/analysis/; rules/ stands at the root of both. */
function packFolder(): string {
  const places = ['../..', '../../..'].map((up) => join(import.meta.dirname, up, 'rules/recommended'));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no rules/recommended beside ${import.meta.dirname}`);
  return found;
}
