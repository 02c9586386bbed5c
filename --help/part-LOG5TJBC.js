import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// provider-schema/defined.ts
var none = Object.freeze({});
function defined(members) {
  let count = 0;
  let absent = 0;
  for (const name in members) {
    count += 1;
    if (members[name] === void 0) absent += 1;
  }
  if (absent === 0) return members;
  return absent === count ? none : present(members);
}
function present(members) {
  const kept = {};
  for (const name in members) {
    if (members[name] !== void 0) kept[name] = members[name];
  }
  return kept;
}

export {
  defined
};
