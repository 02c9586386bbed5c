/** A rule: every key that can rotate does. */
import { keySpecRow, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import type { IConstruct } from 'constructs';
import type { IAspect } from '../cdk.ts';
import { type ComplianceProps, type Inputs, reportLater, resourceOf } from './compliance.ts';

export interface RequireKeyRotationProps extends ComplianceProps {
  /**
   * Days between rotations of the keys that the rule makes rotate, 90 to 2560.
   * @default - 365
   * @example 180
   */
  readonly rotationPeriodInDays?: number;
}

/**
 * Automatic rotation of every symmetric key whose material the control plane makes. Keys that cannot rotate are left
 * alone: asymmetric and HMAC keys, keys with imported material, keys of a custom key store; a replica rotates with its
 * primary.
 * @example Aspects.of(app).add(new RequireKeyRotation({ mode: 'FIX' }))
 */
export class RequireKeyRotation implements IAspect {
  readonly #props: RequireKeyRotationProps;

  constructor(props: RequireKeyRotationProps = {}) {
    this.#props = props;
  }

  visit(node: IConstruct): void {
    const key = resourceOf(node, ['aws_kms_key']);
    if (key === undefined) return;
    const { mode, rotationPeriodInDays } = this.#props;
    if (mode === 'FIX' && canRotate(key) && key.enableKeyRotationInput !== true) {
      key.enableKeyRotation = true;
      if (rotationPeriodInDays !== undefined) key.rotationPeriodInDays = rotationPeriodInDays;
    }
    reportLater(this, mode, key, () =>
      canRotate(key) && isOff(key.enableKeyRotationInput)
        ? { problem: 'The key does not rotate.', remedy: "Set enableKeyRotation, or give the rule mode: 'FIX'." }
        : undefined,
    );
  }
}

function canRotate({ customerMasterKeySpecInput: spec = 'SYMMETRIC_DEFAULT', customKeyStoreIdInput: store }: Inputs) {
  if (store !== undefined || typeof spec !== 'string' || !Object.hasOwn(keySpecs, spec)) return false;
  return keySpecRow(spec as KeySpec).rotatable;
}

const isOff = (argument: unknown) => argument === undefined || argument === false;
