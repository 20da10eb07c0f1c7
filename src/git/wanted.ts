// Which blobs a review will read, so that they are fetched in one batch and nothing else is.
// Must name at least what native/engine reads; the engine reports a blob that is not there as skipped.
import { repositoryConfigPath } from '../config.ts';

/** Source the engine parses, and templates that mention models. */
const source = /\.(?:rb|rake|py|pyi|java|cs|ts|tsx|mts|cts|js|jsx|mjs|cjs|prisma)$/;

/** Files that say which ORM and which settings a project uses. */
const manifest =
  /(?:^|\/)(?:Gemfile(?:\.lock)?|package\.json|requirements[^/]*\.txt|pyproject\.toml|Pipfile|setup\.(?:py|cfg)|pom\.xml|build\.gradle(?:\.kts)?|[^/]+\.csproj|[^/]+\.prisma)$/;

export function isWantedChange(path: string): boolean {
  return source.test(path) || isWantedAlways(path);
}

/** Read at the base and at the head whether the change touches it or not. */
export function isWantedAlways(path: string): boolean {
  return manifest.test(path) || path === repositoryConfigPath || path === '.gitattributes';
}
