import { describe, expect, it } from 'vitest';
import type { Edit } from '../../src/finding.ts';
import { diffText } from '../../src/review/edit.ts';
import { planReview } from '../../src/review/plan.ts';
import { finding, nothingPosted, report } from './report.ts';

const settings = {
  version: '0.1.0',
  headSha: 'b'.repeat(40),
  maxInlineComments: 20,
  onWarn: 'neutral',
  onEngineUnavailable: 'neutral',
  notices: [],
} as const;

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

  it('is shown folded where its line is not part of the diff', () => {
    for (const outside of [edit(201), edit(7, 'shop/models.py')]) {
      const [comment] = comments(finding(9, { edit: outside }));
      expect(comment).toMatchObject({ path: 'shop/views.py', line: 9 });
      expect(comment?.body).not.toContain('```suggestion');
      expect(comment?.body).toContain(`<details><summary>The edit in line ${outside.place.startLine}`);
      expect(comment?.body).toContain(`\`\`\`diff\n${diffText(outside)}\n\`\`\``);
    }
  });

  it('replaces a line once in a review', () => {
    const both = comments(finding(9, { edit: edit(7) }), finding(12, { edit: edit(7) }));
    expect(both.filter((comment) => comment.body.includes('```suggestion'))).toHaveLength(1);
    expect(both.filter((comment) => comment.body.includes('```diff'))).toHaveLength(1);
  });

  it('cannot close its fence, and a long one is left out', () => {
    const hostile = { ...edit(7), after: '``` </details> ````' };
    expect(comments(finding(9, { edit: hostile }))[0]?.body).toContain('`````suggestion\n``` </details> ````\n`````');
    const long = { ...edit(7), after: 'x'.repeat(900) };
    expect(comments(finding(9, { edit: long }))[0]?.body).not.toContain('suggestion');
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
  });
});
