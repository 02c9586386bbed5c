/**
 * What pages say beside the records: paragraphs after the description, and differences from the AWS provider. Words of a
 * type are in its record; here are reasons and consequences.
 */
import type * as actions from '../../actions/index.ts';
import type * as dataSources from '../../data-sources/index.ts';
import type * as ephemeralResources from '../../ephemeral-resources/index.ts';
import type * as functions from '../../functions/index.ts';
import type * as listResources from '../../list-resources/index.ts';
import type * as resources from '../../resources/index.ts';

export interface Notes {
  readonly about?: readonly string[];
  readonly differences?: readonly string[];
  /** What an import cannot know, and what the next plan does about it. */
  readonly afterImport?: string;
}

export type PageName =
  | `resources/${keyof typeof resources}`
  | `data-sources/${keyof typeof dataSources}`
  | `ephemeral-resources/${keyof typeof ephemeralResources}`
  | `functions/${keyof typeof functions}`
  | `list-resources/${keyof typeof listResources}`
  | `actions/${keyof typeof actions}`;

const emptyPlanAfterImport =
  'An import gives arguments that cannot be read, such as `bypass_policy_lockout_safety_check`, their defaults, so the plan after it has no changes unless the configuration sets them otherwise. The AWS provider plans an update.';

const inState = 'The plaintext is stored in the state: protect the state.';

const protectionIsOurs =
  '`deletion_protection` [keeps the key](../guide/terraform.md#deletion-protection): a plan that destroys or replaces it is an error, and the control plane refuses its deletion to every client.';

const pathIsOurs =
  '`construct_path` names the construct in the code of a CDK stack, and stays in the state: a change of it alone makes no call. Configurations in HCL leave it out.';

const materialIsOurs = [
  'Key material can stay out of the state: `key_material_base64_wo`.',
  'A time in `valid_to` can be written with any offset or fraction. Material that expired or was deleted is imported again by the next apply.',
  'While the key has no material, `enabled` makes no difference in a plan.',
  emptyPlanAfterImport,
];

const materialUnknown =
  'An import cannot know the key material. With `key_material_base64_wo` in the configuration the next apply imports the material once more; the control plane refuses any other than the key has. With `key_material_base64` the next plan replaces the key, as with the AWS provider: leave it out, or list it in `ignore_changes`.';

const exclusive = (what: string, other: string): string =>
  `It manages ${what} as a whole: what others add is removed by the next apply. ${other}`;

export const notes: { readonly [Name in PageName]?: Notes } = {
  'resources/aws_iam_access_key': {
    about: [
      'With `pgp_key` the state holds the secret only encrypted: `terraform output -raw NAME | base64 -d | gpg -d` reads `encrypted_secret`. Without it the secret is in the state, as with the AWS provider.',
      'At most two access keys of a user exist at a time. An access key that becomes `Inactive` is refused at once.',
    ],
    differences: [
      '`ses_smtp_password_v4` and `encrypted_ses_smtp_password_v4` are always absent, because there is no SES here.',
      '`pgp_key = "keybase:…"` is refused: the provider connects to the control plane only. Write the key itself.',
    ],
    afterImport:
      'An import cannot know the secret and `pgp_key`: with `pgp_key` in the configuration the next plan replaces the access key. Leave it out, or list it in `ignore_changes`.',
  },
  'resources/aws_iam_group_membership': {
    about: [exclusive('the users of a group', 'A group has one such resource.')],
    differences: ['It can be imported.'],
  },
  'resources/aws_iam_openid_connect_provider': {
    about: [
      'Roles trust it in their `assume_role_policy`, so that jobs of a CI system get sessions without a stored secret.',
    ],
    differences: [
      '`thumbprint_list` is kept and not used: the connection to the provider is verified as any other. `NODE_EXTRA_CA_CERTS` names a private certificate authority to the control plane.',
    ],
  },
  'resources/aws_iam_policy': {
    about: [
      'A change of `policy` makes a new version and puts it in force. A policy has five versions; the oldest that is not in force makes room.',
    ],
  },
  'resources/aws_iam_policy_attachment': {
    about: [
      exclusive(
        'who has a managed policy',
        'To give a policy to one principal beside others, use `aws_iam_user_policy_attachment`, `aws_iam_group_policy_attachment` or `aws_iam_role_policy_attachment`.',
      ),
    ],
    differences: ['It can be imported.', 'One without users, groups and roles is refused by `terraform validate`.'],
  },
  'resources/aws_iam_role': {
    about: [
      'With an `inline_policy` block or `managed_policy_arns` the role has these policies and no others. Without them, `aws_iam_role_policy` and `aws_iam_role_policy_attachment` give it policies one by one.',
    ],
    differences: [
      'An import does not read inline policies: the first apply puts what is configured, and without an `inline_policy` block other resources own them.',
    ],
  },
  'resources/aws_iam_service_linked_role': {
    about: [
      'Key policies name such roles, for example that of Auto Scaling. The role has no permissions of its own, and its deletion succeeds at once: the services do not run here.',
    ],
  },
  'resources/aws_iam_user': {
    about: [
      'A new name or path changes the user in place: access keys, policies and memberships stay. An access key for it is [`aws_iam_access_key`](iam_access_key.md).',
    ],
  },
  'resources/aws_kms_alias': {
    about: [
      'Programs use an alias in place of the key id. A change of `target_key_id` points it at another key, in place, so that they need no change.',
      'Without `name` and `name_prefix` the name is generated.',
    ],
  },
  'resources/aws_kms_ciphertext': {
    about: [
      'The ciphertext is made when the resource is created and stays the same, while the data source of this name encrypts again at each read. With `plaintext_wo` no plan and no state holds the plaintext.',
    ],
  },
  'resources/aws_kms_custom_key_store': {
    about: [
      'Terraform does not connect the key store: [connect it](../guide/custom-key-stores.md#connection) before keys are created in it. A key store of type `AWS_CLOUDHSM` is a PKCS#11 token that the control plane is configured with; one of type `EXTERNAL_KEY_STORE` is reached through an XKS proxy.',
    ],
    differences: [
      '`key_store_password` and `raw_secret_access_key` are sensitive, and both have a write-only form. So `raw_secret_access_key` is optional in its block.',
      'To destroy a key store that is connected or holds keys is an error that says what to do. The AWS provider forgets the key store and leaves it behind.',
    ],
    afterImport:
      'An import cannot know the password or the credential of the proxy: the next apply sets what is configured.',
  },
  'resources/aws_kms_external_key': {
    about: [
      'With `key_material_base64` or `key_material_base64_wo` the provider imports the material, encrypted on its way. Without them the key waits for [an import by hand](../guide/importing-key-material.md). Material of a private key is base64 of PKCS#8 DER.',
      'A key with material and without `enabled = true` becomes disabled, as with the AWS provider; the plan warns of it. Destroying the resource schedules the deletion of the key.',
    ],
    differences: [protectionIsOurs, pathIsOurs, ...materialIsOurs],
    afterImport: materialUnknown,
  },
  'resources/aws_kms_grant': {
    about: [
      'It allows operations without a change of the key policy. No argument changes in place: another grant is made.',
      'A service gets a grant by `grantee_service_principal`, for its calls on behalf of the resource that `source_arn` names: `source_arn` and a retiring principal are then needed.',
    ],
    differences: [
      'More than one encryption context constraint, and a grant to a service without a source or a retiring principal, are refused by `terraform validate`; a `constraints` block without pairs makes no difference.',
      'A principal or grant that does not exist is reported at once: changes are visible at once, so nothing is waited for.',
      emptyPlanAfterImport,
    ],
    afterImport:
      'The grant token is known only from the creation of the grant: `grant_token` is absent after an import.',
  },
  'resources/aws_kms_key': {
    about: [
      'The key material never leaves the control plane in the clear. Destroying the resource schedules the deletion of the key: until `deletion_window_in_days` have passed, the deletion can be cancelled. The plan warns of the aliases, replicas, grants and last use of a key that it destroys.',
      'A policy that does not let the caller change it again is refused, unless `bypass_policy_lockout_safety_check` is set.',
    ],
    differences: [
      protectionIsOurs,
      pathIsOurs,
      '`rotation_triggers` rotates the key material on demand.',
      '`adopt_pending_deletion` takes over a key that waits for its deletion, instead of making a new one: create cancels the deletion and brings the key in line with the configuration. It is refused if the key does not wait for its deletion, or has another spec, usage or origin.',
      emptyPlanAfterImport,
    ],
  },
  'resources/aws_kms_key_policy': {
    about: [
      'Use either this resource or the argument `policy` of the key, not both. Destroying it puts the default policy back; the key stays.',
    ],
    differences: [
      'A change of `key_id` replaces the resource. The AWS provider plans an update that does nothing, again and again, also where `key_id` is an ARN.',
      emptyPlanAfterImport,
    ],
  },
  'resources/aws_kms_replica_external_key': {
    about: [
      'The replica is in the `region` of the resource and takes the same key material as its primary key. Description, policy and tags are its own.',
    ],
    differences: [
      protectionIsOurs,
      pathIsOurs,
      ...materialIsOurs,
      'A replica in the Region of its primary key is refused by the plan.',
    ],
    afterImport: materialUnknown,
  },
  'resources/aws_kms_replica_key': {
    about: [
      'The replica is in the `region` of the resource, with the key id and the key material of its primary key: what one encrypts, the other decrypts. Description, policy and tags are its own.',
    ],
    differences: [
      protectionIsOurs,
      pathIsOurs,
      'A replica in the Region of its primary key is refused by the plan.',
      emptyPlanAfterImport,
    ],
  },
  'resources/kms_data_key_without_plaintext': {
    about: [
      'Its arguments are those of the provider cipherstash/kms. A program asks the control plane to decrypt `ciphertext_blob`, and so gets the data key. Its type begins with `kms_`: set `provider = aws` in it, or name this provider `kms` in `required_providers`.',
    ],
    differences: [
      'The provider cipherstash/kms has the same resource, without `region` and without an import. There `key_spec` cannot be left out.',
    ],
    afterImport:
      'An import cannot know `keepers`: with them in the configuration the next plan makes a new data key. Leave them out, or list them in `ignore_changes`. With OpenTofu the `import` block itself needs `provider = aws` too.',
  },
  'data-sources/aws_iam_policy_document': {
    about: [
      'The text is, byte for byte, the one that the AWS provider writes. Policies of resources are compared by meaning, so `json`, `minified_json` and `jsonencode()` are all good sources.',
    ],
    differences: [
      'In a source document, a number as the value of a condition becomes text, and null or an object is refused. The AWS provider leaves the condition out, so the statement allows more than its author wrote.',
      'Parts of a source document that are not of their type are an error that names the document; the AWS provider stops.',
    ],
  },
  'data-sources/aws_iam_session_context': {
    about: ['It turns the ARN of `aws_caller_identity` into the ARN that policies name.'],
  },
  'data-sources/aws_kms_alias': {
    about: [
      'To read an alias of AWS that was never used, such as `alias/aws/s3`, makes its key. A missing alias is an error.',
    ],
  },
  'data-sources/aws_kms_aliases': { about: ['Without filters it finds every alias of the Region.'] },
  'data-sources/aws_kms_ciphertext': {
    about: ['For a ciphertext that stays the same, and for a plaintext that is not in the state, use the resource.'],
  },
  'data-sources/aws_kms_keys': {
    about: ['Without filters it finds every key of the Region, also those that AWS manages.'],
  },
  'data-sources/aws_kms_key_last_usage': {
    about: ['The answer never lags behind, and to ask is not a use of the key.'],
  },
  'data-sources/aws_kms_secret': {
    about: ['It is kept so that an old configuration says what took its place. Use `aws_kms_secrets`.'],
  },
  'data-sources/aws_kms_secrets': {
    about: [
      `${inState} The [ephemeral resource](../ephemeral-resources/kms_secrets.md) of this name gives the same texts without storing them.`,
    ],
    differences: ['A text that is not UTF-8 is refused. The AWS provider stores it with its bytes replaced.'],
  },
  'data-sources/aws_region': {
    differences: ['A Region that AWS does not have is found too; its `description` is empty.'],
  },
  'ephemeral-resources/aws_kms_data_key': {
    about: [
      'Its value can go where Terraform stores nothing: write-only arguments, provider blocks, other ephemeral values.',
    ],
  },
  'ephemeral-resources/aws_kms_secrets': {
    about: [
      'Its value can go where Terraform stores nothing: write-only arguments, provider blocks, other ephemeral values.',
    ],
    differences: [
      'A text that is not UTF-8 is refused, because values of Terraform cannot hold it: use [`aws_kms_data_key`](kms_data_key.md), which gives bytes in base64.',
    ],
  },
  'list-resources/aws_kms_key': {
    about: [
      'Replicas, keys that AWS manages, and keys that wait for their deletion are not listed, because the resource does not manage them.',
    ],
  },
  'list-resources/aws_kms_alias': { about: ['Aliases of AWS (`alias/aws/…`) are not listed.'] },
  'actions/aws_kms_rotate_key': {
    about: [
      'An older Terraform does the same by a change of `rotation_triggers` of [`aws_kms_key`](../resources/kms_key.md).',
    ],
  },
};
