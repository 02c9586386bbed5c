import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  programDirectory
} from "./part-XDU5MBKC.js";

// control-plane/cli/shared/version.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";
var manifest = JSON.parse(readFileSync(join(programDirectory, "package.json"), "utf8"));
var version = manifest.version;

export {
  version
};
