import { describe, expect, it } from 'vitest';
import type { Edit } from '../../src/finding.ts';
import { diffText } from '../../src/review/edit.ts';
import { planReview } from '../../src/review/plan.ts';
import { finding, nothingPosted, report, planSettings as settings } from './report.ts';

function edit(line: number, path = 'shop/views.py'): Edit {
  const before = '    orders = Order.objects.all()';
  const place = { path, startLine: line, startColumn: 1, endLine: line, endColumn: 33, startByte: 10, endByte: 42 };
  return { place, before, after: `${before}.select_related("customer")` };
}

function comments(...findings: ReturnType<typeof finding>[]) {
  return planReview(report(findings), nothingPosted, settings).review?.comments ?? [];
}

describe('the edit of a finding', () => {
  it('is a suggestion where its line is part of the diff, and the comment stands there', () => {
    const [comment] = comments(finding(9, { edit: edit(7) }));
    expect(comment).toMatchObject({ path: 'shop/views.py', line: 7, startLine: null });
    expect(comment?.body).toContain('```suggestion\n    orders = Order.objects.all().select_related("customer")\n```');
    expect(comment?.body).not.toContain('<details>');
  });

  it('is shown folded, with the reason, where its line is not part of the diff', () => {
    for (const outside of [edit(201), edit(7, 'shop/models.py')]) {
      const [comment] = comments(finding(9, { edit: outside }));
      expect(comment).toMatchObject({ path: 'shop/views.py', line: 9 });
      expect(comment?.body).not.toContain('```suggestion');
      expect(comment?.body).toContain(`<details><summary>The edit in line ${outside.place.startLine}`);
      expect(comment?.body).toContain(', not directly applicable: ');
      expect(comment?.body).toContain(`\`\`\`diff\n${diffText(outside)}\n\`\`\``);
    }
  });

  it('replaces a line once in a review', () => {
    const both = comments(finding(9, { edit: edit(7) }), finding(12, { edit: edit(7) }));
    expect(both.filter((comment) => comment.body.includes('```suggestion'))).toHaveLength(1);
    expect(both.filter((comment) => comment.body.includes('```diff'))).toHaveLength(1);
  });

  it('of the finding with the higher level is the one, then of the surer', () => {
    const suggested = (...findings: ReturnType<typeof finding>[]) =>
      comments(...findings)
        .filter((comment) => comment.body.includes('```suggestion'))
        .map((comment) => comment.findingId);
    const [first, second] = [finding(9, { edit: edit(7) }), finding(12, { edit: edit(7) })];
    expect(suggested(first, second)).toEqual([first.id]);
    expect(suggested(first, { ...second, confidence: 0.96 })).toEqual([second.id]);
    expect(suggested(first, { ...second, level: 'block', confidence: 0.9 })).toEqual([second.id]);
    expect(suggested({ ...first, level: 'suggest', confidence: 1 }, second)).toEqual([second.id]);
    const [folded] = comments(first, { ...second, level: 'block' }).filter((one) => one.findingId === first.id);
    expect(folded?.body).toContain('not directly applicable: another suggestion is for the same lines');
    expect(folded).toMatchObject({ line: 9, startLine: null });
  });

  it('of several lines is one where they lie in one hunk', () => {
    const lines = edit(7);
    lines.place.endLine = 8;
    lines.before = 'a\nb';
    const [whole] = comments(finding(9, { edit: lines }));
    expect(whole).toMatchObject({ startLine: 7, line: 8 });
    const plan = (newLines: number, next: number) => {
      const hunks = [
        { oldStart: 1, oldLines: 1, newStart: 1, newLines },
        { oldStart: 90, oldLines: 1, newStart: next, newLines: 9 },
      ];
      const files = [{ path: 'shop/views.py', basePath: null, status: 'added' as const, hunks }];
      return planReview(report([finding(9, { edit: lines })], { files }), nothingPosted, settings).review?.comments[0];
    };
    // Lines 7 and 8 both lie in the diff, but not in one part of it.
    expect(plan(7, 8)?.body).toContain('not directly applicable: its lines are not together in one part of the diff');
    expect(plan(7, 8)?.line).toBe(9);
  });

  it('is no suggestion where one click would write other bytes', () => {
    const one = finding(9, { edit: edit(7) });
    const plan = planReview(report([one]), nothingPosted, { ...settings, notVerbatim: new Set([one.id]) });
    expect(plan.review?.comments[0]?.body).toContain('a click would not keep its line ends');
    const returns = { ...edit(7), before: 'a\r\nb' };
    returns.place = { ...returns.place, endLine: 8 };
    expect(comments(finding(9, { edit: returns }))[0]?.body).toContain('a click would not keep its line ends');
    const part = edit(7);
    part.place = { ...part.place, startColumn: 5 };
    expect(comments(finding(9, { edit: part }))[0]?.body).toContain('it is not one of whole lines');
  });

  it('that takes lines away is an empty suggestion', () => {
    const [comment] = comments(finding(9, { edit: { ...edit(7), after: '' } }));
    expect(comment?.body).toContain('```suggestion\n```');
    expect(diffText({ ...edit(7), after: '' })).toBe('-    orders = Order.objects.all()');
  });

  it('cannot close its fence, and a long one is left out', () => {
    const hostile = { ...edit(7), after: '``` </details> ````' };
    expect(comments(finding(9, { edit: hostile }))[0]?.body).toContain('`````suggestion\n``` </details> ````\n`````');
    const long = { ...edit(7), after: 'x'.repeat(900) };
    const [comment] = comments(finding(9, { edit: long }));
    expect(comment?.body).not.toContain('suggestion');
    expect(comment?.line).toBe(9);
  });

  it('is a fix in SARIF', () => {
    const plan = planReview(report([finding(9, { edit: edit(7) }), finding(12)]), nothingPosted, settings);
    const [first, second] = plan.sarif.runs[0]?.results ?? [];
    expect(first?.fixes?.[0]?.artifactChanges[0]).toMatchObject({
      artifactLocation: { uri: 'shop/views.py' },
      replacements: [
        {
          deletedRegion: { startLine: 7, startColumn: 1, endLine: 7, endColumn: 33 },
          insertedContent: { text: edit(7).after },
        },
      ],
    });
    expect(second?.fixes).toBeUndefined();
    const gone = planReview(report([finding(9, { edit: { ...edit(7), after: '' } })]), nothingPosted, settings);
    expect(gone.sarif.runs[0]?.results?.[0]?.fixes?.[0]?.artifactChanges[0]?.replacements).toEqual([
      // With their line break.
      { deletedRegion: { startLine: 7, startColumn: 1, endLine: 8, endColumn: 1 }, insertedContent: { text: '' } },
    ]);
  });
});
