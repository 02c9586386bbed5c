/** `provider::aws::trim_iam_role_path`. */
import { trim_iam_role_path as record } from '@keystead/provider-schema/functions/index.ts';
import { ArgumentError, type FunctionType } from '../engine/resource.ts';
import { joinArn, splitArn } from './arn.ts';

export const trimIamRolePath: FunctionType = {
  record,
  call(arn = '') {
    const parts = splitArn(arn);
    if (parts.service !== 'iam') throw new ArgumentError(0, `The service of the ARN is ${parts.service}, not iam.`);
    if (parts.region !== '') throw new ArgumentError(0, 'The ARN of a role has no Region.');
    if (!parts.resource.startsWith('role/')) {
      throw new ArgumentError(0, `The resource of the ARN is ${parts.resource}. That of a role begins with role/.`);
    }
    return joinArn({ ...parts, resource: `role/${parts.resource.split('/').at(-1)}` });
  },
};
