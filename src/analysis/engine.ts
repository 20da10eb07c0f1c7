// The engines as the rest of the product sees them: one function per question, plain data both ways.
import type { Matches, Report } from '../finding.ts';

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
  /** Rules of ast-grep to run on the same files; without it none are. */
  ruleSet?: RuleSet;
  /** Called now and then while it goes on, never when it ends within a moment. */
  onProgress?: (progress: Progress) => void;
}

export interface RuleSet {
  /**
   * `id` is ours and unique; `text` one document in ast-grep's own YAML; `fix` takes the place of the document's own fix (the
   * same forms, as YAML), null leaves it.
   */
  rules: { id: string; text: string; fix: string | null }[];
  /** Utility rules that others call by the id in their text. */
  utilities: { id: string; text: string }[];
  /** Globs of file names, without folders, that are taken for a language before what the names themselves say. */
  languageGlobs?: { language: string; globs: string[] }[];
}

/** A match of an engine that is not in the addon. */
export interface ExternalMatch {
  rule: string;
  path: string;
  /** Of the file as UTF-8. */
  startByte: number;
  endByte: number;
  message: string;
  /** Text to stand in place of the range. */
  fix: string | null;
  /** An ignore comment of that engine covers it. */
  suppressed: boolean;
}

export interface CompareRequest extends Pick<AnalysisSettings, 'exclude'> {
  repository: string;
  base: string;
  head: string;
  /** Matches in the changed files of the head, and in the same files of the merge base (by their names there). */
  matches: { head: ExternalMatch[]; base: ExternalMatch[] };
  signal?: AbortSignal;
}

export interface PlaceRequest extends Pick<AnalysisSettings, 'exclude'> {
  root: string;
  matches: ExternalMatch[];
  signal?: AbortSignal;
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

/** What the matches of another engine are in a change or a folder: ids, newness, lines to comment on, checked fixes. */
export interface MatchEngine {
  compareMatches(request: CompareRequest): Promise<Matches>;
  placeMatches(request: PlaceRequest): Promise<Matches>;
}
