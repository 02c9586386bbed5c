/**
 * `adopt_pending_deletion`: instead of making a new key, a create cancels the deletion of the named one. It refuses
 * before it changes anything, so a key that does not fit keeps waiting for its deletion.
 */
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { Client } from '../../client/client.ts';
import { findForcedReplacement } from '../../engine/plan.ts';
import { DiagnosticError } from '../../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import { attempt } from './failures.ts';
import { type KeyConfiguration, type KeyPlace, keyIdOf } from './keys.ts';
import { requireText } from './values.ts';

export interface AdoptedKey {
  readonly place: KeyPlace;
  /** The key as it is now. */
  readonly prior: ObjectValue;
  /** The plan, with what the key has where the plan leaves the value to the service. */
  readonly target: ObjectValue;
}

/** @throws DiagnosticError when the key does not wait for its deletion, or cannot become what is planned */
export async function adoptKey(
  { record, title }: { readonly record: TerraformRecord; readonly title: string },
  client: Client,
  planned: ObjectValue,
  region: string,
  stateOf: (place: KeyPlace, key: KeyConfiguration) => ObjectValue,
): Promise<AdoptedKey> {
  const place = { keyId: keyIdOf(requireText(planned, 'adopt_pending_deletion')), region };
  return attempt(`cancelling the deletion of ${title} (${place.keyId})`, ['adopt_pending_deletion'], async () => {
    const key = await client.call('GetKeyConfiguration', { KeyId: place.keyId }, region);
    if (key.KeyMetadata.KeyState !== 'PendingDeletion') throw refusal(place.keyId, notPending);
    const prior: ObjectValue = { ...stateOf(place, key), ...neverRead(record, planned) };
    const target: ObjectValue = { ...fill(planned, prior), tags_all: planned.tags_all ?? null };
    const [first] = findForcedReplacement(record, prior, target).flat();
    if (first !== undefined)
      throw refusal(place.keyId, `It has another ${first} than the configuration.`, String(first));
    await client.call('CancelKeyDeletion', { KeyId: place.keyId }, region);
    return { place, prior, target };
  });
}

const notPending =
  'It does not wait for its deletion. Import it with `terraform import`, or remove adopt_pending_deletion to make a new key.';

/** What the service does not tell counts as equal: the material of a key, and triggers, which would rotate it. */
function neverRead({ attributes }: TerraformRecord, planned: ObjectValue): ObjectValue {
  const names = ['key_material_base64', 'rotation_triggers'].filter((name) => Object.hasOwn(attributes, name));
  return Object.fromEntries(names.map((name) => [name, planned[name] ?? null]));
}

function fill(planned: ObjectValue, prior: ObjectValue): ObjectValue {
  return Object.fromEntries(
    Object.entries(planned).map(([name, value]): [string, Value] => [
      name,
      value === unknown ? (prior[name] ?? null) : value,
    ]),
  );
}

function refusal(keyId: string, detail: string, path = 'adopt_pending_deletion'): DiagnosticError {
  return new DiagnosticError([
    { severity: 'error', summary: `KMS Key (${keyId}) cannot be adopted`, detail, path: [path] },
  ]);
}
