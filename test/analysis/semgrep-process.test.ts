// How Semgrep is started and what becomes of it when it misbehaves, with a program in its place.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Semgrep, type SemgrepRequest } from '../../src/analysis/semgrep/semgrep.ts';
import { answer, FakeSemgrep } from './fake-semgrep.ts';

const fake = new FakeSemgrep();
const root = mkdtempSync(path.join(tmpdir(), 'driftline-tree-'));
writeFileSync(path.join(root, '.semgrepignore'), '');
afterAll(() => {
  fake.remove();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => fake.behave({ stdout: answer() }));

const rule = (id: string, name = id, more = 'pattern: foo($X)') => ({
  id: `file:${id}`,
  text: `rules:\n  - id: ${name}\n    languages: [python]\n    severity: ERROR\n    message: m\n    ${more}\n`,
});
const semgrep = new Semgrep({ program: fake.program, maxProcesses: 1 });
const run = (more: Partial<SemgrepRequest> = {}, runner = semgrep) =>
  runner.run({ rules: [rule('a'), rule('b')], root, paths: [], gitignore: false, timeoutMs: 20_000, ...more });

/** Folders of ours that are left in the folder for temporary files. */
const leftOver = () => readdirSync(tmpdir()).filter((name) => name.startsWith('driftline-semgrep-'));

async function isGone(pid: number): Promise<boolean> {
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the command line', () => {
  it('is one process for all rules, without network, registry and rewritten ids', async () => {
    expect(await run()).toMatchObject({ state: 'ok', version: '9.9.9', failed: [], notEvaluated: [] });
    expect(fake.started).toHaveLength(1);
    const [{ argv, cwd, configs, folderMode }] = fake.started as [(typeof fake.started)[0]];
    const own = argv.map((arg) => arg.replace(/^\/.*\/driftline-semgrep-\w{6}\//, ''));
    expect(own).toEqual([
      'scan',
      '--json',
      '--quiet',
      '--metrics=off',
      '--disable-version-check',
      '--no-rewrite-rule-ids',
      '--disable-nosem',
      '--oss-only',
      '--timeout=5',
      '--timeout-threshold=0',
      '--max-memory=2000',
      '--max-target-bytes=1048576',
      '--jobs=1',
      '--sarif-output',
      'results.sarif',
      '--no-git-ignore',
      '--config',
      'rules.yaml',
      '.',
    ]);
    expect([cwd, folderMode]).toEqual([root, 0o700]);
    expect(JSON.parse(configs[0] ?? '')).toMatchObject({ rules: [{ id: 'a' }, { id: 'b' }] });
  });

  it('takes paths as they are: options, metacharacters and climbing are names', async () => {
    await run({ paths: ['-e.ts', 'a;b.ts', '$(x)/`y`.ts', '--config=auto'] });
    expect(fake.started[0]?.argv.slice(-4)).toEqual(['./-e.ts', './a;b.ts', './$(x)/`y`.ts', './--config=auto']);
  });

  it('has two processes for rules that share an id', async () => {
    await run({ rules: [rule('a', 'same'), rule('b'), rule('c', 'same')] });
    const ids = fake.started.map(({ configs }) =>
      JSON.parse(configs[0] ?? '').rules.map(({ id }: { id: string }) => id),
    );
    expect(ids).toEqual([['same', 'b'], ['same']]);
  });

  it('is not used at all when no rule is left', async () => {
    const join = rule('j', 'j', 'join: { refs: [{ rule: p/ci }] }');
    const { state, failed } = await run({
      rules: [join, { id: 'file:x', text: 'rules: [p/ci]' }, { id: 'file:y', text: '[' }],
    });
    expect(state).toBe('ok');
    expect(failed.map(({ rule: id }) => id)).toEqual(['file:j', 'file:x', 'file:y']);
    expect(fake.started).toEqual([]);
  });

  it('is given an environment without anything of ours', async () => {
    vi.stubEnv('SEMGREP_APP_TOKEN', 'secret');
    vi.stubEnv('SEMGREP_RULES', 'p/ci');
    vi.stubEnv('WEBHOOK_SECRET', 'secret');
    await run();
    vi.unstubAllEnvs();
    const { env = {} } = fake.started[0] ?? {};
    const names = Object.keys(env).filter((name) => !/^(GIT_CONFIG_|__CF)/.test(name));
    expect(names.sort()).toEqual(
      [
        'GIT_OPTIONAL_LOCKS',
        'HOME',
        'HTTPS_PROXY',
        'HTTP_PROXY',
        'LANG',
        'LC_ALL',
        'NO_COLOR',
        'PATH',
        'PYTHONUTF8',
        'TMPDIR',
        'http_proxy',
        'https_proxy',
      ].sort(),
    );
    expect(env.PATH?.startsWith(`${fake.folder}:`)).toBe(true);
    expect([env.HOME, env.TMPDIR]).toEqual([
      expect.stringMatching(/driftline-semgrep-\w{6}\/home$/),
      expect.stringMatching(/driftline-semgrep-\w{6}\/tmp$/),
    ]);
  });
});

describe('a Semgrep that does not work', () => {
  it('is unavailable when it is missing or cannot be started', async () => {
    const missing = new Semgrep({ program: '/nowhere/semgrep', maxProcesses: 1 });
    const reason = 'SEMGREP_PATH "/nowhere/semgrep" is no program that this user can run';
    expect(await missing.probe()).toEqual({ unavailable: reason });
    expect(await run({}, missing)).toMatchObject({
      state: 'unavailable',
      reason,
      notEvaluated: [
        { rule: 'file:a', reason },
        { rule: 'file:b', reason },
      ],
    });
    const script = path.join(fake.folder, 'broken');
    writeFileSync(script, '#!/nowhere/python\n', { mode: 0o755 });
    expect(await run({}, new Semgrep({ program: script, maxProcesses: 1 }))).toMatchObject({
      state: 'unavailable',
      reason: expect.stringMatching(/^Semgrep cannot be started: .*ENOENT/),
    });
  });

  it('is told to tell its version once, and is unavailable when it does not', async () => {
    const runner = new Semgrep({ program: fake.program, maxProcesses: 1 });
    fake.behave({ stdout: '1.2.3\n' });
    expect([await runner.probe(), await runner.probe()]).toEqual([{ version: '1.2.3' }, { version: '1.2.3' }]);
    expect(fake.started).toHaveLength(1);
    fake.behave({ stdout: 'Traceback', exitCode: 1 });
    expect(await new Semgrep({ program: fake.program, maxProcesses: 1 }).probe()).toEqual({
      unavailable: `${JSON.stringify(fake.program)} does not tell its version (exit code 1)`,
    });
  });

  it('is killed with all that it started when its time is up', async () => {
    fake.behave({ sleepMs: 60_000, forks: true });
    const result = await run({ timeoutMs: 1_500 });
    expect(result).toMatchObject({
      state: 'timed-out',
      reason: 'Semgrep was stopped after 1.5 s',
      notEvaluated: [{ rule: 'file:a' }, { rule: 'file:b' }],
    });
    expect(await isGone(fake.childPid)).toBe(true);
    expect(leftOver()).toEqual([]);
  });

  it('is killed with all that it started when the caller gives up, and leaves nothing behind when it ends', async () => {
    fake.behave({ sleepMs: 60_000, forks: true });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 1_000);
    await expect(run({ signal: abort.signal })).rejects.toThrow('enough');
    expect(await isGone(fake.childPid)).toBe(true);
    fake.behave({ stdout: answer(), forks: true });
    expect((await run()).state).toBe('ok');
    expect(await isGone(fake.childPid)).toBe(true);
    expect(leftOver()).toEqual([]);
  });

  it('is stopped when it answers without end', async () => {
    for (const behaviour of [{ floodStdout: 60 << 20 }, { floodStderr: 3 << 20, stdout: answer() }]) {
      fake.behave(behaviour);
      expect(await run()).toMatchObject({
        state: 'failed',
        reason: "Semgrep's answer is larger than 50 MB",
        notEvaluated: [{ rule: 'file:a' }, { rule: 'file:b' }],
      });
    }
  });

  it.each([
    [0, '', 'Semgrep failed (exit code 0)'],
    [0, 'Traceback\nMemoryError: x\n', 'Semgrep failed (exit code 0): MemoryError: x'],
    [1, '', 'Semgrep failed (exit code 1)'],
    [2, 'boom', 'Semgrep failed (exit code 2): boom'],
    [127, 'sh: not found', 'Semgrep failed (exit code 127): sh: not found'],
  ])('failed with exit code %i and no JSON', async (exitCode, stderr, reason) => {
    fake.behave({ exitCode, stderr, stdout: '{"results": 3}' });
    expect(await run()).toMatchObject({ state: 'failed', reason, matches: [], notEvaluated: [{}, {}] });
  });

  it.each([2, 3, 4, 5, 7, 8, 13, 99])('failed with exit code %i, whatever else it answers', async (exitCode) => {
    fake.behave({ exitCode, stdout: answer({ errors: [{ level: 'error', type: 'SemgrepError', message: 'no' }] }) });
    expect(await run()).toMatchObject({ state: 'failed', reason: `Semgrep failed (exit code ${exitCode}): no` });
  });

  it.each([0, 1])('answered with exit code %i, found or not', async (exitCode) => {
    const place = { line: 1, col: 1, offset: 0 };
    const result = { check_id: 'a', path: 'x.py', start: place, end: { ...place, offset: 3 }, extra: { message: 'm' } };
    const sarif = JSON.stringify({
      runs: [
        {
          results: [
            {
              ruleId: 'a',
              locations: [{ physicalLocation: { region: { startLine: 1, endLine: 1 } } }],
              suppressions: [{ kind: 'inSource' }],
            },
          ],
        },
      ],
    });
    fake.behave({ exitCode, stdout: answer({ results: [result] }), sarif });
    const match = { rule: 'file:a', path: 'x.py', startByte: 0, endByte: 3, message: 'm', fix: null, suppressed: true };
    expect(await run()).toMatchObject({ state: 'ok', reason: null, matches: [match] });
    fake.behave({ exitCode, stdout: answer({ results: [result] }) });
    expect(await run()).toMatchObject({
      state: 'failed',
      reason: 'Semgrep does not tell which results are suppressed by comments',
    });
  });

  it('tells rules, files and all else apart', async () => {
    const errors = [
      { level: 'error', type: 'Rule parse error', rule_id: 'a', message: 'Rule parse error in rule a:\n no' },
      {
        level: 'info',
        type: ['IncompatibleRule', { min_version: '99' }],
        rule_id: 'b',
        message: 'Incompatible rule b:\n old',
      },
      { level: 'warn', type: 'Timeout', rule_id: 'b', path: 'x.py', message: 'Timeout when running b on x.py:\n 5 s' },
      {
        level: 'warn',
        type: ['PartialParsing', []],
        path: './y.py',
        message: 'Syntax error at line y.py:3:\n `(` was unexpected',
      },
      { level: 'warn', type: 'Out of memory', rule_id: 'b', path: 'z.py', message: 'Out of memory' },
    ];
    fake.behave({ stdout: answer({ errors }) });
    expect(await run()).toMatchObject({
      state: 'ok',
      failed: [{ rule: 'file:a', message: 'no' }],
      notEvaluated: [{ rule: 'file:b', reason: 'old' }],
      incomplete: [
        { rule: 'file:b', path: 'x.py', reason: 'timeout', message: '5 s' },
        { rule: null, path: 'y.py', reason: 'syntax', message: '`(` was unexpected' },
        { rule: 'file:b', path: 'z.py', reason: 'memory' },
      ],
    });
    fake.behave({ stdout: answer({ errors: [{ level: 'error', type: 'Fatal error', message: 'Stack' }] }) });
    expect(await run()).toMatchObject({ state: 'failed', reason: 'Semgrep failed: Stack', notEvaluated: [{}, {}] });
  });

  it('runs as often at a time as it may', async () => {
    fake.behave({ sleepMs: 400, stdout: answer() });
    const from = performance.now();
    await Promise.all([run(), run()]);
    expect(performance.now() - from).toBeGreaterThan(800);
  });
});
