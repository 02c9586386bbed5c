/**
 * Input and output of an operation as the doors carry them in JSON. The types inside the program are in
 * generated/types.ts.
 */
import type { OperationTypes } from './generated/types.ts';
import type { OperationName } from './operations/index.ts';
import type { Secret } from './secret.ts';

/** A shape as JSON: timestamps are epoch seconds, blobs base64. */
export type JsonOf<T> = T extends Date
  ? number
  : T extends Uint8Array | string | Secret
    ? string
    : T extends readonly (infer Item)[]
      ? readonly JsonOf<Item>[]
      : T extends object
        ? { readonly [Member in keyof T]: JsonOf<T[Member]> }
        : T;

export type InputJson<Name extends OperationName> = JsonOf<OperationTypes[Name]['input']>;
export type OutputJson<Name extends OperationName> = JsonOf<OperationTypes[Name]['output']>;
