import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  SealError
} from "./part-OCGC4VUO.js";
import {
  HsmError
} from "./part-XRQJXUX5.js";
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";
import {
  StoreLocked,
  StoreUnavailable,
  StoreVersionMismatch
} from "./part-YV4TI3RN.js";

// control-plane/startup/start-error-mapping.ts
function startErrorOf(error) {
  if (error instanceof SealError) return new StartError(error.message, error.hint, exitCodes.rootKey);
  if (error instanceof HsmError) {
    return new StartError(sentence(error.message), "The log says why the HSM process ended.", exitCodes.failure);
  }
  if (error instanceof StoreLocked) {
    const hint = "Stop the other server, or give this one a data directory of its own (--data-dir).";
    return new StartError(sentence(error.message), hint, exitCodes.dataDirInUse);
  }
  if (error instanceof StoreVersionMismatch) {
    const hint = "Run the version of Keystead that created it, or a newer one.";
    return new StartError(sentence(error.message), hint, exitCodes.database);
  }
  if (error instanceof StoreUnavailable && error.fault !== void 0) {
    return new StartError(sentence(error.message), faultHints[error.fault], exitCodes.database);
  }
  if (error instanceof StoreUnavailable) {
    const hint = "Check --database, that the database can be reached, and that its user can create tables.";
    return new StartError(sentence(error.message), hint, exitCodes.database);
  }
  if (error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
    return new StartError(sentence(error.message), faultHints["disk-full"], exitCodes.failure);
  }
  return error;
}
var faultHints = {
  "disk-full": "The disk is full: free space on it, then start again. Nothing that was answered is lost.",
  damaged: 'The database is damaged. Keep its files as they are, and restore a backup; "sqlite3 FILE .recover" can read what is left of a SQLite file.'
};
function sentence(message) {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

export {
  startErrorOf
};
