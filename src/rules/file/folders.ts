// Which folders hold rules: `rules.paths` of the configuration and a root sgconfig.yml. Pure.
// Both are texts of a repository, so a folder stays inside it, and nothing is loaded or fetched.
import { quoted } from '../../config.ts';
import { customLanguages } from './ast-grep.ts';
import { type FileProblem, fileProblem } from './problem.ts';
import { readYaml } from './yaml.ts';

const maxFolders = 50;

/** What keeps a text from naming a folder of rules; null for a good one. */
export function folderProblem(path: string, line: number | null, folder: string): FileProblem | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(folder) || /^(auto|supply-chain|secrets|policy|[prs]\/.*)$/.test(folder)) {
    return fileProblem(
      'remote-config',
      path,
      line,
      `${quoted(folder)} names rules that would be fetched, and is refused`,
    );
  }
  const parts = folder.split('/');
  if (folder === '' || folder.startsWith('/') || folder.includes('\\') || parts.includes('..')) {
    return fileProblem('outside-repository', path, line, `${quoted(folder)} is no folder of the repository`);
  }
  return null;
}

export interface SgConfig {
  ruleDirs: string[];
  utilDirs: string[];
  /** `testDir` of each of `testConfigs`. */
  testDirs: string[];
  /** Language → globs of files that count as it. */
  languageGlobs: Record<string, string[]>;
  problems: FileProblem[];
}

/** ast-grep's own project file. `customLanguages` is refused, what Driftline has no use for is left alone. */
export function readSgConfig(path: string, bytes: Uint8Array): SgConfig {
  const { documents, problems } = readYaml(path, bytes);
  const config: SgConfig = { ruleDirs: [], utilDirs: [], testDirs: [], languageGlobs: {}, problems: [...problems] };
  const [document] = documents;
  if (document === undefined) return config;
  const value = document.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    config.problems.push(fileProblem('wrong-value', path, document.line, 'the file must be a map'));
    return config;
  }
  if ('customLanguages' in value) config.problems.push(customLanguages(path, document.lineAt(['customLanguages'])));
  const wrong = (key: string, what: string) =>
    config.problems.push(fileProblem('wrong-value', path, document.lineAt([key]), `${key} must be ${what}`));
  const fields = value as Record<string, unknown>;
  const folders = (key: string, given: unknown): string[] => {
    if (!isTexts(given) || given.length > maxFolders) {
      wrong(key, `a list of at most ${maxFolders} folders`);
      return [];
    }
    return given.filter((folder, index) => {
      const problem = folderProblem(path, document.lineAt([key, index]), folder);
      if (problem !== null) config.problems.push(problem);
      return problem === null;
    });
  };
  config.ruleDirs = folders('ruleDirs', fields.ruleDirs ?? []);
  config.utilDirs = folders('utilDirs', fields.utilDirs ?? []);
  const tests = fields.testConfigs ?? [];
  config.testDirs = folders('testConfigs', Array.isArray(tests) ? tests.map(testDirOf) : tests);
  const globs = fields.languageGlobs ?? {};
  if (typeof globs !== 'object' || Array.isArray(globs) || !Object.values(globs).every(isTexts)) {
    wrong('languageGlobs', 'a map of lists of globs');
  } else {
    config.languageGlobs = globs as Record<string, string[]>;
  }
  return config;
}

/** A folder alone stands for the map. */
function testDirOf(config: unknown): unknown {
  return typeof config === 'object' && config !== null && 'testDir' in config ? config.testDir : config;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
