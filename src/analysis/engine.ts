// The engines as the rest of the product sees them: one function per question, plain data both ways.
import type { Report } from '../finding.ts';

export interface AnalysisSettings {
  /** Globs (picomatch/globset syntax) left out besides the built-in ones. */
  exclude: string[];
  /** Rule id to level; `off` drops the rule. */
  levels: Record<string, 'block' | 'warn' | 'suggest' | 'off'>;
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
