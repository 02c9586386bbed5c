/**
 * A second application on a PKCS#11 token, in a process of its own: logs in as the crypto user and tries to extract a
 * key. Prints the token's answers as JSON. Arguments: module path, token label, PIN, CKA_ID in hex.
 */
import pkcs11js from 'pkcs11js';

const [, , modulePath = '', label = '', pin = '', id = ''] = process.argv;
const module = new pkcs11js.PKCS11();
module.load(modulePath);
module.C_Initialize();
const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trim() === label);
if (!slot) throw new Error(`there is no PKCS#11 token ${label}`);
const session = module.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
module.C_Login(session, pkcs11js.CKU_USER, pin);
module.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_ID, value: Buffer.from(id, 'hex') }]);
const [key] = module.C_FindObjects(session, 1);
module.C_FindObjectsFinal(session);
if (!key) throw new Error(`there is no key ${id} in the PKCS#11 token`);

const isSet = (type: number) => module.C_GetAttributeValue(session, key, [{ type }])[0]?.value[0] === 1;
const refusal = (attempt: () => unknown) => {
  try {
    attempt();
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
const wrapper = module.C_GenerateKey(session, { mechanism: pkcs11js.CKM_AES_KEY_GEN }, [
  { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
  { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
  { type: pkcs11js.CKA_VALUE_LEN, value: 32 },
  { type: pkcs11js.CKA_WRAP, value: true },
]);

console.log(
  JSON.stringify({
    sensitive: isSet(pkcs11js.CKA_SENSITIVE),
    alwaysSensitive: isSet(pkcs11js.CKA_ALWAYS_SENSITIVE),
    extractable: isSet(pkcs11js.CKA_EXTRACTABLE),
    neverExtractable: isSet(pkcs11js.CKA_NEVER_EXTRACTABLE),
    local: isSet(pkcs11js.CKA_LOCAL),
    read: refusal(() => module.C_GetAttributeValue(session, key, [{ type: pkcs11js.CKA_VALUE }])),
    wrap: refusal(() =>
      module.C_WrapKey(session, { mechanism: pkcs11js.CKM_AES_KEY_WRAP_PAD }, wrapper, key, Buffer.alloc(64)),
    ),
    makeExtractable: refusal(() =>
      module.C_SetAttributeValue(session, key, [{ type: pkcs11js.CKA_EXTRACTABLE, value: true }]),
    ),
  }),
);
module.C_Finalize();
