import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/hsm/port/seal-error.ts
var SealError = class extends Error {
  name = "SealError";
  hint;
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
};

export {
  SealError
};
