/** What the cases of keys share. */
import { CancelKeyDeletionCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import type { Attributes, Hands, TypeCase } from '../case.ts';
import { text } from './hcl.ts';

export const keyId = expect.stringMatching(/^[0-9a-f-]{36}$/);
export const multiRegionKeyId = expect.stringMatching(/^mrk-[0-9a-f]{32}$/);
export const ACCOUNT_ROOT = 'arn:aws:iam::111122223333:root';

/** The account keeps its access; the Sid tells documents apart. */
export const keyPolicy = (sid: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: sid, Effect: 'Allow', Principal: { AWS: ACCOUNT_ROOT }, Action: 'kms:*', Resource: '*' }],
  });

export const deleteKey = ({ kms }: Hands, state: Attributes): Promise<unknown> =>
  kms.send(new ScheduleKeyDeletionCommand({ KeyId: text(state, 'id'), PendingWindowInDays: 7 }));

/** Arguments that every kind of key refuses. */
export const refusedByKeys: TypeCase['refused'] = [
  ['deletion_window_in_days', 'deletion_window_in_days = 6'],
  ['deletion_window_in_days', 'deletion_window_in_days = 31'],
  ['description', `description = "${'x'.repeat(8193)}"`],
  ['policy', 'policy = "{"'],
];

export const materialOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d{3}Z$/, 'Z');

export const SOON = inDays(100);
export const LATER = inDays(200);

export const refusedByExternalKeys: TypeCase['refused'] = [
  ...refusedByKeys,
  ['key_material_base64', 'key_material_base64 = "not base64"'],
  ['valid_to', 'valid_to = "tomorrow"'],
  ['key_material_base64', 'key_material_base64 = "AAAA"\nkey_material_base64_wo = "AAAA"'],
  ['key_material_base64_wo', 'key_material_base64_wo = "AAAA"'],
  ['key_material_base64_wo_version', 'key_material_base64_wo_version = "1"'],
];

export const deleteReplica = ({ kmsWest }: Hands, state: Attributes): Promise<unknown> =>
  kmsWest.send(new ScheduleKeyDeletionCommand({ KeyId: text(state, 'id'), PendingWindowInDays: 7 }));

/** Until a replica is gone for good there can be no other one in its Region. */
export const recoverReplica = ({ kmsWest }: Hands, state: Attributes): Promise<unknown> =>
  kmsWest.send(new CancelKeyDeletionCommand({ KeyId: text(state, 'id') }));
