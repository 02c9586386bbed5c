import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/startup/start-error.ts
var StartError = class extends Error {
  name = "StartError";
  hint;
  exitCode;
  constructor(message, hint, exitCode) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
};
var exitCodes = {
  failure: 1,
  usage: 2,
  dataDirInUse: 3,
  addressInUse: 4,
  rootKey: 5,
  database: 6,
  tls: 7,
  seed: 8
};

export {
  StartError,
  exitCodes
};
