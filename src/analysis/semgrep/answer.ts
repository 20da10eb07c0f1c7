// What Semgrep brought, as reviews and scans take it: matches, the rules that did not run each with its reason, and in plain
// words what was left out.
import type { SemgrepAnswer, SemgrepRun } from '../team-rules.ts';
import type { Semgrep, SemgrepResult } from './semgrep.ts';

/** For one side of a review; a folder may take as long as its files are many. */
const timeoutsMs = { checkout: 120_000, tree: 600_000 };

export function semgrepRunner(semgrep: Semgrep): (run: SemgrepRun) => Promise<SemgrepAnswer> {
  return async ({ rules, root, paths, isCheckout, signal, timeoutMs: given }) => {
    const timeoutMs = given ?? (isCheckout ? timeoutsMs.checkout : timeoutsMs.tree);
    // Everything in a checkout is wanted, and naming files would lift its ignore files.
    const named = isCheckout ? [] : paths;
    const result = await semgrep.run({ rules, root, paths: named, gitignore: !isCheckout, timeoutMs, signal });
    return answerOf(
      result,
      rules.map(({ id }) => id),
    );
  };
}

/** A rule that did not get through one file did not run: else a change could bring such a file and pass for clean. */
export function answerOf(
  { matches, failed, notEvaluated, incomplete }: SemgrepResult,
  rules: readonly string[],
): SemgrepAnswer {
  const unfinished = incomplete
    .filter(({ reason }) => reason !== 'syntax')
    .flatMap(({ rule, path, reason }) =>
      (rule === null ? rules : [rule]).map((id) => ({ id, reason: `Semgrep ${outcomes[reason]} on ${path}` })),
    );
  const timedOut = incomplete.flatMap(({ rule, reason }) => (rule !== null && reason === 'timeout' ? [rule] : []));
  const wrong = failed.map(({ rule, message }) => ({ id: rule, reason: message }));
  return {
    matches,
    wrong,
    timedOut: [...new Set(timedOut)],
    notEvaluated: [...wrong, ...notEvaluated.map(({ rule, reason }) => ({ id: rule, reason })), ...unfinished],
    notices: noticesOf(incomplete),
  };
}

const noticesMax = 20;

const outcomes: Record<SemgrepResult['incomplete'][number]['reason'], string> = {
  timeout: 'took too long',
  memory: 'needs too much memory',
  'too-many-matches': 'finds too many places, and tells none of them,',
  syntax: 'was read in part only',
  failed: 'failed',
};

/** A syntax error is of the file, not of a rule; it is told once, and rules still run on the rest of the file. */
function noticesOf(incomplete: SemgrepResult['incomplete']): string[] {
  const broken = incomplete.filter(({ reason }) => reason === 'syntax');
  const distinct = [...new Set(broken.map(({ path }) => `Semgrep: ${path} ${outcomes.syntax}`))];
  const more = distinct.length - noticesMax;
  return more > 0 ? [...distinct.slice(0, noticesMax), `Semgrep: ${more} more such files`] : distinct;
}
