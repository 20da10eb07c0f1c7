// Runs one command of a step: silent when it succeeds, its last lines and a cure when it fails.
import { spawn } from 'node:child_process';

const children = new Set();
const keptLines = 40;

export class StepFailed extends Error {
  constructor(message, cure) {
    super(message);
    this.cure = cure;
  }
}

export async function run(program, args, { cwd, env = process.env, cure }) {
  // A group of its own, so that an interruption reaches the compilers that cargo and npm start.
  const isGroup = process.platform !== 'win32';
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isGroup,
    shell: !isGroup,
  });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-20_000);
    });
  }
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  children.delete(child);
  if (ended === null) return;
  const tail = output.trimEnd().split('\n').slice(-keptLines).join('\n').trim();
  const command = [program, ...args.slice(0, 3)].join(' ');
  throw new StepFailed(`${tail === '' ? '' : `${tail}\n`}\`${command}\` failed (${ended})`, cure);
}

/** Tells whether there was anything to stop. */
export function stopChildren() {
  for (const child of children) {
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGTERM');
    } catch {
      // Already ended.
    }
  }
  return children.size > 0;
}
