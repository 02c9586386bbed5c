import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/storage/port/wrapped-secrets.ts
var wrappedTables = [
  "key_materials",
  "imported_materials",
  "access_keys",
  "custom_key_stores"
];

export {
  wrappedTables
};
