// Runs the fuzzer in the profile and for the target that the addon was built with, as test-rust.mjs
// does with the tests. Arguments: docs/testing.md.
import { execFileSync, spawnSync } from 'node:child_process';

const host = /^host: (.+)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))?.[1] ?? '';
const args = [
  'run',
  '--release',
  '--target',
  host,
  '--manifest-path',
  'native/Cargo.toml',
  '-p',
  'driftline-engine',
  '--example',
  'fuzz',
  '--',
];
const { status } = spawnSync('cargo', [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
