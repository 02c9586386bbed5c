/** What a principal is allowed to do, and why. The operation is Keystead's own. */
import type { authorizationOperations } from '@keystead/provider-schema/operations/keystead/authorization.ts';
import { simulate } from '../../authorization/simulate.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';

const simulateAuthorization: Implementation<'SimulateAuthorization'> = {
  run: async (ctx, input) => ({ output: await simulate(ctx, input) }),
};

export const authorizationFunctions: Implementations<typeof authorizationOperations> = {
  SimulateAuthorization: simulateAuthorization,
};
