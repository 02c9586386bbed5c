import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// provider-schema/secret.ts
var REDACTED = "[secret]";
var Secret = class {
  #text;
  constructor(text) {
    this.#text = text;
  }
  reveal() {
    return this.#text;
  }
  toString() {
    return REDACTED;
  }
  toJSON() {
    return REDACTED;
  }
  /** What console.log and Node's inspector show. */
  [/* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom")]() {
    return REDACTED;
  }
};

export {
  Secret
};
