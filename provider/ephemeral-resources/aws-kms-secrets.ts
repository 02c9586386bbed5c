/** Ephemeral resource `aws_kms_secrets`: one Decrypt for each secret. */
import { aws_kms_secrets as record } from '@keystead/provider-schema/ephemeral-resources/index.ts';
import type { Client } from '../client/client.ts';
import { DiagnosticError, type EphemeralResourceType } from '../engine/resource.ts';
import type { ObjectValue, Value } from '../engine/value.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { mapOf, requireText } from '../resources/shared/values.ts';
import { decrypt } from './decrypt.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const awsKmsSecretsEphemeral: EphemeralResourceType<Client> = {
  record,

  async open(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    // Names are the user's: without a prototype, `__proto__` is a name like any other.
    const plaintext: Record<string, Value> = Object.create(null);
    for (const secret of ((config.secret ?? []) as readonly Value[]).map(mapOf)) {
      const name = requireText(secret, 'name');
      plaintext[name] = textFrom(name, await decryptSecret(client, region, name, secret));
    }
    return { result: { ...config, plaintext, region } };
  },
};

async function decryptSecret(client: Client, region: string, name: string, secret: ObjectValue): Promise<Buffer> {
  const doing = `decrypting secret "${name}"`;
  const { Plaintext } = await decrypt(client, region, { doing, path: ['secret'], blob: 'payload', of: secret });
  return Buffer.from(Plaintext ?? '', 'base64');
}

function textFrom(name: string, bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new DiagnosticError([
      {
        severity: 'error',
        summary: `Secret "${name}" is not a text`,
        detail:
          'What it decrypts to is not UTF-8. Only the ephemeral resource aws_kms_data_key can give such bytes, in base64.',
        path: ['secret'],
      },
    ]);
  }
}
