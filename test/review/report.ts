// A report made of literals, for the tests of the pure rooms.
import type { ChangedFile, Finding, Report } from '../../src/finding.ts';
import type { PlanSettings } from '../../src/review/plan.ts';
import type { PostedState } from '../../src/review/pull.ts';

export const nothingPosted: PostedState = { comments: [], reviewedHeads: [], check: null };

/** Of a review that nothing is special about. */
export const planSettings = {
  version: '1.0.0',
  headSha: 'b'.repeat(40),
  maxInlineComments: 20,
  onWarn: 'neutral',
  onEngineUnavailable: 'neutral',
  notices: [],
} as const satisfies PlanSettings;

export function finding(n: number, over: Partial<Finding> = {}): Finding {
  const line = over.place?.startLine ?? n;
  const place = {
    path: 'shop/views.py',
    startLine: line,
    startColumn: 9,
    endLine: line,
    endColumn: 40,
    startByte: 100,
    endByte: 131,
  };
  return {
    id: `df1_${n.toString(16).padStart(32, '0')}`,
    ruleId: 'n-plus-one/loop-query',
    engine: 'n-plus-one',
    rule: null,
    level: 'warn',
    severity: 'medium',
    confidence: 0.95,
    certainty: 'certain',
    factors: [{ reason: 'query in the loop body', value: 0.95 }],
    orm: 'django',
    model: 'Customer',
    symbol: 'orders',
    title: '`Customer` is queried once per `order`',
    message: '`Customer.objects.get(…)` runs for every `order` of `Order.objects.all()`.',
    fix: 'Read them before the loop: `Customer.objects.in_bulk(ids)`.',
    edit: null,
    place,
    anchorLine: line,
    anchorPath: place.path,
    related: [
      { role: 'loop', place: { ...place, startLine: line - 1, endLine: line - 1 }, message: 'once per `order`' },
    ],
    newness: 'new',
    code: 'customer = Customer.objects.get(pk=order.customer_id)',
    ...over,
  };
}

export function report(findings: Finding[], over: Partial<Report> = {}): Report {
  const files: ChangedFile[] = [
    {
      path: 'shop/views.py',
      basePath: 'shop/views.py',
      status: 'modified',
      hunks: [{ oldStart: 1, oldLines: 6, newStart: 1, newLines: 200 }],
    },
  ];
  return {
    schemaVersion: 1,
    mergeBase: 'a'.repeat(40),
    head: 'b'.repeat(40),
    findings,
    files,
    skipped: [],
    matches: [],
    ruleProblems: [],
    ruleCuts: [],
    ruleNotices: [],
    ruleReview: null,
    stats: {
      filesChanged: 1,
      filesAnalysed: 1,
      querySites: findings.length,
      preExisting: 0,
      fixed: 0,
      suppressed: 0,
      diffMs: 0,
      parseMs: 0,
      analyseMs: 0,
      totalMs: 0,
      ruleMs: 0,
      rules: 0,
      ruleFiles: 0,
    },
    ...over,
  };
}
