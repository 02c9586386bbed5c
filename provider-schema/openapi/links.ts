/** From each create to what it creates: where in its answer, or in its request, the names in the paths are. */
import { operationNames, operations } from '../operations/index.ts';
import type { OperationRecord } from '../records.ts';
import { pathMembers } from '../rest.ts';
import type { Json } from './schemas.ts';

/** Runtime expressions of OpenAPI by member of a path. */
export const created: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CreateKey: { KeyId: '$response.body#/KeyMetadata/KeyId' },
  ReplicateKey: { KeyId: '$response.body#/ReplicaKeyMetadata/Arn' },
  CreateGrant: { KeyId: '$request.path.KeyId', GrantId: '$response.body#/GrantId' },
  CreateAlias: { AliasName: '$request.body#/AliasName' },
  CreateCustomKeyStore: { CustomKeyStoreId: '$response.body#/CustomKeyStoreId' },
  CreateUser: { UserName: '$response.body#/User/UserName' },
  CreateAccessKey: { UserName: '$request.path.UserName', AccessKeyId: '$response.body#/AccessKey/AccessKeyId' },
  CreateGroup: { GroupName: '$response.body#/Group/GroupName' },
  CreateRole: { RoleName: '$response.body#/Role/RoleName' },
  CreateServiceLinkedRole: { RoleName: '$response.body#/Role/RoleName' },
  CreatePolicy: { PolicyArn: '$response.body#/Policy/Arn' },
  CreatePolicyVersion: {
    PolicyArn: '$request.path.PolicyArn',
    VersionId: '$response.body#/PolicyVersion/VersionId',
  },
  CreateOpenIDConnectProvider: { OpenIDConnectProviderArn: '$response.body#/OpenIDConnectProviderArn' },
  CreateAccountAlias: { AccountAlias: '$request.body#/AccountAlias' },
  CreateAccount: { AccountId: '$response.body#/Account/AccountId' },
  PutDriftReport: { StackName: '$response.body#/DriftReport/StackName' },
  CreateServicePrincipal: { ServiceName: '$response.body#/ServicePrincipal/ServiceName' },
  CreateServiceAccessKey: {
    ServiceName: '$request.path.ServiceName',
    AccessKeyId: '$response.body#/AccessKey/AccessKeyId',
  },
};

/** Links to what reads, changes and deletes the new object, or else to all that its name suffices for. */
export function linksOf({ name }: OperationRecord): Json {
  const values = created[name];
  if (!values) return {};
  const named = operationNames.filter((each) => isNamedBy(operations[each], values));
  const about = named.filter((each) => isOwnPath(operations[each]) || operations[each].rest.method === 'GET');
  const linked = about.length > 0 ? about : named;
  return Object.fromEntries(linked.map((each) => [each, { operationId: each, parameters: values }]));
}

/** Whether the values are all that the operation's path needs. */
function isNamedBy(record: OperationRecord, values: Readonly<Record<string, string>>): boolean {
  const members = pathMembers(record);
  return members.length === Object.keys(values).length && members.every((member) => Object.hasOwn(values, member));
}

const isOwnPath = ({ rest }: OperationRecord): boolean => rest.path.endsWith('}');
