// What in a comment is a command, and what it says.
import { describe, expect, it } from 'vitest';
import { type Command, commandHelp, commandOf } from '../../src/review/command.ts';

const all = { name: 'fix', target: null };
const unknown = { name: 'unknown' };
const finding = (prefix: string) => ({ name: 'fix', target: { kind: 'finding', prefix } });
const named = { kind: 'finding', prefix: 'df1_0a1b2c3d' };
const verdict = (said: string, target: object | null = null, reason = '') => ({
  name: 'verdict',
  verdict: said,
  target,
  reason,
});
const rule = (ruleId: string) => ({ name: 'fix', target: { kind: 'rule', ruleId } });

describe('a command', () => {
  it.each<[string, Command | object]>([
    ['/driftline fix', all],
    ['/driftline fix  ', all],
    ['/driftline\tfix', all],
    ['/driftline fix\r\nplease', all],
    ['/driftline fix n-plus-one/loop-query', rule('n-plus-one/loop-query')],
    ['/driftline fix `n-plus-one/loop-query`', rule('n-plus-one/loop-query')],
    ['/driftline fix file:.driftline/rules/a.yml#no-eval', rule('file:.driftline/rules/a.yml#no-eval')],
    ['/driftline fix df1_0a1b2c3d', finding('df1_0a1b2c3d')],
    ['/driftline fix 0a1b2c3d', finding('df1_0a1b2c3d')],
    [`/driftline fix df1_${'a'.repeat(32)}`, finding(`df1_${'a'.repeat(32)}`)],
    ['/driftline dismiss', verdict('false-positive')],
    ['/driftline dismiss wont-fix', verdict('wont-fix')],
    ['/driftline dismiss not-applicable tests only', verdict('not-applicable', null, 'tests only')],
    ['/driftline dismiss 0a1b2c3d', verdict('false-positive', named)],
    ['/driftline dismiss `df1_0a1b2c3d` wont-fix next year', verdict('wont-fix', named, 'next year')],
    ['/driftline dismiss wont-fix df1_0a1b2c3d next year', verdict('wont-fix', named, 'next year')],
    ['/driftline dismiss all wont-fix', verdict('wont-fix', { kind: 'all' })],
    ['/driftline confirm', verdict('confirm')],
    ['/driftline confirm all', verdict('confirm', { kind: 'all' })],
    ['/driftline override 0a1b2c3d release day', verdict('override', named, 'release day')],
    ['/driftline undo', verdict('undo')],
    ['/driftline recheck', { name: 'recheck' }],
    ['/driftline dismiss wontfix', unknown],
    ['/driftline dismiss 0a1b2c3d because', unknown],
    ['/driftline dismiss all because', unknown],
    ['/driftline recheck now', unknown],
    ['/driftline help', { name: 'help' }],
    ['/driftline', unknown],
    ['/driftline fix this please', unknown],
    ['/driftline fix <script>', unknown],
    ['/driftline fix ../../etc', unknown],
    [`/driftline fix ${'a'.repeat(201)}`, unknown],
    ['/driftline help me', unknown],
    ['/driftline merge', unknown],
    ['/driftline constructor', unknown],
    ['/driftline __proto__', unknown],
    ['/driftline FIX', unknown],
  ])('%j', (body, command) => {
    expect(commandOf(body)).toEqual(command);
  });

  it.each([
    '',
    'fix',
    'please /driftline fix',
    ' /driftline fix',
    '> /driftline fix',
    '\n/driftline fix',
    'Thanks!\n/driftline fix',
    '```\n/driftline fix\n```',
    '    /driftline fix',
    '<!-- -->/driftline fix',
    '`/driftline fix`',
    '/driftlinefix',
    '/driftline-fix',
    '/Driftline fix',
    `/driftline fix ${'a'.repeat(500)}`,
  ])('is not in %j', (body) => {
    expect(commandOf(body)).toBeNull();
  });

  it('stands in the help', () => {
    expect(commandHelp()).toContain('- `/driftline fix [rule or finding id]` commits');
  });
});
