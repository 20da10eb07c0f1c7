// The command line: names, options and exit codes (0 nothing, 1 findings, 2 usage or configuration, 3 ours).
// Each command is loaded only when it is called, so that `review` does not pay for the server.
import { existsSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { UserError } from '../errors.ts';
import { formats } from './format/format.ts';
import { version } from './version.ts';

/** Exit code of a bug of ours or of a broken environment that no option can cure. */
export const exitInternal = 3;
const exitUsage = 2;

const formatOption = () => new Option('--format <format>', `one of: ${formats.join(', ')}`).default('text');

const rulesOption = () =>
  new Option('--rules <dir>', 'a folder of ast-grep or Semgrep rules to run besides the repository’s; may be repeated')
    .argParser((folder: string, folders: string[]) => [...folders, folder])
    .default([], 'none');

/**
 * The registration page writes what GitHub gives into `.env` of the folder the server was started in. Only the
 * commands of the server read it: `review` and `scan` stand in repositories whose files are not ours to trust.
 */
function readEnvFile(): void {
  if (!existsSync('.env')) return;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    throw new UserError('bad-environment', '.env in this folder cannot be read', { cause: error });
  }
}

export function program(run: (code: number) => void): Command {
  const driftline = new Command('driftline')
    .description('Reviews changes: N+1 queries found before they are merged, explained, with the fix.')
    .version(version())
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`driftline: ${text.replace(/^error: /, '')}`) });

  driftline
    .command('review')
    .description('review the change base...head of a local repository; without --head, the working tree')
    .option('--repo <dir>', 'the repository', '.')
    .option('--base <rev>', 'where the change goes to (default: the remote’s default branch, else main or master)')
    .option('--head <rev>', 'the changed side (default: the working tree, with untracked files)')
    .addOption(formatOption())
    .option('--fail-on <level>', 'exit 1 from this level on: block, warn, suggest or never', 'block')
    .option('--fix', 'write the fixes of what is found into the working tree; report and exit code are of what remains')
    .addOption(rulesOption())
    .action(async (options) => run(await (await import('./review.ts')).review(options)));

  driftline
    .command('scan')
    .description('analyse whole files; findings are reported for PATHs (default: all), --root gives the context')
    .argument('[path...]', 'files or folders below the root')
    .option('--root <dir>', 'the tree', '.')
    .addOption(formatOption())
    .option('--fail-on <level>', 'exit 1 from this level on: block, warn, suggest or never', 'block')
    .addOption(rulesOption())
    .action(async (paths, options) => run(await (await import('./scan.ts')).scan(paths, options)));

  addRules(driftline, run);

  driftline
    .command('serve')
    .description('webhooks, health, metrics and, unless --no-worker, a worker')
    .option('--no-worker', 'run workers elsewhere with `driftline worker`')
    .hook('preAction', readEnvFile)
    .action(async (options) => run(await (await import('./serve.ts')).serve(options)));

  driftline
    .command('worker')
    .description('only a worker; run as many as needed')
    .hook('preAction', readEnvFile)
    .action(async () => run(await (await import('./worker.ts')).worker()));

  driftline
    .command('jobs')
    .description('list the jobs that failed for good; with --retry, put them back')
    .option('--retry <id...>', 'ids of failed jobs, or `all`')
    .hook('preAction', readEnvFile)
    .action(async (options) => run(await (await import('./jobs.ts')).jobs(options)));

  driftline
    .command('migrate')
    .description('bring the database up to date')
    .hook('preAction', readEnvFile)
    .action(async () => run(await (await import('./migrate.ts')).migrate()));

  driftline
    .command('doctor')
    .description('check the environment, a line for each part')
    .hook('preAction', readEnvFile)
    .action(async () => run(await (await import('./doctor.ts')).doctor()));

  return driftline;
}

function addRules(driftline: Command, run: (code: number) => void): void {
  const rules = driftline.command('rules').description('the rules of a working tree: .driftline/rules');
  const add = (name: string, description: string) =>
    rules
      .command(name)
      .description(description)
      .option('--root <dir>', 'the tree', '.')
      .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'));
  const commands = () => import('./rules.ts');
  add('list', 'every rule, how strict it is and where it stands').action(async (options) =>
    run(await (await commands()).listRules(options)),
  );
  add('explain <path>', 'which rules apply to a file, and why each of the others does not')
    .option('--branch <name>', 'the branch that a change goes to')
    .action(async (path, options) => run(await (await commands()).explainRules(path, options)));
  add('validate', 'what is wrong with the rule files, a line for each; exits 1 when anything is refused').action(
    async (options) => run(await (await commands()).validateRules(options)),
  );
  add(
    'test',
    'runs the rules on the code of their tests, of ast-grep’s and Semgrep’s form; exits 1 when one does not do what they say',
  )
    .option('--filter <regex>', 'only rules whose id it matches')
    .action(async (options) => run(await (await commands()).testRuleFiles(options)));
}

/** Runs one command line and answers its exit code; prints errors as one line. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  try {
    await program((result) => {
      code = result;
    }).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
    if (error instanceof UserError) {
      process.stderr.write(`${error.line()}\n`);
      return exitUsage;
    }
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`driftline: internal error: ${text.split('\n')[0]}\n`);
    if (process.env.DRIFTLINE_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return exitInternal;
  }
}
