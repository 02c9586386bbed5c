/** What a principal may do, and why. Keystead's own. */
import type { Implementation } from '../shared/implementation.ts';

export const simulateAuthorization: Implementation<'SimulateAuthorization'> = {
  run: async (ctx, input) => ({ output: await ctx.policies.simulate(ctx, input) }),
};
