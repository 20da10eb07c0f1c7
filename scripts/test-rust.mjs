// Runs the engine's tests in the profile and for the target that the addon was built with, so that
// their hundred dependencies are compiled once and not twice.
import { execFileSync, spawnSync } from 'node:child_process';

const host = /^host: (.+)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))?.[1] ?? '';
const args = [
  'test',
  '--release',
  '--target',
  host,
  '--manifest-path',
  'native/Cargo.toml',
  '-p',
  'driftline-engine',
  '--no-fail-fast',
];
const { status } = spawnSync('cargo', [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
