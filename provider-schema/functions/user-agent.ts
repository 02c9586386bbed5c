/** `provider::aws::user_agent`. */
import type { FunctionRecord } from '../terraform.ts';

export const userAgent: FunctionRecord = {
  name: 'user_agent',
  summary: 'Makes a product of a User-Agent header',
  description:
    'Makes a product for the arguments named user_agent: name/version (comment), without the parts that are empty.',
  parameters: [
    { name: 'product_name', type: 'string', description: 'Name of the product.' },
    { name: 'product_version', type: 'string', description: 'Its version, or empty.' },
    { name: 'comment', type: 'string', description: 'A comment, or empty.' },
  ],
  returns: 'string',
};
