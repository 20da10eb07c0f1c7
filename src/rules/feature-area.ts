// Feature areas by path: what part of a product a file belongs to. Pure, a table.

interface AreaRow {
  area: string;
  /** Names of folders, in lower case. */
  folders: readonly string[];
  /** What else makes a folder or the file one of the area. */
  segment?: RegExp;
  /** What the name of the file makes one of the area. */
  file?: RegExp;
}

const table: readonly AreaRow[] = [
  { area: 'api', folders: ['api', 'routes', 'controllers'] },
  { area: 'webhook', folders: ['webhooks'], segment: /webhook/ },
  { area: 'auth', folders: ['auth', 'authz'], segment: /^session/ },
  { area: 'ui', folders: ['components', 'pages'] },
  { area: 'data', folders: ['db', 'models', 'repositories', 'prisma', 'migrations'] },
  { area: 'jobs', folders: ['jobs', 'workers', 'queue'] },
  { area: 'cli', folders: ['bin', 'cli'] },
  { area: 'infra', folders: ['.github', 'deploy', 'terraform'], file: /^dockerfile(\.|$)|\.dockerfile$/ },
  { area: 'lib', folders: ['lib', 'utils', 'shared'] },
  {
    area: 'test',
    folders: ['test', 'tests', '__tests__', 'spec', 'specs', 'e2e', 'fixtures', '__fixtures__', 'testdata'],
    file: /[._-](test|tests|spec)\.[^.]+$|^test_.*\.py$/,
  },
  { area: 'docs', folders: ['docs', 'doc'], file: /\.(md|mdx|rst|adoc)$/ },
];

export interface AreaMatch {
  area: string;
  /** The folder or the file name that decided. */
  by: string;
}

/** Every area of the built-in table that a path belongs to, in the order of the table. */
export function areasByPath(path: string): AreaMatch[] {
  const segments = path.split('/');
  const file = segments.at(-1)?.toLowerCase() ?? '';
  return table.flatMap(({ area, folders, segment, file: named }) => {
    const folder = segments.slice(0, -1).find((name) => folders.includes(name.toLowerCase()));
    if (folder !== undefined) return [{ area, by: `${folder}/` }];
    const part = segment && segments.find((name) => segment.test(name.toLowerCase()));
    if (part !== undefined) return [{ area, by: part }];
    return named?.test(file) ? [{ area, by: segments.at(-1) ?? '' }] : [];
  });
}

/** `src/cart.ts` → `src`; a file at the root has none. */
export function topFolder(path: string): string | null {
  const slash = path.indexOf('/');
  return slash <= 0 ? null : path.slice(0, slash);
}

/** Code that shows something and is not run in the product. */
export function isExample(path: string): boolean {
  return path.split('/').some((name) => /^(examples?|samples?|demos?)$/i.test(name));
}
