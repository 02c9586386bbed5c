/**
 * A refusal that a custom key store caused. The caller gets the code and AWS's words; what was found at the token or
 * the proxy is for the operator, in one line of the log with the request id (pipeline/error-mapping.ts).
 */
import { type ErrorCode, KmsError } from '@keystead/provider-schema/errors.ts';

/** What the log says beside the request id. */
export interface KeyStoreFinding {
  readonly customKeyStoreId?: string;
  readonly clusterId?: string;
  readonly xksKeyId?: string;
  readonly cause: string;
}

export class KeyStoreRefusal extends KmsError {
  readonly finding: KeyStoreFinding;
  constructor(code: ErrorCode, message: string, finding: KeyStoreFinding) {
    super(code, message);
    this.finding = finding;
  }
}
