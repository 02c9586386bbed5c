/** `provider::aws::arn_build`. */
import { arn_build as record } from '@keystead/provider-schema/functions/index.ts';
import type { FunctionType } from '../engine/resource.ts';
import { joinArn } from './arn.ts';

export const arnBuild: FunctionType = {
  record,
  call(...parts) {
    const [partition = '', service = '', region = '', accountId = '', resource = ''] = parts.map(String);
    return joinArn({ partition, service, region, accountId, resource });
  },
};
