import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/xks/port/xks.ts
var XksError = class extends Error {
  name = "XksError";
  failure;
  /** @param detail what failed, printable and short */
  constructor(failure, detail = "") {
    super(`the external key store proxy failed: ${failure}${detail === "" ? "" : `: ${detail}`}`);
    this.failure = failure;
  }
};
function secretOwner(proxy) {
  return { accountId: proxy.accountId, accessKeyId: `${proxy.keyStoreId}/${proxy.accessKeyId}` };
}

export {
  XksError,
  secretOwner
};
