// From matches to findings: which rule is in charge, how strict, what is counted and what is silenced.
import { describe, expect, it } from 'vitest';
import type { RuleMatch } from '../../src/finding.ts';
import { parseCodeOwners } from '../../src/rules/code-owners.ts';
import type { RuleDoc, RuleInput } from '../../src/rules/document.ts';
import { type Judging, judgeMatches, runnableRules } from '../../src/rules/judge.ts';
import { titleAndRest } from '../../src/rules/rule-finding.ts';
import { engineRules } from '../../src/rules/rule-set.ts';
import { traceLines } from '../../src/rules/trace-lines.ts';
import { rule, uuid } from './make-rule.ts';

const query = 'id: no-eval\nlanguage: TypeScript\nrule: { pattern: eval($A) }\n';
const fileRule = (id: string, more: Partial<RuleInput> = {}) =>
  rule({
    id: `file:.driftline/rules/a.yml#${id}`,
    key: id,
    origin: 'file',
    fileRef: { path: '.driftline/rules/a.yml', line: 1, commit: null },
    engine: 'ast_grep',
    languages: ['TypeScript'],
    astGrepQuery: query,
    ...more,
  });

const subject = { orgId: 'acme', repoId: 'shop', branch: 'main', userId: '7' };

function judging(documents: RuleDoc[], more: Partial<Judging> = {}): Judging {
  const facts = { areas: {}, values: {}, owners: parseCodeOwners(''), fanInThreshold: 0 };
  return { documents, subject, facts, levels: {}, report: 'new', twoPassEnabled: true, ...more };
}

function match(of: RuleDoc, more: Partial<RuleMatch> = {}): RuleMatch {
  const path = more.place?.path ?? 'src/a.ts';
  return {
    rule: of.id,
    id: `df1_${'0'.repeat(32)}`,
    place: { path, startLine: 3, startColumn: 1, endLine: 3, endColumn: 8, startByte: 20, endByte: 27 },
    anchorLine: 3,
    anchorPath: path,
    message: 'eval runs text as code. Parse it instead.',
    note: null,
    related: [],
    symbol: 'run',
    entity: { name: 'run', kinds: ['function'], startLine: 1, endLine: 5, exported: true },
    newness: 'new',
    suppressed: null,
    edit: null,
    code: 'eval(x)',
    ...more,
  };
}

describe('judgeMatches', () => {
  it('makes a finding in the words of the rule, at the level of the document', () => {
    const one = fileRule('no-eval', { enforcement: 'block', title: 'eval runs text as code. Parse it instead.' });
    const [finding] = judgeMatches([match(one, { note: 'Use JSON.parse.' })], judging([one])).findings;
    expect(finding).toMatchObject({
      ruleId: 'no-eval',
      engine: 'ast-grep',
      level: 'block',
      severity: 'high',
      title: 'eval runs text as code',
      message: 'Parse it instead.',
      fix: 'Use JSON.parse.',
      certainty: 'certain',
      rule: { name: 'no-eval', tags: ['convention'] },
    });
  });

  it('a title of its own is the name of the rule', () => {
    const one = fileRule('no-eval', { title: 'Code from text' });
    expect(judgeMatches([match(one)], judging([one])).findings[0]?.rule?.name).toBe('Code from text');
  });

  it('lets the configuration raise, lower and switch off, but never weaken what is locked', () => {
    const open = fileRule('no-eval', { enforcement: 'warn' });
    const locked = fileRule('no-eval', { enforcement: 'warn', locked: true });
    const level = (one: RuleDoc, setting: 'block' | 'suggest' | 'off') =>
      judgeMatches([match(one)], judging([one], { levels: { 'no-eval': setting } })).findings[0]?.level ?? 'none';
    expect((['block', 'suggest', 'off'] as const).map((setting) => level(open, setting))).toEqual([
      'block',
      'suggest',
      'none',
    ]);
    expect((['block', 'suggest', 'off'] as const).map((setting) => level(locked, setting))).toEqual([
      'block',
      'warn',
      'warn',
    ]);
  });

  it('drops what another rule of the key is in charge of, and what a path keeps out', () => {
    const org = rule({
      ...fileRule('no-eval'),
      id: uuid(1),
      scope: 'org',
      repoId: null,
      origin: 'database',
      fileRef: null,
    });
    const own = fileRule('no-eval', { scope: 'path', pathGlob: 'src/**', enforcement: 'block' });
    const inLib = {
      path: 'lib/a.ts',
      startLine: 3,
      startColumn: 1,
      endLine: 3,
      endColumn: 8,
      startByte: 20,
      endByte: 27,
    };
    const found = judgeMatches(
      [match(org), match(own), match(org, { place: inLib }), match(own, { place: inLib })],
      judging([org, own]),
    ).findings;
    expect(found.map(({ level, place }) => `${place.path} ${level}`)).toEqual(['src/a.ts block', 'lib/a.ts warn']);
  });

  it('asks the kind of the code, and the semantic filter', () => {
    const methods = fileRule('methods', { entityKinds: ['method'] });
    const apiOnly = fileRule('api-only', { semanticFilter: { feature_area: 'api' } });
    const inApi = {
      path: 'src/api/a.ts',
      startLine: 3,
      startColumn: 1,
      endLine: 3,
      endColumn: 8,
      startByte: 20,
      endByte: 27,
    };
    const { findings, filtered } = judgeMatches(
      [match(methods), match(apiOnly), match(apiOnly, { place: inApi })],
      judging([methods, apiOnly]),
    );
    expect(findings.map(({ ruleId, place, confidence }) => [ruleId, place.path, confidence])).toEqual([
      ['api-only', 'src/api/a.ts', 1],
    ]);
    expect(filtered).toBe(1);
  });

  it('counts what stood before, unless it is asked for', () => {
    const one = fileRule('no-eval');
    const all = (['new', 'caused', 'touched', 'existing'] as const).map((newness) => match(one, { newness }));
    const by = (report: Judging['report']) => {
      const { findings, stoodBefore } = judgeMatches(all, judging([one], { report }));
      return [findings.map(({ newness }) => newness).join(' '), stoodBefore];
    };
    expect([by('new'), by('touched'), by('all')]).toEqual([
      ['new caused', 2],
      ['new caused touched', 1],
      ['new caused touched existing', 0],
    ]);
  });

  it('RUL-417: a comment that the change brings silences suggest and warn, never block', () => {
    const of = (enforcement: 'suggest' | 'warn' | 'block', suppressed: RuleMatch['suppressed']) => {
      const one = fileRule('no-eval', { enforcement });
      const { findings, ignored } = judgeMatches([match(one, { suppressed })], judging([one]));
      return `${findings.length} ${ignored.length}`;
    };
    expect([of('suggest', 'now'), of('warn', 'now'), of('block', 'now')]).toEqual(['0 1', '0 1', '1 0']);
    expect([of('suggest', 'before'), of('block', 'before')]).toEqual(['0 0', '0 0']);
  });

  it('a match without newness is of a scan, and is reported', () => {
    const one = fileRule('no-eval');
    expect(judgeMatches([match(one, { newness: null })], judging([one])).findings).toHaveLength(1);
  });
});

describe('runnableRules', () => {
  it('leaves out what is not active, of another branch, or has nothing to run', () => {
    const rules = [
      fileRule('a'),
      fileRule('b', { status: 'staged' }),
      fileRule('c', { scope: 'branch', branch: 'release/*' }),
      fileRule('d', { engine: 'none' }),
      fileRule('e', { scope: 'path', pathGlob: 'lib/**' }),
    ];
    expect(runnableRules(judging(rules)).map(({ key }) => key)).toEqual(['a', 'e']);
  });
});

describe('engineRules', () => {
  it('starts Semgrep only for languages of the files', () => {
    const semgrep = fileRule('s', {
      engine: 'semgrep',
      languages: ['python'],
      astGrepQuery: null,
      semgrepRule: 'rules: []',
    });
    const texts = { documents: [fileRule('a'), semgrep], utilities: [], implementations: [] };
    expect(engineRules(texts, ['a.ts']).semgrep).toEqual([]);
    expect(engineRules(texts, ['a.ts', 'b.py']).semgrep).toEqual([{ id: semgrep.id, ruleId: 's', text: 'rules: []' }]);
    expect(engineRules(texts, null).astGrep.rules.map(({ id }) => id)).toEqual(['file:.driftline/rules/a.yml#a']);
  });

  it('hands on which file names count as a language', () => {
    const texts = { documents: [], utilities: [], implementations: [], languageGlobs: { html: ['*.vue', '*.svelte'] } };
    expect(engineRules(texts, null).astGrep.languageGlobs).toEqual([
      { language: 'html', globs: ['*.vue', '*.svelte'] },
    ]);
  });

  it('makes one rule of each language of a rule in several', () => {
    const many = rule({ id: uuid(5), polyglot: true, languages: ['python', 'ruby'], engine: 'ast_grep' });
    const none = { semgrepRule: null, astGrepFix: null, example: null, counterExample: null };
    const implementations = ['python', 'ruby'].map((language) => ({
      ...none,
      ruleId: many.id,
      language,
      astGrepQuery: 'pattern: eval($A)',
    }));
    const { rules } = engineRules({ documents: [many], utilities: [], implementations }, null).astGrep;
    expect(rules.map(({ text }) => /language: (\w+)/.exec(text)?.[1])).toEqual(['python', 'ruby']);
    expect(rules.every(({ text }) => text.includes('rule:\n  pattern: eval($A)'))).toBe(true);
    const found = judgeMatches(
      rules.map(({ id }) => match(many, { rule: id })),
      judging([many]),
    );
    expect(found.findings).toHaveLength(2);
  });
});

describe('traceLines', () => {
  it('says for each rule to which files it applies, or why to none', () => {
    const rules = [
      fileRule('a'),
      fileRule('b', { scope: 'path', pathGlob: 'lib/**' }),
      fileRule('c', { languages: ['python'] }),
    ];
    expect(traceLines(rules, subject, ['src/a.ts', 'src/b.ts'])).toEqual([
      'a: Applies to 2 of 2 changed files.',
      'b: Does not apply: src/a.ts does not match lib/**.',
      'c: Does not apply: no changed file is of its language.',
    ]);
  });
});

describe('titleAndRest', () => {
  it.each([
    ['One. Two.', 'One', 'Two.'],
    ['No full stop', 'No full stop', ''],
    ['Use e.g. this', 'Use e.g. this', ''],
    ['Broken\n  lines. And more.', 'Broken lines', 'And more.'],
  ])('%j', (message, title, rest) => {
    expect(titleAndRest(message)).toEqual({ title, rest });
  });

  it('keeps a long sentence whole in the message', () => {
    const long = 'word '.repeat(60).trim();
    expect(titleAndRest(long)).toEqual({ title: `${long.slice(0, 159)}…`, rest: long });
  });
});
