/**
 * Key policies: a key has one, named `default`. A key that is shared through Resource Access Manager has a second one,
 * `AWS_RAM`; nothing is shared here. Source: AWS KMS API reference, GetKeyPolicy, PutKeyPolicy.
 */

import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { policiesOperations } from '@keystead/provider-schema/operations/kms/policies.ts';
import { requireKeyPolicy, shownPolicy } from '../../authorization/policy-documents.ts';
import { DEFAULT_POLICY_NAME } from '../../domain/keys/default-policy.ts';
import { keyChange, updateKey } from '../../mutations/mutations.ts';
import { policyWarnings } from '../shared/accepted-policy.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';
import { listPage, pageInMemory } from '../shared/paging.ts';

const RAM_POLICY_NAME = 'AWS_RAM';

const getKeyPolicy: Implementation<'GetKeyPolicy'> = {
  check(_ctx, { PolicyName = DEFAULT_POLICY_NAME }) {
    if (PolicyName !== DEFAULT_POLICY_NAME) throw new KmsError('NotFoundException', messages.noSuchPolicy);
  },
  async run(ctx, _input, keys) {
    const Policy = await shownPolicy(ctx, resolvedKey(keys).regional);
    return { output: { Policy, PolicyName: DEFAULT_POLICY_NAME } };
  },
};

const putKeyPolicy: Implementation<'PutKeyPolicy'> = {
  check(_ctx, { PolicyName = DEFAULT_POLICY_NAME }) {
    if (PolicyName === DEFAULT_POLICY_NAME) return;
    if (PolicyName === RAM_POLICY_NAME) throw new KmsError('ValidationException', messages.ramPolicy);
    throw new KmsError('UnsupportedOperationException', `A key has one policy, named ${DEFAULT_POLICY_NAME}.`);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const accepted = await requireKeyPolicy(ctx, input.Policy, {
      arn: key.arn,
      accountId: key.regional.account_id,
      bypassLockoutSafetyCheck: input.BypassPolicyLockoutSafetyCheck === true,
    });
    return {
      output: undefined,
      ...(await policyWarnings(ctx, input, key.regional.account_id)),
      mutations: [updateKey(key, accepted)],
      changes: [keyChange(key, 'updated', 'PutKeyPolicy')],
      audit: { responseElements: { keyId: key.arn } },
    };
  },
};

const listKeyPolicies: Implementation<'ListKeyPolicies'> = {
  async run(ctx, input, keys) {
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListKeyPolicies', of: resolvedKey(keys).regional.key_id, input },
      pageInMemory([DEFAULT_POLICY_NAME], (name) => name),
      (name) => name,
    );
    return { output: { PolicyNames: rows, ...paging } };
  },
};

export const policiesFunctions: Implementations<typeof policiesOperations> = {
  GetKeyPolicy: getKeyPolicy,
  PutKeyPolicy: putKeyPolicy,
  ListKeyPolicies: listKeyPolicies,
};
