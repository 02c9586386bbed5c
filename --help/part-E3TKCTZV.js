import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  defined
} from "./part-LOG5TJBC.js";

// provider-schema/operations/apis.ts
var kms = (own) => complete("kms", own);
var iam = (own) => complete("iam", own);
var sts = (own) => complete("sts", own);
var cloudtrail = (own) => complete("cloudtrail", own);
var keystead = (own) => complete("keystead", own);
function complete(service, own) {
  const records = Object.entries(own).map(([name, record]) => [
    name,
    whole(service, name, record)
  ]);
  return Object.fromEntries(records);
}
function whole(service, name, own) {
  const { output = `${name}Response`, accessLevel } = own;
  const reads = own.effect === "read" || accessLevel === "List" || accessLevel === "Read";
  return {
    name,
    summary: own.summary,
    status: own.status === "planned" ? "planned" : "implemented",
    service,
    ...defined({ unsigned: own.unsigned }),
    input: `${name}Request`,
    output,
    targets: own.targets.map((target) => ({ ...target, action: target.action ?? `${service}:${name}` })),
    grantable: own.grantable ?? false,
    effect: reads ? "read" : "write",
    accessLevel,
    errors: ["KMSInternalException", ...own.errors ?? []].sort(),
    rest: route(own.rest, own.creates ? 201 : output === null ? 204 : 200)
  };
}
function route(rest, successStatus) {
  const [method, path] = rest.split(" ");
  return { method, path, successStatus };
}

// provider-schema/operations/states.ts
var invalid = "KMSInvalidStateException";
var unsupported = "UnsupportedOperationException";
var anyState = {
  Creating: "ok",
  Enabled: "ok",
  Disabled: "ok",
  PendingImport: "ok",
  PendingDeletion: "ok",
  PendingReplicaDeletion: "ok",
  Unavailable: "ok",
  Updating: "ok"
};
var notPendingDeletion = {
  ...anyState,
  PendingDeletion: invalid,
  PendingReplicaDeletion: invalid
};
var usableKey = {
  Creating: invalid,
  Enabled: "ok",
  Disabled: "DisabledException",
  PendingImport: invalid,
  PendingDeletion: invalid,
  PendingReplicaDeletion: invalid,
  Unavailable: invalid,
  Updating: "ok"
};
var grantableKey = { ...usableKey, Unavailable: "ok" };
var replicableKey = { ...usableKey, Updating: invalid };
var settledKey = {
  ...notPendingDeletion,
  Creating: invalid,
  PendingImport: invalid,
  Updating: invalid
};
var deletableKey = { ...notPendingDeletion, Updating: invalid };
var pendingDeletionOnly = {
  Creating: invalid,
  Enabled: invalid,
  Disabled: invalid,
  PendingImport: invalid,
  PendingDeletion: "ok",
  PendingReplicaDeletion: "ok",
  Unavailable: invalid,
  Updating: invalid
};
var rotatingKey = { ...usableKey, PendingImport: unsupported, Unavailable: unsupported };
var rotatableNow = { ...usableKey, Unavailable: unsupported, Updating: invalid };
var rotationHistory = { ...anyState, Unavailable: unsupported };
var importableKey = { ...notPendingDeletion, Creating: invalid, Unavailable: unsupported };
var importParameters = { ...importableKey, Updating: invalid };
var materialDeletable = {
  ...anyState,
  Creating: invalid,
  Unavailable: unsupported,
  Updating: invalid
};

// provider-schema/operations/targets.ts
function key(states, more = {}) {
  return { kind: "key", member: "KeyId", accepts: "key", crossAccount: false, states, ...more };
}
function usedKey(more = {}) {
  return key(usableKey, { accepts: "key-or-alias", crossAccount: true, ...more });
}
function account(more = {}) {
  return { kind: "account", ...more };
}
function driftReports() {
  return { kind: "drift-reports", member: "StackName" };
}
var identityMembers = {
  user: "UserName",
  group: "GroupName",
  role: "RoleName",
  policy: "PolicyArn",
  "oidc-provider": "OpenIDConnectProviderArn",
  "access-key": "AccessKeyId",
  "service-linked-role": "AWSServiceName",
  "deletion-task": "DeletionTaskId"
};
function identity(entity, more = {}) {
  return { kind: "identity", entity, member: identityMembers[entity], ...more };
}

// provider-schema/operations/cloudtrail/lookup-events.ts
var lookupEventsOperations = cloudtrail({
  LookupEvents: {
    summary: "Looks up audit events of the account and Region, newest first.",
    targets: [account()],
    accessLevel: "List",
    errors: [
      "InvalidEventCategoryException",
      "InvalidLookupAttributesException",
      "InvalidMaxResultsException",
      "InvalidNextTokenException",
      "InvalidTimeRangeException"
    ],
    rest: "GET /v1/events"
  }
});

// provider-schema/operations/error-groups.ts
var keyErrors = ["DependencyTimeoutException", "InvalidArnException", "NotFoundException"];
var keyStateErrors = [...keyErrors, "KMSInvalidStateException"];
var keyUseErrors = [
  "DisabledException",
  "DryRunOperationException",
  "InvalidGrantTokenException",
  "InvalidKeyUsageException",
  "KMSInvalidStateException",
  "KeyUnavailableException",
  "NotFoundException"
];
var ciphertextErrors = ["IncorrectKeyException", "InvalidCiphertextException"];
var keyStoreErrors = ["CustomKeyStoreInvalidStateException", "CustomKeyStoreNotFoundException"];
var clusterErrors = [
  "CloudHsmClusterInvalidConfigurationException",
  "CloudHsmClusterNotActiveException",
  "CloudHsmClusterNotFoundException",
  "CustomKeyStoreNameInUseException"
];
var proxyErrors = [
  "XksProxyIncorrectAuthenticationCredentialException",
  "XksProxyInvalidConfigurationException",
  "XksProxyInvalidResponseException",
  "XksProxyUriEndpointInUseException",
  "XksProxyUriInUseException",
  "XksProxyUriUnreachableException",
  "XksProxyVpcEndpointServiceInUseException",
  "XksProxyVpcEndpointServiceInvalidConfigurationException",
  "XksProxyVpcEndpointServiceNotFoundException"
];
var identityChangeErrors = ["LimitExceededException", "NoSuchEntityException"];
var sessionPolicyErrors = ["MalformedPolicyDocumentException", "PackedPolicyTooLargeException"];

// provider-schema/operations/iam/access-keys.ts
var accessKeysOperations = iam({
  CreateAccessKey: {
    summary: "Creates an access key for a user, or the caller; its secret is shown only once.",
    targets: [identity("user", { orCaller: true })],
    accessLevel: "Write",
    errors: identityChangeErrors,
    rest: "POST /v1/users/{UserName}/access-keys",
    creates: true
  },
  ListAccessKeys: {
    summary: "Lists the access keys of a user, or the caller, without their secrets.",
    targets: [identity("user", { orCaller: true })],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}/access-keys"
  },
  UpdateAccessKey: {
    summary: "Activates or deactivates an access key.",
    output: null,
    targets: [identity("user", { orCaller: true })],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "PATCH /v1/users/{UserName}/access-keys/{AccessKeyId}"
  },
  DeleteAccessKey: {
    summary: "Deletes an access key.",
    output: null,
    targets: [identity("user", { orCaller: true })],
    accessLevel: "Write",
    errors: identityChangeErrors,
    rest: "DELETE /v1/users/{UserName}/access-keys/{AccessKeyId}"
  },
  GetAccessKeyLastUsed: {
    summary: "Returns when, where and for which service an access key last signed a request.",
    targets: [identity("access-key")],
    accessLevel: "Read",
    rest: "GET /v1/access-keys/{AccessKeyId}/last-used"
  }
});

// provider-schema/operations/iam/account-aliases.ts
var accountAliasesOperations = iam({
  CreateAccountAlias: {
    summary: "Gives the account an alias, in place of the one it had.",
    output: null,
    targets: [account()],
    accessLevel: "Write",
    errors: ["EntityAlreadyExistsException"],
    rest: "POST /v1/account/aliases",
    creates: true
  },
  ListAccountAliases: {
    summary: "Lists the alias of the account, if it has one.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/account/aliases"
  },
  DeleteAccountAlias: {
    summary: "Takes the alias from the account.",
    output: null,
    targets: [account()],
    accessLevel: "Write",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/account/aliases/{AccountAlias}"
  }
});

// provider-schema/operations/iam/account-details.ts
var accountDetailsOperations = iam({
  GetAccountSummary: {
    summary: "Counts the identities of the account beside its quotas.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/account/summary"
  },
  GetAccountAuthorizationDetails: {
    summary: "Lists the users, groups, roles and policies of the account with their permissions.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/account/authorization-details"
  }
});

// provider-schema/operations/iam/groups.ts
var groupsOperations = iam({
  CreateGroup: {
    summary: "Creates a group.",
    targets: [identity("group", { isNew: true })],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "EntityAlreadyExistsException"],
    rest: "POST /v1/groups",
    creates: true
  },
  GetGroup: {
    summary: "Describes a group and lists its users.",
    targets: [identity("group")],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/groups/{GroupName}"
  },
  ListGroups: {
    summary: "Lists the groups of the account.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/groups"
  },
  UpdateGroup: {
    summary: "Changes the name or path of a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "EntityAlreadyExistsException"],
    rest: "PATCH /v1/groups/{GroupName}"
  },
  DeleteGroup: {
    summary: "Deletes a group that has no users and no policies.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "DeleteConflictException"],
    rest: "DELETE /v1/groups/{GroupName}"
  },
  AddUserToGroup: {
    summary: "Adds a user to a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Write",
    errors: identityChangeErrors,
    rest: "PUT /v1/groups/{GroupName}/users/{UserName}"
  },
  RemoveUserFromGroup: {
    summary: "Removes a user from a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Write",
    errors: identityChangeErrors,
    rest: "DELETE /v1/groups/{GroupName}/users/{UserName}"
  },
  ListGroupsForUser: {
    summary: "Lists the groups a user is in.",
    targets: [identity("user")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}/groups"
  }
});

// provider-schema/operations/iam/inline-policies.ts
var inlinePoliciesOperations = iam({
  PutUserPolicy: {
    summary: "Writes an inline policy of a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "MalformedPolicyDocumentException"],
    rest: "PUT /v1/users/{UserName}/policies/{PolicyName}"
  },
  GetUserPolicy: {
    summary: "Reads an inline policy of a user.",
    targets: [identity("user")],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}/policies/{PolicyName}"
  },
  DeleteUserPolicy: {
    summary: "Deletes an inline policy of a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Permissions management",
    errors: identityChangeErrors,
    rest: "DELETE /v1/users/{UserName}/policies/{PolicyName}"
  },
  ListUserPolicies: {
    summary: "Lists the names of the inline policies of a user.",
    targets: [identity("user")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}/policies"
  },
  PutGroupPolicy: {
    summary: "Writes an inline policy of a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "MalformedPolicyDocumentException"],
    rest: "PUT /v1/groups/{GroupName}/policies/{PolicyName}"
  },
  GetGroupPolicy: {
    summary: "Reads an inline policy of a group.",
    targets: [identity("group")],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/groups/{GroupName}/policies/{PolicyName}"
  },
  DeleteGroupPolicy: {
    summary: "Deletes an inline policy of a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Permissions management",
    errors: identityChangeErrors,
    rest: "DELETE /v1/groups/{GroupName}/policies/{PolicyName}"
  },
  ListGroupPolicies: {
    summary: "Lists the names of the inline policies of a group.",
    targets: [identity("group")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/groups/{GroupName}/policies"
  },
  PutRolePolicy: {
    summary: "Writes an inline policy of a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "MalformedPolicyDocumentException", "UnmodifiableEntityException"],
    rest: "PUT /v1/roles/{RoleName}/policies/{PolicyName}"
  },
  GetRolePolicy: {
    summary: "Reads an inline policy of a role.",
    targets: [identity("role")],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/roles/{RoleName}/policies/{PolicyName}"
  },
  DeleteRolePolicy: {
    summary: "Deletes an inline policy of a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "UnmodifiableEntityException"],
    rest: "DELETE /v1/roles/{RoleName}/policies/{PolicyName}"
  },
  ListRolePolicies: {
    summary: "Lists the names of the inline policies of a role.",
    targets: [identity("role")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/roles/{RoleName}/policies"
  }
});

// provider-schema/operations/iam/managed-policies.ts
var managedPoliciesOperations = iam({
  CreatePolicy: {
    summary: "Creates a managed policy.",
    targets: [
      identity("policy", { member: "PolicyName", isNew: true }),
      identity("policy", { action: "iam:TagPolicy", member: "PolicyName", isNew: true, when: "Tags" })
    ],
    accessLevel: "Permissions management",
    errors: [
      "EntityAlreadyExistsException",
      "InvalidInputException",
      "LimitExceededException",
      "MalformedPolicyDocumentException"
    ],
    rest: "POST /v1/policies",
    creates: true
  },
  GetPolicy: {
    summary: "Describes a managed policy.",
    targets: [identity("policy")],
    accessLevel: "Read",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/policies/{PolicyArn}"
  },
  ListPolicies: {
    summary: "Lists the managed policies of the account and of AWS.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/policies"
  },
  DeletePolicy: {
    summary: "Deletes a managed policy that nothing uses and that has one version.",
    output: null,
    targets: [identity("policy")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "DeleteConflictException", "InvalidInputException"],
    rest: "DELETE /v1/policies/{PolicyArn}"
  },
  CreatePolicyVersion: {
    summary: "Creates a version of a managed policy.",
    targets: [identity("policy")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException", "MalformedPolicyDocumentException"],
    rest: "POST /v1/policies/{PolicyArn}/versions",
    creates: true
  },
  GetPolicyVersion: {
    summary: "Describes a version of a managed policy, with its document.",
    targets: [identity("policy")],
    accessLevel: "Read",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/policies/{PolicyArn}/versions/{VersionId}"
  },
  ListPolicyVersions: {
    summary: "Lists the versions of a managed policy.",
    targets: [identity("policy")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/policies/{PolicyArn}/versions"
  },
  DeletePolicyVersion: {
    summary: "Deletes a version of a managed policy that is not in force.",
    output: null,
    targets: [identity("policy")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "DeleteConflictException", "InvalidInputException"],
    rest: "DELETE /v1/policies/{PolicyArn}/versions/{VersionId}"
  },
  SetDefaultPolicyVersion: {
    summary: "Puts a version of a managed policy in force.",
    output: null,
    targets: [identity("policy")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "PUT /v1/policies/{PolicyArn}/default-version"
  },
  TagPolicy: {
    summary: "Adds tags to a managed policy or changes their values.",
    output: null,
    targets: [identity("policy")],
    accessLevel: "Tagging",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "POST /v1/policies/{PolicyArn}/tags"
  },
  UntagPolicy: {
    summary: "Removes tags from a managed policy.",
    output: null,
    targets: [identity("policy")],
    accessLevel: "Tagging",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "DELETE /v1/policies/{PolicyArn}/tags"
  },
  ListPolicyTags: {
    summary: "Lists the tags of a managed policy.",
    targets: [identity("policy")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/policies/{PolicyArn}/tags"
  },
  ListEntitiesForPolicy: {
    summary: "Lists the users, groups and roles that use a managed policy.",
    targets: [identity("policy")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/policies/{PolicyArn}/entities"
  }
});

// provider-schema/operations/iam/oidc-providers.ts
var oidcProvidersOperations = iam({
  CreateOpenIDConnectProvider: {
    summary: "Registers an OpenID Connect provider, whose tokens open sessions of roles that trust it.",
    targets: [
      identity("oidc-provider", { member: "Url", isNew: true }),
      identity("oidc-provider", { action: "iam:TagOpenIDConnectProvider", member: "Url", isNew: true, when: "Tags" })
    ],
    accessLevel: "Write",
    errors: ["EntityAlreadyExistsException", "InvalidInputException", "LimitExceededException"],
    rest: "POST /v1/oidc-providers",
    creates: true
  },
  GetOpenIDConnectProvider: {
    summary: "Describes an OpenID Connect provider.",
    targets: [identity("oidc-provider")],
    accessLevel: "Read",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/oidc-providers/{OpenIDConnectProviderArn}"
  },
  ListOpenIDConnectProviders: {
    summary: "Lists the OpenID Connect providers of the account.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/oidc-providers"
  },
  DeleteOpenIDConnectProvider: {
    summary: "Removes an OpenID Connect provider.",
    output: null,
    targets: [identity("oidc-provider")],
    accessLevel: "Write",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "DELETE /v1/oidc-providers/{OpenIDConnectProviderArn}"
  },
  AddClientIDToOpenIDConnectProvider: {
    summary: "Adds an audience that tokens of a provider can have.",
    output: null,
    targets: [identity("oidc-provider")],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "PUT /v1/oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}"
  },
  RemoveClientIDFromOpenIDConnectProvider: {
    summary: "Removes an audience.",
    output: null,
    targets: [identity("oidc-provider")],
    accessLevel: "Write",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "DELETE /v1/oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}"
  },
  UpdateOpenIDConnectProviderThumbprint: {
    summary: "Replaces the certificate thumbprints of a provider.",
    output: null,
    targets: [identity("oidc-provider")],
    accessLevel: "Write",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "PUT /v1/oidc-providers/{OpenIDConnectProviderArn}/thumbprints"
  },
  TagOpenIDConnectProvider: {
    summary: "Adds tags to a provider or changes their values.",
    output: null,
    targets: [identity("oidc-provider")],
    accessLevel: "Tagging",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "POST /v1/oidc-providers/{OpenIDConnectProviderArn}/tags"
  },
  UntagOpenIDConnectProvider: {
    summary: "Removes tags from a provider.",
    output: null,
    targets: [identity("oidc-provider")],
    accessLevel: "Tagging",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "DELETE /v1/oidc-providers/{OpenIDConnectProviderArn}/tags"
  },
  ListOpenIDConnectProviderTags: {
    summary: "Lists the tags of a provider.",
    targets: [identity("oidc-provider")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/oidc-providers/{OpenIDConnectProviderArn}/tags"
  }
});

// provider-schema/operations/iam/policy-attachments.ts
var policyAttachmentsOperations = iam({
  AttachUserPolicy: {
    summary: "Attaches a managed policy to a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "PUT /v1/users/{UserName}/attached-policies/{PolicyArn}"
  },
  DetachUserPolicy: {
    summary: "Detaches a managed policy from a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "DELETE /v1/users/{UserName}/attached-policies/{PolicyArn}"
  },
  ListAttachedUserPolicies: {
    summary: "Lists the managed policies attached to a user.",
    targets: [identity("user")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}/attached-policies"
  },
  AttachGroupPolicy: {
    summary: "Attaches a managed policy to a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "PUT /v1/groups/{GroupName}/attached-policies/{PolicyArn}"
  },
  DetachGroupPolicy: {
    summary: "Detaches a managed policy from a group.",
    output: null,
    targets: [identity("group")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "DELETE /v1/groups/{GroupName}/attached-policies/{PolicyArn}"
  },
  ListAttachedGroupPolicies: {
    summary: "Lists the managed policies attached to a group.",
    targets: [identity("group")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/groups/{GroupName}/attached-policies"
  },
  AttachRolePolicy: {
    summary: "Attaches a managed policy to a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException", "UnmodifiableEntityException"],
    rest: "PUT /v1/roles/{RoleName}/attached-policies/{PolicyArn}"
  },
  DetachRolePolicy: {
    summary: "Detaches a managed policy from a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "InvalidInputException", "UnmodifiableEntityException"],
    rest: "DELETE /v1/roles/{RoleName}/attached-policies/{PolicyArn}"
  },
  ListAttachedRolePolicies: {
    summary: "Lists the managed policies attached to a role.",
    targets: [identity("role")],
    accessLevel: "List",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/roles/{RoleName}/attached-policies"
  }
});

// provider-schema/operations/iam/roles.ts
var rolesOperations = iam({
  CreateRole: {
    summary: "Creates a role; its trust policy says who can assume it.",
    targets: [
      identity("role", { isNew: true }),
      identity("role", { action: "iam:TagRole", isNew: true, when: "Tags" })
    ],
    accessLevel: "Write",
    errors: [
      "EntityAlreadyExistsException",
      "InvalidInputException",
      "LimitExceededException",
      "MalformedPolicyDocumentException"
    ],
    rest: "POST /v1/roles",
    creates: true
  },
  GetRole: {
    summary: "Describes a role, with its trust policy.",
    targets: [identity("role")],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/roles/{RoleName}"
  },
  ListRoles: {
    summary: "Lists the roles of the account.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/roles"
  },
  UpdateRole: {
    summary: "Changes the description or the longest session of a role.",
    targets: [identity("role")],
    accessLevel: "Write",
    errors: ["NoSuchEntityException", "UnmodifiableEntityException"],
    rest: "PATCH /v1/roles/{RoleName}"
  },
  UpdateRoleDescription: {
    summary: "Changes the description of a role.",
    targets: [identity("role")],
    accessLevel: "Write",
    errors: ["NoSuchEntityException"],
    rest: "PUT /v1/roles/{RoleName}/description"
  },
  UpdateAssumeRolePolicy: {
    summary: "Replaces the trust policy of a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: [...identityChangeErrors, "MalformedPolicyDocumentException", "UnmodifiableEntityException"],
    rest: "PUT /v1/roles/{RoleName}/trust-policy"
  },
  DeleteRole: {
    summary: "Deletes a role that has no policies; its sessions end.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "DeleteConflictException", "UnmodifiableEntityException"],
    rest: "DELETE /v1/roles/{RoleName}"
  },
  TagRole: {
    summary: "Adds tags to a role or changes their values.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Tagging",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "POST /v1/roles/{RoleName}/tags"
  },
  UntagRole: {
    summary: "Removes tags from a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Tagging",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/roles/{RoleName}/tags"
  },
  ListRoleTags: {
    summary: "Lists the tags of a role.",
    targets: [identity("role")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/roles/{RoleName}/tags"
  },
  ListInstanceProfilesForRole: {
    summary: "Lists the instance profiles of a role: always an empty list.",
    targets: [identity("role")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/roles/{RoleName}/instance-profiles"
  },
  PutRolePermissionsBoundary: {
    summary: "Sets the permissions boundary of a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: ["InvalidInputException", "NoSuchEntityException", "UnmodifiableEntityException"],
    rest: "PUT /v1/roles/{RoleName}/permissions-boundary"
  },
  DeleteRolePermissionsBoundary: {
    summary: "Removes the permissions boundary of a role.",
    output: null,
    targets: [identity("role")],
    accessLevel: "Permissions management",
    errors: ["NoSuchEntityException", "UnmodifiableEntityException"],
    rest: "DELETE /v1/roles/{RoleName}/permissions-boundary"
  }
});

// provider-schema/operations/iam/service-linked-roles.ts
var serviceLinkedRolesOperations = iam({
  CreateServiceLinkedRole: {
    summary: "Creates the role that a service assumes.",
    targets: [identity("service-linked-role", { isNew: true })],
    accessLevel: "Write",
    errors: ["InvalidInputException", "LimitExceededException"],
    rest: "POST /v1/service-linked-roles",
    creates: true
  },
  DeleteServiceLinkedRole: {
    summary: "Deletes a service-linked role; its sessions end.",
    targets: [identity("role")],
    accessLevel: "Write",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "DELETE /v1/service-linked-roles/{RoleName}"
  },
  GetServiceLinkedRoleDeletionStatus: {
    summary: "Returns what became of the deletion of a service-linked role.",
    targets: [identity("deletion-task")],
    accessLevel: "Read",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "GET /v1/service-linked-role-deletions/{DeletionTaskId}"
  }
});

// provider-schema/operations/iam/users.ts
var usersOperations = iam({
  CreateUser: {
    summary: "Creates a user.",
    targets: [
      identity("user", { isNew: true }),
      identity("user", { action: "iam:TagUser", isNew: true, when: "Tags" })
    ],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "EntityAlreadyExistsException", "InvalidInputException"],
    rest: "POST /v1/users",
    creates: true
  },
  GetUser: {
    summary: "Describes a user, or the caller.",
    targets: [identity("user", { orCaller: true })],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}"
  },
  ListUsers: {
    summary: "Lists the users of the account.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/users"
  },
  UpdateUser: {
    summary: "Changes the name or path of a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "EntityAlreadyExistsException"],
    rest: "PATCH /v1/users/{UserName}"
  },
  DeleteUser: {
    summary: "Deletes a user that has no access keys, policies or groups.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Write",
    errors: [...identityChangeErrors, "DeleteConflictException"],
    rest: "DELETE /v1/users/{UserName}"
  },
  TagUser: {
    summary: "Adds tags to a user or changes their values.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Tagging",
    errors: [...identityChangeErrors, "InvalidInputException"],
    rest: "POST /v1/users/{UserName}/tags"
  },
  UntagUser: {
    summary: "Removes tags from a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Tagging",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/users/{UserName}/tags"
  },
  ListUserTags: {
    summary: "Lists the tags of a user.",
    targets: [identity("user")],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/users/{UserName}/tags"
  },
  PutUserPermissionsBoundary: {
    summary: "Sets the permissions boundary of a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Permissions management",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "PUT /v1/users/{UserName}/permissions-boundary"
  },
  DeleteUserPermissionsBoundary: {
    summary: "Removes the permissions boundary of a user.",
    output: null,
    targets: [identity("user")],
    accessLevel: "Permissions management",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/users/{UserName}/permissions-boundary"
  }
});

// provider-schema/operations/keystead/accounts.ts
var accountsOperations = keystead({
  CreateAccount: {
    summary: "Creates an account and its root user's access key, shown only once. Only for the first account's root user.",
    targets: [account()],
    accessLevel: "Write",
    errors: ["EntityAlreadyExistsException"],
    rest: "POST /v1/accounts",
    creates: true
  },
  ListAccounts: {
    summary: "Lists the accounts of the installation. Only for the first account's root user.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/accounts"
  },
  PutAccountOrganization: {
    summary: "Sets the organization of an account and the account's paths in it, for aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:ResourceOrgID and aws:ResourceOrgPaths. Only for the first account's root user.",
    output: null,
    targets: [account()],
    accessLevel: "Permissions management",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "PUT /v1/accounts/{AccountId}/organization"
  },
  DeleteAccountOrganization: {
    summary: "Takes an account out of its organization. Only for the first account's root user.",
    output: null,
    targets: [account()],
    accessLevel: "Permissions management",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/accounts/{AccountId}/organization"
  }
});

// provider-schema/operations/keystead/authorization.ts
var authorizationOperations = keystead({
  SimulateAuthorization: {
    summary: "Returns whether a principal can do something, and why; also under a policy that is not in force yet.",
    targets: [account()],
    accessLevel: "Read",
    errors: ["MalformedPolicyDocumentException", "NoSuchEntityException", "NotFoundException"],
    rest: "POST /v1/authorization/simulate"
  },
  ValidateKeyPolicy: {
    summary: "Returns which statements of a key policy can never apply, or are not limited as they are written, because no account they are about has an organization. Changes nothing.",
    targets: [account()],
    accessLevel: "Read",
    errors: ["LimitExceededException", "MalformedPolicyDocumentException"],
    rest: "POST /v1/authorization/validate-key-policy"
  },
  SimulateNewKeyPolicy: {
    summary: "Returns who could do what with a new key that had this policy: the account's principals and those that the policy names. Changes nothing.",
    targets: [account()],
    accessLevel: "Read",
    errors: ["LimitExceededException", "MalformedPolicyDocumentException"],
    rest: "POST /v1/authorization/simulate-new-key-policy"
  },
  CompareKeyPolicies: {
    summary: "Returns who gained or lost which action on a key by its present policy, compared with another policy: the account's principals and those that either policy names. Changes nothing.",
    targets: [key(anyState)],
    accessLevel: "Read",
    errors: ["InvalidArnException", "LimitExceededException", "MalformedPolicyDocumentException", "NotFoundException"],
    rest: "POST /v1/keys/{KeyId}/policy-comparison"
  }
});

// provider-schema/operations/keystead/changes.ts
var changesOperations = keystead({
  ListChanges: {
    summary: "Lists the changes of declared state after a sequence number, oldest first.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/changes"
  },
  AcceptChanges: {
    summary: "Records in the audit log that all changes up to a sequence number were meant: the baseline of later drift reports. Changes nothing else.",
    output: null,
    // Not part of any other action: whoever changes keys cannot also accept the change.
    targets: [account()],
    accessLevel: "Write",
    rest: "POST /v1/changes/accept"
  }
});

// provider-schema/operations/keystead/configuration.ts
var configurationOperations = keystead({
  GetKeyConfiguration: {
    summary: "Returns everything about a KMS key: metadata, policy, tags, rotation, aliases, grants and revision.",
    targets: [
      key(anyState, { action: "kms:DescribeKey", accepts: "key-or-alias" }),
      key(anyState, { action: "kms:GetKeyPolicy", accepts: "key-or-alias" }),
      key(anyState, { action: "kms:GetKeyRotationStatus", accepts: "key-or-alias" }),
      key(anyState, { action: "kms:ListGrants", accepts: "key-or-alias" }),
      key(anyState, { action: "kms:ListResourceTags", accepts: "key-or-alias" })
    ],
    accessLevel: "Read",
    errors: ["InvalidArnException", "NotFoundException"],
    rest: "GET /v1/keys/{KeyId}/configuration"
  }
});

// provider-schema/operations/keystead/deletion-protection.ts
var deletionProtectionOperations = keystead({
  ProtectKey: {
    summary: "Protects a KMS key in its Region: its deletion cannot be scheduled, and key material that it has used cannot be deleted.",
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: "Write",
    errors: keyStateErrors,
    rest: "PUT /v1/keys/{KeyId}/deletion-protection"
  },
  UnprotectKey: {
    summary: "Lifts the deletion protection of a KMS key in its Region.",
    output: null,
    targets: [key(anyState)],
    accessLevel: "Write",
    errors: keyErrors,
    rest: "DELETE /v1/keys/{KeyId}/deletion-protection"
  }
});

// provider-schema/operations/keystead/drift-reports.ts
var driftReportsOperations = keystead({
  PutDriftReport: {
    summary: "Keeps the drift report of a stack as its last one. It says up to which change of the account it compared.",
    targets: [driftReports()],
    accessLevel: "Write",
    errors: ["LimitExceededException"],
    rest: "POST /v1/drift-reports/{StackName}",
    creates: true
  },
  GetDriftReport: {
    summary: "Returns a drift report of a stack with its document: the last one, or the one with a number.",
    targets: [driftReports()],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/drift-reports/{StackName}"
  },
  ListDriftReports: {
    summary: "Lists when each stack was last compared and what was found; with StackName the kept reports of that stack, the last one first.",
    targets: [account()],
    accessLevel: "List",
    errors: ["InvalidMarkerException"],
    rest: "GET /v1/drift-reports"
  },
  DeleteDriftReports: {
    summary: "Deletes all drift reports of a stack that is not compared any more.",
    output: null,
    targets: [driftReports()],
    accessLevel: "Write",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/drift-reports/{StackName}"
  }
});

// provider-schema/operations/keystead/oidc-provider-keys.ts
var oidcProviderKeysOperations = keystead({
  PutOpenIDConnectProviderKeys: {
    summary: "Sets where a provider's public keys come from: a key set given here, a URL, or the provider's discovery document.",
    output: null,
    // Not an action of IAM: whoever sets the keys can issue tokens for every subject of the provider.
    targets: [identity("oidc-provider")],
    accessLevel: "Permissions management",
    errors: ["InvalidInputException", "NoSuchEntityException"],
    rest: "PUT /v1/oidc-providers/{OpenIDConnectProviderArn}/keys"
  },
  GetOpenIDConnectProviderKeys: {
    summary: "Returns where a provider's public keys come from.",
    targets: [identity("oidc-provider", { action: "iam:GetOpenIDConnectProvider" })],
    accessLevel: "Read",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/oidc-providers/{OpenIDConnectProviderArn}/keys"
  }
});

// provider-schema/operations/keystead/planned-changes.ts
var plannedChangesOperations = keystead({
  ReviewPlannedChanges: {
    summary: "Returns what changes that somebody plans would break: who used a key lately, what depends on it, who would lose access by a policy. Changes nothing.",
    // Each key in the list is authorized for itself, so that the answer about one does not depend on the others.
    targets: [],
    accessLevel: "Read",
    rest: "POST /v1/planned-changes/review"
  }
});

// provider-schema/operations/keystead/service-principals.ts
var servicePrincipalsOperations = keystead({
  CreateServicePrincipal: {
    summary: "Creates a service principal, such as dynamodb.amazonaws.com.",
    targets: [account()],
    accessLevel: "Permissions management",
    errors: ["EntityAlreadyExistsException"],
    rest: "POST /v1/service-principals",
    creates: true
  },
  ListServicePrincipals: {
    summary: "Lists the service principals of the account.",
    targets: [account()],
    accessLevel: "List",
    rest: "GET /v1/service-principals"
  },
  DeleteServicePrincipal: {
    summary: "Deletes a service principal and its access keys; its access ends at once.",
    output: null,
    targets: [account()],
    accessLevel: "Permissions management",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/service-principals/{ServiceName}"
  },
  CreateServiceAccessKey: {
    summary: "Creates an access key for a service principal; its secret is shown only once.",
    targets: [account()],
    accessLevel: "Permissions management",
    errors: ["LimitExceededException", "NoSuchEntityException"],
    rest: "POST /v1/service-principals/{ServiceName}/access-keys",
    creates: true
  },
  ListServiceAccessKeys: {
    summary: "Lists the access keys of a service principal, without their secrets.",
    targets: [account()],
    accessLevel: "List",
    errors: ["NoSuchEntityException"],
    rest: "GET /v1/service-principals/{ServiceName}/access-keys"
  },
  DeleteServiceAccessKey: {
    summary: "Deletes an access key of a service principal.",
    output: null,
    targets: [account()],
    accessLevel: "Permissions management",
    errors: ["NoSuchEntityException"],
    rest: "DELETE /v1/service-principals/{ServiceName}/access-keys/{AccessKeyId}"
  }
});

// provider-schema/operations/kms/agreement.ts
var agreementOperations = kms({
  DeriveSharedSecret: {
    summary: "Derives a shared secret from a key agreement key and a peer's public key.",
    targets: [usedKey({ usages: ["KEY_AGREEMENT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException"],
    rest: "POST /v1/keys/{KeyId}/derive-shared-secret"
  }
});

// provider-schema/operations/kms/aliases.ts
var aliasesOperations = kms({
  CreateAlias: {
    summary: "Creates an alias for a KMS key.",
    output: null,
    targets: [
      { kind: "alias", member: "AliasName", exists: false },
      key(notPendingDeletion, { member: "TargetKeyId", ofAlias: true })
    ],
    accessLevel: "Write",
    errors: [
      "AlreadyExistsException",
      "DependencyTimeoutException",
      "InvalidAliasNameException",
      "KMSInvalidStateException",
      "LimitExceededException",
      "NotFoundException"
    ],
    rest: "POST /v1/aliases",
    creates: true
  },
  UpdateAlias: {
    summary: "Points an alias at another KMS key of the same type and usage.",
    output: null,
    targets: [
      { kind: "alias", member: "AliasName", exists: true },
      key(notPendingDeletion, { member: "TargetKeyId", ofAlias: true })
    ],
    accessLevel: "Write",
    errors: ["DependencyTimeoutException", "KMSInvalidStateException", "LimitExceededException", "NotFoundException"],
    rest: "PUT /v1/aliases/{AliasName}"
  },
  DeleteAlias: {
    summary: "Deletes an alias; its KMS key is not touched.",
    output: null,
    targets: [{ kind: "alias", member: "AliasName", exists: true }],
    accessLevel: "Write",
    errors: ["DependencyTimeoutException", "KMSInvalidStateException", "NotFoundException"],
    rest: "DELETE /v1/aliases/{AliasName}"
  },
  ListAliases: {
    summary: "Lists the aliases of the account and Region, or of one KMS key.",
    targets: [account(), key(anyState, { optional: true, resolveOnly: true })],
    accessLevel: "List",
    errors: [...keyErrors, "InvalidMarkerException"],
    rest: "GET /v1/aliases"
  }
});

// provider-schema/operations/kms/data-keys.ts
var dataKeysOperations = kms({
  GenerateDataKey: {
    summary: "Generates a data key and returns it in plaintext and encrypted.",
    targets: [usedKey({ usages: ["ENCRYPT_DECRYPT"], keySpecs: ["SYMMETRIC_DEFAULT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException"],
    rest: "POST /v1/keys/{KeyId}/generate-data-key"
  },
  GenerateDataKeyWithoutPlaintext: {
    summary: "Generates a data key and returns it encrypted only.",
    targets: [usedKey({ usages: ["ENCRYPT_DECRYPT"], keySpecs: ["SYMMETRIC_DEFAULT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException"],
    rest: "POST /v1/keys/{KeyId}/generate-data-key-without-plaintext"
  },
  GenerateDataKeyPair: {
    summary: "Generates a data key pair and returns its private key in plaintext and encrypted.",
    targets: [usedKey({ usages: ["ENCRYPT_DECRYPT"], keySpecs: ["SYMMETRIC_DEFAULT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException", "UnsupportedOperationException"],
    rest: "POST /v1/keys/{KeyId}/generate-data-key-pair"
  },
  GenerateDataKeyPairWithoutPlaintext: {
    summary: "Generates a data key pair and returns its private key encrypted only.",
    targets: [usedKey({ usages: ["ENCRYPT_DECRYPT"], keySpecs: ["SYMMETRIC_DEFAULT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException", "UnsupportedOperationException"],
    rest: "POST /v1/keys/{KeyId}/generate-data-key-pair-without-plaintext"
  },
  GenerateRandom: {
    summary: "Returns random bytes.",
    targets: [account()],
    accessLevel: "Write",
    effect: "read",
    errors: [...keyStoreErrors, "DependencyTimeoutException", "UnsupportedOperationException"],
    rest: "POST /v1/random"
  }
});

// provider-schema/operations/kms/deletion.ts
var deletionOperations = kms({
  ScheduleKeyDeletion: {
    summary: "Schedules the deletion of a KMS key after a waiting period.",
    targets: [key(deletableKey)],
    accessLevel: "Write",
    errors: keyStateErrors,
    rest: "POST /v1/keys/{KeyId}/schedule-deletion"
  },
  CancelKeyDeletion: {
    summary: "Cancels the deletion of a KMS key; the key is then disabled.",
    targets: [key(pendingDeletionOnly)],
    accessLevel: "Write",
    errors: keyStateErrors,
    rest: "POST /v1/keys/{KeyId}/cancel-deletion"
  }
});

// provider-schema/operations/kms/encapsulation.ts
var encapsulationOperations = kms({
  Encapsulate: {
    summary: "Makes a shared secret, and the ciphertext from which only this ML-KEM key derives it.",
    targets: [usedKey({ usages: ["ENCAPSULATE_DECAPSULATE"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException"],
    rest: "POST /v1/keys/{KeyId}/encapsulate"
  },
  Decapsulate: {
    summary: "Derives the shared secret from a ciphertext that was made with the public key of this ML-KEM key.",
    targets: [usedKey({ usages: ["ENCAPSULATE_DECAPSULATE"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException", "InvalidCiphertextException"],
    rest: "POST /v1/keys/{KeyId}/decapsulate"
  }
});

// provider-schema/operations/kms/encrypt.ts
var encryptOperations = kms({
  Encrypt: {
    summary: "Encrypts up to 4096 bytes under a KMS key.",
    targets: [usedKey({ usages: ["ENCRYPT_DECRYPT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException"],
    rest: "POST /v1/keys/{KeyId}/encrypt"
  },
  Decrypt: {
    summary: "Decrypts a ciphertext that a KMS key made.",
    targets: [usedKey({ ciphertextMember: "CiphertextBlob", usages: ["ENCRYPT_DECRYPT"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, ...ciphertextErrors, "DependencyTimeoutException"],
    rest: "POST /v1/decrypt"
  },
  ReEncrypt: {
    summary: "Decrypts a ciphertext and encrypts it again under another KMS key, without showing the plaintext.",
    targets: [
      usedKey({
        action: "kms:ReEncryptFrom",
        member: "SourceKeyId",
        ciphertextMember: "CiphertextBlob",
        usages: ["ENCRYPT_DECRYPT"]
      }),
      usedKey({ action: "kms:ReEncryptTo", member: "DestinationKeyId", usages: ["ENCRYPT_DECRYPT"] })
    ],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, ...ciphertextErrors, "DependencyTimeoutException"],
    rest: "POST /v1/re-encrypt"
  }
});

// provider-schema/operations/kms/grants.ts
var grantsOperations = kms({
  CreateGrant: {
    summary: "Creates a grant on a KMS key.",
    targets: [key(grantableKey, { crossAccount: true })],
    accessLevel: "Permissions management",
    grantable: true,
    errors: [
      ...keyStateErrors,
      "DisabledException",
      "DryRunOperationException",
      "InvalidGrantTokenException",
      "LimitExceededException"
    ],
    rest: "POST /v1/keys/{KeyId}/grants",
    creates: true
  },
  ListGrants: {
    summary: "Lists the grants on a KMS key.",
    targets: [key(anyState, { crossAccount: true })],
    accessLevel: "List",
    errors: [...keyStateErrors, "InvalidGrantIdException", "InvalidMarkerException"],
    rest: "GET /v1/keys/{KeyId}/grants"
  },
  ListRetirableGrants: {
    summary: "Lists the grants a principal can retire, on keys of every account.",
    output: "ListGrantsResponse",
    targets: [account({ ofService: "RetiringServicePrincipal" })],
    accessLevel: "List",
    errors: [...keyErrors, "InvalidMarkerException"],
    rest: "GET /v1/grants/retirable"
  },
  RevokeGrant: {
    summary: "Deletes a grant, if the key policy or IAM allows it.",
    output: null,
    targets: [key(anyState, { crossAccount: true })],
    accessLevel: "Permissions management",
    errors: [...keyStateErrors, "DryRunOperationException", "InvalidGrantIdException"],
    rest: "DELETE /v1/keys/{KeyId}/grants/{GrantId}"
  },
  RetireGrant: {
    summary: "Deletes a grant, if the grant itself allows it.",
    output: null,
    targets: [{ kind: "grant" }],
    accessLevel: "Permissions management",
    grantable: true,
    errors: [...keyStateErrors, "DryRunOperationException", "InvalidGrantIdException", "InvalidGrantTokenException"],
    rest: "POST /v1/grants/retire"
  }
});

// provider-schema/operations/kms/import.ts
var importOperations = kms({
  GetParametersForImport: {
    summary: "Returns a wrapping key and an import token for importing key material.",
    targets: [key(importParameters)],
    accessLevel: "Read",
    errors: [...keyStateErrors, "UnsupportedOperationException"],
    rest: "POST /v1/keys/{KeyId}/import-parameters"
  },
  ImportKeyMaterial: {
    summary: "Imports wrapped key material into a KMS key of origin EXTERNAL.",
    targets: [key(importableKey)],
    accessLevel: "Write",
    errors: [
      ...keyStateErrors,
      "ExpiredImportTokenException",
      "IncorrectKeyMaterialException",
      "InvalidCiphertextException",
      "InvalidImportTokenException",
      "UnsupportedOperationException"
    ],
    rest: "POST /v1/keys/{KeyId}/key-material"
  },
  DeleteImportedKeyMaterial: {
    summary: "Deletes imported key material; the KMS key then waits for a new import.",
    targets: [key(materialDeletable)],
    accessLevel: "Write",
    errors: [...keyStateErrors, "UnsupportedOperationException"],
    rest: "DELETE /v1/keys/{KeyId}/key-material"
  }
});

// provider-schema/operations/kms/key-stores.ts
var keyStoresOperations = kms({
  CreateCustomKeyStore: {
    summary: "Creates a custom key store.",
    targets: [account()],
    accessLevel: "Write",
    errors: [
      ...proxyErrors,
      ...clusterErrors,
      "CloudHsmClusterInUseException",
      "IncorrectTrustAnchorException",
      "LimitExceededException"
    ],
    rest: "POST /v1/key-stores",
    creates: true
  },
  DescribeCustomKeyStores: {
    summary: "Describes the custom key stores of the account and Region.",
    targets: [account()],
    accessLevel: "Read",
    errors: ["CustomKeyStoreNotFoundException", "InvalidMarkerException"],
    rest: "GET /v1/key-stores"
  },
  UpdateCustomKeyStore: {
    summary: "Changes the properties of a custom key store.",
    targets: [account()],
    accessLevel: "Write",
    errors: [...proxyErrors, ...clusterErrors, ...keyStoreErrors, "CloudHsmClusterNotRelatedException"],
    rest: "PATCH /v1/key-stores/{CustomKeyStoreId}"
  },
  DeleteCustomKeyStore: {
    summary: "Deletes a custom key store that holds no KMS keys.",
    targets: [account()],
    accessLevel: "Write",
    errors: [...keyStoreErrors, "CustomKeyStoreHasCMKsException"],
    rest: "DELETE /v1/key-stores/{CustomKeyStoreId}"
  },
  ConnectCustomKeyStore: {
    summary: "Connects a custom key store to its backing key store.",
    targets: [account()],
    accessLevel: "Write",
    errors: [...keyStoreErrors, "CloudHsmClusterInvalidConfigurationException", "CloudHsmClusterNotActiveException"],
    rest: "POST /v1/key-stores/{CustomKeyStoreId}/connect"
  },
  DisconnectCustomKeyStore: {
    summary: "Disconnects a custom key store; its KMS keys are then unavailable.",
    targets: [account()],
    accessLevel: "Write",
    errors: keyStoreErrors,
    rest: "POST /v1/key-stores/{CustomKeyStoreId}/disconnect"
  }
});

// provider-schema/operations/kms/keys.ts
var keysOperations = kms({
  CreateKey: {
    summary: "Creates a KMS key.",
    targets: [account(), account({ action: "kms:TagResource", when: "Tags" })],
    accessLevel: "Write",
    errors: [
      ...keyStoreErrors,
      "CloudHsmClusterInvalidConfigurationException",
      "DependencyTimeoutException",
      "InvalidArnException",
      "LimitExceededException",
      "MalformedPolicyDocumentException",
      "TagException",
      "UnsupportedOperationException",
      "XksKeyAlreadyInUseException",
      "XksKeyInvalidConfigurationException",
      "XksKeyNotFoundException"
    ],
    rest: "POST /v1/keys",
    creates: true
  },
  DescribeKey: {
    summary: "Describes a KMS key.",
    targets: [key(anyState, { accepts: "key-or-alias", crossAccount: true })],
    accessLevel: "Read",
    grantable: true,
    errors: keyErrors,
    rest: "GET /v1/keys/{KeyId}"
  },
  ListKeys: {
    summary: "Lists the KMS keys of the account and Region.",
    targets: [account()],
    accessLevel: "List",
    errors: ["DependencyTimeoutException", "InvalidMarkerException"],
    rest: "GET /v1/keys"
  },
  EnableKey: {
    summary: "Enables a KMS key.",
    output: null,
    targets: [key(settledKey)],
    accessLevel: "Write",
    errors: [...keyStateErrors, "LimitExceededException"],
    rest: "POST /v1/keys/{KeyId}/enable"
  },
  DisableKey: {
    summary: "Disables a KMS key: it cannot be used until it is enabled again.",
    output: null,
    targets: [key(settledKey)],
    accessLevel: "Write",
    errors: keyStateErrors,
    rest: "POST /v1/keys/{KeyId}/disable"
  },
  UpdateKeyDescription: {
    summary: "Replaces the description of a KMS key.",
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: "Write",
    errors: keyStateErrors,
    rest: "PUT /v1/keys/{KeyId}/description"
  },
  GetKeyLastUsage: {
    summary: "Returns when, how and by which request a KMS key was last used.",
    targets: [key(anyState)],
    accessLevel: "Read",
    errors: keyErrors,
    rest: "GET /v1/keys/{KeyId}/last-usage"
  },
  GetPublicKey: {
    summary: "Returns the public key of an asymmetric KMS key.",
    targets: [usedKey()],
    accessLevel: "Read",
    grantable: true,
    errors: [
      ...keyStateErrors,
      "DisabledException",
      "InvalidGrantTokenException",
      "InvalidKeyUsageException",
      "KeyUnavailableException",
      "UnsupportedOperationException"
    ],
    rest: "GET /v1/keys/{KeyId}/public-key"
  }
});

// provider-schema/operations/kms/mac.ts
var macOperations = kms({
  GenerateMac: {
    summary: "Generates an HMAC of a message.",
    targets: [usedKey({ usages: ["GENERATE_VERIFY_MAC"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: keyUseErrors,
    rest: "POST /v1/keys/{KeyId}/generate-mac"
  },
  VerifyMac: {
    summary: "Verifies an HMAC that GenerateMac made.",
    targets: [usedKey({ usages: ["GENERATE_VERIFY_MAC"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "KMSInvalidMacException"],
    rest: "POST /v1/keys/{KeyId}/verify-mac"
  }
});

// provider-schema/operations/kms/multi-region.ts
var multiRegionOperations = kms({
  ReplicateKey: {
    summary: "Creates a replica of a multi-Region primary key in another Region.",
    targets: [
      key(replicableKey),
      account({ action: "kms:CreateKey", region: "ReplicaRegion" }),
      account({ action: "kms:TagResource", region: "ReplicaRegion", when: "Tags" })
    ],
    accessLevel: "Write",
    errors: [
      "AlreadyExistsException",
      "DisabledException",
      "InvalidArnException",
      "KMSInvalidStateException",
      "LimitExceededException",
      "MalformedPolicyDocumentException",
      "NotFoundException",
      "TagException",
      "UnsupportedOperationException"
    ],
    rest: "POST /v1/keys/{KeyId}/replicate",
    creates: true
  },
  UpdatePrimaryRegion: {
    summary: "Makes a replica key the primary key, and the primary key a replica.",
    output: null,
    targets: [key(usableKey)],
    accessLevel: "Write",
    errors: [
      "DisabledException",
      "InvalidArnException",
      "KMSInvalidStateException",
      "NotFoundException",
      "UnsupportedOperationException"
    ],
    rest: "PUT /v1/keys/{KeyId}/primary-region"
  }
});

// provider-schema/operations/kms/policies.ts
var policiesOperations = kms({
  GetKeyPolicy: {
    summary: "Returns the key policy of a KMS key.",
    targets: [key(anyState)],
    accessLevel: "Read",
    errors: keyStateErrors,
    rest: "GET /v1/keys/{KeyId}/policy"
  },
  PutKeyPolicy: {
    summary: "Replaces the key policy of a KMS key.",
    output: null,
    targets: [key(anyState)],
    accessLevel: "Permissions management",
    errors: [
      ...keyStateErrors,
      "LimitExceededException",
      "MalformedPolicyDocumentException",
      "UnsupportedOperationException"
    ],
    rest: "PUT /v1/keys/{KeyId}/policy"
  },
  ListKeyPolicies: {
    summary: "Lists the names of the key policies of a KMS key: always one, `default`.",
    targets: [key(anyState)],
    accessLevel: "List",
    errors: keyStateErrors,
    rest: "GET /v1/keys/{KeyId}/policies"
  }
});

// provider-schema/operations/kms/rotation.ts
var rotationOperations = kms({
  EnableKeyRotation: {
    summary: "Turns on automatic rotation of the key material, or changes its period.",
    output: null,
    targets: [key(rotatingKey)],
    accessLevel: "Write",
    errors: [...keyStateErrors, "DisabledException", "UnsupportedOperationException"],
    rest: "PUT /v1/keys/{KeyId}/rotation"
  },
  DisableKeyRotation: {
    summary: "Turns off automatic rotation of the key material.",
    output: null,
    targets: [key(rotatingKey)],
    accessLevel: "Write",
    errors: [...keyStateErrors, "DisabledException", "UnsupportedOperationException"],
    rest: "DELETE /v1/keys/{KeyId}/rotation"
  },
  GetKeyRotationStatus: {
    summary: "Returns whether and when the key material rotates.",
    targets: [key(anyState, { crossAccount: true })],
    accessLevel: "Read",
    errors: [...keyStateErrors, "UnsupportedOperationException"],
    rest: "GET /v1/keys/{KeyId}/rotation"
  },
  RotateKeyOnDemand: {
    summary: "Rotates the key material now.",
    targets: [key(rotatableNow)],
    accessLevel: "Write",
    errors: [
      ...keyStateErrors,
      "ConflictException",
      "DisabledException",
      "LimitExceededException",
      "UnsupportedOperationException"
    ],
    rest: "POST /v1/keys/{KeyId}/rotate"
  },
  ListKeyRotations: {
    summary: "Lists the rotations of a KMS key, or all of its key materials.",
    targets: [key(rotationHistory)],
    accessLevel: "List",
    errors: [
      "InvalidArnException",
      "InvalidMarkerException",
      "KMSInvalidStateException",
      "NotFoundException",
      "UnsupportedOperationException"
    ],
    rest: "GET /v1/keys/{KeyId}/rotations"
  }
});

// provider-schema/operations/kms/sign.ts
var signOperations = kms({
  Sign: {
    summary: "Signs a message or its digest.",
    targets: [usedKey({ usages: ["SIGN_VERIFY"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException"],
    rest: "POST /v1/keys/{KeyId}/sign"
  },
  Verify: {
    summary: "Verifies a signature that Sign made.",
    targets: [usedKey({ usages: ["SIGN_VERIFY"] })],
    accessLevel: "Write",
    effect: "read",
    grantable: true,
    errors: [...keyUseErrors, "DependencyTimeoutException", "KMSInvalidSignatureException"],
    rest: "POST /v1/keys/{KeyId}/verify"
  }
});

// provider-schema/operations/kms/tags.ts
var tagsOperations = kms({
  TagResource: {
    summary: "Adds tags to a KMS key, or changes their values.",
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: "Tagging",
    errors: [
      "InvalidArnException",
      "KMSInvalidStateException",
      "LimitExceededException",
      "NotFoundException",
      "TagException"
    ],
    rest: "POST /v1/keys/{KeyId}/tags"
  },
  UntagResource: {
    summary: "Removes tags from a KMS key.",
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: "Tagging",
    errors: ["InvalidArnException", "KMSInvalidStateException", "NotFoundException", "TagException"],
    rest: "DELETE /v1/keys/{KeyId}/tags"
  },
  ListResourceTags: {
    summary: "Lists the tags of a KMS key.",
    targets: [key(anyState)],
    accessLevel: "List",
    errors: ["InvalidArnException", "InvalidMarkerException", "NotFoundException"],
    rest: "GET /v1/keys/{KeyId}/tags"
  }
});

// provider-schema/operations/sts/caller-identity.ts
var callerIdentityOperations = sts({
  GetCallerIdentity: {
    summary: "Returns who signed the request. Does not need a permission.",
    targets: [],
    accessLevel: "Read",
    rest: "GET /v1/caller-identity"
  }
});

// provider-schema/operations/sts/sessions.ts
var sessionsOperations = sts({
  AssumeRole: {
    summary: "Opens a session of a role, if the role's trust policy and the caller's policies allow it.",
    targets: [],
    accessLevel: "Write",
    effect: "read",
    errors: sessionPolicyErrors,
    rest: "POST /v1/sessions/assume-role"
  },
  AssumeRoleWithWebIdentity: {
    summary: "Opens a session of a role for the bearer of an identity provider's token. Does not need a signature.",
    unsigned: true,
    targets: [],
    accessLevel: "Write",
    effect: "read",
    errors: [
      ...sessionPolicyErrors,
      "ExpiredIdentityTokenException",
      "IDPCommunicationErrorException",
      "IDPRejectedClaimException",
      "InvalidIdentityTokenException"
    ],
    rest: "POST /v1/sessions/assume-role-with-web-identity"
  },
  GetSessionToken: {
    summary: "Opens a session of the calling user or root user. Does not need a permission.",
    targets: [],
    accessLevel: "Read",
    rest: "POST /v1/sessions/session-token"
  },
  GetAccessKeyInfo: {
    summary: "Returns the account of an access key.",
    targets: [account()],
    accessLevel: "Read",
    rest: "GET /v1/access-keys/{AccessKeyId}/account"
  },
  DecodeAuthorizationMessage: {
    summary: "Always refused: authorization messages are not encoded here, and name the missing permission.",
    targets: [account()],
    accessLevel: "Write",
    effect: "read",
    errors: ["InvalidAuthorizationMessageException"],
    rest: "POST /v1/sessions/decode-authorization-message"
  }
});

// provider-schema/operations/index.ts
var families = {
  kms: {
    keys: keysOperations,
    encrypt: encryptOperations,
    "data-keys": dataKeysOperations,
    sign: signOperations,
    mac: macOperations,
    agreement: agreementOperations,
    encapsulation: encapsulationOperations,
    aliases: aliasesOperations,
    policies: policiesOperations,
    tags: tagsOperations,
    grants: grantsOperations,
    rotation: rotationOperations,
    deletion: deletionOperations,
    "multi-region": multiRegionOperations,
    import: importOperations,
    "key-stores": keyStoresOperations
  },
  iam: {
    users: usersOperations,
    "access-keys": accessKeysOperations,
    groups: groupsOperations,
    roles: rolesOperations,
    "service-linked-roles": serviceLinkedRolesOperations,
    "managed-policies": managedPoliciesOperations,
    "policy-attachments": policyAttachmentsOperations,
    "inline-policies": inlinePoliciesOperations,
    "oidc-providers": oidcProvidersOperations,
    "account-aliases": accountAliasesOperations,
    "account-details": accountDetailsOperations
  },
  sts: {
    "caller-identity": callerIdentityOperations,
    sessions: sessionsOperations
  },
  cloudtrail: {
    events: lookupEventsOperations
  },
  keystead: {
    configuration: configurationOperations,
    "deletion-protection": deletionProtectionOperations,
    changes: changesOperations,
    "drift-reports": driftReportsOperations,
    authorization: authorizationOperations,
    "planned-changes": plannedChangesOperations,
    accounts: accountsOperations,
    "service-principals": servicePrincipalsOperations,
    "oidc-provider-keys": oidcProviderKeysOperations
  }
};
var operations = {
  ...keysOperations,
  ...configurationOperations,
  ...deletionOperations,
  ...deletionProtectionOperations,
  ...policiesOperations,
  ...tagsOperations,
  ...grantsOperations,
  ...aliasesOperations,
  ...rotationOperations,
  ...multiRegionOperations,
  ...encryptOperations,
  ...dataKeysOperations,
  ...signOperations,
  ...macOperations,
  ...agreementOperations,
  ...encapsulationOperations,
  ...importOperations,
  ...keyStoresOperations,
  ...changesOperations,
  ...driftReportsOperations,
  ...lookupEventsOperations,
  ...authorizationOperations,
  ...plannedChangesOperations,
  ...callerIdentityOperations,
  ...sessionsOperations,
  ...usersOperations,
  ...accessKeysOperations,
  ...groupsOperations,
  ...rolesOperations,
  ...serviceLinkedRolesOperations,
  ...managedPoliciesOperations,
  ...policyAttachmentsOperations,
  ...inlinePoliciesOperations,
  ...oidcProvidersOperations,
  ...oidcProviderKeysOperations,
  ...accountAliasesOperations,
  ...accountDetailsOperations,
  ...accountsOperations,
  ...servicePrincipalsOperations
};
function findOperation(name) {
  return Object.hasOwn(operations, name) ? operations[name] : void 0;
}
var operationNames = Object.keys(operations);

export {
  usableKey,
  families,
  operations,
  findOperation,
  operationNames
};
