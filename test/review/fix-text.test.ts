// What is said of fixes: in a commit and in answers, where a path is a stranger's text.
import { describe, expect, it } from 'vitest';
import { commitMessage, committedText, requestTrailer, skippedText } from '../../src/review/fix-text.ts';
import { finding } from './report.ts';

const at = (path: string, n = 7) => {
  const one = finding(n);
  return { ...one, place: { ...one.place, path } };
};

describe('the message of the commit', () => {
  it('names what it fixes, and ends in a paragraph of trailers', () => {
    expect(commitMessage([at('a.py'), at('b.py', 8)], 'comment-1').split('\n')).toEqual([
      'Fix 2 problems found by Driftline',
      '',
      '- a.py:7 n-plus-one/loop-query df1_00000000',
      '- b.py:8 n-plus-one/loop-query df1_00000000',
      '',
      'Driftline-Request: comment-1',
    ]);
    expect(commitMessage([at('a.py')], 'k').split('\n')[0]).toBe(
      'Fix a problem found by Driftline (n-plus-one/loop-query)',
    );
    const many = Array.from({ length: 30 }, (_, n) => at('a.py', n + 1));
    expect(commitMessage(many, 'k')).toContain('\n- and 10 more\n\nDriftline-Request: k');
  });

  it.each([
    'a\n\nSigned-off-by: eve <eve@example.com>.py',
    'a\r\nDriftline-Request: other.py',
    'a\u2028Co-authored-by: eve.py',
    'fixes #12/@octocat/GH-12/[skip ci].py',
    'https://example.com/a.py',
    'a\u202eyp.py',
  ])('takes nothing from the path %j', (path) => {
    const lines = commitMessage([at(path)], 'k').split(/[\n\r\u2028\u2029]/);
    expect(lines).toHaveLength(5);
    expect(lines.slice(3)).toEqual(['', requestTrailer('k')]);
    expect(lines[2]).not.toMatch(/#\d|@\w|GH-\d|\[skip|:\/\/|\u202e/);
  });
});

describe('an answer', () => {
  const reason = 'its lines are those of the fix of x in line 3';

  it('says what was committed and what was not', () => {
    expect(committedText('c'.repeat(40), [at('a.py'), at('b.py')], [{ finding: at('a.py'), reason }])).toBe(
      `Committed as ${'c'.repeat(12)}: 2 problems fixed in 2 files.\n\nNot fixed:\n\n- \`a.py:7\` (\`n-plus-one/loop-query\`): ${reason}`,
    );
  });

  it('is not long, and a path opens nothing in it', () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ finding: at('`@octocat` <b>.py', n + 1), reason }));
    const text = skippedText(many);
    expect(text).toContain('- … and 10 more');
    expect(text).toContain('- `` `@octocat` <b>.py:1 ``');
    expect(skippedText([])).toBe('');
  });
});
