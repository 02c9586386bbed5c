/** Managed policies and their versions. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { account, identity } from '../targets.ts';

export const managedPoliciesOperations = iam({
  CreatePolicy: {
    summary: 'Creates a managed policy.',
    targets: [
      identity('policy', { member: 'PolicyName', isNew: true }),
      identity('policy', { action: 'iam:TagPolicy', member: 'PolicyName', isNew: true, when: 'Tags' }),
    ],
    accessLevel: 'Permissions management',
    errors: [
      'EntityAlreadyExistsException',
      'InvalidInputException',
      'LimitExceededException',
      'MalformedPolicyDocumentException',
    ],
    rest: 'POST /v1/policies',
    creates: true,
  },
  GetPolicy: {
    summary: 'Describes a managed policy.',
    targets: [identity('policy')],
    accessLevel: 'Read',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/policies/{PolicyArn}',
  },
  ListPolicies: {
    summary: 'Lists the managed policies of the account and of AWS.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/policies',
  },
  DeletePolicy: {
    summary: 'Deletes a managed policy that nothing uses and that has one version.',
    output: null,
    targets: [identity('policy')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'DeleteConflictException', 'InvalidInputException'],
    rest: 'DELETE /v1/policies/{PolicyArn}',
  },
  CreatePolicyVersion: {
    summary: 'Creates a version of a managed policy.',
    targets: [identity('policy')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException', 'MalformedPolicyDocumentException'],
    rest: 'POST /v1/policies/{PolicyArn}/versions',
    creates: true,
  },
  GetPolicyVersion: {
    summary: 'Describes a version of a managed policy, with its document.',
    targets: [identity('policy')],
    accessLevel: 'Read',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/policies/{PolicyArn}/versions/{VersionId}',
  },
  ListPolicyVersions: {
    summary: 'Lists the versions of a managed policy.',
    targets: [identity('policy')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/policies/{PolicyArn}/versions',
  },
  DeletePolicyVersion: {
    summary: 'Deletes a version of a managed policy that is not in force.',
    output: null,
    targets: [identity('policy')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'DeleteConflictException', 'InvalidInputException'],
    rest: 'DELETE /v1/policies/{PolicyArn}/versions/{VersionId}',
  },
  SetDefaultPolicyVersion: {
    summary: 'Puts a version of a managed policy in force.',
    output: null,
    targets: [identity('policy')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'PUT /v1/policies/{PolicyArn}/default-version',
  },
  TagPolicy: {
    summary: 'Adds tags to a managed policy or changes their values.',
    output: null,
    targets: [identity('policy')],
    accessLevel: 'Tagging',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'POST /v1/policies/{PolicyArn}/tags',
  },
  UntagPolicy: {
    summary: 'Removes tags from a managed policy.',
    output: null,
    targets: [identity('policy')],
    accessLevel: 'Tagging',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'DELETE /v1/policies/{PolicyArn}/tags',
  },
  ListPolicyTags: {
    summary: 'Lists the tags of a managed policy.',
    targets: [identity('policy')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/policies/{PolicyArn}/tags',
  },
  ListEntitiesForPolicy: {
    summary: 'Lists the users, groups and roles that use a managed policy.',
    targets: [identity('policy')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/policies/{PolicyArn}/entities',
  },
});
