// A diary of webhooks taken in. It answers `was this one here before`; it never decides whether a job is queued:
// job ids do that, and a delivery is recorded only after its job is safely in the queue, so nothing can be lost in between.
import { clean, type Database, now, type Seconds } from './tables.ts';

export interface Delivery {
  /** `X-GitHub-Delivery`; the same on redelivery. */
  deliveryId: string;
  event: string;
  installationId: number | null;
  repositoryId: number | null;
}

export async function record(db: Database, delivery: Delivery): Promise<'new' | 'seen'> {
  const inserted = await db
    .insertInto('deliveries')
    .values({
      delivery_id: clean(delivery.deliveryId),
      event: clean(delivery.event),
      installation_id: delivery.installationId,
      repository_id: delivery.repositoryId,
      received_at: now(),
    })
    .onConflict((conflict) => conflict.column('delivery_id').doNothing())
    .returning('delivery_id')
    .executeTakeFirst();
  return inserted ? 'new' : 'seen';
}

/** Forgets deliveries received before; returns how many. GitHub itself offers redelivery for three days. */
export async function prune(db: Database, receivedBefore: Seconds): Promise<number> {
  const result = await db.deleteFrom('deliveries').where('received_at', '<', receivedBefore).executeTakeFirst();
  return Number(result.numDeletedRows);
}
