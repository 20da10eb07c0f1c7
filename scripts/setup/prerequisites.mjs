// What must be on the machine before set-up can begin, and what to do for each missing thing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where rustup puts cargo; a shell opened before its installation does not have it on PATH yet. */
export const cargoBin = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'bin');

const checks = {
  npm() {
    if (version('npm', ['--version'])) return null;
    return { what: 'npm is missing', cure: 'install Node.js 20 or newer with npm from https://nodejs.org' };
  },
  git() {
    if (version('git', ['--version'])) return null;
    return { what: 'git is missing', cure: 'install git (Debian and Ubuntu: apt install git)' };
  },
  rust() {
    const cure =
      'install stable Rust 1.90 or newer from https://rustup.rs (with rustup already there: rustup update stable)';
    const found = version('cargo', ['--version'], [process.env.PATH, cargoBin].join(delimiter));
    if (!found) return { what: 'Rust is missing (no cargo on PATH)', cure };
    return isAtLeast(found, 1, 90) ? null : { what: `Rust is too old (cargo ${found.join('.')})`, cure };
  },
  compiler() {
    if (process.platform === 'win32' || ['cc', 'gcc', 'clang'].some((name) => findOnPath(name))) return null;
    const cure = 'install one (Debian and Ubuntu: apt install build-essential; macOS: xcode-select --install)';
    return { what: 'a C compiler is missing (no cc, gcc or clang on PATH)', cure };
  },
  python() {
    if (findPython()) return null;
    const cure = 'install Python 3.10 or newer (Debian and Ubuntu: apt install python3 python3-venv)';
    return { what: 'Python 3.10 or newer with the venv module is missing', cure };
  },
};

/** The missing things among those named, in a fixed order. */
export function checkPrerequisites(names) {
  return Object.entries(checks)
    .filter(([name]) => names.includes(name))
    .map(([, check]) => check())
    .filter((missing) => missing !== null);
}

/** A Python new enough that can make virtual environments with pip in them (Debian splits that off). */
export function findPython() {
  const names = ['python3', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`), 'python'];
  return names.find((name) => {
    const found = version(name, ['-c', 'import venv, ensurepip, sys; print("%d.%d.%d" % sys.version_info[:3])']);
    return found !== null && isAtLeast(found, 3, 10);
  });
}

export function findOnPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter((part) => part !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return null;
}

/** [major, minor, patch] out of what the program prints; null when it is missing or fails. */
function version(program, args, path = process.env.PATH) {
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
    timeout: 30_000,
  });
  const match = status === 0 ? /(\d+)\.(\d+)\.(\d+)/.exec(stdout) : null;
  return match ? match.slice(1).map(Number) : null;
}

function isAtLeast([major, minor], wantedMajor, wantedMinor) {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
