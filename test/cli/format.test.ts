import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { noReview } from '../../src/analysis/team-rules.ts';
import { exitCodeOf, formats, parseFailOn, parseFormat, render } from '../../src/cli/format/format.ts';
import { JsonReport, jsonSchema } from '../../src/cli/format/json.ts';
import { UserError } from '../../src/errors.ts';
import type { Level } from '../../src/finding.ts';
import { finding, report } from '../review/report.ts';

const options = { version: '0.1.0', change: true, color: false };
const two = report([finding(7), finding(3, { level: 'block', ruleId: 'db/write-in-loop' })], {
  skipped: [{ path: 'web/app.min.js', reason: 'generated', detail: 'minified' }],
});

describe('text', () => {
  it('shows place, rule, code line, reason and fix', () => {
    expect(render(two, 'text', options)).toMatchInlineSnapshot(`
      "shop/views.py:3:9  block  db/write-in-loop
        Write in a loop: \`Customer\` is queried once per \`order\`
        3 │ customer = Customer.objects.get(pk=order.customer_id)
          │ loop, line 2: once per \`order\`
        \`Customer.objects.get(…)\` runs for every \`order\` of \`Order.objects.all()\`.
        Fix: Read them before the loop: \`Customer.objects.in_bulk(ids)\`.
        certain (0.95), df1_00000000000000000000000000000003

      shop/views.py:7:9  warn  n-plus-one/loop-query
        N+1 query: \`Customer\` is queried once per \`order\`
        7 │ customer = Customer.objects.get(pk=order.customer_id)
          │ loop, line 6: once per \`order\`
        \`Customer.objects.get(…)\` runs for every \`order\` of \`Order.objects.all()\`.
        Fix: Read them before the loop: \`Customer.objects.in_bulk(ids)\`.
        certain (0.95), df1_00000000000000000000000000000007

      2 new problems (1 block, 1 warn) in 1 file analysed, 2 query sites
        not analysed: web/app.min.js (generated: minified)
      "
    `);
  });

  it('shows an edit as a diff, of several lines with their indentation', () => {
    const { place } = finding(6);
    const shown = (before: string, after: string) => {
      const text = render(report([finding(7, { edit: { place, before, after } })]), 'text', options);
      return text.split('\n').filter((line) => /^ {2}[6 ] │ [-+]/.test(line));
    };
    expect(shown('    a', '    b')).toEqual(['  6 │ - a', '    │ + b']);
    expect(shown('    a\n      b', '    c\n\u001b[2J')).toEqual([
      '  6 │ -     a',
      '    │ -       b',
      '    │ +     c',
      '    │ + \ufffd[2J',
    ]);
    expect(shown('    a', '')).toEqual(['  6 │ - a']);
  });

  it('is coloured only when asked', () => {
    expect(render(two, 'text', options)).not.toContain('\u001b');
    expect(render(two, 'text', { ...options, color: true })).toContain('\u001b[');
  });

  it('lets no control character of a hostile name through', () => {
    const place = { ...finding(1).place, path: 'a\u001b[31m\n::error::x\u202e.py' };
    const text = render(report([finding(1, { place, code: '\u001b]0;owned\u0007' })]), 'text', options);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\n::error');
    expect(text).not.toContain('\u202e');
  });

  it('begins no line with a workflow command', () => {
    const place = { ...finding(1).place, path: '::stop-commands::x.py' };
    expect(render(report([finding(1, { place })]), 'text', options)).toMatch(/^\.\/::stop-commands::x\.py:1:9 /);
    const text = render(report([finding(1, { message: '\u00a0::error::x' })]), 'text', options);
    expect(text.split('\n').filter((line) => line.trimStart().startsWith('::'))).toEqual([]);
  });

  it('holds no command of the older kind, which counts anywhere in a line', () => {
    const hostile = 'x = "##[add-mask]a" # ##vso[task.setvariable variable=x]y';
    const place = { ...finding(1).place, path: '##[group]a.py' };
    const text = render(report([finding(1, { place, code: hostile, title: hostile })]), 'text', options);
    expect(text).not.toMatch(/##(\[|vso\[)/);
    expect(text.replaceAll('\u200b', '')).toContain(`1 │ ${hostile}`);
    expect(render(report([finding(1, { code: 'a = 1 ## [x]' })]), 'text', options)).toContain('a = 1 ## [x]');
  });
});

describe('json', () => {
  it('is what the documented schema says', () => {
    const documented = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
    expect(documented).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(documented);
    expect(validate(JSON.parse(render(two, 'json', options)))).toBe(true);
  });

  it('parses back and holds no times', () => {
    const parsed = JsonReport.parse(JSON.parse(render(two, 'json', options)));
    expect(parsed.findings.map((each) => each.id)).toEqual(two.findings.map((each) => each.id));
    expect(Object.keys(parsed.stats).filter((key) => key.endsWith('Ms'))).toEqual([]);
  });
});

describe('sarif', () => {
  it('carries rule entries, levels, related places and both fingerprints', () => {
    const [run] = JSON.parse(render(two, 'sarif', options)).runs;
    expect(run.tool.driver.name).toBe('driftline');
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual([
      'db/write-in-loop',
      'n-plus-one/loop-query',
    ]);
    const [first] = run.results;
    expect(first).toMatchObject({
      ruleId: 'db/write-in-loop',
      level: 'error',
      baselineState: 'new',
      partialFingerprints: {
        'driftlineFindingId/v1': finding(3).id,
        primaryLocationLineHash: '0000000000000000:1',
      },
    });
    expect(first.locations[0].physicalLocation.artifactLocation.uri).toBe('shop/views.py');
    expect(first.relatedLocations[0].physicalLocation.region.startLine).toBe(2);
    expect(run.tool.driver.rules[first.ruleIndex].id).toBe(first.ruleId);
  });

  it('encodes odd paths as URIs', () => {
    const place = { ...finding(1).place, path: 'a b/ü#%?.py' };
    const [run] = JSON.parse(render(report([finding(1, { place })]), 'sarif', options)).runs;
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('a%20b/%C3%BC%23%25%3F.py');
  });
});

describe('github', () => {
  it('is one workflow command a finding, which no text can break out of', () => {
    const place = { ...finding(1).place, path: 'a,b:c%\n::error::x.py' };
    const text = render(report([finding(1, { place, title: 'x\n::set-env::y' })]), 'github', options);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(text.startsWith('::warning file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.py,line=1,')).toBe(true);
  });
});

describe('markdown', () => {
  it('has a section for each finding', () => {
    const text = render(two, 'markdown', options);
    expect(text).toContain('## Driftline: 2 new problems');
    expect(text.match(/^### /gm)).toHaveLength(2);
  });
});

describe('every format', () => {
  it('answers an empty report', () => {
    for (const format of formats) expect(render(report([]), format, options)).not.toContain('undefined');
  });

  it('is the same for the same report', () => {
    for (const format of formats) expect(render(two, format, options)).toBe(render(two, format, options));
  });
});

describe('options', () => {
  it('names what it takes', () => {
    expect(() => parseFormat('xml')).toThrow(UserError);
    expect(() => parseFailOn('error')).toThrow('--fail-on takes block, warn, suggest, never');
  });

  it('turns levels into an exit code', () => {
    expect(exitCodeOf(report([]), 'suggest')).toBe(0);
    expect(exitCodeOf(report([finding(1)]), 'block')).toBe(0);
    expect(exitCodeOf(report([finding(1)]), 'warn')).toBe(1);
    expect(exitCodeOf(two, 'block')).toBe(1);
    expect(exitCodeOf(two, 'never')).toBe(0);
    expect(exitCodeOf(report([finding(1, { certainty: 'possible' })]), 'suggest')).toBe(0);
    const notEvaluated = (level: Level) => {
      const ruleReview = {
        ...noReview({ commit: null, problems: [] }),
        notEvaluated: [{ ruleId: 'r', level, reason: 'x' }],
      };
      return report([], { ruleReview });
    };
    expect(exitCodeOf(notEvaluated('block'), 'block')).toBe(0);
    expect(exitCodeOf(notEvaluated('block'), 'block', 'failure')).toBe(1);
    expect(exitCodeOf(notEvaluated('block'), 'never', 'failure')).toBe(0);
    expect(exitCodeOf(notEvaluated('warn'), 'suggest', 'failure')).toBe(0);
  });
});
