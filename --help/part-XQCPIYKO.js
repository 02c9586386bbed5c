import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";

// control-plane/startup/users.ts
import { execFileSync } from "node:child_process";
var fallbackUsers = { api: { uid: 64801, gid: 64801 }, hsm: { uid: 64802, gid: 64802 } };
var defaultUserNames = { api: "keystead", hsm: "keystead-hsm" };
var MAX_ID = 2 ** 32 - 2;
function requireUser(flag, text) {
  const numbers = /^(\d+)(?::(\d+))?$/.exec(text);
  const user = numbers ? { uid: Number(numbers[1]), gid: Number(numbers[2] ?? numbers[1]) } : findUser(text);
  if (user && user.uid <= MAX_ID && user.gid <= MAX_ID) return user;
  throw new StartError(
    `${flag}: this machine has no user "${text}".`,
    `Create it (useradd --system ${/^[a-z_][a-z0-9_-]*$/.test(text) ? text : "keystead"}), or give numbers: ${flag} 64801:64801.`,
    exitCodes.usage
  );
}
function findUser(name) {
  if (name === "" || name.startsWith("-")) return void 0;
  try {
    const [uid, gid] = ["-u", "-g"].map(
      (option) => Number(execFileSync("id", [option, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))
    );
    return uid === void 0 || gid === void 0 ? void 0 : { uid, gid };
  } catch {
    return void 0;
  }
}

export {
  fallbackUsers,
  defaultUserNames,
  requireUser,
  findUser
};
