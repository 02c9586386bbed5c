import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/storage/port/store.ts
var WriteConflict = class extends Error {
  name = "WriteConflict";
};
var StoreUnavailable = class extends Error {
  name = "StoreUnavailable";
  fault;
  constructor(message, fault) {
    super(message);
    this.fault = fault;
  }
};
var StoreLocked = class extends Error {
  name = "StoreLocked";
  directory;
  constructor(directory) {
    super(`Another keystead server is using ${directory}: stop it, or choose another data directory`);
    this.directory = directory;
  }
};
var StoreVersionMismatch = class extends Error {
  name = "StoreVersionMismatch";
};

export {
  WriteConflict,
  StoreUnavailable,
  StoreLocked,
  StoreVersionMismatch
};
