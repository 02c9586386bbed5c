/**
 * Arranges the audit log behind the requests: seals what commits wrote into compressed segments, adds those to the index
 * of look-ups, and moves rows of earlier versions into segments. A step is one transaction, so a server that dies in
 * between loses and repeats nothing.
 */
import type { Store } from '../storage/port/store.ts';
import type { Job } from './job.ts';

/** Then the other chains and the other jobs have their turn. */
const STEPS_PER_TURN = 32;

export function arrangeAuditLog(store: Store): Job {
  return {
    name: 'arrange-audit',
    uncounted: true,
    oncePerRun: true,
    async due(reader, nowMs, limit) {
      const chains = await reader.listAuditToArrange(nowMs, limit);
      return chains.map((chainId) => ({
        name: chainId,
        async decide(ctx) {
          let steps = 0;
          while (steps < STEPS_PER_TURN && (await store.arrangeAudit({ chainId, nowMs: ctx.nowMs }))) steps += 1;
          return { mutations: [], changes: [], audit: [] };
        },
      }));
    },
  };
}
