// What Prometheus may ask: deliveries, jobs by state, review seconds, API calls, findings by rule.
// It is told numbers and counts them; it must not know where they come from.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface JobEnd {
  state: 'completed' | 'failed';
  outcome: string;
  seconds: number | null;
  calls: number;
  comments: number;
  findings: Record<string, number>;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #deliveries = new Counter({
    name: 'driftline_deliveries_total',
    help: 'Webhook deliveries by event and by what became of them',
    labelNames: ['event', 'outcome'],
    registers: [this.#registry],
  });
  readonly #deliverySeconds = new Histogram({
    name: 'driftline_delivery_seconds',
    help: 'Time until a delivery was answered',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
    registers: [this.#registry],
  });
  readonly #ends = new Counter({
    name: 'driftline_jobs_ended_total',
    help: 'Jobs that ended, by state and outcome, of all workers of this queue',
    labelNames: ['state', 'outcome'],
    registers: [this.#registry],
  });
  readonly #reviewSeconds = new Histogram({
    name: 'driftline_review_seconds',
    help: 'Time from the start of a review to its concluded check',
    buckets: [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300],
    registers: [this.#registry],
  });
  readonly #calls = new Counter({
    name: 'driftline_github_calls_total',
    help: 'API calls made to publish reviews',
    registers: [this.#registry],
  });
  readonly #comments = new Counter({
    name: 'driftline_comments_total',
    help: 'Inline comments posted',
    registers: [this.#registry],
  });
  readonly #findings = new Counter({
    name: 'driftline_findings_total',
    help: 'Findings reported, by rule',
    labelNames: ['rule'],
    registers: [this.#registry],
  });

  /** `jobs` tells how many jobs are in each state, each time somebody asks. */
  constructor(jobs: () => Promise<Record<string, number>>) {
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: 'driftline_jobs',
      help: 'Jobs in the queue by state',
      labelNames: ['state'],
      registers: [this.#registry],
      async collect() {
        const counts = await jobs().catch(() => null);
        this.reset();
        for (const [state, count] of Object.entries(counts ?? {})) this.set({ state }, count);
      },
    });
  }

  delivered({ event, outcome, tookMs }: { event: string; outcome: string; tookMs: number }): void {
    // The name of a refused delivery is a stranger's text, and each new one would be a new series.
    this.#deliveries.inc({ event: outcome === 'refused' ? 'any' : event, outcome });
    this.#deliverySeconds.observe(tookMs / 1000);
  }

  ended({ state, outcome, seconds, calls, comments, findings }: JobEnd): void {
    this.#ends.inc({ state, outcome });
    if (seconds !== null) this.#reviewSeconds.observe(seconds);
    this.#calls.inc(calls);
    this.#comments.inc(comments);
    for (const [rule, count] of Object.entries(findings)) this.#findings.inc({ rule }, count);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
