/** Access keys, with which users and the root user sign. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { identity } from '../targets.ts';

export const accessKeysOperations = iam({
  CreateAccessKey: {
    summary: 'Creates an access key for a user, or the caller; its secret is shown only once.',
    targets: [identity('user', { orCaller: true })],
    accessLevel: 'Write',
    errors: identityChangeErrors,
    rest: 'POST /v1/users/{UserName}/access-keys',
    creates: true,
  },
  ListAccessKeys: {
    summary: 'Lists the access keys of a user, or the caller, without their secrets.',
    targets: [identity('user', { orCaller: true })],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}/access-keys',
  },
  UpdateAccessKey: {
    summary: 'Activates or deactivates an access key.',
    output: null,
    targets: [identity('user', { orCaller: true })],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'PATCH /v1/users/{UserName}/access-keys/{AccessKeyId}',
  },
  DeleteAccessKey: {
    summary: 'Deletes an access key.',
    output: null,
    targets: [identity('user', { orCaller: true })],
    accessLevel: 'Write',
    errors: identityChangeErrors,
    rest: 'DELETE /v1/users/{UserName}/access-keys/{AccessKeyId}',
  },
  GetAccessKeyLastUsed: {
    summary: 'Returns when, where and for which service an access key last signed a request.',
    targets: [identity('access-key')],
    accessLevel: 'Read',
    rest: 'GET /v1/access-keys/{AccessKeyId}/last-used',
  },
});
