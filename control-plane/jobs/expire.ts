/** Deletes what is stored only for a while: answers of creates, uses of identity tokens. Nothing is audited. */
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

/** Identity tokens that no server takes any more. */
export const forgetIdentityTokens: Job = {
  name: 'forget-identity-tokens',
  async due(store, nowMs, limit) {
    const rows = await store.listExpiredIdentityTokenUses(nowMs, limit);
    return rows.map(({ token_digest, revision }) => ({
      name: token_digest.slice(0, 16),
      async decide() {
        const gone = { op: 'delete', table: 'identity_token_uses', key: { token_digest }, revision } as const;
        return { mutations: [gone], changes: [], audit: [] };
      },
    }));
  },
};
