import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/runtime/program-files.ts
import { basename, join, resolve } from "node:path";
var isBundle = import.meta.filename.endsWith(".js");
var programDirectory = isBundle ? import.meta.dirname : resolve(import.meta.dirname, "..");
function programFile(source) {
  return isBundle ? join(programDirectory, `${basename(source, ".ts")}.js`) : join(programDirectory, source);
}

export {
  programDirectory,
  programFile
};
