// The Rust engine behind the `Engine` interface: loads the addon, checks that it fits, and turns its answers and
// errors into ours. It decides nothing about findings.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { z } from 'zod';
import type * as Addon from '../../native/addon/index.d.ts';
import { type ErrorCode, UserError } from '../errors.ts';
import { Matches, Report } from '../finding.ts';
import type { AnalysisSettings, Engine, MatchEngine, Progress } from './engine.ts';

/** Must equal `SCHEMA_VERSION` in native/engine/src/schema.rs. */
export const schemaVersion = 4;

export interface EngineOptions {
  /** Time for one call; files that were not reached by then are listed as skipped. */
  budgetMs?: number;
  addonPath?: string;
  /** Folder for what is kept between runs; null: nothing is. */
  cacheDir?: string | null;
  /** By default all calls share a few threads that leave room for the rest of the process. */
  threads?: number;
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

export function loadEngine(options: EngineOptions = {}): Engine & MatchEngine {
  const addon = loadAddon(options.addonPath ?? findAddon());
  return {
    analyzeChange: ({ repository, base, head, ...settings }) =>
      run(addon, Report, settings, (call) =>
        addon.analyzeChange({ repository, base, head, settings: plain(settings, options, call) }),
      ),
    scan: ({ root, paths, ...settings }) =>
      run(addon, Report, settings, (call) => addon.scan({ root, paths, settings: plain(settings, options, call) })),
    compareMatches: ({ repository, base, head, matches, signal, exclude }) =>
      run(addon, Matches, watched(signal), (call) =>
        addon.compareMatches({
          repository,
          base,
          head,
          matches: { head: matches.head.map(withoutNull), base: matches.base.map(withoutNull) },
          settings: plain({ exclude, levels: {} }, options, call),
        }),
      ),
    placeMatches: ({ root, matches, signal, exclude }) =>
      run(addon, Matches, watched(signal), (call) => {
        const settings = plain({ exclude, levels: {} }, options, call);
        return addon.placeMatches({ root, matches: matches.map(withoutNull), settings });
      }),
  };
}

function plain(settings: AnalysisSettings, options: EngineOptions, call: number): Addon.Settings {
  const { exclude, levels, cacheName, ruleSet } = settings;
  const { budgetMs = defaultBudgetMs, cacheDir, threads } = options;
  return {
    exclude,
    levels,
    budgetMs,
    call,
    ...(cacheDir ? { cache: cacheDir } : {}),
    ...(cacheName === undefined ? {} : { cacheName }),
    ...(ruleSet === undefined
      ? {}
      : {
          ruleSet: {
            rules: ruleSet.rules.map(withoutNull),
            utilities: ruleSet.utilities,
            languageGlobs: ruleSet.languageGlobs ?? [],
          },
        }),
    ...(threads === undefined ? {} : { threads }),
  };
}

function watched(signal: AbortSignal | undefined): Watched {
  return signal === undefined ? {} : { signal };
}

/** The addon takes an absent fix for none, never null. */
function withoutNull<T extends { fix: string | null }>({ fix, ...rest }: T): Omit<T, 'fix'> & { fix?: string } {
  return fix === null ? rest : { ...rest, fix };
}

const progressEveryMs = 250;

interface Watched {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

async function run<T extends z.ZodType>(
  addon: typeof Addon,
  answer: T,
  { signal, onProgress }: Watched,
  start: (call: number) => Promise<Buffer>,
): Promise<z.infer<T>> {
  signal?.throwIfAborted();
  lastCall = (lastCall + 1) % 0xffff_ffff;
  const call = lastCall;
  const cancel = () => addon.cancel(call);
  signal?.addEventListener('abort', cancel, { once: true });
  const watch = onProgress && setInterval(() => tell(addon, call, onProgress), progressEveryMs);
  try {
    return answer.parse(JSON.parse((await start(call)).toString('utf8')));
  } catch (error) {
    signal?.throwIfAborted();
    throw translate(error);
  } finally {
    clearInterval(watch);
    signal?.removeEventListener('abort', cancel);
  }
}

function tell(addon: typeof Addon, call: number, onProgress: (progress: Progress) => void): void {
  const progress = addon.progress(call);
  if (progress === null || progress.total === 0) return;
  const { isIndexed, done, total } = progress;
  onProgress({ phase: isIndexed ? 'analysing' : 'indexing', done, total });
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
