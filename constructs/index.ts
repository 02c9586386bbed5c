/** The library's public face: constructs, and the bindings of every Terraform type under `bindings`. */

export * as bindings from './generated/index.ts';
export * from './keys/alias.ts';
export * from './keys/grant.ts';
export type { IAlias, IKey, IReplicablePrimary } from './keys/interfaces.ts';
export * from './keys/key.ts';
export { KeyBase } from './keys/key-base.ts';
export * from './keys/key-policy.ts';
export type { KeyPolicyProps } from './keys/key-policy-argument.ts';
export type { KeySpec, KeyUsage } from './keys/key-rules.ts';
export * from './keys/replica-key.ts';
export * from './policies/key-policy-document.ts';
export { KeysteadProvider, type KeysteadProviderProps } from './stacks/keystead-provider.ts';
