/** What a principal is allowed to do, and why; and what a key policy cannot do. The operations are Keystead's own. */
import type { authorizationOperations } from '@keystead/provider-schema/operations/keystead/authorization.ts';
import { keyPolicyFindings } from '../../authorization/organizations.ts';
import { simulate } from '../../authorization/simulate.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';

const simulateAuthorization: Implementation<'SimulateAuthorization'> = {
  run: async (ctx, input) => ({ output: await simulate(ctx, input) }),
};

const validateKeyPolicy: Implementation<'ValidateKeyPolicy'> = {
  async run(ctx, { Policy }) {
    const findings = await keyPolicyFindings(ctx, Policy, ctx.accountId);
    const Findings = findings.map(({ statement, conditionKey, text }) => ({
      Statement: statement,
      ConditionKey: conditionKey,
      Message: text,
    }));
    return { output: { Findings } };
  },
};

export const authorizationFunctions: Implementations<typeof authorizationOperations> = {
  SimulateAuthorization: simulateAuthorization,
  ValidateKeyPolicy: validateKeyPolicy,
};
