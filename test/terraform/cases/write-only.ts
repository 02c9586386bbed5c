/** Values of write-only arguments: `var.NAME` in a case. */
import { randomBytes } from 'node:crypto';

export const writeOnlyValues = {
  write_only_text: `text-${randomBytes(12).toString('hex')}`,
  write_only_material: randomBytes(32).toString('base64'),
} as const;
