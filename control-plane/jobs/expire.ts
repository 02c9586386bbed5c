/** Deletes the stored answers of creates whose idempotency keys have expired. Nothing is audited. */
import type { Job } from './job.ts';

export const expireIdempotencyKeys: Job = {
  name: 'expire',
  async due(store, nowMs, limit) {
    const rows = await store.listExpiredIdempotency(nowMs, limit);
    return rows.map(({ account_id, principal_id, idempotency_key, revision }) => ({
      name: `${principal_id} ${idempotency_key}`,
      async decide() {
        const key = { account_id, principal_id, idempotency_key };
        return { mutations: [{ op: 'delete', table: 'idempotency', key, revision }], changes: [], audit: [] };
      },
    }));
  },
};
