// What is wrong with a rule file: where, what, and what to do about it, each in one line. Pure.
import { quoted } from '../../config.ts';

export type ProblemCode =
  | 'too-large'
  | 'not-utf8'
  | 'not-yaml'
  | 'duplicate-key'
  | 'unsafe-yaml'
  | 'too-deep'
  | 'too-many-documents'
  | 'too-many-rules'
  | 'too-much-text'
  | 'no-rule'
  | 'missing-field'
  | 'wrong-value'
  | 'unknown-field'
  | 'duplicate-id'
  | 'native-library'
  | 'remote-config'
  | 'runs-code'
  | 'outside-repository'
  | 'link'
  | 'engine-refuses'
  | 'no-test'
  | 'too-many-tests'
  /** Notes: the file is sound, and something in it does nothing. */
  | 'same-key'
  | 'switched-off'
  | 'not-checked'
  | 'no-such-rule';

const cures: Record<ProblemCode, string> = {
  'too-large': 'Split it',
  'not-utf8': 'Save it as UTF-8',
  'not-yaml': 'Correct the YAML',
  'duplicate-key': 'Keep one of the two',
  'unsafe-yaml': 'Write plain YAML, without custom tags and with few aliases',
  'too-deep': 'Write it with less nesting',
  'too-many-documents': 'Split it',
  'too-many-rules': 'Remove or merge rules',
  'too-much-text': 'Remove rules',
  'no-rule': 'A rule file holds ast-grep documents (id, language, rule) or a Semgrep list (rules:)',
  'missing-field': 'Add it',
  'wrong-value': 'Correct it',
  'unknown-field': 'Remove or rename it',
  'duplicate-id': 'Give each rule of the file its own id',
  'native-library': 'Use a language that is built in',
  'remote-config': 'Copy the rules into the repository',
  'runs-code': 'Write the condition as a pattern',
  'outside-repository': 'Name a folder in the repository',
  'engine-refuses': 'Correct the rule',
  'no-test': 'A test holds the id of a rule, and lists of valid and of invalid code',
  'too-many-tests': 'Remove or merge tests',
  'no-such-rule': 'Correct the id, or remove the test',
  link: 'Put the file or folder itself there',
  'same-key': 'Give it a key of its own in metadata.driftline.key',
  'switched-off': 'Raise its severity to use it',
  'not-checked': 'Run `npm run setup`, or set SEMGREP_PATH',
};

export interface FileProblem {
  code: ProblemCode;
  /** `note`: nothing is refused. */
  level: 'refused' | 'note';
  path: string;
  /** 1-based; null for the file as a whole, or for all files. */
  line: number | null;
  /** Without a final full stop. May hold text of the file, quoted and cut. */
  what: string;
  /** Likewise. */
  cure: string;
}

const notes: readonly ProblemCode[] = ['same-key', 'switched-off', 'not-checked', 'no-such-rule'];

export function fileProblem(code: ProblemCode, path: string, line: number | null, what: string): FileProblem {
  return { code, level: notes.includes(code) ? 'note' : 'refused', path, line, what, cure: cures[code] };
}

/** `.driftline/rules/a.yml, line 3: what. Cure.` */
export function problemLine({ path, line, what, cure }: FileProblem): string {
  // A name that could break the line or forge another one is shown as a string.
  const shown = /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(path) && path.length <= 200 ? path : quoted(path);
  return `${shown}${line === null ? '' : `, line ${line}`}: ${what}. ${cure}.`;
}
