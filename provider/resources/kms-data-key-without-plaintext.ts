/**
 * `kms_data_key_without_plaintext`. The service does not keep data keys: the state is the only place that has this one,
 * so reading and destroying call nothing.
 */
import { kmsDataKeyWithoutPlaintext as record } from '@keystead/provider-schema/resources/kms-data-key-without-plaintext.ts';
import type { Client } from '../client/client.ts';
import { DiagnosticError, type ResourceType } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { attempt } from './shared/failures.ts';
import { invalidImportId, splitImportId } from './shared/import-id.ts';
import { planInRegion, regionOf } from './shared/region.ts';
import { knownPart, numberOf, requireText, textOf } from './shared/values.ts';

type DataKeySpec = 'AES_256' | 'AES_128';

export const kmsDataKeyWithoutPlaintext: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    return planInRegion(client, config, prior, proposed);
  },

  async create(client, planned) {
    const region = regionOf(client, planned);
    const KeyId = requireText(planned, 'key_id');
    const NumberOfBytes = numberOf(planned, 'number_of_bytes') || undefined;
    const named = textOf(planned, 'key_spec') as DataKeySpec | undefined;
    const KeySpec = named ?? (NumberOfBytes === undefined ? 'AES_256' : undefined);
    const { CiphertextBlob = '' } = await attempt(`generating a data key under KMS Key (${KeyId})`, ['key_id'], () =>
      client.call('GenerateDataKeyWithoutPlaintext', { KeyId, KeySpec, NumberOfBytes }, region),
    );
    return { state: { ...knownPart(planned), ...blobAttributes(CiphertextBlob), region } };
  },

  async read(client, state) {
    return { ...state, region: regionOf(client, state) };
  },

  /** Called only for a state that does not hold its Region yet. */
  async update(client, prior, planned) {
    return { state: { ...knownPart(planned), region: planned.region ?? regionOf(client, prior) } };
  },

  async remove() {},

  async importState(client, text) {
    const { id, region } = splitImportId(text);
    const [, key, length = '', blob] =
      /^([^,]+),(AES_256|AES_128|[1-9]\d{0,3}|),([A-Za-z0-9+/]{40,}={0,2})$/.exec(id) ?? [];
    if (key === undefined || blob === undefined) throw new DiagnosticError([invalidImportId(record.type, text, form)]);
    const size = length.startsWith('AES')
      ? { key_spec: length }
      : length === ''
        ? {}
        : { number_of_bytes: Number(length) };
    return { key_id: key, ...size, ...blobAttributes(blob), region: region ?? client.region ?? null };
  },
};

const form = 'KEY,AES_256,CIPHERTEXT, or the number of bytes in place of AES_256, or nothing if neither is configured';

/** The id is what the cipherstash/kms provider makes of the ciphertext. */
function blobAttributes(base64: string): ObjectValue {
  const blob = base64.replace(/=+$/, '');
  return { ciphertext_blob: blob, id: blob.slice(6, 36) };
}
