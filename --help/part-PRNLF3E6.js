import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  startErrorOf
} from "./part-AUISU2LP.js";
import "./part-OCGC4VUO.js";
import "./part-XRQJXUX5.js";
import "./part-RN4T6Q5A.js";
import "./part-YV4TI3RN.js";
import "./part-J52KMMNH.js";
export {
  startErrorOf
};
