/** Imported key material. */
import { kms } from '../apis.ts';
import { keyStateErrors } from '../error-groups.ts';
import { importableKey, importParameters, materialDeletable } from '../states.ts';
import { key } from '../targets.ts';

export const importOperations = kms({
  GetParametersForImport: {
    summary: 'Returns a wrapping key and an import token for importing key material.',
    targets: [key(importParameters)],
    accessLevel: 'Read',
    errors: [...keyStateErrors, 'UnsupportedOperationException'],
    rest: 'POST /v1/keys/{KeyId}/import-parameters',
  },
  ImportKeyMaterial: {
    summary: 'Imports wrapped key material into a KMS key of origin EXTERNAL.',
    targets: [key(importableKey)],
    accessLevel: 'Write',
    errors: [
      ...keyStateErrors,
      'ExpiredImportTokenException',
      'IncorrectKeyMaterialException',
      'InvalidCiphertextException',
      'InvalidImportTokenException',
      'UnsupportedOperationException',
    ],
    rest: 'POST /v1/keys/{KeyId}/key-material',
  },
  DeleteImportedKeyMaterial: {
    summary: 'Deletes imported key material; the KMS key then waits for a new import.',
    targets: [key(materialDeletable)],
    accessLevel: 'Write',
    errors: [...keyStateErrors, 'UnsupportedOperationException'],
    rest: 'DELETE /v1/keys/{KeyId}/key-material',
  },
});
