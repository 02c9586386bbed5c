/** The library's public face: constructs, and the bindings of every Terraform type under `bindings`. */
export * from './alias.ts';
export * as bindings from './generated/index.ts';
export * from './grant.ts';
export type { IAlias, IKey, ReplicablePrimary } from './interfaces.ts';
export * from './key.ts';
export { KeyBase } from './key-base.ts';
export * from './key-policy.ts';
export type { KeyPolicyProps } from './key-policy-argument.ts';
export * from './key-policy-document.ts';
export type { KeySpec, KeyUsage } from './key-rules.ts';
export { KeysteadProvider, type KeysteadProviderProps } from './keystead-provider.ts';
export * from './replica-key.ts';
