/** `aws_iam_access_key`. The secret is in the answer to its creation and never again. */
import { awsIamAccessKey as record } from '@keystead/provider-schema/resources/aws-iam-access-key.ts';
import type { Client } from '../client/client.ts';
import type { Diagnostic } from '../engine/resource.ts';
import { type ObjectValue, unknown } from '../engine/value.ts';
import { findEntity, iam, listAll, removeEntity, timeText } from './shared/identities.ts';
import { identityResource } from './shared/identity-resource.ts';
import { encryptFor, openPgpKey } from './shared/openpgp.ts';
import { requireText, textOf } from './shared/values.ts';

export const awsIamAccessKey = identityResource({
  record,
  title: 'IAM Access Key',

  validate: (config) => keyProblem(textOf(config, 'pgp_key')),

  plan: (prior, proposed) => {
    if (prior !== null) return proposed;
    const none = { encrypted_ses_smtp_password_v4: null, ses_smtp_password_v4: null };
    const key = proposed.pgp_key ?? null;
    if (key === unknown) return { ...proposed, ...none };
    const absent = key === null || key === '' ? { encrypted_secret: null, key_fingerprint: null } : { secret: null };
    return { ...proposed, ...none, ...absent };
  },

  async create(client, planned) {
    const UserName = requireText(planned, 'user');
    const pgpKey = textOf(planned, 'pgp_key');
    // Before the access key exists: its secret could not be kept without this key.
    const key = pgpKey === undefined ? undefined : openPgpKey(pgpKey);
    const { AccessKey: made } = await iam(client, 'CreateAccessKey', { UserName });
    const secret = made.SecretAccessKey;
    return {
      id: made.AccessKeyId,
      create_date: timeText(made.CreateDate ?? 0),
      status: made.Status,
      ...(key === undefined
        ? { secret }
        : { encrypted_secret: encryptFor(key, secret), key_fingerprint: key.fingerprint, secret: null }),
    };
  },

  firstSteps: (client, known, planned) => [
    ['status', planned.status === 'Inactive', () => setStatus(client, known, planned)],
  ],

  async read(client, state) {
    const id = requireText(state, 'id');
    const user = textOf(state, 'user') ?? (await ownerOf(client, id));
    if (user === undefined) return null;
    const keys = await findEntity(() =>
      listAll(
        (marker) => iam(client, 'ListAccessKeys', { UserName: user, ...marker }),
        (page) => page.AccessKeyMetadata,
      ),
    );
    const key = keys?.find(({ AccessKeyId }) => AccessKeyId === id);
    if (key === undefined) return null;
    return {
      ...state,
      create_date: timeText(key.CreateDate ?? 0),
      status: key.Status ?? null,
      user,
    };
  },

  changeSteps: (client, prior, planned) => [
    ['status', planned.status !== prior.status, () => setStatus(client, prior, planned)],
  ],

  remove: (client, state) =>
    removeEntity(() =>
      iam(client, 'DeleteAccessKey', { UserName: requireText(state, 'user'), AccessKeyId: requireText(state, 'id') }),
    ),

  importState: (id) => (/^\w{16,128}$/.test(id) ? { id } : undefined),
});

function setStatus(client: Client, state: ObjectValue, planned: ObjectValue): Promise<unknown> {
  const Status = planned.status === 'Inactive' ? 'Inactive' : 'Active';
  return iam(client, 'UpdateAccessKey', {
    UserName: requireText(state, 'user'),
    AccessKeyId: requireText(state, 'id'),
    Status,
  });
}

async function ownerOf(client: Client, AccessKeyId: string): Promise<string | undefined> {
  return (await iam(client, 'GetAccessKeyLastUsed', { AccessKeyId })).UserName;
}

function keyProblem(pgpKey: string | undefined): readonly Diagnostic[] {
  if (pgpKey === undefined) return [];
  try {
    openPgpKey(pgpKey);
    return [];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ severity: 'error', summary: 'Unusable pgp_key', detail, path: ['pgp_key'] }];
  }
}
