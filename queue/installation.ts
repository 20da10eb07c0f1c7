// Keeps the list of installations and their repositories as GitHub tells of it.
import { z } from 'zod';
import type { JobKind } from './job.ts';

const Payload = z.object({
  deliveryId: z.string(),
  installationId: z.int(),
  account: z.object({ id: z.int(), login: z.string(), type: z.string() }),
  action: z.enum(['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted', 'repositories']),
  permissions: z.record(z.string(), z.string()),
  added: z.array(z.object({ id: z.int(), owner: z.string(), name: z.string(), private: z.boolean() })),
  removed: z.array(z.object({ id: z.int() })),
});
type Payload = z.infer<typeof Payload>;

export const installationJob: JobKind<Payload> = {
  kind: 'installation',
  payload: Payload,
  id: ({ installationId, deliveryId }) => `installation-${installationId}-${deliveryId}`,
  async handle({ installationId: id, account, action, permissions, added, removed }, { storage }) {
    const { installations } = storage;
    if (action === 'deleted') {
      await installations.remove(id);
    } else {
      await installations.save({ id, account, permissions });
      if (action === 'suspend' || action === 'unsuspend') await installations.setSuspended(id, action === 'suspend');
      if (added.length + removed.length > 0) await installations.setRepositories(id, { added, removed });
    }
    return { outcome: 'done', detail: `installation ${id}: ${action}` };
  },
};
