// The language of a file, by its name: what chooses the payload of a rule in several languages. Pure.
import type { RuleDoc } from './document.ts';

/** Names as ast-grep and Semgrep both understand them. */
const byExtension: Record<string, string> = {
  bash: 'bash',
  bazel: 'python',
  bzl: 'python',
  c: 'c',
  cc: 'cpp',
  cjs: 'javascript',
  cpp: 'cpp',
  cs: 'csharp',
  css: 'css',
  cts: 'typescript',
  cxx: 'cpp',
  erb: 'erb',
  ex: 'elixir',
  exs: 'elixir',
  gemspec: 'ruby',
  go: 'go',
  h: 'c',
  hcl: 'hcl',
  hpp: 'cpp',
  hs: 'haskell',
  html: 'html',
  java: 'java',
  js: 'javascript',
  json: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  kts: 'kotlin',
  lua: 'lua',
  mjs: 'javascript',
  mts: 'typescript',
  nix: 'nix',
  php: 'php',
  py: 'python',
  py3: 'python',
  pyi: 'python',
  rake: 'ruby',
  rb: 'ruby',
  rbw: 'ruby',
  rs: 'rust',
  scala: 'scala',
  sh: 'bash',
  sol: 'solidity',
  swift: 'swift',
  tf: 'hcl',
  ts: 'typescript',
  tsx: 'tsx',
  yaml: 'yaml',
  yml: 'yaml',
};

const aliases: Record<string, string> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cs: 'csharp',
  golang: 'go',
  js: 'javascript',
  jsx: 'javascript',
  kt: 'kotlin',
  py: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  terraform: 'hcl',
  ts: 'typescript',
  yml: 'yaml',
};

/** null: unknown, so that rules for it are told as not evaluated and not as passed. */
export function languageOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? null : (byExtension[name.slice(dot + 1).toLowerCase()] ?? null);
}

/** One name for one language, whichever of its names a rule uses. */
export function languageName(written: string): string {
  const lower = written.trim().toLowerCase();
  return aliases[lower] ?? lower;
}

/** Of the rest the name is the ending too. */
const extensions: Record<string, string> = {
  bash: 'sh',
  csharp: 'cs',
  javascript: 'js',
  kotlin: 'kt',
  python: 'py',
  ruby: 'rb',
  rust: 'rs',
  typescript: 'ts',
  yaml: 'yml',
};

/** The ending, without the dot, of a file that ast-grep takes for this language. */
export function extensionOf(language: string): string {
  const name = languageName(language);
  return extensions[name] ?? name.replace(/[^a-z0-9]/g, '');
}

/** Whether what is written for one language is to be used on another: TypeScript's serves TSX where TSX has none. */
export function languagesServing(language: string): readonly string[] {
  return language === 'tsx' ? ['tsx', 'typescript'] : [language];
}

/** What Semgrep reads in any file. */
const anyLanguage = ['generic', 'regex', 'none'];

/**
 * Whether a rule's query is written for the language of a file; null when that language is unknown. For ast-grep TSX is a
 * language of its own, for Semgrep it is TypeScript.
 */
export function runsOn(rule: Pick<RuleDoc, 'languages' | 'engine'>, path: string): boolean | null {
  if (rule.languages === null) return true;
  const names = rule.languages.map(languageName);
  if (names.some((name) => anyLanguage.includes(name))) return true;
  const language = languageOf(path);
  if (language === null) return null;
  return (rule.engine === 'semgrep' ? languagesServing(language) : [language]).some((name) => names.includes(name));
}
