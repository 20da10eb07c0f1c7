import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingMarker, findingOf, reviewedHeadOf } from '../../src/review/marker.ts';
import { planReview } from '../../src/review/plan.ts';
import type { PostedState } from '../../src/review/pull.ts';
import { finding, nothingPosted, report, planSettings as settings } from './report.ts';

const postedOf = (ids: string[]): PostedState => ({
  ...nothingPosted,
  comments: ids.map((findingId, id) => ({
    id,
    findingId,
    path: 'shop/views.py',
    line: 1,
    body: `${findingMarker(findingId)}\nText.`,
  })),
});

describe('planReview', () => {
  it('says nothing on a clean change and makes the check green', () => {
    const plan = planReview(report([]), nothingPosted, settings);
    expect(plan.review).toBeNull();
    expect(plan.check.conclusion).toBe('success');
    expect(plan.check.title).toBe('No new problems');
    expect(plan.check.annotations).toEqual([]);
  });

  it('puts each finding on its line with a marker that leads back to it', () => {
    const plan = planReview(report([finding(7), finding(3)]), nothingPosted, settings);
    expect(plan.review?.comments.map((comment) => comment.line)).toEqual([3, 7]);
    expect(plan.review?.comments.map((comment) => findingOf(comment.body))).toEqual([finding(3).id, finding(7).id]);
    expect(reviewedHeadOf(plan.review?.body ?? '')).toBe(settings.headSha);
    expect(plan.check.conclusion).toBe('neutral');
  });

  it('plans no review when planning again after publishing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 30 }), (n, maxInlineComments) => {
        const findings = Array.from({ length: n }, (_, i) => finding(i + 1));
        const options = { ...settings, maxInlineComments };
        const first = planReview(report(findings), nothingPosted, options);
        const ids = (first.review?.comments ?? []).map((comment) => comment.findingId);
        expect(ids.length).toBe(Math.min(n, maxInlineComments));
        const second = planReview(report(findings), postedOf(ids), options);
        expect(second.review).toBeNull();
        expect(second.check).toEqual({ ...first.check, summary: second.check.summary });
      }),
    );
  });

  it('does not depend on the order of findings', () => {
    const findings = [finding(1), finding(2, { level: 'block' }), finding(3, { severity: 'high' }), finding(4)];
    fc.assert(
      fc.property(fc.shuffledSubarray(findings, { minLength: 4 }), (shuffled) => {
        expect(planReview(report(shuffled), nothingPosted, { ...settings, maxInlineComments: 2 })).toEqual(
          planReview(report(findings), nothingPosted, { ...settings, maxInlineComments: 2 }),
        );
      }),
    );
  });

  it('keeps the loudest inline and names the rest in the review', () => {
    const findings = [finding(1), finding(2), finding(3, { level: 'block' })];
    const plan = planReview(report(findings), nothingPosted, { ...settings, maxInlineComments: 1 });
    expect(plan.review?.comments.map((comment) => comment.findingId)).toEqual([finding(3).id]);
    expect(plan.review?.body).toContain('shop/views.py:1');
    expect(plan.check.conclusion).toBe('failure');
  });

  it('never comments outside a hunk, on summary rules, or on what is merely possible', () => {
    const plan = planReview(
      report([
        finding(900),
        finding(2, { anchorLine: null, anchorPath: null }),
        finding(3, { ruleId: 'db/write-in-loop', level: 'suggest' }),
        finding(4, { certainty: 'possible', confidence: 0.5 }),
      ]),
      nothingPosted,
      settings,
    );
    expect(plan.review).toBeNull();
    expect(plan.check.title).toBe('2 new problems, 2 hints');
    expect(plan.check.text).toContain('Hints that are not commented (2)');
  });

  it('says a summary rule aloud when the owner has raised it', () => {
    const raised = finding(3, { ruleId: 'db/write-in-loop', level: 'block' });
    const plan = planReview(report([raised]), nothingPosted, settings);
    expect(plan.review?.comments.map((comment) => comment.findingId)).toEqual([raised.id]);
    expect(plan.check.conclusion).toBe('failure');
  });

  it('leaves a change with only hints green', () => {
    const plan = planReview(report([finding(4, { certainty: 'possible' })]), nothingPosted, settings);
    expect(plan.check.conclusion).toBe('success');
    expect(plan.check.annotations).toEqual([]);
  });

  it('stays within the limits of GitHub however much there is to say', () => {
    const findings = Array.from({ length: 3_000 }, (_, i) =>
      finding(i + 1, { title: 'x'.repeat(2_000), message: 'long `code` and more '.repeat(500) }),
    );
    const skipped = Array.from({ length: 3_000 }, (_, i) => ({
      path: `gen/${'d'.repeat(100)}${i}.py`,
      reason: 'generated' as const,
      detail: 'marked as generated',
    }));
    const plan = planReview(report(findings, { skipped }), nothingPosted, settings);
    expect(plan.check.summary.length).toBeLessThan(65_535);
    expect(plan.check.text?.length).toBeLessThan(65_535);
    expect(plan.review?.body.length).toBeLessThan(65_535);
    for (const comment of plan.review?.comments ?? []) expect(comment.body.length).toBeLessThan(65_535);
    for (const annotation of plan.check.annotations) expect(annotation.title.length).toBeLessThanOrEqual(255);
  });

  it('says first what the reader must know', () => {
    const plan = planReview(report([]), nothingPosted, {
      ...settings,
      notices: ['`.github/driftline.yml` is broken.'],
    });
    expect(plan.check.summary.startsWith('> **Note:** `.github/driftline.yml` is broken.')).toBe(true);
  });
});
