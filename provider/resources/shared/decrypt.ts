/** Decrypt with the arguments that data sources and ephemeral resources share. */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../../client/client.ts';
import { DiagnosticError, type PathStep } from '../../engine/resource.ts';
import type { ObjectValue, Value } from '../../engine/value.ts';
import { attempt } from './failures.ts';
import { mapOf, requireText, textMapOf, textOf, textsOf } from './values.ts';

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
  // Tools that make base64 can break its lines.
  const ciphertext = (textOf(of, blob) ?? '').replaceAll(/[\r\n]/g, '');
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

/**
 * The texts of `secret` blocks, by their names: one Decrypt for each, and the first failure ends it.
 * @param remedy what to do about bytes that are not text, which Terraform could not hold as they are
 * @throws DiagnosticError
 */
export async function decryptSecrets(
  client: Client,
  region: string,
  secrets: Value | undefined,
  remedy: string,
): Promise<ObjectValue> {
  // Names are the user's: without a prototype, `__proto__` is a name like any other.
  const texts: Record<string, Value> = Object.create(null);
  for (const secret of ((secrets ?? []) as readonly Value[]).map(mapOf)) {
    const name = requireText(secret, 'name');
    const subject = { doing: `decrypting secret "${name}"`, path: ['secret'], blob: 'payload', of: secret };
    const { Plaintext = '' } = await decrypt(client, region, subject);
    texts[name] = textFrom(name, Buffer.from(Plaintext, 'base64'), remedy);
  }
  return texts;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textFrom(name: string, bytes: Buffer, remedy: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    const summary = `The plaintext of secret "${name}" is not text`;
    throw new DiagnosticError([
      { severity: 'error', summary, detail: `What it decrypts to is not UTF-8. ${remedy}`, path: ['secret'] },
    ]);
  }
}
