/**
 * The header of wrapped material and secrets (layout: hsm/crypto/wrapping.ts): a version, and the generation of the root
 * key that it is wrapped under. It is not secret: the store finds by it what an older generation still wraps.
 */
export const WRAPPED_VERSION = 1;
export const GENERATION_OFFSET = 1;
export const WRAPPED_HEADER_BYTES = 5;
/** The generation of every root key until it is rotated. */
export const FIRST_GENERATION = 1;

/** Also the bytes before everything that this or a later generation wraps, and after everything of an earlier one. */
export function wrappedHeader(generation: number): Buffer {
  const header = Buffer.alloc(WRAPPED_HEADER_BYTES);
  header[0] = WRAPPED_VERSION;
  header.writeUInt32BE(generation, GENERATION_OFFSET);
  return header;
}

/** undefined for bytes that are not wrapped material of this version. */
export function generationOf(wrapped: Uint8Array): number | undefined {
  if (wrapped[0] !== WRAPPED_VERSION || wrapped.length < WRAPPED_HEADER_BYTES) return undefined;
  return new DataView(wrapped.buffer, wrapped.byteOffset).getUint32(GENERATION_OFFSET);
}
