/** Who the caller is. Source: AWS STS API reference, GetCallerIdentity. */
import type { Implementation } from '../shared/implementation.ts';

export const getCallerIdentity: Implementation<'GetCallerIdentity'> = {
  async run(ctx) {
    const { accountId, arn, principalId } = ctx.principal;
    return { output: { Account: accountId, Arn: arn, UserId: principalId } };
  },
};
