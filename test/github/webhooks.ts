// Signs and delivers webhooks, records every delivery, and delivers again on request. It must not know why one is sent.
import { createHmac, randomUUID } from 'node:crypto';
import { type Fields, webhookPayload } from './openapi.ts';
import { type Delivery, now, type Repository, type State } from './state.ts';

export class Webhooks {
  readonly #state: State;
  readonly #origin: string;
  readonly #secret: string;
  /** Where the App listens; null: deliveries are recorded as failed. */
  url: string | null;
  /** While true nothing is sent; what piles up goes out with `release`. */
  #held: Delivery[] | null = null;
  readonly #underway = new Set<Promise<unknown>>();

  constructor(state: State, origin: string, url: string | null) {
    this.#state = state;
    this.#origin = origin;
    this.#secret = state.app.webhookSecret;
    this.url = url;
  }

  /** Sends an event to the App if it subscribed to it; resolves when the App has answered. */
  async send(event: string, action: string, payload: Fields, repository: Repository | null): Promise<Delivery | null> {
    const { app } = this.#state;
    if (!event.startsWith('installation') && !app.events.includes(event)) return null;
    const installation = { id: app.installationId, node_id: `I_${app.installationId}` };
    const filled = webhookPayload(event, action, { action, installation, ...payload }, this.#origin);
    if (filled.errors.length > 0) {
      this.#state.problem(`webhook ${event}.${action} does not fit GitHub's description: ${filled.errors.join('; ')}`);
    }
    const delivery: Delivery = {
      id: this.#state.nextId(),
      guid: randomUUID(),
      event,
      action,
      payload: filled.body,
      repositoryId: repository?.id ?? null,
      redelivery: false,
      deliveredAt: now(),
      sentMs: 0,
      durationS: 0,
      statusCode: 0,
      status: 'pending',
      responseBody: '',
      requestHeaders: {},
    };
    this.#state.deliveries.push(delivery);
    if (this.#held) this.#held.push(delivery);
    else await this.#deliver(delivery);
    return delivery;
  }

  /** Sends without waiting for the App: events that follow from the App's own calls. */
  later(event: string, action: string, payload: Fields, repository: Repository): void {
    this.follow(this.send(event, action, payload, repository));
  }

  redeliverLater(delivery: Delivery): void {
    this.follow(this.redeliver(delivery));
  }

  /** Counts as under way until it has ended. */
  follow(work: Promise<unknown>): void {
    const underway: Promise<unknown> = work.finally(() => this.#underway.delete(underway));
    this.#underway.add(underway);
  }

  /** Resolves when no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  hold(): void {
    this.#held ??= [];
  }

  /** Sends what was held, in the order given. */
  async release(order: (held: Delivery[]) => Delivery[] = (held) => held): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    for (const delivery of order(held)) await this.#deliver(delivery);
  }

  /** Delivers again under the same GUID, as the button on GitHub's page does. */
  async redeliver(delivery: Delivery): Promise<Delivery> {
    const again: Delivery = { ...delivery, id: this.#state.nextId(), redelivery: true };
    this.#state.deliveries.push(again);
    await this.#deliver(again);
    return again;
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const body = JSON.stringify(delivery.payload);
    const sign = (algorithm: string) => createHmac(algorithm, this.#secret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/fake',
      'x-github-delivery': delivery.guid,
      'x-github-event': delivery.event,
      'x-github-hook-id': '1',
      'x-github-hook-installation-target-id': String(this.#state.app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature': `sha1=${sign('sha1')}`,
      'x-hub-signature-256': `sha256=${sign('sha256')}`,
    };
    const started = performance.now();
    delivery.deliveredAt = now();
    delivery.sentMs = Date.now();
    delivery.requestHeaders = headers;
    try {
      if (!this.url) throw new Error('no webhook URL is configured');
      const response = await fetch(this.url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
      delivery.statusCode = response.status;
      delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
      delivery.responseBody = await response.text();
    } catch (error) {
      delivery.statusCode = 0;
      delivery.status =
        error instanceof Error && error.name === 'TimeoutError' ? 'timed out' : 'failed to connect to host';
    }
    delivery.durationS = Math.round(performance.now() - started) / 1000;
  }
}
