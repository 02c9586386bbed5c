// @ts-check
/** Jest's transform: Node strips the types, as it does without Jest. Lines and columns stay the same. */
import { stripTypeScriptTypes } from 'node:module';

export default {
  /** @param {string} source */
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
