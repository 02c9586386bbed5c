/**
 * Imports key material from a configuration into a KMS key, wrapped under a public key that the service makes for each
 * import. Material that fits RSA-OAEP is wrapped directly, as in the upstream provider; longer private keys are wrapped
 * under an AES key.
 */
import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { Client } from '../../client/client.ts';
import { type Diagnostic, DiagnosticError } from '../../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import type { Step } from './failures.ts';
import type { KeyTraits } from './key-resource.ts';
import { descriptionStep, disableStep, enableStep, type KeyMetadata, type KeyPlace, policyStep } from './keys.ts';
import { secretOf, textOf } from './values.ts';

const direct = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
/** The most that RSA-OAEP with SHA-256 can hold under a modulus of 256 bytes (RFC 8017 section 7.1.1). */
const DIRECT_BYTES = 190;
const throughAes = { WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256', WrappingKeySpec: 'RSA_4096' } as const;

/** Imports the configured material, to expire as configured. */
function importStep(client: Client, place: KeyPlace, config: ObjectValue, when: boolean): Step {
  return {
    doing: `importing key material of KMS Key (${place.keyId})`,
    path: [isWriteOnly(config) ? 'key_material_base64_wo' : 'key_material_base64'],
    when,
    run: () => importMaterial(client, place, config),
  };
}

/** Right after the key is made. */
function firstSteps(client: Client, place: KeyPlace, planned: ObjectValue, config: ObjectValue): readonly Step[] {
  const imports = hasMaterial(planned);
  return [
    importStep(client, place, config, imports),
    disableStep(client, place, 'enabled', imports && planned.enabled !== true),
  ];
}

/**
 * Enabling comes first, because a disabled key refuses some changes; disabling last. Neither while it waits for
 * material.
 */
function changeSteps(
  client: Client,
  place: KeyPlace,
  prior: ObjectValue,
  planned: ObjectValue,
  config: ObjectValue,
): readonly Step[] {
  const waits = isPendingImport(prior);
  const imports = needsImport(prior, planned);
  const disables = planned.enabled === false && (waits ? imports : prior.enabled !== false);
  return [
    enableStep(client, place, 'enabled', planned.enabled === true && prior.enabled !== true && !waits),
    descriptionStep(client, place, prior, planned),
    policyStep(client, place, prior, planned),
    importStep(client, place, config, imports),
    disableStep(client, place, 'enabled', disables),
  ];
}

async function importMaterial(client: Client, { keyId: KeyId, region }: KeyPlace, config: ObjectValue): Promise<void> {
  const material = Buffer.from(secretOf(config, 'key_material_base64') ?? '', 'base64');
  const wrapping = material.length <= DIRECT_BYTES ? direct : throughAes;
  const parameters = await client.call('GetParametersForImport', { KeyId, ...wrapping }, region);
  const { ImportToken = '', PublicKey = '' } = parameters;
  const wrapped = wrapMaterial(material, Buffer.from(PublicKey, 'base64'), wrapping === direct);
  const validTo = textOf(config, 'valid_to');
  const expiry =
    validTo === undefined
      ? ({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const)
      : ({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: Date.parse(validTo) / 1000 } as const);
  const EncryptedKeyMaterial = wrapped.toString('base64');
  await client.call('ImportKeyMaterial', { KeyId, ImportToken, EncryptedKeyMaterial, ...expiry }, region);
}

/** RSA-OAEP of the material, or of an AES-256 key before the material under AES key wrap with padding (RFC 5649). */
function wrapMaterial(material: Buffer, publicKeyInfo: Buffer, isDirect: boolean): Buffer {
  const key = createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' });
  const encrypt = (bytes: Buffer) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, bytes);
  if (isDirect) return encrypt(material);
  const aesKey = randomBytes(32);
  const cipher = createCipheriv('id-aes256-wrap-pad', aesKey, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([encrypt(aesKey), cipher.update(material), cipher.final()]);
}

/** Of write-only material only the version is in plans and states. */
function hasMaterial(object: ObjectValue): boolean {
  return textOf(object, 'key_material_base64') !== undefined || isWriteOnly(object);
}

function isWriteOnly(object: ObjectValue): boolean {
  return (object.key_material_base64_wo_version ?? null) !== null;
}

/**
 * Material is imported again to change when it expires, when it expired or was deleted, and when it becomes write-only,
 * from the state or after an import of the key: the service then checks that it is the same.
 */
function needsImport(prior: ObjectValue, planned: ObjectValue): boolean {
  const expiryChanges = (planned.valid_to ?? '') !== (prior.valid_to ?? '');
  const becomesWriteOnly = isWriteOnly(planned) && !isWriteOnly(prior);
  return hasMaterial(planned) && (expiryChanges || becomesWriteOnly || isPendingImport(prior));
}

function isPendingImport(state: ObjectValue): boolean {
  return state.key_state === 'PendingImport';
}

/**
 * Planned values of the attributes that follow from the key material. A key that waits for its material can be
 * neither enabled nor disabled, so a difference in that alone is left for later.
 */
function planImported(config: ObjectValue, prior: ObjectValue | null, proposed: ObjectValue): ObjectValue {
  if (prior === null) return {};
  const imports = needsImport(prior, proposed);
  const waits = isPendingImport(prior) && !imports;
  const configured: Value = config.enabled ?? null;
  const kept = prior.enabled ?? null;
  const enabled = waits ? kept : configured !== null ? configured : isPendingImport(prior) ? unknown : kept;
  const state = prior.key_state ?? null;
  return {
    enabled,
    expiration_model: imports ? unknown : (prior.expiration_model ?? null),
    key_state: imports || enabled !== kept ? unknown : state,
  };
}

/**
 * The upstream provider takes an absent `enabled` for false after it imported material; so must we, but with a warning.
 */
function disabledWarning(config: ObjectValue, prior: ObjectValue | null): readonly Diagnostic[] {
  if (prior !== null || !hasMaterial(config) || (config.enabled ?? null) !== null) return [];
  return [
    {
      severity: 'warning',
      summary: 'The key will be disabled',
      detail: 'A key that gets key material and does not set enabled ends up disabled. Set enabled = true to use it.',
      path: ['enabled'],
    },
  ];
}

/** What keys with imported material have in common. */
export const materialTraits = {
  plan: planImported,
  warnings: disabledWarning,
  firstSteps,
  changeSteps,
} satisfies Partial<KeyTraits>;

/** @throws DiagnosticError for keys whose material was not imported, and those that AWS manages. */
export function refuseOtherOrigins({ KeyId, KeyManager, Origin }: KeyMetadata, type: string): void {
  const problem =
    KeyManager !== undefined && KeyManager !== 'CUSTOMER'
      ? `It is managed by ${KeyManager}.`
      : Origin !== undefined && Origin !== 'EXTERNAL'
        ? `Its key material has origin ${Origin}. Manage it as aws_kms_key or aws_kms_replica_key.`
        : undefined;
  if (problem !== undefined) throw refusal(KeyId, type, problem);
}

export function refusal(keyId: string, type: string, detail: string): DiagnosticError {
  return new DiagnosticError([
    { severity: 'error', summary: `KMS Key (${keyId}) cannot be managed as ${type}`, detail, path: ['id'] },
  ]);
}

export function importedAttributes({ Enabled, ExpirationModel, KeyState, ValidTo }: KeyMetadata): ObjectValue {
  return {
    enabled: Enabled ?? false,
    expiration_model: ExpirationModel ?? '',
    key_state: KeyState ?? null,
    valid_to: ValidTo === undefined ? '' : rfc3339(ValidTo),
  };
}

/** Whole seconds, as Go prints them, when there is no fraction. */
function rfc3339(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
