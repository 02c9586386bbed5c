/** `aws_iam_openid_connect_provider`: a provider whose tokens open sessions of roles that trust it. */
import { id, stableString } from '../attributes.ts';
import { identityRecord, identityTags } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamOpenidConnectProvider = identityRecord({
  type: 'aws_iam_openid_connect_provider',
  description: 'An OpenID Connect provider, whose identity tokens open sessions of roles that trust it.',
  attributes: {
    arn: stableString('ARN of the provider.'),
    client_id_list: {
      type: ['set', 'string'],
      description: 'Audiences that tokens can have.',
      required: true,
    },
    id: id('ARN of the provider.'),
    ...identityTags,
    thumbprint_list: {
      type: ['list', 'string'],
      description: 'Thumbprints of the certificates of the provider, in hexadecimal.',
      optional: true,
      computed: true,
      stable: true,
      validators: [
        {
          check: 'pattern',
          pattern: `^.{${iamValues.ThumbprintType.min},${iamValues.ThumbprintType.max}}$`,
          meaning: `${iamValues.ThumbprintType.min} characters long`,
        },
      ],
    },
    url: {
      type: 'string',
      description: 'URL of the provider, https://…; the state holds it without https://.',
      required: true,
      forcesReplacement: true,
      equivalence: 'https-url',
      validators: [
        { check: 'length', min: 1, max: iamValues.OpenIDConnectProviderUrlType.max },
        { check: 'pattern', pattern: '^https://[^/?#]+[^?#]*$', meaning: 'a URL with https:// and without a query' },
      ],
    },
  },
  importId: 'ARN of the provider',
});
