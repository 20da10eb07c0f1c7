// Which blobs a review will read, so that they are fetched in one batch and nothing else is. Must name at least what
// native/engine reads (`language_of`, `is_manifest`, `manifests::of_tree`, `rename`): a blob that is not there is
// reported as skipped.
import { posix } from 'node:path';

const source =
  /(?:\.(?:rb|rake|ru|jbuilder|gemspec|erb|haml|py|java|cs|ts|tsx|mts|cts|js|jsx|mjs|cjs|jinja|jinja2|j2|djhtml)|(?:^|\/)(?:Rakefile|Gemfile)|(?:^|\/)(?:templates|jinja2)\/.*\.html)$/;

const manifestNames = new Set([
  'Gemfile',
  'gems.rb',
  'Gemfile.lock',
  'pyproject.toml',
  'Pipfile',
  'setup.py',
  'setup.cfg',
  'package.json',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'libs.versions.toml',
  'Directory.Packages.props',
  'Directory.Build.props',
  'packages.config',
]);
const manifestEnds = /(?:\.csproj|\.gemspec|\.prisma|(?:^|\/)db\/(?:schema\.rb|structure\.sql))$/;
const requirements = /(?:^|\/)(?:requirements[^/]*|requirements\/[^/]+)\.(?:txt|in)$/;

/** Never source that was renamed, and often large. */
const binary =
  /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|tiff?|psd|pdf|zip|gz|tgz|bz2|xz|7z|jar|war|dll|exe|so|dylib|wasm|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|wav|ogg|bin|dat|db|sqlite|parquet|onnx|pt|safetensors)$/i;

export function isSource(path: string): boolean {
  return source.test(path);
}

/** Could be the other half of a renamed source file. */
export function mayBeRenamed(path: string): boolean {
  return !binary.test(path);
}

export function isManifest(path: string): boolean {
  return manifestNames.has(posix.basename(path)) || manifestEnds.test(path) || requirements.test(path);
}

/** Settings, rule files (which lie where the settings say), and who owns what. */
const judging = /(?:\.ya?ml|(?:^|\/)CODEOWNERS|(?:^|\/)\.semgrepignore)$/;

/**
 * What is read of a commit whether the change touches it or not. A query in a changed file is right or wrong by models,
 * relations and callers anywhere in the repository, so its sources are wanted whole; what was installed beside them is not.
 */
export function isAlwaysRead(path: string): boolean {
  if (/(?:^|\/)node_modules\//.test(path)) return false;
  return isSource(path) || isManifest(path) || judging.test(path);
}
