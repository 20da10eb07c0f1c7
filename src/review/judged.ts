// Everything a review is planned from but what changes after it: verdicts, and what stands on GitHub. It is kept with
// the run, so that a verdict is heard at once and not only when the change is analysed anew.
import { z } from 'zod';
import { Report } from '../finding.ts';

export const Judged = z.object({
  report: Report,
  /** Of the base. */
  settings: z.object({
    maxInlineComments: z.int(),
    minConfidence: z.number().min(0).max(1).optional(),
    onWarn: z.enum(['neutral', 'success']),
    onEngineUnavailable: z.enum(['neutral', 'failure']),
    notices: z.array(z.string()),
  }),
  /** Ids of findings whose edit a suggestion would not write byte for byte. */
  notVerbatim: z.array(z.string()),
});
export type Judged = z.infer<typeof Judged>;
