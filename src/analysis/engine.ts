// The engines as the rest of the product sees them: one function per question, plain data both ways.
import type { Report } from '../finding.ts';

/** First the files are indexed, then their findings are looked for. */
export interface Progress {
  phase: 'indexing' | 'analysing';
  done: number;
  total: number;
}

export interface AnalysisSettings {
  /** Globs (picomatch/globset syntax) left out besides the built-in ones. */
  exclude: string[];
  /** Rule id to level; `off` drops the rule. */
  levels: Record<string, 'block' | 'warn' | 'suggest' | 'off'>;
  /** What the repository is called among those that are kept; by default its path. */
  cacheName?: string;
  /** Called now and then while it goes on, never when it ends within a moment. */
  onProgress?: (progress: Progress) => void;
}

export interface ChangeRequest extends AnalysisSettings {
  /** Path of a repository, bare or with work tree. */
  repository: string;
  /** Full commit ids. */
  base: string;
  head: string;
  signal?: AbortSignal;
}

export interface ScanRequest extends AnalysisSettings {
  root: string;
  /** Relative to root, `/`; empty means everything. */
  paths: string[];
  signal?: AbortSignal;
}

export interface Engine {
  analyzeChange(request: ChangeRequest): Promise<Report>;
  scan(request: ScanRequest): Promise<Report>;
}
