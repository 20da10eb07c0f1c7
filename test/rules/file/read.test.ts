import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { enforcements } from '../../../src/rules/document.ts';
import { folderProblem, readSgConfig } from '../../../src/rules/file/folders.ts';
import { extraFields } from '../../../src/rules/file/metadata.ts';
import { resolveRules } from '../../../src/rules/resolve.ts';
import { subject } from '../make-rule.ts';
import { bytes, codes, lines, read, readOne, source } from './sample.ts';

/** As in ast-grep's documentation. */
const astGrep = `id: no-await-in-promise-all
language: TypeScript
severity: error
message: No await in Promise.all
note: Promise.all waits by itself.
rule:
  pattern: Promise.all($A)
  has:
    pattern: await $_
    stopBy: end
`;

/** In the style of Semgrep's own registry, with an anchor. */
const semgrep = `rules:
  - id: eval-detected
    message: >-
      eval runs what it is given.
      Do not pass it input.
    languages: &js [javascript, typescript]
    severity: ERROR
    metadata:
      category: security
      cwe: ["CWE-95: Eval Injection"]
    pattern: eval(...)
  - id: no-alert
    message: No alert
    languages: *js
    severity: INFO
    patterns:
      - pattern: alert(...)
      - pattern-not: alert("...")
`;

const driftline = (extra: string) => `${astGrep}metadata:\n  driftline:\n${extra.replace(/^/gm, '    ')}\n`;

describe('RUL-404a rule files', () => {
  it('take ast-grep’s own YAML as it is, many documents to a file', () => {
    const second = astGrep.replace('no-await-in-promise-all', 'second');
    const { rules, problems } = readOne(`# team rules\n---\n${astGrep}---\n${second}---\n`);
    expect(problems).toEqual([]);
    expect(rules.map((rule) => [rule.id, rule.fileRef?.line])).toEqual([
      ['file:.driftline/rules/a.yml#no-await-in-promise-all', 3],
      ['file:.driftline/rules/a.yml#second', 14],
    ]);
    expect(rules[0]).toMatchObject({
      key: 'no-await-in-promise-all',
      title: 'No await in Promise.all',
      description: 'Promise.all waits by itself.',
      scope: 'repo',
      status: 'active',
      type: 'syntactic',
      engine: 'ast_grep',
      languages: ['TypeScript'],
      origin: 'file',
      repoId: 'shop',
      fileRef: { path: '.driftline/rules/a.yml', line: 3, commit: 'c0ffee' },
    });
    expect(rules.map((rule) => parse(rule.astGrepQuery ?? ''))).toEqual([parse(astGrep), parse(second)]);
    expect(rules[0]?.astGrepQuery).toBe(astGrep);
  });

  it('RUL-039: take Semgrep’s, and give each rule a file of its own', () => {
    const { rules, problems } = readOne(semgrep);
    expect(problems).toEqual([]);
    expect(
      rules.map(({ id, title, category, languages, enforcement }) => [id, title, category, languages, enforcement]),
    ).toEqual([
      [
        'file:.driftline/rules/a.yml#eval-detected',
        'eval runs what it is given. Do not pass it input.',
        'security',
        ['javascript', 'typescript'],
        'warn',
      ],
      ['file:.driftline/rules/a.yml#no-alert', 'No alert', null, ['javascript', 'typescript'], 'suggest'],
    ]);
    const whole = parse(semgrep) as { rules: unknown[] };
    expect(rules.map((rule) => parse(rule.semgrepRule ?? ''))).toEqual(whole.rules.map((one) => ({ rules: [one] })));
  });

  it('read no other files, and not the code that Semgrep tests YAML rules on', () => {
    const files = { 'r/a.test.yaml': 'x', 'r/a.fixed.yml': 'x', 'r/README.md': 'x', 'r/b.yaml': astGrep };
    expect(read(files).rules.map((rule) => rule.fileRef?.path)).toEqual(['r/b.yaml']);
    expect(read(files).problems).toEqual([]);
  });

  it('RUL-404b: utility rules stand in their own folder', () => {
    const { utilities, rules, problems } = read({
      '.driftline/utils/u.yml': 'id: is-handler\nlanguage: ts\nrule: { kind: arrow_function }\n---\n[1]\n',
      '.driftline/rules/a.yml': astGrep,
    });
    expect(utilities).toEqual([
      {
        id: 'is-handler',
        language: 'ts',
        path: '.driftline/utils/u.yml',
        line: 1,
        text: 'id: is-handler\nlanguage: ts\nrule: { kind: arrow_function }\n',
      },
    ]);
    expect(rules).toHaveLength(1);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([['no-rule', 5]]);
  });

  it('do not depend on the order they come in', () => {
    const files = { 'r/b.yml': astGrep, 'r/a.yml': semgrep, 'r/c.yml': 'id: x\n' };
    expect(read(Object.fromEntries(Object.entries(files).reverse()))).toEqual(read(files));
  });

  it('resolve as any other rule does', () => {
    const { rules } = readOne(driftline('scope: path\npathGlob: src/**'));
    expect(resolveRules(rules, subject).rules).toHaveLength(1);
    expect(resolveRules(rules, { ...subject, filePath: 'lib/a.ts' }).rules).toHaveLength(0);
  });
});

describe('RUL-404c metadata.driftline', () => {
  it('has the fields of the catalogue', () => {
    expect([...extraFields].sort()).toEqual(
      [
        ...['key', 'title', 'description', 'type', 'scope', 'pathGlob', 'branch', 'enforcement', 'status', 'priority'],
        ...['entityKinds', 'semanticFilter', 'example', 'counterExample', 'category'],
      ].sort(),
    );
  });

  it('says of a rule what its format cannot', () => {
    const extra = [
      'key: promises',
      'title: One wait',
      'enforcement: block',
      'status: staged',
      'scope: branch',
      'branch: release/*',
      'pathGlob: src/**',
      'priority: 10',
      'entityKinds: [route_handler]',
      'semanticFilter: { business_value: { $gte: high } }',
      'category: performance',
    ].join('\n');
    const { rules, problems } = readOne(driftline(extra));
    expect(problems).toEqual([]);
    expect(rules[0]).toMatchObject({
      key: 'promises',
      title: 'One wait',
      enforcement: 'block',
      status: 'staged',
      scope: 'branch',
      branch: 'release/*',
      pathGlob: 'src/**',
      priority: 10,
      entityKinds: ['route_handler'],
      semanticFilter: { business_value: { $gte: 'high' } },
      category: 'performance',
    });
  });

  it.each([
    [
      'enforcment: block',
      'line 13: there is no "metadata.driftline.enforcment", perhaps "enforcement" was meant. Remove or rename it.',
    ],
    [
      'enforcement: error',
      'line 13: "metadata.driftline.enforcement": expected one of "suggest"|"warn"|"block". Correct it.',
    ],
    ['scope: org', 'line 13: "metadata.driftline.scope": expected one of "repo"|"path"|"branch". Correct it.'],
    ['title: x\nscope: path', 'line 12: "metadata.driftline.pathGlob": scope path needs a pathGlob. Correct it.'],
    [
      'title: x\npathGlob: src/',
      'line 14: "metadata.driftline.pathGlob": is no glob for a rule: it ends with a slash and would match no file; end it with /**. Correct it.',
    ],
    ['[]', 'line 12: "metadata.driftline": expected object, received array. Correct it.'],
  ])('%j: one line', (extra, line) => {
    const found = readOne(driftline(extra));
    expect(lines(found)).toEqual([`.driftline/rules/a.yml, ${line}`]);
    expect(found.rules).toEqual([]);
  });
});

describe('RUL-404d implied enforcement', () => {
  const severities = {
    'ast-grep': { error: 'block', warning: 'warn', info: 'suggest', hint: 'suggest' },
    semgrep: {
      ...{ ERROR: 'block', HIGH: 'block', CRITICAL: 'block', WARNING: 'warn', MEDIUM: 'warn', INFO: 'suggest' },
      ...{ LOW: 'suggest' },
    },
  };
  const enforced = (format: string, severity: string, cap: 'suggest' | 'warn' | 'block') => {
    const text = format === 'semgrep' ? semgrep.replace('ERROR', severity) : astGrep.replace('error', severity);
    return read({ 'a.yml': text }, { ...source, impliedEnforcementCap: cap }).rules[0]?.enforcement;
  };
  const rows = Object.entries(severities).flatMap(([format, table]) =>
    Object.entries(table).map(([severity, implied]) => [format, severity, implied] as const),
  );

  it.each(rows)('%s %s: %s, capped by the setting', (format, severity, implied) => {
    for (const cap of enforcements) {
      const expected = enforcements[Math.min(enforcements.indexOf(implied as 'warn'), enforcements.indexOf(cap))];
      expect(enforced(format, severity, cap)).toBe(expected);
    }
  });

  it('an explicit enforcement is not capped', () => {
    expect(readOne(driftline('enforcement: block')).rules[0]?.enforcement).toBe('block');
  });

  it('ast-grep’s own default is a hint', () => {
    expect(enforced('ast-grep', 'hint', 'block')).toBe('suggest');
    expect(readOne(astGrep.replace('severity: error\n', '')).rules[0]?.enforcement).toBe('suggest');
  });

  it('off is not loaded, and is told', () => {
    const found = readOne(astGrep.replace('error', 'off'));
    expect(found.rules).toEqual([]);
    expect(found.problems).toMatchObject([{ code: 'switched-off', level: 'note', line: 1 }]);
  });
});

describe('what is refused, with its neighbours kept', () => {
  it.each([
    ['neither format', 'patterns: [x]\n', 'no-rule:1'],
    ['a text', 'hello\n', 'no-rule:1'],
    ['no id', 'language: ts\nrule: { pattern: x }\n', 'missing-field:1'],
    ['no rule', 'id: x\nlanguage: ts\n', 'missing-field:1'],
    ['rule of the wrong form', 'id: x\nlanguage: ts\nrule: x\n', 'wrong-value:3'],
    ['severity of the wrong form', 'id: x\nlanguage: ts\nseverity: fatal\nrule: { pattern: x }\n', 'wrong-value:3'],
    ['a language from a library', 'id: x\nlanguage: mojo\nrule: { pattern: x }\n', 'wrong-value:2'],
    [
      'native libraries',
      'customLanguages:\n  mojo: { libraryPath: mojo.so, extensions: [mojo] }\n',
      'native-library:1',
    ],
    ['native libraries in a rule', `${astGrep}customLanguages: {}\n`, 'native-library:11'],
    ['a Semgrep list that is none', 'rules: p/ci\n', 'wrong-value:1'],
    ['rules of the registry', 'rules:\n  - p/ci\n', 'remote-config:2'],
    ['rules from an address', 'rules:\n  - https://example.com/x.yml\n', 'remote-config:2'],
    ['no severity', 'rules:\n  - id: a\n    message: m\n    languages: [js]\n    pattern: x\n', 'missing-field:2'],
    ['a broken id', `${semgrep.replace('eval-detected', '"a b"').split('  - id: no-alert')[0]}`, 'wrong-value:2'],
    [
      'network requests',
      'rules:\n  - id: a\n    message: m\n    languages: [js]\n    severity: INFO\n    validators: [{ http: {} }]\n',
      'remote-config:6',
    ],
    [
      'rules of other files',
      'rules:\n  - id: a\n    message: m\n    languages: [js]\n    severity: INFO\n    mode: join\n    join: { refs: [{ rule: p/x }] }\n',
      'remote-config:7',
    ],
    [
      'code',
      'rules:\n  - id: a\n    message: m\n    languages: [py]\n    severity: INFO\n    patterns: [{ pattern-where-python: "1" }]\n',
      'runs-code:2',
    ],
    ['an id twice', `${astGrep}---\n${astGrep.replace('error', 'info')}`, 'duplicate-id:12'],
  ])('%s', (_, text, code) => {
    const beside = read({ '.driftline/rules/a.yml': text, '.driftline/rules/b.yml': astGrep.replace('no-await', 'b') });
    expect(codes(beside)).toEqual([code]);
    expect(beside.rules.map((rule) => rule.fileRef?.path).at(-1)).toBe('.driftline/rules/b.yml');
  });

  it('keeps the sound documents and rules of the same file', () => {
    const { rules, problems } = readOne(`id: x\n---\n${astGrep}---\nfoo: [\n`);
    expect(rules).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual(['no-rule', 'not-yaml']);
    expect(readOne(semgrep.replace('severity: INFO', 'severity: LOUD')).rules).toHaveLength(1);
  });

  it('words of refused keys in patterns and metadata are only words', () => {
    const text = semgrep.replace('eval(...)', '"validators: join"').replace('cwe:', 'join:');
    expect(codes(readOne(text))).toEqual([]);
  });

  it('tells of two rules in one place with one key', () => {
    const { rules, problems } = read({ 'r/a.yml': astGrep, 'r/b.yml': astGrep });
    expect(rules).toHaveLength(2);
    expect(problems).toMatchObject([{ code: 'same-key', level: 'note', path: 'r/b.yml', line: 1 }]);
  });

  it('shows a path that would break the line as a string', () => {
    expect(lines(read({ 'r/a\nforged: line.yml': 'x' }))[0]).toBe(
      '"r/a\\nforged: line.yml", line 1: this is neither a rule of ast-grep nor a list of Semgrep rules. A rule file holds ast-grep documents (id, language, rule) or a Semgrep list (rules:).',
    );
  });
});

describe('RUL-404b folders', () => {
  it.each(['https://semgrep.dev/p/ci', 'http://x', 'git+ssh://x', 'p/ci', 'r/all', 'auto', 'C:/rules'])(
    'refuses to fetch %s',
    (folder) => {
      expect(folderProblem('.github/driftline.yml', 1, folder)?.code).toBe('remote-config');
    },
  );

  it.each(['', '/etc', '../rules', 'a/../../b', 'a\\b'])('refuses %j outside the repository', (folder) => {
    expect(folderProblem('.github/driftline.yml', 1, folder)?.code).toBe('outside-repository');
  });

  it.each(['.semgrep', 'tools/rules', './rules', 'p'])('accepts %s', (folder) => {
    expect(folderProblem('.github/driftline.yml', 1, folder)).toBeNull();
  });

  it('reads sgconfig.yml but for libraries and folders outside', () => {
    const text =
      'ruleDirs:\n  - rules\n  - ../x\nutilDirs: [utils]\nlanguageGlobs:\n  tsx: ["*.ts"]\ncustomLanguages: {}\ntestConfigs:\n  - testDir: t\n  - ./u\n  - testDir: /etc\n';
    const { problems, ...config } = readSgConfig('sgconfig.yml', bytes(text));
    const dirs = { ruleDirs: ['rules'], utilDirs: ['utils'], testDirs: ['t', './u'] };
    expect(config).toEqual({ ...dirs, languageGlobs: { tsx: ['*.ts'] } });
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ['native-library', 7],
      ['outside-repository', 3],
      ['outside-repository', 11],
    ]);
    expect(readSgConfig('sgconfig.yml', bytes('ruleDirs: rules\nlanguageGlobs: [a]\n')).problems).toHaveLength(2);
    expect(readSgConfig('sgconfig.yml', bytes('- a\n')).problems).toHaveLength(1);
    expect(readSgConfig('sgconfig.yml', bytes('')).problems).toEqual([]);
  });
});
