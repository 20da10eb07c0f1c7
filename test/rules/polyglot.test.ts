import { describe, expect, it } from 'vitest';
import { LanguageImplementation } from '../../src/rules/document.ts';
import { languageOf } from '../../src/rules/language.ts';
import { forLanguage } from '../../src/rules/polyglot.ts';
import { rule, uuid } from './make-rule.ts';

const intent = rule({
  title: 'All API routes must validate request bodies',
  polyglot: true,
  languages: ['typescript', 'python', 'go', 'java'],
  enforcement: 'block',
});
const payload = (language: string, astGrepQuery: string) =>
  LanguageImplementation.parse({ ruleId: uuid(1), language, astGrepQuery, example: `${language} example` });
/** RUL-335: zod, pydantic, struct tags. */
const payloads = [
  payload('typescript', 'pattern: await $REQ.json()'),
  payload('py', 'pattern: request.get_json()'),
  payload('golang', 'pattern: json.NewDecoder($R.Body).Decode($X)'),
];
const resolved = { rule: intent, enforcement: 'block', raisedBy: null } as const;
const chosen = (path: string) => forLanguage(resolved, payloads, languageOf(path));

describe('T-19 rules in several languages', () => {
  it.each([
    ['T-19.1 TypeScript', 'src/routes.ts', 'pattern: await $REQ.json()'],
    ['TypeScript’s also for TSX', 'src/routes.tsx', 'pattern: await $REQ.json()'],
    ['T-19.2 Python', 'app/views.py', 'pattern: request.get_json()'],
    ['T-19.3 Go', 'cmd/main.go', 'pattern: json.NewDecoder($R.Body).Decode($X)'],
  ])('%s gets its payload', (_, path, query) => {
    const { rule: own, enforcement, noLanguageImpl } = chosen(path);
    expect({ query: own.astGrepQuery, enforcement, noLanguageImpl }).toEqual({
      query,
      enforcement: 'block',
      noLanguageImpl: false,
    });
    expect(own).toMatchObject({ title: intent.title, description: intent.description, semgrepRule: null });
  });

  it.each([
    ['T-19.4 an unknown language', 'notes.xyz'],
    ['T-19.4 a language that is not listed', 'lib/a.rb'],
    ['T-19.5 a listed language without a payload', 'src/Main.java'],
  ])('%s: a suggestion that no engine runs', (_, path) => {
    const { rule: own, enforcement, noLanguageImpl } = chosen(path);
    expect({ enforcement, noLanguageImpl, engine: own.engine, query: own.astGrepQuery }).toEqual({
      enforcement: 'suggest',
      noLanguageImpl: true,
      engine: 'none',
      query: null,
    });
  });

  it('T-19.6 a rule in one language is left as it is', () => {
    const plain = { rule: rule({ astGrepQuery: 'pattern: x' }), enforcement: 'warn', raisedBy: null } as const;
    expect(forLanguage(plain, payloads, 'python')).toEqual({ ...plain, noLanguageImpl: false });
  });
});
