/** `provider::aws::user_agent`. */
import { user_agent as record } from '@keystead/provider-schema/functions/index.ts';
import { ArgumentError, type FunctionType } from '../engine/resource.ts';

export const userAgent: FunctionType = {
  record,
  call(...parts) {
    const [name = '', version = '', comment = ''] = parts.map(String);
    if (name === '') throw new ArgumentError(0, 'A product must have a name.');
    return `${name}${version === '' ? '' : `/${version}`}${comment === '' ? '' : ` (${comment})`}`;
  },
};
