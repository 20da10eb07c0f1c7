// Which blobs a review will read, so that they are fetched in one batch and nothing else is.
// Must name at least what native/engine reads; the engine reports a blob that is not there as skipped.
import { repositoryConfigPath } from '../config.ts';

/** What `language_of` in native/engine/src/parse.rs knows, and templates that mention models. */
const source =
  /\.(?:rb|rake|ru|jbuilder|gemspec|py|pyi|java|cs|ts|tsx|mts|cts|js|jsx|mjs|cjs|prisma)$|(?:^|\/)(?:Rakefile|Gemfile)$/;

/** What `is_manifest` in native/engine/src/project.rs knows: which ORM and which settings a project uses. */
const manifest = new RegExp(
  `(?:^|/)(?:${[
    'Gemfile(?:\\.lock)?|gems\\.rb|[^/]+\\.gemspec|db/schema\\.rb|db/structure\\.sql',
    'package\\.json|[^/]+\\.prisma',
    'requirements[^/]*\\.(?:txt|in)|requirements/[^/]+\\.(?:txt|in)|pyproject\\.toml|Pipfile|setup\\.(?:py|cfg)',
    'pom\\.xml|build\\.gradle(?:\\.kts)?|libs\\.versions\\.toml',
    '[^/]+\\.csproj|Directory\\.(?:Packages|Build)\\.props|packages\\.config',
  ].join('|')})$`,
);

export function isWantedChange(path: string): boolean {
  return source.test(path) || isWantedAlways(path);
}

/** Read at the base and at the head whether the change touches it or not. */
export function isWantedAlways(path: string): boolean {
  return manifest.test(path) || path === repositoryConfigPath || path === '.gitattributes';
}
