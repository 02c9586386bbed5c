import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  openStore,
  openStoreReadOnly
} from "./part-GYXLBZZS.js";
import "./part-XVELN5XI.js";
import "./part-DV6CADGT.js";
import "./part-3U7RA5UT.js";
import "./part-6ACPXKQJ.js";
import "./part-SBHVEHPF.js";
import "./part-2B6IBJB5.js";
import "./part-Q3MGWXPC.js";
import "./part-KMHU5SSD.js";
import "./part-XDU5MBKC.js";
import "./part-YOZOMLJ4.js";
import "./part-LOG5TJBC.js";
import "./part-GJX6LNLE.js";
import "./part-YV4TI3RN.js";
import "./part-J52KMMNH.js";
export {
  openStore,
  openStoreReadOnly
};
