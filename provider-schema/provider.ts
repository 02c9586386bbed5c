/**
 * The provider block, source address `keystead/aws`. It accepts every argument of the AWS provider, so that existing
 * configurations apply. Arguments without a meaning here are ignored, and their descriptions say so.
 */
import { defined } from './defined.ts';
import { endpointServices } from './endpoint-services.ts';
import { limits } from './limits.ts';
import type { AttributeRecord, TerraformRecord, Validator } from './terraform.ts';

const argument = (
  type: AttributeRecord['type'],
  description: string,
  validators?: readonly Validator[],
): AttributeRecord => ({
  type,
  description,
  optional: true,
  ...defined({ validators }),
});
const text = (description: string, validators?: readonly Validator[]) => argument('string', description, validators);
const flag = (description: string) => argument('bool', description);
const secret = (description: string): AttributeRecord => ({ ...text(description), sensitive: true });

const sessionName: readonly Validator[] = [{ check: 'length', min: 2, max: 64 }];

const ofOurs = (record: AttributeRecord): AttributeRecord => ({ ...record, own: true });
const replaced = (record: AttributeRecord, deprecated: string): AttributeRecord => ({ ...record, deprecated });

const roleArguments = {
  duration: text('Duration of the session, from 15m to 12h, such as 1h30m. Default: one hour.'),
  policy: text('Session policy, a JSON document.', [{ check: 'json' }]),
  policy_arns: argument(['set', 'string'], 'ARNs of session policies.', [{ check: 'arn' }]),
  role_arn: text('ARN of the role.', [{ check: 'arn' }]),
  session_name: text('Name of the session, part of the ARN of its principal. Default: a generated one.', sessionName),
};

/** Values of `unsafe_changes`. */
export const unsafeChangesValues = ['warn', 'refuse', 'allow'] as const;

export const providerRecord: TerraformRecord = {
  kind: 'provider',
  type: 'aws',
  schemaVersion: 0,
  description:
    'Manages keys of a Keystead control plane. Its address comes from endpoints { kms = … }, ' +
    'AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL or KEYSTEAD_ENDPOINT.',
  attributes: {
    access_key: text('Access key id. Default: AWS_ACCESS_KEY_ID, or the profile.'),
    allow_plaintext_endpoint: ofOurs(
      flag('Whether the endpoint can be http:// beyond loopback. Default: KEYSTEAD_ALLOW_PLAINTEXT_ENDPOINT.'),
    ),
    allowed_account_ids: {
      ...argument(['set', 'string'], 'Accounts that the provider can manage; with credentials of another it stops.'),
      conflictsWith: ['forbidden_account_ids'],
    },
    custom_ca_bundle: text('File of certificates to trust. Default: AWS_CA_BUNDLE.'),
    ec2_metadata_service_endpoint: text('Ignored: credentials never come from an instance.'),
    ec2_metadata_service_endpoint_mode: text('Ignored: credentials never come from an instance.', [
      { check: 'one-of', values: ['IPv4', 'IPv6'] },
    ]),
    forbidden_account_ids: {
      ...argument(['set', 'string'], 'Accounts that the provider must not manage; with their credentials it stops.'),
      conflictsWith: ['allowed_account_ids'],
    },
    http_proxy: text('Proxy for http endpoints. Default: HTTP_PROXY.'),
    https_proxy: text('Proxy for https endpoints. Default: HTTPS_PROXY.'),
    insecure: flag('Whether to accept any TLS certificate of the endpoint.'),
    max_retries: argument('number', 'How often a request is tried. Default: AWS_MAX_ATTEMPTS, then 25.'),
    no_proxy: text('Hosts to reach without a proxy, separated by commas. Default: NO_PROXY.'),
    profile: text('Profile in the shared files. Default: AWS_PROFILE.'),
    recent_use_days: ofOurs(
      argument(
        'number',
        `For how many days a use of a key counts as recent when a plan would break it. Default: ${limits.recentUseInDays.default}.`,
        [{ check: 'range', min: limits.recentUseInDays.min, max: limits.recentUseInDays.max }],
      ),
    ),
    region: text('Region of everything that names no other. Default: AWS_REGION, AWS_DEFAULT_REGION, or the profile.'),
    retry_mode: text('Ignored: there is one way in which requests are repeated.', [
      { check: 'one-of', values: ['standard', 'adaptive'] },
    ]),
    s3_force_path_style: {
      ...replaced(flag('Ignored: there is no S3 here.'), 'Use s3_use_path_style instead.'),
      conflictsWith: ['s3_use_path_style'],
    },
    s3_us_east_1_regional_endpoint: text('Ignored: there is no S3 here.'),
    s3_use_path_style: flag('Ignored: there is no S3 here.'),
    secret_key: secret('Secret access key. Default: AWS_SECRET_ACCESS_KEY, or the profile.'),
    shared_config_files: argument(['list', 'string'], 'Shared configuration files. Default: AWS_CONFIG_FILE.'),
    shared_credentials_file: {
      ...replaced(text('A shared credentials file.'), 'Use shared_credentials_files instead.'),
      conflictsWith: ['shared_credentials_files'],
    },
    shared_credentials_files: argument(
      ['list', 'string'],
      'Shared credentials files. Default: AWS_SHARED_CREDENTIALS_FILE.',
    ),
    skip_credentials_validation: flag('Ignored: the first request checks the credentials.'),
    skip_get_ec2_platforms: replaced(
      flag('Ignored: there is no EC2 here.'),
      'AWS retired EC2-Classic, so there is nothing to skip. Remove the argument.',
    ),
    skip_metadata_api_check: text('Ignored: credentials never come from an instance.'),
    skip_region_validation: flag('Whether to accept a Region whose name does not have the form of those of AWS.'),
    skip_requesting_account_id: flag('Ignored: the account id is asked for only where it is needed.'),
    sts_region: text('Ignored: one control plane answers in every Region.'),
    tag_policy_compliance: text('Ignored: there are no tag policies here.', [
      { check: 'one-of', values: ['error', 'warning', 'disabled'] },
    ]),
    token: secret('Session token. Default: AWS_SESSION_TOKEN.'),
    token_bucket_rate_limiter_capacity: argument('number', 'Ignored: repeated requests have no limiter.'),
    unsafe_changes: ofOurs(
      text(
        'What a plan does about changes that would break something: warn, refuse, or allow without asking. ' +
          'Default: KEYSTEAD_UNSAFE_CHANGES, then warn.',
        [{ check: 'one-of', values: unsafeChangesValues }],
      ),
    ),
    use_dualstack_endpoint: flag('Ignored: the endpoint is configured.'),
    use_fips_endpoint: flag('Ignored: the endpoint is configured.'),
    user_agent: argument(['list', 'string'], 'Products to add to the User-Agent header.'),
  },
  blocks: {
    assume_role: {
      nesting: 'list',
      description: 'Role to assume; several form a chain, in order.',
      attributes: {
        ...roleArguments,
        duration: { ...roleArguments.duration, conflictsWith: ['duration_seconds'] },
        duration_seconds: {
          ...replaced(argument('number', 'Duration of the session in seconds.'), 'Use duration instead.'),
          validators: [{ check: 'range', min: 900, max: 43200 }],
          conflictsWith: ['duration'],
        },
        external_id: text('External id that the trust policy of the role asks for.', [
          { check: 'length', min: 2, max: 1224 },
        ]),
        source_identity: text('Source identity, which stays with the session and shows in the audit log.', sessionName),
        tags: argument(['map', 'string'], 'Session tags, which policies can use as aws:PrincipalTag.'),
        transitive_tag_keys: argument(
          ['set', 'string'],
          'Keys of session tags that the next sessions of the chain inherit.',
        ),
      },
    },
    assume_role_with_web_identity: {
      nesting: 'list',
      maxItems: 1,
      description: 'Role to assume with a token of an OpenID Connect provider.',
      attributes: {
        ...roleArguments,
        web_identity_token: {
          ...text('The identity token.', [{ check: 'length', min: 4, max: 20000 }]),
          sensitive: true,
          conflictsWith: ['web_identity_token_file'],
        },
        web_identity_token_file: { ...text('File with the identity token.'), conflictsWith: ['web_identity_token'] },
      },
    },
    default_tags: {
      nesting: 'list',
      maxItems: 1,
      description: 'Tags for every resource that takes tags.',
      attributes: { tags: argument(['map', 'string'], 'Tags; those of a resource overwrite them.') },
    },
    endpoints: {
      nesting: 'set',
      description: 'Addresses of services, of which kms is used: one control plane answers for KMS, IAM and STS.',
      attributes: Object.fromEntries(
        endpointServices.map((service) => [
          service,
          text(
            service === 'kms'
              ? 'Address of the control plane, such as https://keystead.example.com.'
              : 'Ignored: kms is the address for every service.',
          ),
        ]),
      ),
    },
    ignore_tags: {
      nesting: 'list',
      maxItems: 1,
      description: 'Tags that Terraform leaves alone, because others manage them.',
      attributes: {
        key_prefixes: argument(['set', 'string'], 'Prefixes of tag keys to leave alone.'),
        keys: argument(['set', 'string'], 'Tag keys to leave alone.'),
      },
    },
  },
  meta: {
    user_agent: argument(['list', 'string'], 'Products that a module adds to the User-Agent header.'),
  },
};
