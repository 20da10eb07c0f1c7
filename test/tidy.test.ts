// The shape of the house as a test: who may import whom, how long a file may be, what must be documented.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString('utf8')
  .split('\0')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const foundation = ['src/finding.ts', 'src/errors.ts', 'src/config.ts', 'src/repository-config.ts'];
const pure = ['src/review', 'src/rules', 'src/patterns', 'src/attribution'];
const edges = ['src/analysis', 'src/storage', 'src/github', 'src/git'];

/** What each room may import. `types`: only by `import type`. A room may always import itself. */
const rooms: Record<string, { values: string[]; types?: string[] }> = {
  'src/finding.ts': { values: [] },
  'src/errors.ts': { values: [] },
  'src/config.ts': { values: ['src/errors.ts'] },
  'src/repository-config.ts': { values: ['src/finding.ts', 'src/errors.ts', 'src/config.ts'] },
  ...Object.fromEntries(pure.map((room) => [room, { values: foundation, types: pure }])),
  // Edges may call pure functions: a mark that `review` writes is read by `github` through one definition.
  ...Object.fromEntries(edges.map((room) => [room, { values: [...foundation, ...pure] }])),
  'src/analysis': { values: [...foundation, ...pure], types: ['native/addon'] },
  'src/web': { values: [...foundation, ...pure, 'src/storage'] },
  'src/mcp': { values: [...foundation, ...pure, 'src/storage', 'src/analysis'] },
  // The engine's declarations: what `analysis` alone may know of it.
  'native/addon': { values: [] },
  queue: { values: [...foundation, ...pure], types: edges },
  'src/cli': { values: [...foundation, ...pure, ...edges, 'src/web', 'src/mcp', 'queue'] },
};

function roomOf(file: string): string | undefined {
  return Object.keys(rooms).find((room) => file === room || file.startsWith(`${room}/`));
}

/** The folder itself and every folder it lies in. */
function ancestors(folder: string): string[] {
  const parts = folder.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

interface Arrow {
  from: string;
  to: string;
  typeOnly: boolean;
}

function arrowsOf(file: string): Arrow[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"](\.{1,2}\/[^'"]+)['"]|import\(\s*['"](\.{1,2}\/[^'"]+)['"]\s*\)/g;
  return [...read(file).matchAll(pattern)].map((match) => ({
    from: file,
    to: path.posix.normalize(path.posix.join(path.posix.dirname(file), match[2] ?? match[3] ?? '')),
    typeOnly: match[1] !== undefined,
  }));
}

const product = tracked.filter((file) => /^(src|queue)\/.*\.ts$/.test(file));

describe('the house', () => {
  it('has a room for every file', () => {
    expect(product.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('lets rooms import only what the table allows', () => {
    const refused = product.flatMap(arrowsOf).filter(({ from, to, typeOnly }) => {
      const room = roomOf(from) ?? '';
      const target = roomOf(to);
      if (target === room) return false;
      const allowed = rooms[room];
      if (target === undefined || allowed === undefined) return true;
      return !(allowed.values.includes(target) || (typeOnly && (allowed.types ?? []).includes(target)));
    });
    expect(refused.map(({ from, to, typeOnly }) => `${from} -> ${to}${typeOnly ? ' (type)' : ''}`)).toEqual([]);
  });

  it('has no import cycles among values', () => {
    const graph = new Map(
      product.map((file) => [file, arrowsOf(file).flatMap((arrow) => (arrow.typeOnly ? [] : [arrow.to]))]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, trail: string[]) => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      if (done.has(file) || trail.includes(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps the clock, randomness, environment and IO out of the pure rooms', () => {
    const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|from 'node:/;
    const offenders = product.filter(
      (file) => pure.some((room) => file.startsWith(`${room}/`)) && impure.test(read(file)),
    );
    expect(offenders).toEqual([]);
  });

  it('keeps GitHub’s client in its room', () => {
    const offenders = product.filter(
      (file) => !file.startsWith('src/github/') && /from '(@octokit|probot)/.test(read(file)),
    );
    expect(offenders).toEqual([]);
  });

  it('keeps the database in its room', () => {
    const offenders = product.filter(
      (file) => !file.startsWith('src/storage/') && /from '(kysely|pg|better-sqlite3)'/.test(read(file)),
    );
    expect(offenders).toEqual([]);
  });
});

describe('files', () => {
  const source = tracked.filter((file) => /\.(ts|mjs|rs)$/.test(file) && !file.endsWith('.d.ts'));

  it('are at most 400 lines long', () => {
    const long = source
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 400);
    expect(long).toEqual([]);
  });

  it('say what their job is before anything else', () => {
    const silent = source
      .filter((file) => /^(src|queue|native\/(engine|addon)\/src)\//.test(file) && !/(^|\/)tests?(\/|\.rs$)/.test(file))
      .filter((file) => !/^(#!.*\n)?(\/\/|\/\*\*)/.test(read(file)));
    expect(silent).toEqual([]);
  });

  it('live in rooms with a name that says something', () => {
    expect(tracked.filter((file) => /(^|\/)(utils?|helpers?|common|types|misc)(\/|\.(ts|rs)$)/.test(file))).toEqual([]);
    expect(product.filter((file) => file.endsWith('/index.ts'))).toEqual([]);
  });

  it('hold no postponed work and no test that does not run', () => {
    const marks = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX:', 'todo' + '!\\(', 'unimplemented' + '!\\('].join('|'),
    );
    expect(source.filter((file) => marks.test(read(file)))).toEqual([]);
    const skipped = new RegExp(
      `\\b(it|test|describe)\\.(${'ski' + 'p'}|${'onl' + 'y'}|${'tod' + 'o'})\\b|#\\[${'igno' + 're'}`,
    );
    expect(source.filter((file) => skipped.test(read(file)))).toEqual([]);
  });
});

describe('the map of the house', () => {
  it('names every folder of code', () => {
    const map = read('docs/architecture.md');
    const folders = new Set(
      tracked
        .filter(
          (file) =>
            /\.(ts|mjs|rs|sql|yml)$/.test(file) &&
            /^(src|queue|native|rules|test|bench|scripts|migrations)\//.test(file),
        )
        .map((file) => path.posix.dirname(file)),
    );
    // Folders of tests that mirror a room are explained by the room.
    const mirrors = (folder: string) =>
      folders.has(folder.replace(/^test\//, 'src/')) || folders.has(folder.replace(/^test\//, ''));
    const missing = [...folders]
      .filter((folder) => !(folder.startsWith('test/') && mirrors(folder)))
      .filter((folder) => !map.includes(`\`${folder}/\``))
      // `folder/**` in the map stands for all that is below it too.
      .filter((folder) => !ancestors(folder).some((above) => map.includes(`\`${above}/**\``)))
      .sort();
    expect(missing).toEqual([]);
  });
});

describe('the commands of package.json', () => {
  it('name the project’s own Node after set-up', () => {
    // The shell remembers where it found `node` before set-up brought ours, and would start the old one.
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const wrong = Object.entries(scripts).filter(([, line]) => /setup\.mjs.*&& node /.test(line));
    expect(wrong).toEqual([]);
  });
});

describe('the native build', () => {
  it('unwinds on panic, so that every panic can be caught at the boundary', () => {
    const manifest = read('native/Cargo.toml');
    expect(manifest).not.toMatch(/panic\s*=\s*"abort"/);
    expect(manifest.match(/panic\s*=\s*"unwind"/g)?.length).toBe(2);
  });
});
