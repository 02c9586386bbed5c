/** A state that is read back right after apply never drifts, whatever the key is. */

import type { ActualKey } from '@keystead/control-plane/cli/drift/running/actual.ts';
import type { Client } from '@keystead/provider/client/client.ts';
import { noJournal } from '@keystead/provider/client/create-journal.ts';
import { provider } from '@keystead/provider/provider.ts';
import fc from 'fast-check';
import {
  account,
  alias,
  brief,
  compare,
  declared,
  grant,
  keyId,
  runningKey,
  type StateResource,
  tag,
} from '../state.ts';

describe('a state read back right after apply', () => {
  const text = fc.string({ maxLength: 12 });
  const principal = fc.constantFrom(`arn:aws:iam::${account}:root`, `arn:aws:iam::${account}:user/bob`, account);
  const action = fc.constantFrom('kms:*', 'kms:Decrypt', 'kms:D*', '*');
  const oneOrMany = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.uniqueArray(item, { minLength: 1, maxLength: 3 }));
  const policy = fc
    .array(
      fc.record({
        Sid: text,
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.record({ AWS: oneOrMany(principal) }),
        Action: oneOrMany(action),
        Resource: fc.constantFrom('*', ['*']),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((Statement) => JSON.stringify({ Version: '2012-10-17', Statement }));
  const key = fc
    .record({
      Description: text,
      Enabled: fc.boolean(),
      Policy: policy,
      tags: fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'aws:x', 'hidden')), text, { maxKeys: 4 }),
      period: fc.option(fc.integer({ min: 90, max: 2560 }), { nil: undefined }),
      aliases: fc.uniqueArray(fc.stringMatching(/^[a-z0-9/_-]{1,8}$/), { maxLength: 3 }),
      grants: fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{8}$/), { maxLength: 3 }),
    })
    .map(({ Description, Enabled, Policy, tags, period, aliases, grants }) =>
      runningKey({
        KeyMetadata: { Description, Enabled, KeyState: Enabled ? 'Enabled' : 'Disabled' },
        Policy,
        Tags: Object.entries(tags).map(([TagKey, TagValue]) => tag(TagKey, TagValue)),
        RotationStatus:
          period === undefined
            ? { KeyRotationEnabled: false }
            : { KeyRotationEnabled: true, RotationPeriodInDays: period },
        Aliases: aliases.map((name) => alias(`alias/${name}`)),
        Grants: grants.map((GrantId) => grant({ GrantId })),
      }),
    );

  /** A client of a control plane that runs this one key. */
  function clientOf(only: ActualKey): Client {
    const answers: Readonly<Record<string, unknown>> = {
      GetKeyConfiguration: only,
      ListAliases: { Aliases: only.Aliases.map((one) => ({ ...one, TargetKeyId: keyId })) },
      ListGrants: { Grants: only.Grants },
    };
    const call = async (name: string) => answers[name] as never;
    const tags = { defaults: new Map([['Owner', 'platform']]), ignores: (name: string) => name === 'hidden' };
    const client: Client = {
      region: 'us-east-1',
      tags,
      call,
      read: call,
      reviews: undefined,
      withProducts: () => client,
      journal: noJournal,
      close: () => undefined,
    };
    return client;
  }

  const reader = (type: string) => {
    const found = provider.resources.find(({ record }) => record.type === type);
    if (!found) throw new Error(`the provider has no ${type}`);
    return found;
  };

  test('never drifts, whatever the key, its tags, aliases and grants are', async () => {
    await fc.assert(
      fc.asyncProperty(key, fc.boolean(), async (only, ownPolicy) => {
        const client = clientOf(only);
        const read = async (address: string, type: string, values: StateResource['values']): Promise<StateResource> => {
          const state = await reader(type).read(client, values as never);
          // As Terraform writes it and reads it back.
          return { address, type, values: JSON.parse(JSON.stringify(state)) };
        };
        const resources = [
          await read('aws_kms_key.orders', 'aws_kms_key', { id: keyId }),
          ...(ownPolicy
            ? [await read('aws_kms_key_policy.orders', 'aws_kms_key_policy', { id: keyId, key_id: keyId })]
            : []),
          ...(await Promise.all(
            only.Aliases.map(({ AliasName }) =>
              read(`aws_kms_alias.${AliasName}`, 'aws_kms_alias', { id: AliasName, target_key_id: keyId }),
            ),
          )),
          ...(await Promise.all(
            only.Grants.map(({ GrantId }) =>
              read(`aws_kms_grant.${GrantId}`, 'aws_kms_grant', { id: `${keyId}:${GrantId}` }),
            ),
          )),
        ];
        const options = { ignoresTag: (name: string) => name === 'hidden' };
        expect(brief(compare(declared(...resources), [only], options))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
