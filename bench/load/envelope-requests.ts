/** The requests of envelope encryption, and the one that uses no key. */
import { type Caller, call, prepare } from './prepare.ts';
import type { PreparedRequest } from './request.ts';

export const envelopeOperations = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey'] as const;
export type EnvelopeOperation = (typeof envelopeOperations)[number];
export type EnvelopeRequests = Readonly<Record<EnvelopeOperation, PreparedRequest>>;

/** All for one new key. */
export async function envelopeRequests(caller: Caller): Promise<EnvelopeRequests> {
  const { KeyMetadata } = await call(caller, 'CreateKey', {});
  const KeyId = KeyMetadata?.KeyId ?? '';
  const EncryptionContext = { Department: 'finance' };
  const Plaintext = Buffer.alloc(256, 7).toString('base64');
  const encryption = { KeyId, Plaintext, EncryptionContext };
  const { CiphertextBlob = '' } = await call(caller, 'Encrypt', encryption);
  return {
    Encrypt: prepare(caller, 'Encrypt', encryption),
    Decrypt: prepare(caller, 'Decrypt', { KeyId, CiphertextBlob, EncryptionContext }),
    GenerateDataKey: prepare(caller, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext }),
    DescribeKey: prepare(caller, 'DescribeKey', { KeyId }),
  };
}
