import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/domain/clock.ts
var systemClock = { now: () => Date.now() };

export {
  systemClock
};
