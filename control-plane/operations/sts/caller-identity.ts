/** Who the caller is. Source: AWS STS API reference, GetCallerIdentity. */
import type { callerIdentityOperations } from '@keystead/provider-schema/operations/sts/caller-identity.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';

const getCallerIdentity: Implementation<'GetCallerIdentity'> = {
  async run(ctx) {
    const { accountId, arn, principalId } = ctx.principal;
    return { output: { Account: accountId, Arn: arn, UserId: principalId } };
  },
};

export const callerIdentityFunctions: Implementations<typeof callerIdentityOperations> = {
  GetCallerIdentity: getCallerIdentity,
};
