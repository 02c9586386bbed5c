/** Finds callers by a token of an identity provider, which unsigned requests carry. */
import { noPolicies } from '@keystead/policy/authority.ts';
import { isAccountId, parseArn } from '@keystead/provider-schema/arn.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Secret } from '@keystead/provider-schema/secret.ts';
import type { Caller } from '../context/door.ts';
import type { WebIdentities } from './web-identity.ts';

export interface WebIdentityCallers {
  /** @throws KmsError ValidationException for an ARN that is not a role's, and what `WebIdentities.verify` throws. */
  find(input: { readonly RoleArn: string; readonly WebIdentityToken: Secret }, nowMs: number): Promise<Caller>;
}

/** @param region of the callers: an unsigned request has no scope that names one */
export function createWebIdentityCallers(webIdentities: WebIdentities, region: string): WebIdentityCallers {
  return {
    async find({ RoleArn, WebIdentityToken }, nowMs) {
      const role = parseArn(RoleArn);
      if (role?.service !== 'iam' || !isAccountId(role.accountId) || !role.resource.startsWith('role/')) {
        throw new KmsError('ValidationException', `${RoleArn} is invalid`);
      }
      const webIdentity = await webIdentities.verify(WebIdentityToken.reveal(), role, nowMs);
      const { providerArn: provider, audience, subject } = webIdentity;
      const { accountId } = role;
      const principalId = `${provider}:${audience}:${subject}`;
      return {
        principal: { kind: 'federated', accountId, arn: provider, principalId, provider, subject },
        authority: noPolicies,
        accessKeyId: '',
        accountId,
        region,
        webIdentity,
      };
    },
  };
}
