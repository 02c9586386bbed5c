/** Data source `aws_kms_secrets`: one Decrypt for each secret; the first failure ends the read. */
import { awsKmsSecretsData as record } from '@keystead/provider-schema/data-sources/aws-kms-secrets.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';
import type { ObjectValue, Value } from '../engine/value.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText, textMapOf, textOf, textsOf } from '../resources/shared/values.ts';

type DecryptInput = InputJson<'Decrypt'>;

export const awsKmsSecretsData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const plaintext: Record<string, Value> = Object.create(null);
    for (const secret of config.secret as readonly ObjectValue[]) {
      const name = requireText(secret, 'name');
      plaintext[name] = await decrypted(client, name, decryptInput(secret, name), region);
    }
    return { ...config, id: region, plaintext, region };
  },
};

function decryptInput(secret: ObjectValue, name: string): DecryptInput {
  const payload = textOf(secret, 'payload') ?? '';
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.toString('base64') !== payload.replace(/[\r\n]/g, '')) {
    throw failure(`The payload of secret "${name}" is not base64`, 'Give the CiphertextBlob as Encrypt returned it.');
  }
  const tokens = textsOf(secret, 'grant_tokens');
  return {
    CiphertextBlob: bytes.toString('base64'),
    EncryptionContext: Object.fromEntries(textMapOf(secret, 'context')),
    ...defined({
      EncryptionAlgorithm: textOf(secret, 'encryption_algorithm') as DecryptInput['EncryptionAlgorithm'],
      GrantTokens: tokens.length === 0 ? undefined : tokens,
      KeyId: textOf(secret, 'key_id'),
    }),
  };
}

/** @throws DiagnosticError also for a plaintext that is not text, which Terraform could not store as it is */
async function decrypted(client: Client, name: string, input: DecryptInput, region: string): Promise<string> {
  const { Plaintext = '' } = await attempt(`decrypting secret "${name}"`, ['secret'], () =>
    client.call('Decrypt', input, region),
  );
  const bytes = Buffer.from(Plaintext, 'base64');
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw failure(
    `The plaintext of secret "${name}" is not text`,
    'Terraform holds UTF-8 text only. Encrypt the base64 of the bytes instead, and decode it with base64decode().',
  );
}

function failure(summary: string, detail: string): DiagnosticError {
  return new DiagnosticError([{ severity: 'error', summary, detail, path: ['secret'] }]);
}
