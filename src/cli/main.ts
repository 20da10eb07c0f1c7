#!/usr/bin/env node
// Where the command line starts. Node keeps what it compiles beside what the engine keeps, so that the next start
// is quick: what is imported after that, and so nothing here but what says where.
import nodeModule from 'node:module';
import path from 'node:path';
import envPaths from 'env-paths';

// Absent before Node 22; where the folder cannot be written to, nothing is kept.
nodeModule.enableCompileCache?.(path.join(envPaths('driftline', { suffix: '' }).cache, 'node'));
const { exitInternal, main } = await import('./commands.ts');

// `npm run` starts in the project's folder; people mean the folder they stand in.
if (process.env.npm_lifecycle_event === 'driftline' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
let lost = false;
// A closed pipe (`driftline scan | head`) is no error; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`driftline: the output could not be written: ${error.message}\n`);
  lost = true;
  process.exitCode = exitInternal;
});
const code = await main(process.argv.slice(2));
process.exitCode = lost ? exitInternal : code;
