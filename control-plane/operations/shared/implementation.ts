/** What operations share: the type of their functions, from the contract, and what the pipeline hands them. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import type { ImplementedName } from '@keystead/provider-schema/operations/index.ts';
import type { Operation } from '../../context/outcome.ts';
import type { ResolvedKey, ResolvedKeys } from '../../context/resolved-key.ts';

export type Input<Name extends keyof OperationTypes> = OperationTypes[Name]['input'];
export type Output<Name extends keyof OperationTypes> = OperationTypes[Name]['output'];
export type Implementation<Name extends keyof OperationTypes> = Operation<Input<Name>, Output<Name>>;
/** The functions of a family: one for each of its records, and no other. */
export type Implementations<Records> = {
  readonly [Name in ImplementedName<Records>]: Name extends keyof OperationTypes ? Implementation<Name> : never;
};

/** The key that the operation's record names under this input member; the pipeline has found it already. */
export function resolvedKey(keys: ResolvedKeys, member = 'KeyId'): ResolvedKey {
  const key = keys[member];
  if (!key) throw new Error(`the operation's record has no key target ${member}`);
  return key;
}

/**
 * Recipient asks for an answer that only an attested enclave can decrypt. Keystead cannot verify attestation documents,
 * so the request is refused: ignoring the member would send the plaintext to the parent instance, which must not see
 * it.
 */
export function refuseRecipient({ Recipient }: { readonly Recipient?: unknown }): void {
  if (Recipient !== undefined) throw new KmsError('UnsupportedOperationException', messages.recipient);
}
