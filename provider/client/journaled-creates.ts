/**
 * The creates that are written into the journal: how each one's object is told apart in a state, and whether it still
 * exists when a killed run's create is sent again. Requests with secrets are not among them, because of their hashes.
 */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import type { CreateJournal } from './create-journal.ts';
import { leavesOpen } from './retry.ts';
import { ServiceError } from './service-error.ts';

type Call = <Name extends OperationName>(
  name: Name,
  input: InputJson<Name>,
  region: string,
) => Promise<OutputJson<Name>>;

/** @param idempotencyKey absent: one of its own, if the operation takes one */
export type SendCreate = <Name extends OperationName>(
  name: Name,
  input: InputJson<Name>,
  region: string,
  idempotencyKey?: string,
) => Promise<OutputJson<Name>>;

interface JournaledCreate<Name extends OperationName> {
  /** A value that an attribute of its resource has, and of no other one. */
  readonly id: (input: InputJson<Name>, output: OutputJson<Name>) => string | undefined;
  /** @throws ServiceError */
  readonly exists: (call: Call, input: InputJson<Name>, output: OutputJson<Name>, region: string) => Promise<unknown>;
}

const creates: { readonly [Name in OperationName]?: JournaledCreate<Name> } = {
  CreateKey: {
    id: (_, { KeyMetadata }) => KeyMetadata?.Arn,
    exists: (call, _, { KeyMetadata }, region) => isUsable(call, KeyMetadata?.Arn, region),
  },
  ReplicateKey: {
    id: (_, { ReplicaKeyMetadata }) => ReplicaKeyMetadata?.Arn,
    exists: (call, { ReplicaRegion }, { ReplicaKeyMetadata }) => isUsable(call, ReplicaKeyMetadata?.Arn, ReplicaRegion),
  },
  CreateGrant: {
    id: (_, { GrantId }) => GrantId,
    async exists(call, { KeyId }, { GrantId }, region) {
      const { Grants } = await call('ListGrants', { KeyId, GrantId }, region);
      return Grants?.some((grant) => grant.GrantId === GrantId);
    },
  },
  CreateAlias: {
    id: ({ AliasName }) => AliasName,
    async exists(call, { AliasName, TargetKeyId }, _, region) {
      const { Aliases } = await call('ListAliases', { KeyId: TargetKeyId, Limit: 1000 }, region);
      return Aliases?.some((alias) => alias.AliasName === AliasName);
    },
  },
  CreateUser: {
    id: (_, { User }) => User?.Arn,
    exists: (call, { UserName }, _, region) => call('GetUser', { UserName }, region),
  },
  CreateGroup: {
    id: (_, { Group }) => Group.Arn,
    exists: (call, { GroupName }, _, region) => call('GetGroup', { GroupName }, region),
  },
  CreateRole: {
    id: (_, { Role }) => Role.Arn,
    exists: (call, { RoleName }, _, region) => call('GetRole', { RoleName }, region),
  },
  CreateServiceLinkedRole: {
    id: (_, { Role }) => Role?.Arn,
    exists: (call, _, { Role }, region) => call('GetRole', { RoleName: Role?.RoleName ?? '' }, region),
  },
  CreatePolicy: {
    id: (_, { Policy }) => Policy?.Arn,
    exists: (call, _, { Policy }, region) => call('GetPolicy', { PolicyArn: Policy?.Arn ?? '' }, region),
  },
  CreateOpenIDConnectProvider: {
    id: (_, { OpenIDConnectProviderArn }) => OpenIDConnectProviderArn,
    exists: (call, _, { OpenIDConnectProviderArn }, region) =>
      call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: OpenIDConnectProviderArn ?? '' }, region),
  },
};

/** Calls that write creates into the journal, and take over those of killed runs. */
export function journaled(journal: CreateJournal, send: SendCreate): Call {
  return async function call<Name extends OperationName>(
    name: Name,
    input: InputJson<Name>,
    region: string,
  ): Promise<OutputJson<Name>> {
    const create = creates[name] as JournaledCreate<Name> | undefined;
    if (create === undefined) return send(name, input, region);
    for (;;) {
      const begun = journal.begin([name, region, JSON.stringify(input)]);
      try {
        const output = await send(name, input, region, begun.idempotencyKey);
        if (!begun.isRepeated || (await isThere(() => create.exists(call, input, output, region)))) {
          begun.answered(create.id(input, output));
          return output;
        }
        begun.refused();
      } catch (error) {
        if (!leavesOpen(error)) begun.refused();
        throw error;
      }
    }
  };
}

/** An operator can have deleted the object of a killed run meanwhile. */
async function isThere(exists: () => Promise<unknown>): Promise<boolean> {
  try {
    return Boolean(await exists());
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return false;
    throw error;
  }
}

async function isUsable(call: Call, keyArn: string | undefined, region: string): Promise<boolean> {
  const { KeyMetadata } = await call('DescribeKey', { KeyId: keyArn ?? '' }, region);
  return !/^Pending(Replica)?Deletion$/.test(KeyMetadata?.KeyState ?? '');
}
