import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// provider-schema/key-specs.ts
var rsaSigning = [
  "RSASSA_PKCS1_V1_5_SHA_256",
  "RSASSA_PKCS1_V1_5_SHA_384",
  "RSASSA_PKCS1_V1_5_SHA_512",
  "RSASSA_PSS_SHA_256",
  "RSASSA_PSS_SHA_384",
  "RSASSA_PSS_SHA_512"
];
var asymmetric = {
  type: "asymmetric",
  origins: ["AWS_KMS", "EXTERNAL"],
  multiRegion: true,
  importable: true,
  rotatable: false,
  status: "implemented"
};
function rsa(modulusInBytes) {
  const algorithms = { ENCRYPT_DECRYPT: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"], SIGN_VERIFY: rsaSigning };
  return { ...asymmetric, algorithms, modulusInBytes };
}
function nistCurve(signing) {
  return { ...asymmetric, algorithms: { SIGN_VERIFY: [signing], KEY_AGREEMENT: ["ECDH"] } };
}
function hmac(algorithm) {
  return { ...asymmetric, type: "hmac", algorithms: { GENERATE_VERIFY_MAC: [algorithm] } };
}
var mlDsa = {
  ...asymmetric,
  algorithms: { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] },
  origins: ["AWS_KMS"],
  importable: false
};
var mlKem = {
  ...asymmetric,
  algorithms: { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] },
  origins: ["AWS_KMS"],
  importable: false,
  notInChina: true
};
var keySpecs = {
  SYMMETRIC_DEFAULT: {
    type: "symmetric",
    algorithms: { ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT"] },
    defaultUsage: "ENCRYPT_DECRYPT",
    origins: ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"],
    multiRegion: true,
    importable: true,
    rotatable: true,
    status: "implemented"
  },
  RSA_2048: rsa(256),
  RSA_3072: rsa(384),
  RSA_4096: rsa(512),
  ECC_NIST_P256: nistCurve("ECDSA_SHA_256"),
  ECC_NIST_P384: nistCurve("ECDSA_SHA_384"),
  ECC_NIST_P521: nistCurve("ECDSA_SHA_512"),
  ECC_SECG_P256K1: { ...asymmetric, algorithms: { SIGN_VERIFY: ["ECDSA_SHA_256"] } },
  ECC_NIST_EDWARDS25519: { ...asymmetric, algorithms: { SIGN_VERIFY: ["ED25519_SHA_512", "ED25519_PH_SHA_512"] } },
  HMAC_224: hmac("HMAC_SHA_224"),
  HMAC_256: hmac("HMAC_SHA_256"),
  HMAC_384: hmac("HMAC_SHA_384"),
  HMAC_512: hmac("HMAC_SHA_512"),
  ML_DSA_44: mlDsa,
  ML_DSA_65: mlDsa,
  ML_DSA_87: mlDsa,
  ML_KEM_512: mlKem,
  ML_KEM_768: mlKem,
  ML_KEM_1024: mlKem,
  /**
   * Through Node, OpenSSL signs with SM2 keys, but with an empty distinguishing identifier where GM/T 0009 has
   * 1234567812345678, and it does not encrypt. A maintained library for these parts does not exist.
   */
  SM2: {
    ...asymmetric,
    algorithms: { ENCRYPT_DECRYPT: ["SM2PKE"], SIGN_VERIFY: ["SM2DSA"], KEY_AGREEMENT: ["ECDH"] },
    chinaOnly: true,
    status: "planned"
  }
};
function keySpecRow(keySpec) {
  return keySpecs[keySpec];
}
function algorithmsOf(keySpec, keyUsage) {
  return keySpecRow(keySpec).algorithms[keyUsage] ?? [];
}
var dataKeyLengthsInBytes = { AES_128: 16, AES_256: 32 };

// provider-schema/shapes/iam/values.ts
var iamValues = {
  AccessKeyIdType: { type: "string", min: 16, max: 128, pattern: "[\\w]+" },
  AccessKeyMetadataListType: { type: "list", member: "AccessKeyMetadata" },
  AccessKeyStatusType: { type: "string", enum: ["Active", "Inactive"] },
  AccountAliasListType: { type: "list", member: "AccountAliasType" },
  AccountAliasType: { type: "string", min: 3, max: 63, pattern: "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$" },
  ArnListType: { type: "list", member: "ArnType" },
  AttachedPoliciesListType: { type: "list", member: "AttachedPolicy" },
  AttachmentCountType: { type: "integer" },
  ClientIDListType: { type: "list", member: "ClientIDType" },
  ClientIDType: { type: "string", min: 1, max: 255 },
  CustomSuffixType: { type: "string", min: 1, max: 64, pattern: "[\\w+=,.@-]+" },
  DeletionTaskIdType: { type: "string", min: 1, max: 1e3 },
  DeletionTaskStatusType: { type: "string", enum: ["SUCCEEDED", "IN_PROGRESS", "FAILED", "NOT_STARTED"] },
  EntityListType: { type: "list", member: "EntityType" },
  EntityType: { type: "string", enum: ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] },
  ExistingUserNameType: { type: "string", min: 1, max: 128, pattern: "[\\w+=,.@-]+" },
  GroupDetailListType: { type: "list", member: "GroupDetail" },
  GroupListType: { type: "list", member: "Group" },
  GroupNameListType: { type: "list", member: "GroupNameType" },
  GroupNameType: { type: "string", min: 1, max: 128, pattern: "[\\w+=,.@-]+" },
  IamIdType: { type: "string", min: 16, max: 128, pattern: "[\\w]+" },
  IamMarkerType: { type: "string", min: 1, max: 320, pattern: "[\\u0020-\\u00FF]+" },
  IamPolicyNameType: { type: "string", min: 1, max: 128, pattern: "[\\w+=,.@-]+" },
  IamTagKeyType: { type: "string", min: 1, max: 128, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" },
  IamTagValueType: { type: "string", min: 0, max: 256, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" },
  IamTextType: { type: "string" },
  IdentityPolicyDocumentType: {
    type: "string",
    min: 1,
    max: 131072,
    pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
    urlEncodedInXml: true
  },
  InstanceProfileListType: { type: "list", member: "InstanceProfile" },
  InstanceProfileNameType: { type: "string", min: 1, max: 128, pattern: "[\\w+=,.@-]+" },
  ManagedPolicyDetailListType: { type: "list", member: "ManagedPolicyDetail" },
  MaxItemsType: { type: "integer", min: 1, max: 1e3 },
  OpenIDConnectProviderListType: { type: "list", member: "OpenIDConnectProviderListEntry" },
  OpenIDConnectProviderUrlType: { type: "string", min: 1, max: 255 },
  PathPrefixType: { type: "string", min: 1, max: 512, pattern: "\\u002F[\\u0021-\\u007F]*" },
  PathType: { type: "string", min: 1, max: 512, pattern: "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)" },
  PermissionsBoundaryAttachmentType: { type: "string", enum: ["PermissionsBoundaryPolicy"] },
  PolicyDescriptionType: { type: "string", max: 1e3 },
  PolicyDetailListType: { type: "list", member: "PolicyDetail" },
  PolicyDocumentVersionListType: { type: "list", member: "PolicyVersion" },
  PolicyGroupListType: { type: "list", member: "PolicyGroup" },
  PolicyListType: { type: "list", member: "Policy" },
  PolicyNameListType: { type: "list", member: "IamPolicyNameType" },
  PolicyPathType: { type: "string", min: 1, max: 512, pattern: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/" },
  PolicyRoleListType: { type: "list", member: "PolicyRole" },
  PolicyScopeType: { type: "string", enum: ["All", "AWS", "Local"] },
  PolicyUsageType: { type: "string", enum: ["PermissionsPolicy", "PermissionsBoundary"] },
  PolicyUserListType: { type: "list", member: "PolicyUser" },
  PolicyVersionIdType: { type: "string", pattern: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?" },
  ReasonType: { type: "string", max: 1e3 },
  RegionNameType: { type: "string", min: 1, max: 100 },
  ResponseMarkerType: { type: "string" },
  RoleDescriptionType: { type: "string", max: 1e3, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*" },
  RoleDetailListType: { type: "list", member: "RoleDetail" },
  RoleListType: { type: "list", member: "Role" },
  RoleMaxSessionDurationType: { type: "integer", min: 3600, max: 43200 },
  RoleNameType: { type: "string", min: 1, max: 64, pattern: "[\\w+=,.@-]+" },
  RoleUsageListType: { type: "list", member: "RoleUsageType" },
  SecretAccessKeyType: { type: "string", sensitive: true },
  SummaryKeyType: {
    type: "string",
    enum: [
      "Users",
      "UsersQuota",
      "Groups",
      "GroupsQuota",
      "ServerCertificates",
      "ServerCertificatesQuota",
      "UserPolicySizeQuota",
      "GroupPolicySizeQuota",
      "GroupsPerUserQuota",
      "SigningCertificatesPerUserQuota",
      "AccessKeysPerUserQuota",
      "MFADevices",
      "MFADevicesInUse",
      "AccountMFAEnabled",
      "AccountAccessKeysPresent",
      "AccountPasswordPresent",
      "AccountSigningCertificatesPresent",
      "AttachedPoliciesPerGroupQuota",
      "AttachedPoliciesPerRoleQuota",
      "AttachedPoliciesPerUserQuota",
      "Policies",
      "PoliciesQuota",
      "PolicySizeQuota",
      "PolicyVersionsInUse",
      "PolicyVersionsInUseQuota",
      "VersionsPerPolicyQuota",
      "GlobalEndpointTokenVersion",
      "AssumeRolePolicySizeQuota",
      "InstanceProfiles",
      "InstanceProfilesQuota",
      "Providers",
      "RolePolicySizeQuota",
      "Roles",
      "RolesQuota"
    ]
  },
  SummaryMapType: { type: "map", key: "SummaryKeyType", value: "SummaryValueType" },
  SummaryValueType: { type: "integer" },
  TagKeyListType: { type: "list", max: 50, member: "IamTagKeyType" },
  TagListType: { type: "list", max: 50, member: "IamTag" },
  ThumbprintListType: { type: "list", member: "ThumbprintType" },
  ThumbprintType: { type: "string", min: 40, max: 40 },
  UserDetailListType: { type: "list", member: "UserDetail" },
  UserListType: { type: "list", member: "User" },
  UserNameType: { type: "string", min: 1, max: 64, pattern: "[\\w+=,.@-]+" }
};

// provider-schema/shapes/kms/values.ts
var values = {
  AWSAccountIdType: { type: "string" },
  AccountIdType: { type: "string", min: 12, max: 12, pattern: "[0-9]{12}" },
  AlgorithmSpec: {
    type: "string",
    enum: [
      "RSAES_PKCS1_V1_5",
      "RSAES_OAEP_SHA_1",
      "RSAES_OAEP_SHA_256",
      "RSA_AES_KEY_WRAP_SHA_1",
      "RSA_AES_KEY_WRAP_SHA_256",
      "SM2PKE"
    ]
  },
  AliasList: { type: "list", member: "AliasListEntry" },
  AliasNameType: { type: "string", min: 1, max: 256, pattern: "^[a-zA-Z0-9:/_-]+$" },
  ArnType: { type: "string", min: 20, max: 2048 },
  AttestationDocumentType: { type: "blob", min: 1, max: 262144 },
  BackingKeyIdResponseType: { type: "string", min: 0, max: 64, pattern: "^[a-f0-9]+$" },
  BackingKeyIdType: { type: "string", min: 64, max: 64, pattern: "^[a-f0-9]+$" },
  BooleanType: { type: "boolean" },
  CiphertextType: { type: "blob", min: 1, max: 6144 },
  CloudHsmClusterIdType: { type: "string", min: 19, max: 24, pattern: "cluster-[2-7a-zA-Z]{11,16}" },
  CloudTrailEventIdType: { type: "string" },
  ConnectionErrorCodeType: {
    type: "string",
    enum: [
      "INVALID_CREDENTIALS",
      "CLUSTER_NOT_FOUND",
      "NETWORK_ERRORS",
      "INTERNAL_ERROR",
      "INSUFFICIENT_CLOUDHSM_HSMS",
      "USER_LOCKED_OUT",
      "USER_NOT_FOUND",
      "USER_LOGGED_IN",
      "SUBNET_NOT_FOUND",
      "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET",
      "XKS_PROXY_ACCESS_DENIED",
      "XKS_PROXY_NOT_REACHABLE",
      "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND",
      "XKS_PROXY_INVALID_RESPONSE",
      "XKS_PROXY_INVALID_CONFIGURATION",
      "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION",
      "XKS_PROXY_TIMED_OUT",
      "XKS_PROXY_INVALID_TLS_CONFIGURATION"
    ]
  },
  ConnectionStateType: { type: "string", enum: ["CONNECTED", "CONNECTING", "FAILED", "DISCONNECTED", "DISCONNECTING"] },
  CustomKeyStoreIdType: { type: "string", min: 1, max: 64 },
  CustomKeyStoreNameType: { type: "string", min: 1, max: 256 },
  CustomKeyStoreType: { type: "string", enum: ["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"] },
  CustomKeyStoresList: { type: "list", member: "CustomKeyStoresListEntry" },
  CustomerMasterKeySpec: {
    type: "string",
    enum: [
      "RSA_2048",
      "RSA_3072",
      "RSA_4096",
      "ECC_NIST_P256",
      "ECC_NIST_P384",
      "ECC_NIST_P521",
      "ECC_SECG_P256K1",
      "SYMMETRIC_DEFAULT",
      "HMAC_224",
      "HMAC_256",
      "HMAC_384",
      "HMAC_512",
      "SM2"
    ],
    deprecated: true
  },
  DataKeyPairSpec: {
    type: "string",
    enum: [
      "RSA_2048",
      "RSA_3072",
      "RSA_4096",
      "ECC_NIST_P256",
      "ECC_NIST_P384",
      "ECC_NIST_P521",
      "ECC_SECG_P256K1",
      "SM2",
      "ECC_NIST_EDWARDS25519",
      "ML_KEM_512",
      "ML_KEM_768",
      "ML_KEM_1024"
    ]
  },
  DataKeySpec: { type: "string", enum: ["AES_256", "AES_128"] },
  DateType: { type: "timestamp" },
  DescriptionType: { type: "string", min: 0, max: 8192 },
  DryRunModifierList: { type: "list", member: "DryRunModifierType" },
  DryRunModifierType: { type: "string", enum: ["IGNORE_CIPHERTEXT"] },
  EncapsulationAlgorithmSpec: { type: "string", enum: ["ML_KEM"] },
  EncapsulationAlgorithmSpecList: { type: "list", member: "EncapsulationAlgorithmSpec" },
  EncryptionAlgorithmSpec: {
    type: "string",
    enum: ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]
  },
  EncryptionAlgorithmSpecList: { type: "list", member: "EncryptionAlgorithmSpec" },
  EncryptionContextKey: { type: "string" },
  EncryptionContextType: { type: "map", key: "EncryptionContextKey", value: "EncryptionContextValue" },
  EncryptionContextValue: { type: "string" },
  ErrorMessageType: { type: "string" },
  ExpirationModelType: { type: "string", enum: ["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"] },
  /** Can contain the wildcards of ArnLike, in its last part. */
  GrantConstraintSourceArnType: {
    type: "string",
    min: 20,
    max: 512,
    pattern: "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$"
  },
  GrantIdType: { type: "string", min: 1, max: 128 },
  GrantList: { type: "list", member: "GrantListEntry" },
  GrantNameType: { type: "string", min: 1, max: 256, pattern: "^[a-zA-Z0-9:/_-]+$" },
  GrantOperation: {
    type: "string",
    enum: [
      "Decrypt",
      "Encrypt",
      "GenerateDataKey",
      "GenerateDataKeyWithoutPlaintext",
      "ReEncryptFrom",
      "ReEncryptTo",
      "Sign",
      "Verify",
      "GetPublicKey",
      "CreateGrant",
      "RetireGrant",
      "DescribeKey",
      "GenerateDataKeyPair",
      "GenerateDataKeyPairWithoutPlaintext",
      "GenerateMac",
      "VerifyMac",
      "DeriveSharedSecret",
      "Encapsulate",
      "Decapsulate"
    ]
  },
  GrantOperationList: { type: "list", member: "GrantOperation" },
  GrantTokenList: { type: "list", member: "GrantTokenType", min: 0, max: 10 },
  GrantTokenType: { type: "string", min: 1, max: 8192 },
  ImportState: { type: "string", enum: ["IMPORTED", "PENDING_IMPORT"] },
  ImportType: { type: "string", enum: ["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"] },
  IncludeKeyMaterial: { type: "string", enum: ["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"] },
  KeyAgreementAlgorithmSpec: { type: "string", enum: ["ECDH"] },
  KeyAgreementAlgorithmSpecList: { type: "list", member: "KeyAgreementAlgorithmSpec" },
  KeyEncryptionMechanism: { type: "string", enum: ["RSAES_OAEP_SHA_256"] },
  KeyIdType: { type: "string", min: 1, max: 2048 },
  KeyLastUsageTrackingOperation: {
    type: "string",
    enum: [
      "Decrypt",
      "DeriveSharedSecret",
      "Encrypt",
      "GenerateDataKey",
      "GenerateDataKeyPair",
      "GenerateDataKeyPairWithoutPlaintext",
      "GenerateDataKeyWithoutPlaintext",
      "GenerateMac",
      "ReEncrypt",
      "Sign",
      "Verify",
      "VerifyMac",
      "Encapsulate",
      "Decapsulate"
    ]
  },
  KeyList: { type: "list", member: "KeyListEntry" },
  KeyManagerType: { type: "string", enum: ["AWS", "CUSTOMER"] },
  KeyMaterialDescriptionType: { type: "string", min: 0, max: 256, pattern: "^[a-zA-Z0-9:/_\\s.-]+$" },
  KeyMaterialState: {
    type: "string",
    enum: ["NON_CURRENT", "CURRENT", "PENDING_ROTATION", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"]
  },
  KeySpec: {
    type: "string",
    enum: [
      "RSA_2048",
      "RSA_3072",
      "RSA_4096",
      "ECC_NIST_P256",
      "ECC_NIST_P384",
      "ECC_NIST_P521",
      "ECC_SECG_P256K1",
      "SYMMETRIC_DEFAULT",
      "HMAC_224",
      "HMAC_256",
      "HMAC_384",
      "HMAC_512",
      "SM2",
      "ML_DSA_44",
      "ML_DSA_65",
      "ML_DSA_87",
      "ECC_NIST_EDWARDS25519",
      "ML_KEM_512",
      "ML_KEM_768",
      "ML_KEM_1024"
    ]
  },
  KeyState: {
    type: "string",
    enum: [
      "Creating",
      "Enabled",
      "Disabled",
      "PendingDeletion",
      "PendingImport",
      "PendingReplicaDeletion",
      "Unavailable",
      "Updating"
    ]
  },
  KeyStorePasswordType: { type: "string", min: 7, max: 32, sensitive: true },
  KeyUsageType: {
    type: "string",
    enum: ["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"]
  },
  KmsRequestIdType: { type: "string" },
  LimitType: { type: "integer", min: 1, max: 1e3 },
  MacAlgorithmSpec: { type: "string", enum: ["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"] },
  MacAlgorithmSpecList: { type: "list", member: "MacAlgorithmSpec" },
  MarkerType: { type: "string", min: 1, max: 1024, pattern: "[\\u0020-\\u00FF]*" },
  MessageType: { type: "string", enum: ["RAW", "DIGEST", "EXTERNAL_MU"] },
  MultiRegionKeyList: { type: "list", member: "MultiRegionKey" },
  MultiRegionKeyType: { type: "string", enum: ["PRIMARY", "REPLICA"] },
  NullableBooleanType: { type: "boolean" },
  NumberOfBytesType: { type: "integer", min: 1, max: 1024 },
  OriginType: { type: "string", enum: ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"] },
  PendingWindowInDaysType: { type: "integer", min: 1, max: 365 },
  PlaintextType: { type: "blob", min: 1, max: 4096, sensitive: true },
  PolicyNameList: { type: "list", member: "PolicyNameType" },
  PolicyNameType: { type: "string", min: 1, max: 128, pattern: "[\\w]+" },
  PolicyType: { type: "string", min: 1, max: 131072, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" },
  PrincipalIdType: { type: "string", min: 1, max: 256, pattern: "^[\\w+=,.@:/-]+$" },
  PublicKeyType: { type: "blob", min: 1, max: 8192 },
  RegionType: { type: "string", min: 1, max: 32, pattern: "^([a-z]+-){2,3}\\d+$" },
  ResourceOwnerType: { type: "string", enum: ["SELF", "OTHER_ACCOUNTS_VIA_RAM"] },
  ResourceOwnersList: { type: "list", member: "ResourceOwnerType", min: 1, max: 2 },
  RotationPeriodInDaysType: { type: "integer", min: 90, max: 2560 },
  RotationType: { type: "string", enum: ["AUTOMATIC", "ON_DEMAND"] },
  RotationsList: { type: "list", member: "RotationsListEntry" },
  ServicePrincipalType: {
    type: "string",
    min: 1,
    max: 128,
    pattern: "^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$"
  },
  SigningAlgorithmSpec: {
    type: "string",
    enum: [
      "RSASSA_PSS_SHA_256",
      "RSASSA_PSS_SHA_384",
      "RSASSA_PSS_SHA_512",
      "RSASSA_PKCS1_V1_5_SHA_256",
      "RSASSA_PKCS1_V1_5_SHA_384",
      "RSASSA_PKCS1_V1_5_SHA_512",
      "ECDSA_SHA_256",
      "ECDSA_SHA_384",
      "ECDSA_SHA_512",
      "SM2DSA",
      "ML_DSA_SHAKE_256",
      "ED25519_SHA_512",
      "ED25519_PH_SHA_512"
    ]
  },
  SigningAlgorithmSpecList: { type: "list", member: "SigningAlgorithmSpec" },
  TagKeyList: { type: "list", member: "TagKeyType" },
  TagKeyType: { type: "string", min: 1, max: 128 },
  TagList: { type: "list", member: "Tag" },
  TagValueType: { type: "string", min: 0, max: 256 },
  TrustAnchorCertificateType: { type: "string", min: 1, max: 5e3 },
  WrappingKeySpec: { type: "string", enum: ["RSA_2048", "RSA_3072", "RSA_4096", "SM2"] },
  XksKeyIdType: { type: "string", min: 1, max: 128, pattern: "^[a-zA-Z0-9-_.]+$" },
  XksProxyAuthenticationAccessKeyIdType: { type: "string", min: 20, max: 30, pattern: "^[A-Z2-7]+$", sensitive: true },
  XksProxyAuthenticationRawSecretAccessKeyType: {
    type: "string",
    min: 43,
    max: 64,
    pattern: "^[a-zA-Z0-9\\/+=]+$",
    sensitive: true
  },
  XksProxyConnectivityType: { type: "string", enum: ["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"] },
  XksProxyUriEndpointType: { type: "string", min: 10, max: 128, pattern: "^https://[a-zA-Z0-9.-]+$" },
  XksProxyUriPathType: {
    type: "string",
    min: 10,
    max: 128,
    pattern: "^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$"
  },
  XksProxyVpcEndpointServiceNameType: {
    type: "string",
    min: 20,
    max: 64,
    pattern: "^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$"
  }
};

export {
  keySpecs,
  keySpecRow,
  algorithmsOf,
  dataKeyLengthsInBytes,
  iamValues,
  values
};
