import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import type { PathStep } from '../../engine/resource.ts';

/**
 * A value that does not fit its type, or bytes that are not a value. Never carries the value itself, which can be
 * secret.
 */
export class CodecError extends Error {
  readonly path: readonly PathStep[];
  /** Type of the whole value, once it is known: it says what the steps of the path are. */
  type: AttributeType | undefined;
  constructor(path: readonly PathStep[], message: string) {
    super(path.length === 0 ? message : `${path.join('.')}: ${message}`);
    this.name = 'CodecError';
    this.path = path;
  }
}
