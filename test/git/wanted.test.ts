// The mirror fetches what the engine reads: every kind of source and manifest that native/engine knows by name.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isWantedAlways, isWantedChange } from '../../src/git/wanted.ts';

const engine = (file: string) =>
  readFileSync(new URL(`../../native/engine/src/${file}`, import.meta.url), 'utf8').split('#[cfg(test)]')[0] ?? '';

test('every manifest that the engine knows is fetched whether it changes or not', () => {
  const named = [...engine('project/manifest.rs').matchAll(/^ {8}((?:"[^"]+" ?\|? ?)+)=> Some/gm)];
  const names = named.flatMap(([, list]) => [...(list ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? ''));
  expect(names.length).toBeGreaterThan(10);
  const others = ['requirements-dev.txt', 'requirements/base.in', 'Shop.csproj', 'shop.gemspec', 'schema.prisma'];
  for (const name of [...names, ...others]) expect([name, isWantedAlways(`apps/${name}`)]).toEqual([name, true]);
  for (const path of ['db/schema.rb', 'engine/db/structure.sql']) expect(isWantedAlways(path)).toBe(true);
  for (const path of ['app/schema.rb', 'readme.md', 'data.txt', 'my-package.json']) {
    expect([path, isWantedAlways(path)]).toEqual([path, false]);
  }
});

test('every source file that the engine parses is fetched when it changes', () => {
  const endings = [...engine('parse.rs').matchAll(/^ {8}((?:"\w+" ?\|? ?)+)(?:if [^=]+)?=> (?:Some|None)/gm)];
  const names = endings.flatMap(([, list]) =>
    [...(list ?? '').matchAll(/"(\w+)"/g)].map(([, ending]) => `a.${ending}`),
  );
  expect(names.length).toBeGreaterThan(12);
  for (const name of [...names, 'Rakefile', 'Gemfile', 'config.ru']) {
    expect([name, isWantedChange(`lib/${name}`)]).toEqual([name, true]);
  }
  expect(isWantedChange('readme.md')).toBe(false);
});
