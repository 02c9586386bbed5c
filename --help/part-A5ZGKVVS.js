import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  CommandError
} from "./part-K2DAL35S.js";
import {
  exitCodes
} from "./part-RN4T6Q5A.js";

// control-plane/cli/serve/option-values.ts
import { resolve } from "node:path";
function pathOf(text) {
  return text === void 0 ? void 0 : resolve(text);
}
function positive(name, text, unit) {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  const what = unit === void 0 ? "a positive number" : `a positive number of ${unit}`;
  throw new CommandError(`${name}: "${text}" is not ${what}.`, `Write it like ${name} 30.`, exitCodes.usage);
}
function wholeNumber(name, text) {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`${name}: "${text}" is not a whole number.`, "Give 0 or more, in digits.", exitCodes.usage);
}
function positiveWholeNumber(name, text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandError(
    `${name}: "${text}" is not a positive whole number.`,
    "Give 1 or more, in digits.",
    exitCodes.usage
  );
}

export {
  pathOf,
  positive,
  wholeNumber,
  positiveWholeNumber
};
