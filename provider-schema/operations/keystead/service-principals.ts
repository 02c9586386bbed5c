/** Service principals: programs that act as an AWS service does. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const servicePrincipalsOperations = keystead({
  CreateServicePrincipal: {
    summary: 'Creates a service principal, such as dynamodb.amazonaws.com.',
    targets: [account()],
    accessLevel: 'Permissions management',
    errors: ['EntityAlreadyExistsException'],
    rest: 'POST /v1/service-principals',
    creates: true,
  },
  ListServicePrincipals: {
    summary: 'Lists the service principals of the account.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/service-principals',
  },
  DeleteServicePrincipal: {
    summary: 'Deletes a service principal and its access keys; its access ends at once.',
    output: null,
    targets: [account()],
    accessLevel: 'Permissions management',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/service-principals/{ServiceName}',
  },
  CreateServiceAccessKey: {
    summary: 'Creates an access key for a service principal; its secret is shown only once.',
    targets: [account()],
    accessLevel: 'Permissions management',
    errors: ['LimitExceededException', 'NoSuchEntityException'],
    rest: 'POST /v1/service-principals/{ServiceName}/access-keys',
    creates: true,
  },
  ListServiceAccessKeys: {
    summary: 'Lists the access keys of a service principal, without their secrets.',
    targets: [account()],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/service-principals/{ServiceName}/access-keys',
  },
  DeleteServiceAccessKey: {
    summary: 'Deletes an access key of a service principal.',
    output: null,
    targets: [account()],
    accessLevel: 'Permissions management',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/service-principals/{ServiceName}/access-keys/{AccessKeyId}',
  },
});
