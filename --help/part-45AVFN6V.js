import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";

// control-plane/startup/listen-address.ts
function parseListenAddress(text, flag) {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port > 65535) {
    throw new StartError(
      `${flag}: "${text}" is not an address.`,
      "Write it as HOST:PORT, for example 127.0.0.1:8600.",
      exitCodes.usage
    );
  }
  return { host, port };
}
var LOOPBACK = /^127\.|^::1$|^localhost$/;
var isLoopback = (host) => LOOPBACK.test(host);

export {
  parseListenAddress,
  isLoopback
};
