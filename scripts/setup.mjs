// Makes a checkout ready to run: npm packages, the Rust addon, Semgrep and a Redis-compatible server.
// Does nothing, fast, when nothing changed. Needs only Node 20 and its own folder: node_modules may not exist yet.
import { withLock } from './setup/lock.mjs';
import { checkPrerequisites } from './setup/prerequisites.mjs';
import { createProgress } from './setup/progress.mjs';
import { StepFailed, stopChildren } from './setup/run.mjs';
import { addon, npmPackages, pythonTools, root } from './setup/steps.mjs';

const quiet = process.argv.includes('--quiet');
const steps = [npmPackages, addon, pythonTools];

process.exitCode = await main();

async function main() {
  const progress = createProgress(quiet);
  if (Number(process.versions.node.split('.')[0]) < 20) {
    progress.fail(`Node.js 20 or newer is needed, this is ${process.version}`, 'install it from https://nodejs.org');
    return 2;
  }
  if (pending().length === 0) {
    for (const step of steps) progress.fresh(step.name);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      progress.fail('set-up was interrupted', 'run the command again; finished steps are kept');
      process.exitCode = 130;
      // With a command running, its end unwinds everything; while waiting for another set-up there is nothing to unwind.
      if (!stopChildren()) process.exit();
    });
  }
  try {
    return await withLock(
      root,
      (owner) => progress.note(`waiting for another set-up (process ${owner})`),
      () => work(progress),
    );
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return process.exitCode || 2;
  } finally {
    progress.end();
  }
}

/** Looks again under the lock: the set-up that was waited for may have done everything. */
async function work(progress) {
  const wanted = pending();
  const missing = checkPrerequisites(wanted.flatMap((step) => step.needs));
  for (const { what, cure } of missing) progress.fail(what, cure);
  if (missing.length > 0) return 2;
  const names = wanted.map((step) => step.name).join(', ');
  if (wanted.length > 0) progress.note(`setting up: ${names} (minutes, the first time)`);
  const carryOut = async (step) => {
    if (!wanted.includes(step)) return progress.fresh(step.name);
    await progress
      .during(step.name, () => step.carryOut())
      .catch((error) => {
        // Said at once; the other steps may go on for minutes, and what they finish is kept.
        if (error instanceof StepFailed && !process.exitCode) progress.fail(error.message, error.cure);
        throw error;
      });
  };
  // The addon needs the build tool out of the npm packages; Python needs neither.
  const results = await Promise.allSettled([carryOut(npmPackages).then(() => carryOut(addon)), carryOut(pythonTools)]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return 0;
}

function pending() {
  return steps.filter((step) => !step.isFresh());
}
