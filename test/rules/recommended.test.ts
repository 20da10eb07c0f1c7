// The rules that Driftline brings along: sound, documented, with cases; and how they stand beside a team's own.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRecommended, recommendedFor } from '../../src/analysis/recommended.ts';
import { parseRepositoryConfig } from '../../src/repository-config.ts';
import { RuleDoc } from '../../src/rules/document.ts';
import { readRuleFiles } from '../../src/rules/file/read.ts';
import { languageOf, runsOn } from '../../src/rules/language.ts';
import { recommendedOn, recommendedRules } from '../../src/rules/recommended.ts';
import { resolveRules } from '../../src/rules/resolve.ts';
import { ruleIdOf } from '../../src/rules/rule-finding.ts';
import { read, source } from './file/sample.ts';
import { rule as makeRule } from './make-rule.ts';
import { type PackFile, packFiles, packPath, packRules, packText } from './recommended-pack.ts';
import { catalogue, mark, pagePath } from './recommended-page.ts';

const isOff = ({ metadata }: PackFile['yaml']) => metadata.driftline.status === 'draft';

const subject = {
  orgId: 'acme',
  repoId: 'shop',
  branch: 'main',
  userId: null,
  filePath: 'src/a.ts',
  entityKinds: null,
  audience: 'review' as const,
  statuses: ['active' as const],
};

describe('a file of the pack', () => {
  it('is read without a problem, like a file of a repository', () => {
    const { problems, rules } = readRuleFiles(loadRecommended(), source);
    expect(problems).toEqual([]);
    expect(rules.length).toBe(packFiles.length);
    expect(packFiles.length).toBeGreaterThanOrEqual(60);
  });

  it('is named as its rule, after its language', () => {
    const short: Record<string, string> = { javascript: 'js', typescript: 'ts' };
    const expected = packFiles.map(({ path }) => {
      const [language = '', name = ''] = path.replace('.yml', '').split('/');
      return `driftline/${short[language] ?? language}-${name}`;
    });
    expect(packFiles.map(({ yaml }) => yaml.id)).toEqual(expected);
  });

  it.each(packFiles.map((file) => [file.path, file] as const))(
    '%s says what, why and how, and has cases',
    (_, file) => {
      const { yaml, cases } = file;
      expect(yaml.message).toMatch(/^.{20,}\.$|^.{20,}\.\.\.$/);
      expect(yaml.note).toMatch(/\.$/);
      expect(['error', 'warning', 'info']).toContain(yaml.severity);
      const { driftline, category, cwe } = yaml.metadata;
      expect(driftline.category).toBe(yaml.metadata.category);
      expect(driftline.title.length).toBeLessThanOrEqual(60);
      expect(driftline.type).toBeDefined();
      if (category === 'security') expect(cwe).toMatch(/^CWE-\d+$/);
      expect([driftline.example, driftline.counterExample].every((code) => code.length > 0)).toBe(true);
      expect(cases.id).toBe(yaml.id);
      expect(cases.valid.length).toBeGreaterThanOrEqual(3);
      expect(cases.invalid.length).toBeGreaterThanOrEqual(3);
      expect(new Set([...cases.valid, ...cases.invalid]).size).toBe(cases.valid.length + cases.invalid.length);
    },
  );

  it('stands in the catalogue as it is', () => {
    expect(readFileSync(pagePath, 'utf8').split(mark)[1]).toBe(`\n${catalogue()}`);
  });
});

describe('the file that the pack is read from', () => {
  it('says what the rule files say: node test/rules/recommended-pack.ts', () => {
    expect(readFileSync(packPath, 'utf8')).toBe(packText);
  });
});

describe('a rule of the pack', () => {
  it('is a sound document in each of its languages', () => {
    expect(packRules.map((rule) => RuleDoc.parse(rule))).toEqual(packRules);
  });

  it('has an id of its own, and is known by its key', () => {
    expect(new Set(packRules.map(({ id }) => id)).size).toBe(packRules.length);
    expect(packRules.filter((rule) => ruleIdOf(rule) !== rule.key)).toEqual([]);
    expect(packRules.filter(({ key }) => !key.startsWith('driftline/'))).toEqual([]);
  });

  it('never blocks by itself', () => {
    expect(packRules.filter(({ enforcement }) => enforcement === 'block')).toEqual([]);
  });

  it('is in charge of a file in the language of the file alone', () => {
    for (const [filePath, language] of [
      ['a.ts', 'TypeScript'],
      ['a.mts', 'TypeScript'],
      ['a.tsx', 'Tsx'],
      ['a.jsx', 'JavaScript'],
      ['a.test.js', 'JavaScript'],
    ]) {
      const { rules } = resolveRules(packRules, { ...subject, filePath: filePath ?? '' });
      const script = rules.filter(({ rule }) => rule.key.startsWith('driftline/js-'));
      expect(new Set(script.flatMap(({ rule }) => rule.languages))).toEqual(new Set([language]));
      expect(script.length).toBe(
        packFiles.filter(({ language, yaml }) => language === 'javascript' && !isOff(yaml)).length,
      );
      expect(script.every(({ rule }) => runsOn(rule, filePath ?? '') === true)).toBe(true);
    }
    expect(languageOf('a.tsx')).toBe('tsx');
  });

  it('says the language that it is run in', () => {
    expect(packRules.map(({ astGrepQuery }) => /^language: (.*)$/m.exec(astGrepQuery ?? '')?.[1])).toEqual(
      packRules.map(({ languages }) => languages?.[0]),
    );
  });

  it('says where it comes from when asked why it applies', () => {
    const { trace } = resolveRules(packRules, subject);
    const applying = trace.filter(({ applies }) => applies);
    expect(new Set(applying.map(({ sentence }) => sentence))).toEqual(
      new Set(['Applies: it is one of driftline/recommended.']),
    );
  });

  const key = 'driftline/js-useless-catch';

  it('goes behind a rule of the repository with its key, in every language', () => {
    const own = read({
      '.driftline/rules/a.yml': `id: ${key}\nlanguage: TypeScript\nmessage: Ours\nrule: { pattern: a() }\n`,
    });
    for (const filePath of ['a.ts', 'a.tsx', 'a.js']) {
      const { rules } = resolveRules([...packRules, ...own.rules], { ...subject, filePath });
      expect(rules.filter(({ rule }) => rule.key === key).map(({ rule }) => rule.title)).toEqual(['Ours']);
    }
  });

  it('goes behind a rule of the organisation with its key, in any order of documents', () => {
    const own = makeRule({ key, scope: 'org', repoId: null, orgId: 'acme', updatedAt: '1990-01-01T00:00:00Z' });
    for (const documents of [
      [own, ...packRules],
      [...packRules, own],
    ]) {
      const { rules } = resolveRules(documents, subject);
      expect(rules.filter(({ rule }) => rule.key === key).map(({ rule }) => rule.id)).toEqual([own.id]);
    }
  });
});

describe('what a repository takes of the pack', () => {
  const config = (yaml: object) => parseRepositoryConfig(Buffer.from(JSON.stringify(yaml)));

  it('is nothing by default, and all of it where it says so', () => {
    expect(recommendedFor({ orgId: 'acme' }, config({ rules: { recommended: true } }))).toEqual(packRules);
    expect(recommendedFor({ orgId: 'acme' }, config({}))).toEqual([]);
  });

  it('leaves out what is off by default until its level is named', () => {
    const standing = (levels: Record<string, 'warn' | 'off'>) =>
      resolveRules(recommendedRules(packRules, { orgId: 'acme', levels }), subject).rules.map(({ rule }) => rule.key);
    const wanted = 'driftline/ts-catch-unknown';
    expect(standing({}).filter((one) => one.startsWith('driftline/ts-'))).toEqual([]);
    expect(standing({ [wanted]: 'off' })).not.toContain(wanted);
    expect(standing({ [wanted]: 'warn' })).toContain(wanted);
    expect(standing({ [wanted]: 'warn' }).filter((one) => one.startsWith('driftline/ts-'))).toEqual([wanted]);
  });

  it('is only what a change has files for, beside all of the team', () => {
    const own = makeRule({ languages: ['Ruby'] });
    const folders = (paths: string[]) => [
      ...new Set(recommendedOn([own, ...packRules], paths).map(({ key }) => key.split('-')[0])),
    ];
    expect(folders(['README.md', 'a.go'])).toEqual([own.key.split('-')[0]]);
    expect(recommendedOn([own], [])).toEqual([own]);
    const python = recommendedOn(packRules, ['lib/a.pyi', 'docs/a.md']);
    expect(new Set(python.flatMap(({ languages }) => languages))).toEqual(new Set(['Python']));
    expect(python.length).toBe(packFiles.filter(({ language }) => language === 'python').length);
    const mixed = recommendedOn(packRules, ['a.tsx', 'b.gemspec']);
    expect(new Set(mixed.flatMap(({ languages }) => languages))).toEqual(new Set(['Tsx', 'Ruby']));
  });
});
