// @ts-check
/** Jest's transform: Node strips the types, as it does where the sources run without Jest. Lines and columns stay. */
import { stripTypeScriptTypes } from 'node:module';

export default {
  /** @param {string} source */
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
