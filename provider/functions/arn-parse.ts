/** `provider::aws::arn_parse`. */
import { arn_parse as record } from '@keystead/provider-schema/functions/index.ts';
import type { FunctionType } from '../engine/resource.ts';
import { splitArn } from './arn.ts';

export const arnParse: FunctionType = {
  record,
  call(arn = '') {
    const { accountId, ...parts } = splitArn(arn);
    return { ...parts, account_id: accountId };
  },
};
