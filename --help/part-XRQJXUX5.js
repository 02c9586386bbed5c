import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/hsm/port/hsm-error.ts
var HsmError = class extends Error {
  kind;
  constructor(kind, message) {
    super(message);
    this.name = "HsmError";
    this.kind = kind;
  }
};

export {
  HsmError
};
