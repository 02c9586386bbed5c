/** The library's public face: constructs, and the bindings of every Terraform type under `bindings`. */

export * from './aspects/alias-names.ts';
export type { ComplianceMode, ComplianceProps } from './aspects/compliance.ts';
export * from './aspects/deletion-protection.ts';
export * from './aspects/key-rotation.ts';
export * from './aspects/named-principals.ts';
export * from './aspects/tags.ts';
export { GlobalConditionKey, KmsConditionKey } from './generated/condition-keys.ts';
export * as bindings from './generated/index.ts';
export { AccessKey, type AccessKeyProps } from './identities/access-key.ts';
export { Group, type GroupProps } from './identities/group.ts';
export { Identity } from './identities/identity.ts';
export { InlinePolicy, type InlinePolicyProps } from './identities/inline-policy.ts';
export type { IGroup, IManagedPolicy, IRole, IUser } from './identities/interfaces.ts';
export { ManagedPolicy, type ManagedPolicyProps } from './identities/managed-policy.ts';
export {
  OpenIdConnectProvider,
  type OpenIdConnectProviderProps,
  type TokenOptions,
} from './identities/open-id-connect-provider.ts';
export {
  type CiSystem,
  type IdentityTokenUse,
  PipelineRoles,
  type PipelineRolesProps,
  type PipelineSubject,
} from './identities/pipeline-roles.ts';
export { Role, type RoleProps } from './identities/role.ts';
export { ServiceLinkedRole, type ServiceLinkedRoleProps } from './identities/service-linked-role.ts';
export { User, type UserProps } from './identities/user.ts';
export * from './keys/alias.ts';
export {
  CustomKeyStore,
  type CustomKeyStoreType,
  type ICustomKeyStore,
} from './keys/custom-key-store.ts';
export type * from './keys/custom-key-store-props.ts';
export type { AliasProps } from './keys/declared-alias.ts';
export { ExternalKey, type ExternalKeyProps } from './keys/external-key.ts';
export * from './keys/grant.ts';
export type { KeyAttributes, KeyLookupOptions } from './keys/imported-key.ts';
export type { ExternalKeyOptions } from './keys/imported-material.ts';
export type { IAlias, IKey } from './keys/interfaces.ts';
export * from './keys/key.ts';
export type {
  IGrant,
  KeyAccess,
  KeyAccessMeans,
  KeyAccessOptions,
  TrustAccountOptions,
} from './keys/key-access.ts';
export { KeyBase } from './keys/key-base.ts';
export * from './keys/key-policy.ts';
export type { KeyPolicyProps } from './keys/key-policy-argument.ts';
export type { KeyOptions, KeyProps } from './keys/key-props.ts';
export type { KeyOrigin, KeySpec, KeyUsage } from './keys/key-rules.ts';
export * from './keys/replica-external-key.ts';
export * from './keys/replica-key.ts';
export { SecretInput } from './keys/secret-input.ts';
export {
  type AnyKey,
  type ArnKey,
  type BoolKey,
  Condition,
  type Conditions,
  type DateKey,
  type IpAddressKey,
  type NumericKey,
  type TextKey,
} from './policies/condition.ts';
export type { ConditionBlock } from './policies/condition-block.ts';
export type {
  ArnValuedConditionKey,
  OtherConditionKey,
  TextConditionKey,
} from './policies/condition-key-types.ts';
export {
  KeyPolicyDocument,
  type KeyPolicyDocumentProps,
  type KeyPolicyStatement,
  type KmsAction,
} from './policies/key-policy-document.ts';
export { PolicyDocument, type PolicyDocumentProps, type PolicyStatement } from './policies/policy-document.ts';
export type { IPrincipal, PrincipalFragment } from './policies/principal-interface.ts';
export {
  AccountPrincipal,
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  PrincipalBase,
  PrincipalWithConditions,
  RolePrincipal,
  SessionPrincipal,
  UserPrincipal,
} from './policies/principals.ts';
export {
  ServicePrincipal,
  type ServicePrincipalOptions,
  ViaServicePrincipal,
  WebIdentityPrincipal,
} from './policies/service-principals.ts';
export type { TrustStatement } from './policies/trust-policy.ts';
export { KeysteadConstruct } from './stacks/keystead-construct.ts';
export { KeysteadProvider, type KeysteadProviderProps } from './stacks/keystead-provider.ts';
export { Keystead, type UseKeysteadOptions } from './stacks/use-keystead.ts';
