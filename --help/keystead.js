#!/usr/bin/env node
import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/cli/bin/keystead
import module from "node:module";
import { join } from "node:path";
var [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || major === 22 && minor < 18) {
  console.error(`keystead needs Node.js 22.18 or newer; this is ${process.version}.`);
  console.error("Hint: run it through npm (npx keystead …), which uses the Node.js pinned in package.json.");
  process.exit(2);
}
var cache = process.env.XDG_CACHE_HOME || process.env.HOME && join(process.env.HOME, ".cache");
if (cache) module.enableCompileCache(join(cache, "keystead"));
await import("./part-YGUZJF6F.js");
