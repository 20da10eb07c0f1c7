// The closed list of errors that a user can cause or cure: code, message, what to do.
// Everything else that is thrown is our bug and exits 3. It must not know any room.

const cures = {
  'not-a-repository': 'Run it inside a git repository, or name one with --repo DIR.',
  'object-format': 'Such repositories cannot be reviewed yet; `driftline scan` reads their files without git.',
  'unknown-revision': 'Check the name with `git rev-parse`; fetch the branch if it is only on the remote.',
  'no-working-tree': 'Name the changed side with --head REV.',
  'fix-needs-working-tree': 'Leave out --head: only the working tree can be edited.',
  'not-writable': 'Check who may write there; what was written before stands, and the command can be run again.',
  'no-base': 'Name the branch that the change goes to with --base REV.',
  'unreadable-config': 'Fix .github/driftline.yml; docs/configuration.md lists every key.',
  'unreadable-rules': 'Check that the file can be read by this user.',
  'unknown-format': 'Use one of: text, json, sarif, markdown, github.',
  'unknown-option': 'See `driftline help`.',
  'no-such-path': 'Check the path; it is looked up below --root.',
  'bad-environment': 'Correct the variable; docs/configuration.md lists them all.',
  'no-redis': 'Set REDIS_URL, put valkey-server or redis-server on PATH, or run `npm run setup`.',
  'no-database': 'Check DATABASE_URL, and that the server runs.',
  'database-version': 'Install that newer version, or restore the database from before its migration.',
  'addon-missing': 'Run `npm run setup`.',
  'addon-version': 'Run `npm run setup`; the addon was built for another version.',
  'rules-not-tested': 'Run `npm run setup`, or set SEMGREP_PATH to another Semgrep.',
  'tests-not-run': 'Test fewer at a time with --filter.',
  'git-failed': 'Run the named git command by hand to see more.',
} as const;

export type ErrorCode = keyof typeof cures;

/** A user's mistake or a missing part: one line, exit 2, never a stack trace. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly cure: string;

  /** `what` says what is wrong and where, in one line without a final full stop. */
  constructor(code: ErrorCode, what: string, options?: { cause?: unknown }) {
    super(what, options);
    this.name = 'UserError';
    this.code = code;
    this.cure = cures[code];
  }

  line(): string {
    return `driftline: ${this.message}. ${this.cure}`;
  }
}

/** A fault outside that may pass by itself: try again, not before `retryAfterMs` where the other side named a time. */
export class TransientError extends Error {
  readonly retryAfterMs: number | null;

  constructor(what: string, retryAfterMs: number | null, options?: { cause?: unknown }) {
    super(what, options);
    this.name = 'TransientError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** A fault outside that no retry cures (repository gone, access denied). `what` is one plain line for people. */
export class PermanentError extends Error {
  constructor(what: string, options?: { cause?: unknown }) {
    super(what, options);
    this.name = 'PermanentError';
  }
}
