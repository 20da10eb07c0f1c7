// The rules that Driftline brings along, read from where they are installed. To read and check their YAML takes a quarter of
// a second, which would be lost with every command, so what comes of it is kept beside them in one file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryConfig } from '../repository-config.ts';
import type { RuleDoc } from '../rules/document.ts';
import type { RuleFile } from '../rules/file/read.ts';
import { inItsLanguages, recommendedRules } from '../rules/recommended.ts';
import type { RuleOwner } from './rule-source.ts';

/** In the folder of the pack: what `readRecommended` makes of its files, as JSON. A test keeps it true. */
export const packName = 'pack.json';

/** The rule files. Paths are relative to the pack, as in `python/sql-injection.yml`. */
export function loadRecommended(): RuleFile[] {
  return readPack(packFolder());
}

let pack: RuleDoc[] | null = null;

/** None where the repository does not want them. The file is read once: an installation does not change. */
export function recommendedFor({ orgId }: Pick<RuleOwner, 'orgId'>, config: RepositoryConfig): RuleDoc[] {
  if (!config.rules.recommended) return [];
  pack ??= (JSON.parse(readFileSync(join(packFolder(), packName), 'utf8')) as RuleDoc[]).flatMap(inItsLanguages);
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
export function packFolder(): string {
  const places = ['../..', '../../..'].map((up) => join(import.meta.dirname, up, 'rules/recommended'));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no rules/recommended beside ${import.meta.dirname}`);
  return found;
}
