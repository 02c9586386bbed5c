import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  computedString,
  dataId,
  dataRegion,
  dataTags,
  keyFilters,
  literalText,
  readModules,
  resources_exports,
  textOf
} from "./part-5KE5P7U5.js";
import {
  version
} from "./part-I6WPCKDI.js";
import {
  Command
} from "./part-K2DAL35S.js";
import {
  values
} from "./part-DR5M3JVV.js";
import {
  limits
} from "./part-XHY5IHGK.js";
import "./part-XDU5MBKC.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import "./part-RN4T6Q5A.js";
import {
  __export
} from "./part-J52KMMNH.js";

// provider-schema/actions/index.ts
var actions_exports = {};
__export(actions_exports, {
  aws_kms_rotate_key: () => awsKmsRotateKeyAction
});

// provider-schema/actions/aws-kms-rotate-key.ts
var awsKmsRotateKeyAction = {
  kind: "action",
  type: "aws_kms_rotate_key",
  schemaVersion: 0,
  own: true,
  description: "Gives a KMS key new key material now, by RotateKeyOnDemand.",
  attributes: {
    key_id: {
      type: "string",
      description: "Id or ARN of the KMS key.",
      required: true,
      validators: [{ check: "key-id-or-arn" }]
    },
    region: {
      type: "string",
      description: "Region of the key. Defaults to the region of the provider configuration.",
      optional: true
    }
  }
};

// provider-schema/data-sources/index.ts
var data_sources_exports = {};
__export(data_sources_exports, {
  aws_arn: () => awsArnData,
  aws_caller_identity: () => awsCallerIdentityData,
  aws_default_tags: () => awsDefaultTagsData,
  aws_iam_account_alias: () => awsIamAccountAliasData,
  aws_iam_policy: () => awsIamPolicyData,
  aws_iam_policy_document: () => awsIamPolicyDocumentData,
  aws_iam_role: () => awsIamRoleData,
  aws_iam_session_context: () => awsIamSessionContextData,
  aws_iam_user: () => awsIamUserData,
  aws_kms_alias: () => awsKmsAliasData,
  aws_kms_aliases: () => awsKmsAliasesData,
  aws_kms_ciphertext: () => awsKmsCiphertextData,
  aws_kms_custom_key_store: () => awsKmsCustomKeyStoreData,
  aws_kms_key: () => awsKmsKeyData,
  aws_kms_key_last_usage: () => awsKmsKeyLastUsageData,
  aws_kms_keys: () => awsKmsKeysData,
  aws_kms_public_key: () => awsKmsPublicKeyData,
  aws_kms_secret: () => awsKmsSecretData,
  aws_kms_secrets: () => awsKmsSecretsData,
  aws_partition: () => awsPartitionData,
  aws_region: () => awsRegionData,
  aws_service_principal: () => awsServicePrincipalData
});

// provider-schema/data-sources/aws-arn.ts
var awsArnData = {
  kind: "data-source",
  type: "aws_arn",
  schemaVersion: 0,
  description: "The parts of an ARN.",
  attributes: {
    account: computedString("Account, the fifth part."),
    arn: {
      type: "string",
      description: "ARN to take apart.",
      required: true,
      validators: [{ check: "arn" }]
    },
    id: dataId("The ARN."),
    partition: computedString("Partition, the second part."),
    region: computedString("Region, the fourth part."),
    resource: computedString("Everything after the fifth colon."),
    service: computedString("Service, the third part.")
  }
};

// provider-schema/data-sources/aws-caller-identity.ts
var awsCallerIdentityData = {
  kind: "data-source",
  type: "aws_caller_identity",
  schemaVersion: 0,
  description: "The principal that the provider signs its requests as.",
  attributes: {
    account_id: computedString("Account of the principal."),
    arn: computedString("ARN of the principal."),
    id: { type: "string", description: "Account of the principal.", optional: true, computed: true },
    user_id: computedString("Unique id of the principal.")
  }
};

// provider-schema/data-sources/aws-default-tags.ts
var awsDefaultTagsData = {
  kind: "data-source",
  type: "aws_default_tags",
  schemaVersion: 0,
  description: "The default_tags of the provider.",
  attributes: {
    id: dataId("Partition that the provider works in."),
    tags: { type: ["map", "string"], description: "The tags, without those that ignore_tags hides.", computed: true }
  }
};

// provider-schema/data-sources/aws-iam-account-alias.ts
var awsIamAccountAliasData = {
  kind: "data-source",
  type: "aws_iam_account_alias",
  schemaVersion: 0,
  description: "The alias of the account.",
  attributes: {
    account_alias: computedString("The alias."),
    id: dataId("The alias.")
  }
};

// provider-schema/data-sources/aws-iam-policy.ts
var awsIamPolicyData = {
  kind: "data-source",
  type: "aws_iam_policy",
  schemaVersion: 0,
  description: "A managed policy, found by ARN or by name.",
  attributes: {
    arn: {
      type: "string",
      description: "ARN of the policy.",
      optional: true,
      computed: true,
      validators: [{ check: "arn" }],
      conflictsWith: ["name", "path_prefix"]
    },
    attachment_count: { type: "number", description: "Users, groups and roles that use the policy.", computed: true },
    description: computedString("Description of the policy."),
    id: dataId("ARN of the policy."),
    name: {
      type: "string",
      description: "Name of the policy.",
      optional: true,
      computed: true,
      conflictsWith: ["arn"]
    },
    path: computedString("Path of the policy."),
    path_prefix: {
      type: "string",
      description: "Beginning of the path of the policy that is found by name.",
      optional: true,
      conflictsWith: ["arn"]
    },
    policy: computedString("Document of the version in force, JSON."),
    policy_id: computedString("Unique id of the policy."),
    tags: dataTags
  }
};

// provider-schema/data-sources/aws-iam-policy-document.ts
var texts = (description) => ({ type: ["set", "string"], description, optional: true });
var documents = (description) => ({
  type: ["list", "string"],
  description,
  optional: true,
  validators: [{ check: "json" }]
});
var noLongerUsed = (name) => ({
  type: "string",
  description: "Only the empty string is accepted.",
  optional: true,
  deprecated: `It has no use any more and accepts only the empty string. Use ${name}.`,
  validators: [{ check: "pattern", pattern: "^$", meaning: "the empty string" }]
});
var principals = (description) => ({
  nesting: "set",
  description,
  attributes: {
    identifiers: { type: ["set", "string"], description: "The principals, such as ARNs, or *.", required: true },
    type: { type: "string", description: "Kind of principal: AWS, Service, Federated or *.", required: true }
  }
});
var condition = {
  nesting: "set",
  description: "A condition of the statement.",
  attributes: {
    test: { type: "string", description: "Condition operator, such as StringEquals.", required: true },
    values: { type: ["list", "string"], description: "Values, one of which must match.", required: true },
    variable: { type: "string", description: "Condition key, such as kms:ViaService.", required: true }
  }
};
var awsIamPolicyDocumentData = {
  kind: "data-source",
  type: "aws_iam_policy_document",
  schemaVersion: 0,
  description: "A policy document in JSON, from statements and other documents.",
  attributes: {
    id: { type: "string", description: "Checksum of json.", optional: true, computed: true },
    json: computedString("The document, indented."),
    minified_json: computedString("The document without white space."),
    override_json: noLongerUsed("override_policy_documents"),
    override_policy_documents: documents(
      "Documents merged over the statements, in order: a statement replaces the one with its Sid."
    ),
    policy_id: { type: "string", description: "Id of the document.", optional: true },
    source_json: noLongerUsed("source_policy_documents"),
    source_policy_documents: documents("Documents that the statements are merged over, in order. Their Sids differ."),
    version: {
      type: "string",
      description: "Version of the policy language: 2012-10-17, the default, or 2008-10-17.",
      optional: true,
      validators: [{ check: "one-of", values: ["2008-10-17", "2012-10-17"] }]
    }
  },
  blocks: {
    statement: {
      nesting: "list",
      description: "A statement of the document.",
      attributes: {
        actions: texts("Actions that the statement is about."),
        effect: {
          type: "string",
          description: "Allow, the default, or Deny.",
          optional: true,
          validators: [{ check: "one-of", values: ["Allow", "Deny"] }]
        },
        not_actions: texts("Actions that the statement is not about."),
        not_resources: texts("Resources that the statement is not about."),
        resources: texts("Resources that the statement is about."),
        sid: { type: "string", description: "Id of the statement.", optional: true }
      },
      blocks: {
        condition,
        not_principals: principals("Principals that the statement is not about."),
        principals: principals("Principals that the statement is about.")
      }
    }
  }
};

// provider-schema/data-sources/aws-iam-role.ts
var awsIamRoleData = {
  kind: "data-source",
  type: "aws_iam_role",
  schemaVersion: 0,
  description: "A role of the account.",
  attributes: {
    arn: computedString("ARN of the role."),
    assume_role_policy: computedString("Trust policy, a JSON document."),
    create_date: computedString("When the role was created, RFC 3339."),
    description: computedString("Description of the role."),
    id: dataId("Name of the role."),
    max_session_duration: { type: "number", description: "Longest session, in seconds.", computed: true },
    name: {
      type: "string",
      description: "Name of the role.",
      required: true,
      validators: [{ check: "length", min: 1 }]
    },
    path: computedString("Path of the role."),
    permissions_boundary: computedString("ARN of the policy that bounds the permissions, if any."),
    role_last_used: {
      type: ["list", ["object", { last_used_date: "string", region: "string" }]],
      description: "Last use of the role: always empty, because the control plane does not keep it.",
      computed: true
    },
    tags: dataTags,
    unique_id: computedString("Unique id of the role.")
  }
};

// provider-schema/data-sources/aws-iam-session-context.ts
var awsIamSessionContextData = {
  kind: "data-source",
  type: "aws_iam_session_context",
  schemaVersion: 0,
  description: "The role behind a session; any other principal is its own issuer.",
  attributes: {
    arn: {
      type: "string",
      description: "ARN of a session, as aws_caller_identity gives it, or of any principal.",
      required: true,
      validators: [{ check: "arn" }]
    },
    id: dataId("The ARN that was given."),
    issuer_arn: computedString("ARN of the role, with its path; the given ARN if it is not that of a session."),
    issuer_id: computedString("Unique id of the role."),
    issuer_name: computedString("Name of the role."),
    session_name: computedString("Name of the session.")
  }
};

// provider-schema/data-sources/aws-iam-user.ts
var awsIamUserData = {
  kind: "data-source",
  type: "aws_iam_user",
  schemaVersion: 0,
  description: "A user of the account.",
  attributes: {
    arn: computedString("ARN of the user."),
    id: dataId("Unique id of the user."),
    path: computedString("Path of the user."),
    permissions_boundary: computedString("ARN of the policy that bounds the permissions, if any."),
    tags: dataTags,
    user_id: computedString("Unique id of the user."),
    user_name: {
      type: "string",
      description: "Name of the user.",
      required: true,
      validators: [{ check: "length", min: 1 }]
    }
  }
};

// provider-schema/data-sources/aws-kms-alias.ts
var awsKmsAliasData = {
  kind: "data-source",
  type: "aws_kms_alias",
  schemaVersion: 0,
  description: "An existing alias and the key it names.",
  attributes: {
    arn: computedString("ARN of the alias."),
    id: { type: "string", description: "ARN of the alias.", optional: true, computed: true },
    name: {
      type: "string",
      description: "Alias name, beginning with alias/.",
      required: true,
      validators: [{ check: "alias-name" }]
    },
    region: dataRegion,
    target_key_arn: computedString("ARN of the key the alias names."),
    target_key_id: computedString("Id of the key the alias names.")
  }
};

// provider-schema/data-sources/aws-kms-aliases.ts
var awsKmsAliasesData = {
  kind: "data-source",
  type: "aws_kms_aliases",
  schemaVersion: 0,
  own: true,
  description: "The aliases of a Region that pass every filter given, in order of their names.",
  attributes: {
    ...keyFilters,
    alias: {
      type: "string",
      description: "Name of the alias; * stands for any characters, as in alias/orders-*.",
      optional: true
    },
    arns: { type: ["list", "string"], description: "ARNs of the aliases.", computed: true },
    id: dataId("Region that was read from."),
    names: { type: ["list", "string"], description: "Names of the aliases.", computed: true },
    region: dataRegion,
    target_key_ids: { type: ["list", "string"], description: "Ids of the keys that they name.", computed: true }
  }
};

// provider-schema/data-sources/aws-kms-ciphertext.ts
var awsKmsCiphertextData = {
  kind: "data-source",
  type: "aws_kms_ciphertext",
  schemaVersion: 0,
  description: "A text encrypted with a KMS key: again, and differently, at each read. The plaintext is stored in the state.",
  attributes: {
    ciphertext_blob: computedString("Ciphertext in base64."),
    context: {
      type: ["map", "string"],
      description: "Encryption context, which a decryption must give again.",
      optional: true
    },
    id: dataId("ARN of the key."),
    key_id: {
      type: "string",
      description: "Key id, key ARN, alias name or alias ARN.",
      required: true,
      validators: [{ check: "length", min: 1 }]
    },
    plaintext: { type: "string", description: "Text to encrypt.", required: true, sensitive: true },
    region: dataRegion
  }
};

// provider-schema/data-sources/aws-kms-custom-key-store.ts
var awsKmsCustomKeyStoreData = {
  kind: "data-source",
  type: "aws_kms_custom_key_store",
  schemaVersion: 0,
  description: "An existing custom key store. Without id and name: the only one in the region.",
  attributes: {
    cloud_hsm_cluster_id: computedString("Cluster of a key store of type AWS_CLOUDHSM."),
    connection_state: computedString("State of the connection, such as CONNECTED or DISCONNECTED."),
    creation_date: computedString("When the key store was created, RFC 3339."),
    custom_key_store_id: {
      type: "string",
      description: "Id of the key store.",
      optional: true,
      computed: true,
      conflictsWith: ["custom_key_store_name"]
    },
    custom_key_store_name: {
      type: "string",
      description: "Name of the key store.",
      optional: true,
      computed: true,
      conflictsWith: ["custom_key_store_id"]
    },
    id: { type: "string", description: "Id of the key store.", optional: true, computed: true },
    region: dataRegion,
    trust_anchor_certificate: computedString("Certificate of the cluster's certificate authority, PEM.")
  }
};

// provider-schema/data-sources/aws-kms-key.ts
var arnAndRegion = ["object", { arn: "string", region: "string" }];
var awsKmsKeyData = {
  kind: "data-source",
  type: "aws_kms_key",
  schemaVersion: 0,
  description: "An existing KMS key. Keys that are pending deletion are found too.",
  attributes: {
    arn: computedString("ARN of the key."),
    aws_account_id: computedString("Account that owns the key."),
    cloud_hsm_cluster_id: computedString("Cluster that holds the key material, if any."),
    creation_date: computedString("When the key was created, RFC 3339."),
    custom_key_store_id: computedString("Custom key store that holds the key material, if any."),
    customer_master_key_spec: computedString("Key spec; the same as key_spec."),
    deletion_date: computedString("When the key will be deleted, RFC 3339, if it is pending deletion."),
    description: computedString("Description of the key."),
    enabled: { type: "bool", description: "Whether the key can be used.", computed: true },
    expiration_model: computedString(
      "KEY_MATERIAL_EXPIRES or KEY_MATERIAL_DOES_NOT_EXPIRE; empty for a key without imported key material."
    ),
    grant_tokens: { type: ["list", "string"], description: "Grant tokens to use.", optional: true },
    id: { type: "string", description: "Key id.", optional: true, computed: true },
    key_id: {
      type: "string",
      description: "Key id, key ARN, alias name or alias ARN.",
      required: true,
      validators: [{ check: "key-or-alias" }]
    },
    key_manager: computedString("Who manages the key: CUSTOMER or AWS."),
    key_spec: computedString("Key spec."),
    key_state: computedString("State of the key, such as Enabled or PendingDeletion."),
    key_usage: computedString("What the key can be used for."),
    multi_region: { type: "bool", description: "Whether the key is a multi-Region key.", computed: true },
    multi_region_configuration: {
      type: [
        "list",
        [
          "object",
          {
            multi_region_key_type: "string",
            primary_key: ["list", arnAndRegion],
            replica_keys: ["list", arnAndRegion]
          }
        ]
      ],
      description: "Primary and replica keys of a multi-Region key.",
      computed: true
    },
    origin: computedString("Where the key material comes from: AWS_KMS, EXTERNAL, AWS_CLOUDHSM or EXTERNAL_KEY_STORE."),
    pending_deletion_window_in_days: {
      type: "number",
      description: "Days a primary key will wait once its last replica is deleted.",
      computed: true
    },
    region: dataRegion,
    valid_to: computedString("When imported key material expires, RFC 3339, if it does."),
    xks_key_configuration: {
      type: ["list", ["object", { id: "string" }]],
      description: "External key behind a key of an external key store.",
      computed: true
    }
  }
};

// provider-schema/data-sources/aws-kms-key-last-usage.ts
var awsKmsKeyLastUsageData = {
  kind: "data-source",
  type: "aws_kms_key_last_usage",
  schemaVersion: 0,
  description: "The last use of a KMS key in cryptographic operations.",
  attributes: {
    key_creation_date: computedString("When the key was created, RFC 3339."),
    key_id: {
      type: "string",
      description: "Key id or key ARN.",
      required: true,
      validators: [{ check: "key-id-or-arn" }]
    },
    key_last_usage: {
      type: [
        "list",
        [
          "object",
          { cloud_trail_event_id: "string", kms_request_id: "string", operation: "string", timestamp: "string" }
        ]
      ],
      description: "The last use; empty if there was none since tracking_start_date.",
      computed: true
    },
    region: dataRegion,
    tracking_start_date: computedString("Since when uses are known, RFC 3339.")
  }
};

// provider-schema/data-sources/aws-kms-keys.ts
var awsKmsKeysData = {
  kind: "data-source",
  type: "aws_kms_keys",
  schemaVersion: 0,
  own: true,
  description: "The KMS keys of a Region that pass every filter given, in order of their ids.",
  attributes: {
    ...keyFilters,
    alias: {
      type: "string",
      description: "Name of an alias of the key; * stands for any characters, as in alias/orders-*.",
      optional: true
    },
    arns: { type: ["list", "string"], description: "ARNs of the keys.", computed: true },
    id: dataId("Region that was read from."),
    ids: { type: ["list", "string"], description: "Ids of the keys.", computed: true },
    region: dataRegion
  }
};

// provider-schema/data-sources/aws-kms-public-key.ts
var awsKmsPublicKeyData = {
  kind: "data-source",
  type: "aws_kms_public_key",
  schemaVersion: 0,
  description: "The public key of an asymmetric KMS key.",
  attributes: {
    arn: computedString("ARN of the key."),
    customer_master_key_spec: computedString("Key spec."),
    encryption_algorithms: {
      type: ["list", "string"],
      description: "Encryption algorithms of the key.",
      computed: true
    },
    grant_tokens: { type: ["list", "string"], description: "Grant tokens to use.", optional: true },
    id: dataId("ARN of the key."),
    key_id: {
      type: "string",
      description: "Key id, key ARN, alias name or alias ARN.",
      required: true,
      validators: [{ check: "key-or-alias" }]
    },
    key_usage: computedString("What the key can be used for."),
    public_key: computedString("SubjectPublicKeyInfo, DER in base64."),
    public_key_pem: computedString("SubjectPublicKeyInfo, PEM."),
    region: dataRegion,
    signing_algorithms: { type: ["list", "string"], description: "Signing algorithms of the key.", computed: true }
  }
};

// provider-schema/data-sources/aws-kms-secret.ts
var awsKmsSecretData = {
  kind: "data-source",
  type: "aws_kms_secret",
  schemaVersion: 0,
  description: "Replaced by aws_kms_secrets: reading it always fails.",
  attributes: { id: dataId("Never set."), region: dataRegion },
  blocks: {
    secret: {
      nesting: "set",
      minItems: 1,
      description: "A text to decrypt.",
      attributes: {
        context: { type: ["map", "string"], description: "Encryption context of the ciphertext.", optional: true },
        grant_tokens: { type: ["list", "string"], description: "Grant tokens to use.", optional: true },
        name: { type: "string", description: "Name of the text.", required: true },
        payload: { type: "string", description: "Ciphertext in base64.", required: true }
      }
    }
  }
};

// provider-schema/data-sources/aws-kms-secrets.ts
var awsKmsSecretsData = {
  kind: "data-source",
  type: "aws_kms_secrets",
  schemaVersion: 0,
  description: "Texts decrypted with KMS keys. They are stored in the state: protect the state.",
  attributes: {
    id: dataId("Region that was read from."),
    plaintext: {
      type: ["map", "string"],
      description: "Decrypted texts by name.",
      computed: true,
      sensitive: true
    },
    region: dataRegion
  },
  blocks: {
    secret: {
      nesting: "set",
      minItems: 1,
      description: "A text to decrypt.",
      attributes: {
        context: { type: ["map", "string"], description: "Encryption context of the ciphertext.", optional: true },
        encryption_algorithm: {
          type: "string",
          description: "Encryption algorithm of the ciphertext. Default: SYMMETRIC_DEFAULT.",
          optional: true,
          validators: [
            {
              check: "one-of",
              values: ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]
            }
          ]
        },
        grant_tokens: { type: ["list", "string"], description: "Grant tokens to use.", optional: true },
        key_id: {
          type: "string",
          description: "Key of the ciphertext; needed for a ciphertext of an asymmetric key.",
          optional: true
        },
        name: {
          type: "string",
          description: "Key of the text in plaintext.",
          required: true,
          validators: [{ check: "length", min: 1 }]
        },
        payload: { type: "string", description: "Ciphertext in base64.", required: true }
      }
    }
  }
};

// provider-schema/data-sources/aws-partition.ts
var awsPartitionData = {
  kind: "data-source",
  type: "aws_partition",
  schemaVersion: 0,
  description: "The partition of the Region that the provider works in.",
  attributes: {
    dns_suffix: computedString("Suffix of host names, such as amazonaws.com."),
    id: dataId("Name of the partition."),
    partition: computedString("Name of the partition, the second part of ARNs."),
    reverse_dns_prefix: computedString("The suffix of host names backwards, such as com.amazonaws.")
  }
};

// provider-schema/data-sources/aws-region.ts
var awsRegionData = {
  kind: "data-source",
  type: "aws_region",
  schemaVersion: 0,
  description: "A Region: that of the provider, or one found by its name or endpoint.",
  attributes: {
    description: computedString("Name of the Region in words. Empty for a Region that AWS does not have."),
    endpoint: {
      type: "string",
      description: "Host name of EC2 in the Region, by which the Region can be found.",
      optional: true,
      computed: true
    },
    id: dataId("Name of the Region."),
    name: {
      type: "string",
      description: "Name of the Region.",
      optional: true,
      computed: true,
      deprecated: "Use region instead.",
      conflictsWith: ["region"]
    },
    region: {
      type: "string",
      description: "Name of the Region. Default: that of the provider.",
      optional: true,
      computed: true
    }
  }
};

// provider-schema/data-sources/aws-service-principal.ts
var awsServicePrincipalData = {
  kind: "data-source",
  type: "aws_service_principal",
  schemaVersion: 0,
  description: "The name by which policies name a service.",
  attributes: {
    id: computedString("Name of the service with its Region, backwards."),
    name: computedString("Name of the service principal, such as s3.amazonaws.com."),
    region: dataRegion,
    service_name: {
      type: "string",
      description: "Service, such as s3.",
      required: true,
      validators: [{ check: "length", min: 1 }]
    },
    suffix: computedString("Suffix of the name: the domain of the partition.")
  }
};

// provider-schema/ephemeral-resources/index.ts
var ephemeral_resources_exports = {};
__export(ephemeral_resources_exports, {
  aws_kms_data_key: () => awsKmsDataKeyEphemeral,
  aws_kms_secrets: () => awsKmsSecretsEphemeral
});

// provider-schema/ephemeral-resources/aws-kms-data-key.ts
var awsKmsDataKeyEphemeral = {
  kind: "ephemeral-resource",
  type: "aws_kms_data_key",
  schemaVersion: 0,
  own: true,
  description: "A data key that is in no plan and no state: the one in ciphertext_blob, or without it a new one each time it is opened.",
  attributes: {
    ciphertext_blob: {
      type: "string",
      description: "The data key encrypted under the KMS key, in base64. Absent: a new data key is made.",
      optional: true,
      computed: true,
      conflictsWith: ["key_spec", "number_of_bytes"]
    },
    context: {
      type: ["map", "string"],
      description: "Encryption context that the data key is encrypted with.",
      optional: true
    },
    grant_tokens: { type: ["list", "string"], description: "Grant tokens to use.", optional: true },
    key_arn: { type: "string", description: "ARN of the KMS key.", computed: true },
    key_id: { type: "string", description: "Id, ARN or alias of the KMS key.", required: true },
    key_spec: {
      type: "string",
      description: "Kind of a new data key. AES_256 when this and number_of_bytes are absent.",
      optional: true,
      conflictsWith: ["number_of_bytes"],
      validators: [{ check: "one-of", values: values.DataKeySpec.enum }]
    },
    number_of_bytes: {
      type: "number",
      description: "Length of a new data key in bytes.",
      optional: true,
      validators: [{ check: "range", min: values.NumberOfBytesType.min, max: values.NumberOfBytesType.max }]
    },
    plaintext_base64: {
      type: "string",
      description: "The data key, in base64.",
      computed: true,
      sensitive: true
    },
    region: dataRegion
  }
};

// provider-schema/ephemeral-resources/aws-kms-secrets.ts
var awsKmsSecretsEphemeral = {
  kind: "ephemeral-resource",
  type: "aws_kms_secrets",
  schemaVersion: 0,
  description: "Decrypted texts, by name. They are in no plan and no state.",
  attributes: {
    plaintext: {
      type: ["map", "string"],
      description: "The decrypted texts, by the names of their blocks.",
      computed: true,
      sensitive: true
    },
    region: dataRegion
  },
  blocks: {
    secret: {
      nesting: "set",
      minItems: 1,
      description: "A text to decrypt.",
      attributes: {
        context: {
          type: ["map", "string"],
          description: "Encryption context that it was encrypted with.",
          optional: true
        },
        encryption_algorithm: {
          type: "string",
          description: "Algorithm that it was encrypted with. SYMMETRIC_DEFAULT when absent.",
          optional: true,
          validators: [{ check: "one-of", values: values.EncryptionAlgorithmSpec.enum }]
        },
        grant_tokens: { type: ["list", "string"], description: "Grant tokens to use.", optional: true },
        key_id: {
          type: "string",
          description: "KMS key. Needed for ciphertexts of asymmetric keys, which do not name it.",
          optional: true
        },
        name: { type: "string", description: "Its key in plaintext.", required: true },
        payload: { type: "string", description: "The ciphertext, in base64.", required: true }
      }
    }
  }
};

// provider-schema/functions/index.ts
var functions_exports = {};
__export(functions_exports, {
  arn_build: () => arnBuild,
  arn_parse: () => arnParse,
  trim_iam_role_path: () => trimIamRolePath,
  user_agent: () => userAgent
});

// provider-schema/functions/arn-build.ts
var arnBuild = {
  name: "arn_build",
  summary: "Makes an ARN",
  description: "Makes an Amazon Resource Name of its parts.",
  parameters: [
    { name: "partition", type: "string", description: "Partition, for example aws." },
    { name: "service", type: "string", description: "Service, for example kms." },
    { name: "region", type: "string", description: "Region. Empty for a global service." },
    { name: "account_id", type: "string", description: "Account. Empty where the service has none." },
    { name: "resource", type: "string", description: "Everything after the fifth colon." }
  ],
  returns: "string"
};

// provider-schema/functions/arn-parse.ts
var arnParse = {
  name: "arn_parse",
  summary: "Splits an ARN",
  description: "Splits an Amazon Resource Name into its parts.",
  parameters: [{ name: "arn", type: "string", description: "Amazon Resource Name." }],
  returns: [
    "object",
    { account_id: "string", partition: "string", region: "string", resource: "string", service: "string" }
  ]
};

// provider-schema/functions/trim-iam-role-path.ts
var trimIamRolePath = {
  name: "trim_iam_role_path",
  summary: "Removes the path from the ARN of a role",
  description: "Removes the path from the ARN of an IAM role: of its resource, role/ and the name remain.",
  parameters: [{ name: "arn", type: "string", description: "ARN of an IAM role." }],
  returns: "string"
};

// provider-schema/functions/user-agent.ts
var userAgent = {
  name: "user_agent",
  summary: "Makes a product of a User-Agent header",
  description: "Makes a product for the arguments named user_agent: name/version (comment), without the parts that are empty.",
  parameters: [
    { name: "product_name", type: "string", description: "Name of the product." },
    { name: "product_version", type: "string", description: "Its version, or empty." },
    { name: "comment", type: "string", description: "A comment, or empty." }
  ],
  returns: "string"
};

// provider-schema/endpoint-services.ts
var endpointServices = `
accessanalyzer account acm acmpca alexaforbusiness amg amp amplify amplifybackend amplifyuibuilder apigateway
apigatewaymanagementapi apigatewayv2 appautoscaling appconfig appconfigdata appfabric appflow appintegrations
appintegrationsservice applicationautoscaling applicationcostprofiler applicationinsights applicationsignals appmesh
appregistry apprunner appstream appsync arcregionswitch arczonalshift athena auditmanager augmentedairuntime
autoscaling autoscalingplans backup backupgateway batch bcmdataexports beanstalk bedrock bedrockagent bedrockagentcore
billing billingconductor braket budgets ce chatbot chime chimesdkidentity chimesdkmediapipelines chimesdkmeetings
chimesdkmessaging chimesdkvoice cleanrooms cloud9 cloudcontrol cloudcontrolapi clouddirectory cloudformation
cloudfront cloudfrontkeyvaluestore cloudhsm cloudhsmv2 cloudsearch cloudsearchdomain cloudtrail cloudwatch
cloudwatchevents cloudwatchevidently cloudwatchlog cloudwatchlogs cloudwatchobservabilityaccessmanager cloudwatchrum
codeartifact codebuild codecatalyst codecommit codeconnections codedeploy codeguruprofiler codegurureviewer
codepipeline codestar codestarconnections codestarnotifications cognitoidentity cognitoidentityprovider cognitoidp
cognitosync comprehend comprehendmedical computeoptimizer config configservice connect connectcases connectcontactlens
connectparticipant connectwisdomservice controltower costandusagereportservice costexplorer costoptimizationhub cur
customerprofiles databasemigration databasemigrationservice databrew dataexchange datapipeline datasync datazone dax
deploy detective devicefarm devopsguru directconnect directoryservice dlm dms docdb docdbelastic drs ds dsql dynamodb
dynamodbstreams ebs ec2 ec2instanceconnect ecr ecrpublic ecs efs eks elasticache elasticbeanstalk elasticinference
elasticloadbalancing elasticloadbalancingv2 elasticsearch elasticsearchservice elastictranscoder elb elbv2 emr
emrcontainers emrserverless es eventbridge events evidently evs finspace finspacedata firehose fis fms forecast
forecastquery forecastqueryservice forecastservice frauddetector fsx gamelift gamesparks glacier globalaccelerator
glue gluedatabrew grafana greengrass greengrassv2 groundstation guardduty health healthlake honeycode iam
identitystore imagebuilder inspector inspector2 inspectorv2 internetmonitor invoicing iot iot1clickdevices
iot1clickdevicesservice iot1clickprojects iotanalytics iotdata iotdataplane iotdeviceadvisor iotevents ioteventsdata
iotfleethub iotjobsdata iotjobsdataplane iotsecuretunneling iotsitewise iotthingsgraph iottwinmaker iotwireless ivs
ivschat kafka kafkaconnect kendra keyspaces kinesis kinesisanalytics kinesisanalyticsv2 kinesisvideo
kinesisvideoarchivedmedia kinesisvideomedia kinesisvideosignaling kms lakeformation lambda launchwizard lex
lexmodelbuilding lexmodelbuildingservice lexmodels lexmodelsv2 lexruntime lexruntimeservice lexruntimev2 lexv2models
licensemanager lightsail location locationservice logs lookoutequipment lookoutforvision lookoutmetrics lookoutvision
m2 machinelearning macie macie2 managedblockchain managedgrafana marketplacecatalog marketplacecommerceanalytics
marketplaceentitlement marketplaceentitlementservice marketplacemetering mediaconnect mediaconvert medialive
mediapackage mediapackagev2 mediapackagevod mediastore mediastoredata mediatailor memorydb mgh mgn migrationhub
migrationhubconfig migrationhubrefactorspaces migrationhubstrategy migrationhubstrategyrecommendations mobile
mobileanalytics mpa mq msk mturk mwaa mwaaserverless neptune neptunegraph networkfirewall networkflowmonitor
networkmanager networkmonitor nimble nimblestudio notifications notificationscontacts oam observabilityadmin odb
opensearch opensearchingestion opensearchserverless opensearchservice opsworks opsworkscm organizations osis outposts
panorama partnercentral paymentcryptography pcaconnectorad pcs personalize personalizeevents personalizeruntime pi
pinpoint pinpointemail pinpointsmsvoice pinpointsmsvoicev2 pipes polly pricing prometheus prometheusservice proton
qbusiness qldb qldbsession quicksight ram rbin rds rdsdata rdsdataservice recyclebin redshift redshiftdata
redshiftdataapiservice redshiftserverless rekognition resiliencehub resourceexplorer2 resourcegroups
resourcegroupstagging resourcegroupstaggingapi robomaker rolesanywhere route53 route53domains route53profiles
route53recoverycluster route53recoverycontrolconfig route53recoveryreadiness route53resolver rum s3 s3api s3control
s3outposts s3tables s3vectors sagemaker sagemakera2iruntime sagemakeredge sagemakeredgemanager
sagemakerfeaturestoreruntime sagemakerruntime savingsplans scheduler schemas sdb secretsmanager securityhub
securitylake serverlessapplicationrepository serverlessappregistry serverlessapprepo serverlessrepo servicecatalog
servicecatalogappregistry servicediscovery servicequotas ses sesv2 sfn shield signer simpledb sms snowball
snowdevicemanagement sns sqs ssm ssmcontacts ssmincidents ssmquicksetup ssmsap sso ssoadmin ssooidc stepfunctions
storagegateway sts support swf synthetics taxsettings textract timestreaminfluxdb timestreamquery timestreamwrite
transcribe transcribeservice transcribestreaming transcribestreamingservice transfer translate uxc verifiedpermissions
voiceid vpclattice waf wafregional wafv2 wellarchitected wisdom workdocs worklink workmail workmailmessageflow
workspaces workspacesweb xray
`.trim().split(/\s+/);

// provider-schema/provider.ts
var argument = (type, description, validators) => ({
  type,
  description,
  optional: true,
  ...defined({ validators })
});
var text = (description, validators) => argument("string", description, validators);
var flag = (description) => argument("bool", description);
var secret = (description) => ({ ...text(description), sensitive: true });
var sessionName = [{ check: "length", min: 2, max: 64 }];
var ofOurs = (record) => ({ ...record, own: true });
var replaced = (record, deprecated) => ({ ...record, deprecated });
var roleArguments = {
  duration: text("Duration of the session, from 15m to 12h, such as 1h30m. Default: one hour."),
  policy: text("Session policy, a JSON document.", [{ check: "json" }]),
  policy_arns: argument(["set", "string"], "ARNs of session policies.", [{ check: "arn" }]),
  role_arn: text("ARN of the role.", [{ check: "arn" }]),
  session_name: text("Name of the session, part of the ARN of its principal. Default: a generated one.", sessionName)
};
var unsafeChangesValues = ["warn", "refuse", "allow"];
var providerRecord = {
  kind: "provider",
  type: "aws",
  schemaVersion: 0,
  description: "Manages keys of a Keystead control plane. Its address comes from endpoints { kms = … }, AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL or KEYSTEAD_ENDPOINT.",
  attributes: {
    access_key: text("Access key id. Default: AWS_ACCESS_KEY_ID, or the profile."),
    allow_plaintext_endpoint: ofOurs(
      flag("Whether the endpoint can be http:// beyond loopback. Default: KEYSTEAD_ALLOW_PLAINTEXT_ENDPOINT.")
    ),
    allowed_account_ids: {
      ...argument(["set", "string"], "Accounts that the provider can manage; with credentials of another it stops."),
      conflictsWith: ["forbidden_account_ids"]
    },
    custom_ca_bundle: text("File of certificates to trust. Default: AWS_CA_BUNDLE."),
    ec2_metadata_service_endpoint: text("Ignored: credentials never come from an instance."),
    ec2_metadata_service_endpoint_mode: text("Ignored: credentials never come from an instance.", [
      { check: "one-of", values: ["IPv4", "IPv6"] }
    ]),
    forbidden_account_ids: {
      ...argument(["set", "string"], "Accounts that the provider must not manage; with their credentials it stops."),
      conflictsWith: ["allowed_account_ids"]
    },
    http_proxy: text("Proxy for http endpoints. Default: HTTP_PROXY."),
    https_proxy: text("Proxy for https endpoints. Default: HTTPS_PROXY."),
    insecure: flag("Whether to accept any TLS certificate of the endpoint."),
    max_retries: argument("number", "How often a request is tried. Default: AWS_MAX_ATTEMPTS, then 25."),
    no_proxy: text("Hosts to reach without a proxy, separated by commas. Default: NO_PROXY."),
    profile: text("Profile in the shared files. Default: AWS_PROFILE."),
    recent_use_days: ofOurs(
      argument(
        "number",
        `For how many days a use of a key counts as recent when a plan would break it. Default: ${limits.recentUseInDays.default}.`,
        [{ check: "range", min: limits.recentUseInDays.min, max: limits.recentUseInDays.max }]
      )
    ),
    region: text("Region of everything that names no other. Default: AWS_REGION, AWS_DEFAULT_REGION, or the profile."),
    retry_mode: text("Ignored: there is one way in which requests are repeated.", [
      { check: "one-of", values: ["standard", "adaptive"] }
    ]),
    s3_force_path_style: {
      ...replaced(flag("Ignored: there is no S3 here."), "Use s3_use_path_style instead."),
      conflictsWith: ["s3_use_path_style"]
    },
    s3_us_east_1_regional_endpoint: text("Ignored: there is no S3 here."),
    s3_use_path_style: flag("Ignored: there is no S3 here."),
    secret_key: secret("Secret access key. Default: AWS_SECRET_ACCESS_KEY, or the profile."),
    shared_config_files: argument(["list", "string"], "Shared configuration files. Default: AWS_CONFIG_FILE."),
    shared_credentials_file: {
      ...replaced(text("A shared credentials file."), "Use shared_credentials_files instead."),
      conflictsWith: ["shared_credentials_files"]
    },
    shared_credentials_files: argument(
      ["list", "string"],
      "Shared credentials files. Default: AWS_SHARED_CREDENTIALS_FILE."
    ),
    skip_credentials_validation: flag("Ignored: the first request checks the credentials."),
    skip_get_ec2_platforms: replaced(
      flag("Ignored: there is no EC2 here."),
      "AWS retired EC2-Classic, so there is nothing to skip. Remove the argument."
    ),
    skip_metadata_api_check: text("Ignored: credentials never come from an instance."),
    skip_region_validation: flag("Whether to accept a Region whose name does not have the form of those of AWS."),
    skip_requesting_account_id: flag("Ignored: the account id is asked for only where it is needed."),
    sts_region: text("Ignored: one control plane answers in every Region."),
    tag_policy_compliance: text("Ignored: there are no tag policies here.", [
      { check: "one-of", values: ["error", "warning", "disabled"] }
    ]),
    token: secret("Session token. Default: AWS_SESSION_TOKEN."),
    token_bucket_rate_limiter_capacity: argument("number", "Ignored: repeated requests have no limiter."),
    unsafe_changes: ofOurs(
      text(
        "What a plan does about changes that would break something: warn, refuse, or allow without asking. Default: KEYSTEAD_UNSAFE_CHANGES, then warn.",
        [{ check: "one-of", values: unsafeChangesValues }]
      )
    ),
    use_dualstack_endpoint: flag("Ignored: the endpoint is configured."),
    use_fips_endpoint: flag("Ignored: the endpoint is configured."),
    user_agent: argument(["list", "string"], "Products to add to the User-Agent header.")
  },
  blocks: {
    assume_role: {
      nesting: "list",
      description: "Role to assume; several form a chain, in order.",
      attributes: {
        ...roleArguments,
        duration: { ...roleArguments.duration, conflictsWith: ["duration_seconds"] },
        duration_seconds: {
          ...replaced(argument("number", "Duration of the session in seconds."), "Use duration instead."),
          validators: [{ check: "range", min: 900, max: 43200 }],
          conflictsWith: ["duration"]
        },
        external_id: text("External id that the trust policy of the role asks for.", [
          { check: "length", min: 2, max: 1224 }
        ]),
        source_identity: text("Source identity, which stays with the session and shows in the audit log.", sessionName),
        tags: argument(["map", "string"], "Session tags, which policies can use as aws:PrincipalTag."),
        transitive_tag_keys: argument(
          ["set", "string"],
          "Keys of session tags that the next sessions of the chain inherit."
        )
      }
    },
    assume_role_with_web_identity: {
      nesting: "list",
      maxItems: 1,
      description: "Role to assume with a token of an OpenID Connect provider.",
      attributes: {
        ...roleArguments,
        web_identity_token: {
          ...text("The identity token.", [{ check: "length", min: 4, max: 2e4 }]),
          sensitive: true,
          conflictsWith: ["web_identity_token_file"]
        },
        web_identity_token_file: { ...text("File with the identity token."), conflictsWith: ["web_identity_token"] }
      }
    },
    default_tags: {
      nesting: "list",
      maxItems: 1,
      description: "Tags for every resource that takes tags.",
      attributes: { tags: argument(["map", "string"], "Tags; those of a resource overwrite them.") }
    },
    endpoints: {
      nesting: "set",
      description: "Addresses of services, of which kms is used: one control plane answers for KMS, IAM and STS.",
      attributes: Object.fromEntries(
        endpointServices.map((service) => [
          service,
          text(
            service === "kms" ? "Address of the control plane, such as https://keystead.example.com." : "Ignored: kms is the address for every service."
          )
        ])
      )
    },
    ignore_tags: {
      nesting: "list",
      maxItems: 1,
      description: "Tags that Terraform leaves alone, because others manage them.",
      attributes: {
        key_prefixes: argument(["set", "string"], "Prefixes of tag keys to leave alone."),
        keys: argument(["set", "string"], "Tag keys to leave alone.")
      }
    }
  },
  meta: {
    user_agent: argument(["list", "string"], "Products that a module adds to the User-Agent header.")
  }
};

// provider-schema/provider-versions.ts
var ownSource = "keystead/aws";
var awsSource = "hashicorp/aws";
var standInVersions = ["6.999.0", "5.999.0", "4.999.0", "3.999.0"];

// control-plane/cli/terraform/providers.ts
var replacedSources = [awsSource, "cipherstash/kms"];
function requirementsOf({ files }) {
  return files.flatMap(
    ({ path, body }) => body.filter(({ name }) => name === "terraform").flatMap((block) => block.body ?? []).filter(({ name }) => name === "required_providers").flatMap((block) => block.body ?? []).map((entry) => ({
      localName: entry.name,
      source: shortSource(partOf(entry, "source") ?? `hashicorp/${entry.name}`),
      version: entry.text ?? partOf(entry, "version"),
      file: path,
      line: entry.line
    }))
  );
}
function partOf(entry, name) {
  if (entry.body !== void 0) return textOf(entry.body, name);
  const found = new RegExp(`(?:^|[{,\\s])"?${name}"?\\s*[=:]\\s*("[^"]*")`).exec(entry.expression);
  return found?.[1] === void 0 ? void 0 : literalText(found[1]);
}
var shortSource = (source) => source.toLowerCase().replace(/^registry\.(terraform\.io|opentofu\.org)\//, "");
function isOurs(localName, requirements) {
  const source = requirements.find((requirement) => requirement.localName === localName)?.source ?? `hashicorp/${localName}`;
  if (source === ownSource) return true;
  return replacedSources.includes(source) && !requirements.some((requirement) => requirement.source === ownSource);
}
function providerOf(block) {
  const chosen = block.body?.find(({ name }) => name === "provider");
  const expression = chosen?.text ?? chosen?.expression.replaceAll('"', "");
  return (expression ?? block.labels[0]?.split("_")[0] ?? "").split(".")[0] ?? "";
}

// control-plane/cli/terraform/versions.ts
var CONDITION = /^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,2})$/;
function satisfies(version2, constraint) {
  const conditions = constraint.split(",").map((part) => CONDITION.exec(part.trim()));
  if (conditions.some((condition2) => condition2 === null)) return void 0;
  return conditions.every((condition2) => passes(numbers(version2), condition2?.[1] ?? "=", condition2?.[2] ?? ""));
}
function standIn(constraint) {
  return standInVersions.find((version2) => satisfies(version2, constraint) === true);
}
function passes(version2, operator, text2) {
  const given = numbers(text2);
  const order = compare(version2, given);
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    default:
      return order >= 0 && given.slice(0, -1).every((number, i) => version2[i] === number);
  }
}
var numbers = (text2) => text2.split(".").map(Number);
function compare(a, b) {
  for (let i = 0; i < 3; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// control-plane/cli/terraform/check.ts
var everywhere = ["count", "for_each", "provider", "depends_on", "lifecycle"];
var kinds = {
  resource: { kind: "resource type", types: resources_exports, meta: [...everywhere, "provisioner", "connection"] },
  data: { kind: "data source", types: data_sources_exports, meta: everywhere },
  ephemeral: { kind: "ephemeral resource", types: ephemeral_resources_exports, meta: everywhere },
  action: { kind: "action", types: actions_exports, meta: everywhere }
};
var beside = 'Keep the AWS provider for it, beside this one under another local name (guide to Terraform, "Beside the AWS provider").';
function checkModule(module, version2) {
  const requirements = requirementsOf(module);
  const checked = module.files.flatMap(
    ({ path, body }) => topLevel(body).filter((block) => isForUs(block, requirements)).map((block) => {
      const kind = kinds[block.name];
      return kind === void 0 ? checkProvider(block, path, requirements, version2) : checkTyped(block, kind, path);
    })
  );
  const called = module.files.flatMap(({ path, body }) => checkFunctions(body, path, requirements));
  const versions = requirements.filter(({ localName }) => isOurs(localName, requirements));
  return {
    blocks: checked.length,
    findings: [...versions.flatMap((requirement) => checkVersion(requirement, version2)), ...checked.flat(), ...called],
    toReplace: versions.filter(({ source }) => source !== ownSource)
  };
}
function topLevel(body) {
  return body.flatMap((block) => block.name === "check" ? block.body ?? [] : [block]);
}
function isForUs(block, requirements) {
  if (block.body === void 0) return false;
  if (block.name === "provider") return isOurs(block.labels[0] ?? "", requirements);
  return Object.hasOwn(kinds, block.name) && isOurs(providerOf(block), requirements);
}
function checkProvider({ body = [], labels: [localName = ""], line }, file, requirements, version2) {
  const constraint = body.find(({ name }) => name === "version");
  const source = requirements.find((requirement) => requirement.localName === localName)?.source ?? awsSource;
  return [
    ...checkVersion({ localName, source, version: constraint?.text, file, line: constraint?.line }, version2),
    ...checkBody(body, providerRecord, ["alias", "version"], { file, address: `provider.${localName}`, line })
  ];
}
function checkTyped({ name: block, body = [], labels, line }, kind, file) {
  const [type = "", name = ""] = labels;
  const address = `${block === "resource" ? "" : `${block}.`}${type}.${name}`;
  const record = Object.hasOwn(kind.types, type) ? kind.types[type] : void 0;
  if (record === void 0) {
    return [{ kind: kind.kind, place: placeOf(file, line), name: type, address, remedy: beside }];
  }
  const config = kind.kind === "action" ? body.flatMap((member) => member.name === "config" ? member.body ?? [] : []) : body;
  return checkBody(config, record, kind.meta, { file, address, line });
}
function checkFunctions(body, file, requirements) {
  return body.flatMap(({ body: inner, expression, line }) => {
    if (inner !== void 0) return checkFunctions(inner, file, requirements);
    return [...expression.matchAll(/provider::([\w-]+)::([\w-]+)/g)].filter(([, localName = "", name = ""]) => isOurs(localName, requirements) && !Object.hasOwn(functions_exports, name)).map(([name]) => ({ kind: "function", place: placeOf(file, line), name, remedy: beside }));
  });
}
function checkBody(body, level, meta, where) {
  return body.flatMap((member) => {
    const { name } = member;
    if (meta.includes(name) || Object.hasOwn(level.attributes, name)) return [];
    if (name === "dynamic") return checkDynamic(member, level, where);
    return checkNested(member, name, member.body, level, where);
  });
}
function checkDynamic(member, level, where) {
  const content = member.body?.find(({ name }) => name === "content")?.body;
  return checkNested(member, member.labels[0] ?? "", content ?? [], level, where);
}
function checkNested({ line }, name, body, level, where) {
  const inner = Object.hasOwn(level.blocks ?? {}, name) ? level.blocks?.[name] : void 0;
  const address = `${where.address}.${name}`;
  if (inner !== void 0) return checkBody(body ?? [], inner, [], { ...where, address, line: line ?? where.line });
  return [
    {
      kind: body === void 0 ? "argument" : "block",
      place: placeOf(where.file, line ?? where.line),
      name,
      address: where.address,
      remedy: `Remove it: this provider does not know it${near(name, level)}.`
    }
  ];
}
function near(name, { attributes, blocks = {} }) {
  const plain = (text2) => text2.replaceAll("_", "").replace(/s$/, "");
  const found = [...Object.keys(attributes), ...Object.keys(blocks)].find((known) => plain(known) === plain(name));
  return found === void 0 ? "" : `; it knows ${found}`;
}
function checkVersion({ source, version: constraint, file, line }, version2) {
  if (constraint === void 0) return [];
  const own = source === ownSource;
  if (own ? satisfies(version2, constraint) : standIn(constraint) !== void 0) return [];
  const has = own ? version2 : standInVersions.join(", ");
  return [
    {
      kind: "provider version",
      place: placeOf(file, line),
      name: `${source} ${constraint}`,
      remedy: own ? `The mirror has ${has}. Remove the version, or name that one.` : `Remove the version when you set the source to ${ownSource}. To keep the source: none of ${has} passes, so name one that does (make provider SOURCE=${awsSource} VERSIONS=x.y.z).`
    }
  ];
}
var placeOf = (file, line) => line === void 0 ? file : `${file}:${line}`;

// control-plane/cli/terraform/describe.ts
function describeOutcome(outcome) {
  const { findings, toReplace, notInstalled } = outcome;
  return [
    headOf(outcome),
    ...findings.map(describeFinding),
    ...toReplace.length === 0 ? [] : [
      `To use this provider, set source = "${ownSource}" and remove the version in ${toReplace.join(", ")}; where you cannot change it, install the provider as ${awsSource} (make provider SOURCE=${awsSource}).`
    ],
    ...notInstalled.length === 0 ? [] : [
      `Not looked at: ${notInstalled.map((call) => `module ${call}`).join(", ")}. Run "terraform get", then again.`
    ]
  ].join("\n\n");
}
function headOf({ directories, blocks, findings }) {
  const looked = `${count(blocks, "block")} in ${count(directories, "directory", "directories")} looked at`;
  if (blocks === 0) return `Nothing is for this provider (${looked}).`;
  return findings.length === 0 ? `Everything is served (${looked}).` : `Not served: ${count(findings.length, "finding")} (${looked}).`;
}
function describeFinding({ place, kind, name, address, remedy }) {
  return `${place}: ${kind} ${name}${address === void 0 ? "" : ` (${address})`}
    ${remedy}`;
}
function count(number, one, several = `${one}s`) {
  return `${number} ${number === 1 ? one : several}`;
}

// control-plane/cli/terraform/terraform.ts
var NOT_SERVED = 2;
function terraformCommand() {
  return new Command("terraform").description("What concerns configurations of Terraform and OpenTofu.").addCommand(checkCommand());
}
function checkCommand() {
  const command = new Command("check").description("Tell which types, arguments and provider versions of a configuration are not served.").argument("[dirs...]", "directories of configurations; modules that they call are looked at, too", ["."]).option("--json", "print the outcome as one JSON document").addHelpText("after", "\nExit codes: 0 everything is served, 2 something is not, 1 error. Nothing is changed.");
  return command.action(async (directories) => {
    const outcome = outcomeOf(await Promise.all(directories.map(readModules)));
    console.log(command.opts().json ? JSON.stringify(outcome, null, 2) : describeOutcome(outcome));
    if (outcome.findings.length > 0) process.exitCode = NOT_SERVED;
  });
}
function outcomeOf(read) {
  const modules = new Map(read.flatMap((one) => one.modules).map((module) => [module.directory, module]));
  const checked = [...modules.values()].map((module) => checkModule(module, version));
  return {
    directories: modules.size,
    blocks: checked.reduce((sum, { blocks }) => sum + blocks, 0),
    findings: checked.flatMap(({ findings }) => findings),
    toReplace: checked.flatMap(
      ({ toReplace }) => toReplace.map(({ file, line }) => line === void 0 ? file : `${file}:${line}`)
    ),
    notInstalled: read.flatMap(({ notInstalled }) => notInstalled)
  };
}
export {
  terraformCommand
};
