import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/domain/keys/wrapped-header.ts
var WRAPPED_VERSION = 1;
var GENERATION_OFFSET = 1;
var WRAPPED_HEADER_BYTES = 5;
var FIRST_GENERATION = 1;
function wrappedHeader(generation) {
  const header = Buffer.alloc(WRAPPED_HEADER_BYTES);
  header[0] = WRAPPED_VERSION;
  header.writeUInt32BE(generation, GENERATION_OFFSET);
  return header;
}
function generationOf(wrapped) {
  if (wrapped[0] !== WRAPPED_VERSION || wrapped.length < WRAPPED_HEADER_BYTES) return void 0;
  return new DataView(wrapped.buffer, wrapped.byteOffset).getUint32(GENERATION_OFFSET);
}

export {
  GENERATION_OFFSET,
  WRAPPED_HEADER_BYTES,
  FIRST_GENERATION,
  wrappedHeader,
  generationOf
};
