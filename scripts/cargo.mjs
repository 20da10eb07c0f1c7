// Runs cargo on the engine in the profile and for the target that the addon was built with, so that its hundred
// dependencies are compiled once and not twice: `cargo.mjs test --test scan`, `cargo.mjs run --example fuzz -- …`.
import { execFileSync, spawnSync } from 'node:child_process';

const host = /^host: (.+)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))?.[1] ?? '';
const engine = ['--release', '--target', host, '--manifest-path', 'native/Cargo.toml', '-p', 'driftline-engine'];
const [command = 'test', ...rest] = process.argv.slice(2);
const { status } = spawnSync('cargo', [command, ...engine, ...rest], { stdio: 'inherit' });
process.exit(status ?? 1);
