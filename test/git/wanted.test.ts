// The mirror fetches what the engine reads: every kind of source and manifest that native/engine knows by name.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAlwaysRead, isManifest, isSource, mayBeRenamed } from '../../src/git/wanted.ts';

const engine = (file: string) =>
  readFileSync(new URL(`../../native/engine/src/${file}`, import.meta.url), 'utf8').split('#[cfg(test)]')[0] ?? '';

test('every manifest that the engine knows is known here', () => {
  const named = [...engine('project/manifest.rs').matchAll(/^ {8}((?:"[^"]+" ?\|? ?)+)=> Some/gm)];
  const names = named.flatMap(([, list]) => [...(list ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? ''));
  expect(names.length).toBeGreaterThan(10);
  const others = ['requirements-dev.txt', 'requirements/base.in', 'Shop.csproj', 'shop.gemspec', 'schema.prisma'];
  for (const name of [...names, ...others]) expect([name, isManifest(`apps/${name}`)]).toEqual([name, true]);
  for (const path of ['db/schema.rb', 'engine/db/structure.sql']) expect(isManifest(path)).toBe(true);
  for (const path of ['app/schema.rb', 'readme.md', 'data.txt', 'my-package.json']) {
    expect([path, isManifest(path)]).toEqual([path, false]);
  }
});

test('every source file that the engine parses is fetched when it changes', () => {
  const endings = [...engine('parse.rs').matchAll(/^ {8}((?:"\w+" ?\|? ?)+)(?:if [^=]+)?=> (?:Some|None)/gm)];
  const names = endings.flatMap(([, list]) =>
    [...(list ?? '').matchAll(/"(\w+)"/g)].map(([, ending]) => `a.${ending}`),
  );
  expect(names.length).toBeGreaterThan(12);
  for (const name of [...names, 'Rakefile', 'Gemfile', 'config.ru']) {
    expect([name, isSource(`lib/${name}`)]).toEqual([name, true]);
  }
  for (const path of ['shop/templates/shop/list.html', 'templates/a.html', 'jinja2/a.html', 'roles/a.j2']) {
    expect([path, isSource(path)]).toEqual([path, true]);
  }
  for (const path of ['readme.md', 'public/index.html', 'mytemplates/a.html']) {
    expect([path, isSource(path)]).toEqual([path, false]);
  }
});

test('sources, manifests, rule files and owners are read wherever they lie, what is installed is not', () => {
  for (const path of ['packages/ui/package.json', 'apps/shop/lib/b.rb', '.driftline/rules/a.yml', '.semgrep/b.yaml']) {
    expect([path, isAlwaysRead(path)]).toEqual([path, true]);
  }
  for (const path of ['.github/driftline.yml', '.github/CODEOWNERS', '.semgrepignore', 'sgconfig.yml']) {
    expect([path, isAlwaysRead(path)]).toEqual([path, true]);
  }
  for (const path of ['readme.md', 'logo.png', 'node_modules/a/index.js', 'web/node_modules/a/package.json']) {
    expect([path, isAlwaysRead(path)]).toEqual([path, false]);
  }
});

test('a picture is no half of a renamed source file, a text may be', () => {
  expect(mayBeRenamed('assets/Logo.PNG')).toBe(false);
  expect(mayBeRenamed('lib/notes.txt')).toBe(true);
});
