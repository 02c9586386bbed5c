/** The key specs that a Region has. Source: AWS KMS developer guide, "Key spec reference". */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';

/**
 * @param member the input member that names the spec
 * @throws KmsError UnsupportedOperationException for a spec that AWS does not have in this Region, or that this version
 *   does not have.
 */
export function requireAvailableSpec(member: 'KeySpec' | 'KeyPairSpec', keySpec: KeySpec, region: string): void {
  const { status, notInChina } = keySpecRow(keySpec);
  if (status === 'planned') {
    throw new KmsError('UnsupportedOperationException', messages.unavailableSpec(member, keySpec, region));
  }
  if (notInChina && region.startsWith('cn-')) {
    throw new KmsError('UnsupportedOperationException', messages.specNotInChina(member, keySpec));
  }
}
