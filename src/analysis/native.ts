// The Rust engine behind the `Engine` interface: loads the addon, checks that it fits, and turns its answers and
// errors into ours. It decides nothing about findings.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Addon from '../../native/addon/index.d.ts';
import { type ErrorCode, UserError } from '../errors.ts';
import { Report } from '../finding.ts';
import type { AnalysisSettings, Engine } from './engine.ts';

/** Must equal `SCHEMA_VERSION` in native/engine/src/schema.rs. */
export const schemaVersion = 1;

export interface EngineOptions {
  /** Time for one call; files that were not reached by then are listed as skipped. */
  budgetMs?: number;
  addonPath?: string;
}

/** A failure of the engine that no user can cure. */
export class EngineFailure extends Error {
  readonly code: string;
  readonly phase: string;

  constructor(code: string, phase: string, message: string) {
    super(message);
    this.name = 'EngineFailure';
    this.code = code;
    this.phase = phase;
  }
}

const defaultBudgetMs = 120_000;

let lastCall = 0;

export function loadEngine(options: EngineOptions = {}): Engine {
  const addon = loadAddon(options.addonPath ?? findAddon());
  const budgetMs = options.budgetMs ?? defaultBudgetMs;
  return {
    analyzeChange: ({ repository, base, head, signal, ...settings }) =>
      run(addon, signal, (call) =>
        addon.analyzeChange({ repository, base, head, settings: plain(settings, budgetMs, call) }),
      ),
    scan: ({ root, paths, signal, ...settings }) =>
      run(addon, signal, (call) => addon.scan({ root, paths, settings: plain(settings, budgetMs, call) })),
  };
}

function plain({ exclude, levels }: AnalysisSettings, budgetMs: number, call: number): Addon.Settings {
  return { exclude, levels, budgetMs, call };
}

async function run(
  addon: typeof Addon,
  signal: AbortSignal | undefined,
  start: (call: number) => Promise<Buffer>,
): Promise<Report> {
  signal?.throwIfAborted();
  lastCall = (lastCall + 1) % 0xffff_ffff;
  const call = lastCall;
  const cancel = () => addon.cancel(call);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return Report.parse(JSON.parse((await start(call)).toString('utf8')));
  } catch (error) {
    signal?.throwIfAborted();
    throw translate(error);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

const userErrors: Record<string, ErrorCode> = {
  NOT_A_REPOSITORY: 'not-a-repository',
  UNKNOWN_REVISION: 'unknown-revision',
  NO_MERGE_BASE: 'no-base',
  NO_SUCH_PATH: 'no-such-path',
  BAD_REQUEST: 'unreadable-config',
};

function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('phase' in error)) return error;
  const code = String(error.code);
  const known = userErrors[code];
  if (known !== undefined) return new UserError(known, error.message, { cause: error });
  return new EngineFailure(code, String(error.phase), error.message);
}

/** Beside the sources, or two levels above the compiled file. */
function findAddon(): string {
  const places = ['../..', '../../..'].map((up) => join(import.meta.dirname, up, 'native/addon/driftline.node'));
  return places.find((place) => existsSync(place)) ?? places[0] ?? '';
}

function loadAddon(path: string): typeof Addon {
  let addon: typeof Addon;
  try {
    addon = createRequire(import.meta.url)(path);
  } catch (error) {
    throw new UserError('addon-missing', `the Rust addon ${path} cannot be loaded`, { cause: error });
  }
  const found = typeof addon.schemaVersion === 'function' ? addon.schemaVersion() : 'none';
  if (found !== schemaVersion) {
    const what = `the Rust addon has schema version ${found}, this version of driftline needs ${schemaVersion}`;
    throw new UserError('addon-version', what);
  }
  return addon;
}
