/** Rotation of key material. */
import { kms } from '../apis.ts';
import { keyStateErrors } from '../error-groups.ts';
import { anyState, rotatableNow, rotatingKey, rotationHistory } from '../states.ts';
import { key } from '../targets.ts';

export const rotationOperations = kms({
  EnableKeyRotation: {
    summary: 'Turns on automatic rotation of the key material, or changes its period.',
    output: null,
    targets: [key(rotatingKey)],
    accessLevel: 'Write',
    errors: [...keyStateErrors, 'DisabledException', 'UnsupportedOperationException'],
    rest: 'PUT /v1/keys/{KeyId}/rotation',
  },
  DisableKeyRotation: {
    summary: 'Turns off automatic rotation of the key material.',
    output: null,
    targets: [key(rotatingKey)],
    accessLevel: 'Write',
    errors: [...keyStateErrors, 'DisabledException', 'UnsupportedOperationException'],
    rest: 'DELETE /v1/keys/{KeyId}/rotation',
  },
  GetKeyRotationStatus: {
    summary: 'Returns whether and when the key material rotates.',
    targets: [key(anyState, { crossAccount: true })],
    accessLevel: 'Read',
    errors: [...keyStateErrors, 'UnsupportedOperationException'],
    rest: 'GET /v1/keys/{KeyId}/rotation',
  },
  RotateKeyOnDemand: {
    summary: 'Rotates the key material now.',
    targets: [key(rotatableNow)],
    accessLevel: 'Write',
    errors: [
      ...keyStateErrors,
      'ConflictException',
      'DisabledException',
      'LimitExceededException',
      'UnsupportedOperationException',
    ],
    rest: 'POST /v1/keys/{KeyId}/rotate',
  },
  ListKeyRotations: {
    summary: 'Lists the rotations of a KMS key, or all of its key materials.',
    targets: [key(rotationHistory)],
    accessLevel: 'List',
    errors: [
      'InvalidArnException',
      'InvalidMarkerException',
      'KMSInvalidStateException',
      'NotFoundException',
      'UnsupportedOperationException',
    ],
    rest: 'GET /v1/keys/{KeyId}/rotations',
  },
});
