/**
 * `aws_iam_access_key`: an access key of a user. With `pgp_key` the state holds its secret only encrypted; without it,
 * as in the upstream provider, in the clear.
 */
import { id, stableString } from '../attributes.ts';
import { identityRecord, ownerName } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamAccessKey = identityRecord({
  type: 'aws_iam_access_key',
  description: 'An access key of a user.',
  attributes: {
    create_date: stableString('When the access key was created, RFC 3339.'),
    encrypted_secret: stableString('Secret access key, encrypted for pgp_key, in base64.'),
    encrypted_ses_smtp_password_v4: stableString('Always absent: there is no SES here.'),
    id: id('Access key id.'),
    key_fingerprint: stableString('Fingerprint of pgp_key.'),
    pgp_key: {
      type: 'string',
      description:
        'Public OpenPGP key in base64, for which the secret is encrypted. The state then holds no plain secret.',
      optional: true,
      forcesReplacement: true,
    },
    secret: {
      ...stableString('Secret access key; absent with pgp_key. It is stored in the state: protect the state.'),
      sensitive: true,
    },
    ses_smtp_password_v4: { ...stableString('Always absent: there is no SES here.'), sensitive: true },
    status: {
      type: 'string',
      description: 'Active or Inactive. Default: Active.',
      optional: true,
      computed: true,
      default: 'Active',
      validators: [{ check: 'one-of', values: iamValues.AccessKeyStatusType.enum }],
    },
    user: ownerName('Name of the user.'),
  },
  importId: 'access key id',
});
