/** Decrypt with the arguments that ephemeral resources share. */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../client/client.ts';
import { DiagnosticError, type PathStep } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { attempt } from '../resources/shared/failures.ts';
import { textMapOf, textOf, textsOf } from '../resources/shared/values.ts';

/** Standard base64 with its padding (RFC 4648 section 4). */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Context and grant tokens, which empty are not sent. */
export function contextOf(object: ObjectValue): Pick<InputJson<'Decrypt'>, 'EncryptionContext' | 'GrantTokens'> {
  const context = textMapOf(object, 'context');
  const tokens = textsOf(object, 'grant_tokens');
  return {
    EncryptionContext: context.size === 0 ? undefined : Object.fromEntries(context),
    GrantTokens: tokens.length === 0 ? undefined : tokens,
  };
}

export async function decrypt(
  client: Client,
  region: string,
  subject: {
    readonly doing: string;
    readonly path: readonly PathStep[];
    /** Attribute with the ciphertext. */
    readonly blob: string;
    readonly of: ObjectValue;
  },
): Promise<OutputJson<'Decrypt'>> {
  const { doing, path, blob, of } = subject;
  const ciphertext = textOf(of, blob) ?? '';
  if (ciphertext === '' || !base64.test(ciphertext)) {
    const detail = `${blob} is not standard base64 of a ciphertext. Give it as it was made, without changes.`;
    throw new DiagnosticError([{ severity: 'error', summary: doing, detail, path }]);
  }
  const input = {
    CiphertextBlob: ciphertext,
    EncryptionAlgorithm: textOf(of, 'encryption_algorithm') as InputJson<'Decrypt'>['EncryptionAlgorithm'],
    KeyId: textOf(of, 'key_id'),
    ...contextOf(of),
  };
  return attempt(doing, path, () => client.call('Decrypt', input, region));
}
