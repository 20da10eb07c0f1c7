// What a comment says of a finding that is fixed, dismissed, or back.
import { describe, expect, it } from 'vitest';
import { type CommentState, commentEdit } from '../../src/review/comment-state.ts';
import { findingMarker, findingOf } from '../../src/review/marker.ts';
import type { Signal } from '../../src/review/verdict.ts';

const findingId = `df1_${'a'.repeat(32)}`;
const found = '**N+1 query:** Customer\n\n<details><summary>An edit</summary>\n\n```diff\n-a\n```\n\n</details>';
const first = `${findingMarker(findingId)}\n${found}`;

const signal: Signal = {
  findingId,
  ruleId: 'n-plus-one/loop-query',
  pull: 1,
  verdict: 'wont-fix',
  reason: '',
  actor: { id: 5, login: 'mona', role: 'write' },
  at: 100,
  order: 1,
};
const gone: CommentState = { name: 'gone', headSha: 'b'.repeat(40) };
const accepted: CommentState = { name: 'dismissed', standing: { state: 'accepted', signal } };
const open: CommentState = { name: 'open' };

const edit = (body: string, state: CommentState) =>
  commentEdit({ id: 1, findingId, path: 'a.py', line: 1, body }, state)?.body ?? null;

describe('a comment', () => {
  it('stays as it is while its finding is open', () => {
    expect(edit(first, open)).toBeNull();
  });

  it('goes through every state and back to its first words, line ends of the web page included', () => {
    let body = first;
    for (const state of [gone, accepted, gone, open, accepted, open]) {
      const next = edit(body.replaceAll('\n', '\r\n'), state) ?? '';
      expect(findingOf(next)).toBe(findingId);
      expect(next).toContain('Customer');
      expect(edit(next, state)).toBeNull();
      body = next;
    }
    expect(body).toBe(first);
  });

  it('says the head at which its finding was gone first', () => {
    const once = edit(first, gone) ?? '';
    expect(edit(once, { name: 'gone', headSha: 'c'.repeat(40) })).toBeNull();
  });

  it('says a later word of another person', () => {
    const other = { ...signal, actor: { id: 6, login: 'rita', role: 'admin' as const }, at: 200, reason: '<b> @mona' };
    const next = edit(edit(first, accepted) ?? '', {
      name: 'dismissed',
      standing: { state: 'accepted', signal: other },
    });
    expect(next).toContain('(rita): \\<b\\> @\u200bmona');
    expect(next?.split('What was found')).toHaveLength(2);
  });
});
