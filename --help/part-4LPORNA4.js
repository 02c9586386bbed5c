import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  version
} from "./part-I6WPCKDI.js";
import {
  CommandError,
  Option
} from "./part-K2DAL35S.js";
import {
  Gate
} from "./part-5XLD6PTW.js";
import {
  signRequest
} from "./part-YFCC4CVH.js";
import {
  isRegion
} from "./part-6MSZOWH6.js";
import {
  defined
} from "./part-LOG5TJBC.js";

// control-plane/cli/shared/connection.ts
import { randomUUID } from "node:crypto";

// provider/credentials/credential-error.ts
var CredentialError = class extends Error {
  summary;
  detail;
  /** Where the provider block says it; undefined for what the environment and files say. */
  path;
  constructor(summary, detail, path) {
    super(`${summary}: ${detail}`);
    this.name = "CredentialError";
    this.summary = summary;
    this.detail = detail;
    this.path = path;
  }
};

// provider/credentials/sessions.ts
var SessionRefusal = class extends Error {
  name = "SessionRefusal";
};
var renewedBeforeMs = 5 * 6e4;
function credentialsOf(plan, open, now, program) {
  const { base, roles } = plan;
  if (!("identityToken" in base) && roles.length === 0) return async () => base;
  let current;
  return async () => {
    const held = current;
    const known = await held;
    if (known && known.endsAtMs - renewedBeforeMs > now().getTime()) return known.credentials;
    if (current === held) {
      current = openAll(plan, open, `${program}-${now().getTime()}`, known === void 0);
      current.catch(() => {
        current = void 0;
      });
    }
    return (await current).credentials;
  };
}
async function openAll({ base, roles }, open, sessionName, first) {
  let opened = "identityToken" in base ? await explained(base, first, async () => {
    const { identityToken, path: _, RoleSessionName = sessionName, ...input } = base;
    const WebIdentityToken = await identityToken();
    return open("AssumeRoleWithWebIdentity", { ...input, RoleSessionName, WebIdentityToken });
  }) : { credentials: base, endsAtMs: Number.POSITIVE_INFINITY };
  for (const role of roles) {
    const { path: _, RoleSessionName = sessionName, ...input } = role;
    const by = opened.credentials;
    const next = await explained(role, first, () => open("AssumeRole", { ...input, RoleSessionName }, by));
    opened = { ...next, endsAtMs: Math.min(next.endsAtMs, opened.endsAtMs) };
  }
  return opened;
}
async function explained({ RoleArn, path }, first, open) {
  try {
    const { Credentials } = await open();
    return {
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken
      },
      endsAtMs: Credentials.Expiration * 1e3
    };
  } catch (error) {
    if (!(error instanceof SessionRefusal)) throw error;
    throw new CredentialError(`Cannot assume ${RoleArn}`, error.message, first ? path : void 0);
  }
}

// provider-schema/generated/rest-routes.ts
var restRoutes = {
  CreateKey: { method: "POST", path: "/v1/keys", takesIdempotencyKey: true },
  DescribeKey: { method: "GET", path: "/v1/keys/{KeyId}", takesIdempotencyKey: false },
  ListKeys: { method: "GET", path: "/v1/keys", takesIdempotencyKey: false },
  EnableKey: { method: "POST", path: "/v1/keys/{KeyId}/enable", takesIdempotencyKey: false },
  DisableKey: { method: "POST", path: "/v1/keys/{KeyId}/disable", takesIdempotencyKey: false },
  UpdateKeyDescription: { method: "PUT", path: "/v1/keys/{KeyId}/description", takesIdempotencyKey: false },
  GetKeyLastUsage: { method: "GET", path: "/v1/keys/{KeyId}/last-usage", takesIdempotencyKey: false },
  GetPublicKey: { method: "GET", path: "/v1/keys/{KeyId}/public-key", takesIdempotencyKey: false },
  GetKeyConfiguration: { method: "GET", path: "/v1/keys/{KeyId}/configuration", takesIdempotencyKey: false },
  ScheduleKeyDeletion: { method: "POST", path: "/v1/keys/{KeyId}/schedule-deletion", takesIdempotencyKey: false },
  CancelKeyDeletion: { method: "POST", path: "/v1/keys/{KeyId}/cancel-deletion", takesIdempotencyKey: false },
  ProtectKey: { method: "PUT", path: "/v1/keys/{KeyId}/deletion-protection", takesIdempotencyKey: false },
  UnprotectKey: { method: "DELETE", path: "/v1/keys/{KeyId}/deletion-protection", takesIdempotencyKey: false },
  GetKeyPolicy: { method: "GET", path: "/v1/keys/{KeyId}/policy", takesIdempotencyKey: false },
  PutKeyPolicy: { method: "PUT", path: "/v1/keys/{KeyId}/policy", takesIdempotencyKey: false },
  ListKeyPolicies: { method: "GET", path: "/v1/keys/{KeyId}/policies", takesIdempotencyKey: false },
  TagResource: { method: "POST", path: "/v1/keys/{KeyId}/tags", takesIdempotencyKey: false },
  UntagResource: { method: "DELETE", path: "/v1/keys/{KeyId}/tags", takesIdempotencyKey: false },
  ListResourceTags: { method: "GET", path: "/v1/keys/{KeyId}/tags", takesIdempotencyKey: false },
  CreateGrant: { method: "POST", path: "/v1/keys/{KeyId}/grants", takesIdempotencyKey: true },
  ListGrants: { method: "GET", path: "/v1/keys/{KeyId}/grants", takesIdempotencyKey: false },
  ListRetirableGrants: { method: "GET", path: "/v1/grants/retirable", takesIdempotencyKey: false },
  RevokeGrant: { method: "DELETE", path: "/v1/keys/{KeyId}/grants/{GrantId}", takesIdempotencyKey: false },
  RetireGrant: { method: "POST", path: "/v1/grants/retire", takesIdempotencyKey: false },
  CreateAlias: { method: "POST", path: "/v1/aliases", takesIdempotencyKey: true },
  UpdateAlias: { method: "PUT", path: "/v1/aliases/{AliasName}", takesIdempotencyKey: false },
  DeleteAlias: { method: "DELETE", path: "/v1/aliases/{AliasName}", takesIdempotencyKey: false },
  ListAliases: { method: "GET", path: "/v1/aliases", takesIdempotencyKey: false },
  EnableKeyRotation: { method: "PUT", path: "/v1/keys/{KeyId}/rotation", takesIdempotencyKey: false },
  DisableKeyRotation: { method: "DELETE", path: "/v1/keys/{KeyId}/rotation", takesIdempotencyKey: false },
  GetKeyRotationStatus: { method: "GET", path: "/v1/keys/{KeyId}/rotation", takesIdempotencyKey: false },
  RotateKeyOnDemand: { method: "POST", path: "/v1/keys/{KeyId}/rotate", takesIdempotencyKey: false },
  ListKeyRotations: { method: "GET", path: "/v1/keys/{KeyId}/rotations", takesIdempotencyKey: false },
  ReplicateKey: { method: "POST", path: "/v1/keys/{KeyId}/replicate", takesIdempotencyKey: true },
  UpdatePrimaryRegion: { method: "PUT", path: "/v1/keys/{KeyId}/primary-region", takesIdempotencyKey: false },
  Encrypt: { method: "POST", path: "/v1/keys/{KeyId}/encrypt", takesIdempotencyKey: false },
  Decrypt: { method: "POST", path: "/v1/decrypt", takesIdempotencyKey: false },
  ReEncrypt: { method: "POST", path: "/v1/re-encrypt", takesIdempotencyKey: false },
  GenerateDataKey: { method: "POST", path: "/v1/keys/{KeyId}/generate-data-key", takesIdempotencyKey: false },
  GenerateDataKeyWithoutPlaintext: { method: "POST", path: "/v1/keys/{KeyId}/generate-data-key-without-plaintext", takesIdempotencyKey: false },
  GenerateDataKeyPair: { method: "POST", path: "/v1/keys/{KeyId}/generate-data-key-pair", takesIdempotencyKey: false },
  GenerateDataKeyPairWithoutPlaintext: { method: "POST", path: "/v1/keys/{KeyId}/generate-data-key-pair-without-plaintext", takesIdempotencyKey: false },
  GenerateRandom: { method: "POST", path: "/v1/random", takesIdempotencyKey: false },
  Sign: { method: "POST", path: "/v1/keys/{KeyId}/sign", takesIdempotencyKey: false },
  Verify: { method: "POST", path: "/v1/keys/{KeyId}/verify", takesIdempotencyKey: false },
  GenerateMac: { method: "POST", path: "/v1/keys/{KeyId}/generate-mac", takesIdempotencyKey: false },
  VerifyMac: { method: "POST", path: "/v1/keys/{KeyId}/verify-mac", takesIdempotencyKey: false },
  DeriveSharedSecret: { method: "POST", path: "/v1/keys/{KeyId}/derive-shared-secret", takesIdempotencyKey: false },
  Encapsulate: { method: "POST", path: "/v1/keys/{KeyId}/encapsulate", takesIdempotencyKey: false },
  Decapsulate: { method: "POST", path: "/v1/keys/{KeyId}/decapsulate", takesIdempotencyKey: false },
  GetParametersForImport: { method: "POST", path: "/v1/keys/{KeyId}/import-parameters", takesIdempotencyKey: false },
  ImportKeyMaterial: { method: "POST", path: "/v1/keys/{KeyId}/key-material", takesIdempotencyKey: false },
  DeleteImportedKeyMaterial: { method: "DELETE", path: "/v1/keys/{KeyId}/key-material", takesIdempotencyKey: false },
  CreateCustomKeyStore: { method: "POST", path: "/v1/key-stores", takesIdempotencyKey: true },
  DescribeCustomKeyStores: { method: "GET", path: "/v1/key-stores", takesIdempotencyKey: false },
  UpdateCustomKeyStore: { method: "PATCH", path: "/v1/key-stores/{CustomKeyStoreId}", takesIdempotencyKey: false },
  DeleteCustomKeyStore: { method: "DELETE", path: "/v1/key-stores/{CustomKeyStoreId}", takesIdempotencyKey: false },
  ConnectCustomKeyStore: { method: "POST", path: "/v1/key-stores/{CustomKeyStoreId}/connect", takesIdempotencyKey: false },
  DisconnectCustomKeyStore: { method: "POST", path: "/v1/key-stores/{CustomKeyStoreId}/disconnect", takesIdempotencyKey: false },
  ListChanges: { method: "GET", path: "/v1/changes", takesIdempotencyKey: false },
  AcceptChanges: { method: "POST", path: "/v1/changes/accept", takesIdempotencyKey: false },
  PutDriftReport: { method: "POST", path: "/v1/drift-reports/{StackName}", takesIdempotencyKey: true },
  GetDriftReport: { method: "GET", path: "/v1/drift-reports/{StackName}", takesIdempotencyKey: false },
  ListDriftReports: { method: "GET", path: "/v1/drift-reports", takesIdempotencyKey: false },
  DeleteDriftReports: { method: "DELETE", path: "/v1/drift-reports/{StackName}", takesIdempotencyKey: false },
  LookupEvents: { method: "GET", path: "/v1/events", takesIdempotencyKey: false },
  SimulateAuthorization: { method: "POST", path: "/v1/authorization/simulate", takesIdempotencyKey: false },
  ValidateKeyPolicy: { method: "POST", path: "/v1/authorization/validate-key-policy", takesIdempotencyKey: false },
  SimulateNewKeyPolicy: { method: "POST", path: "/v1/authorization/simulate-new-key-policy", takesIdempotencyKey: false },
  CompareKeyPolicies: { method: "POST", path: "/v1/keys/{KeyId}/policy-comparison", takesIdempotencyKey: false },
  ReviewPlannedChanges: { method: "POST", path: "/v1/planned-changes/review", takesIdempotencyKey: false },
  GetCallerIdentity: { method: "GET", path: "/v1/caller-identity", takesIdempotencyKey: false },
  AssumeRole: { method: "POST", path: "/v1/sessions/assume-role", takesIdempotencyKey: false },
  AssumeRoleWithWebIdentity: { method: "POST", path: "/v1/sessions/assume-role-with-web-identity", takesIdempotencyKey: false },
  GetSessionToken: { method: "POST", path: "/v1/sessions/session-token", takesIdempotencyKey: false },
  GetAccessKeyInfo: { method: "GET", path: "/v1/access-keys/{AccessKeyId}/account", takesIdempotencyKey: false },
  DecodeAuthorizationMessage: { method: "POST", path: "/v1/sessions/decode-authorization-message", takesIdempotencyKey: false },
  CreateUser: { method: "POST", path: "/v1/users", takesIdempotencyKey: true },
  GetUser: { method: "GET", path: "/v1/users/{UserName}", takesIdempotencyKey: false },
  ListUsers: { method: "GET", path: "/v1/users", takesIdempotencyKey: false },
  UpdateUser: { method: "PATCH", path: "/v1/users/{UserName}", takesIdempotencyKey: false },
  DeleteUser: { method: "DELETE", path: "/v1/users/{UserName}", takesIdempotencyKey: false },
  TagUser: { method: "POST", path: "/v1/users/{UserName}/tags", takesIdempotencyKey: false },
  UntagUser: { method: "DELETE", path: "/v1/users/{UserName}/tags", takesIdempotencyKey: false },
  ListUserTags: { method: "GET", path: "/v1/users/{UserName}/tags", takesIdempotencyKey: false },
  PutUserPermissionsBoundary: { method: "PUT", path: "/v1/users/{UserName}/permissions-boundary", takesIdempotencyKey: false },
  DeleteUserPermissionsBoundary: { method: "DELETE", path: "/v1/users/{UserName}/permissions-boundary", takesIdempotencyKey: false },
  CreateAccessKey: { method: "POST", path: "/v1/users/{UserName}/access-keys", takesIdempotencyKey: false },
  ListAccessKeys: { method: "GET", path: "/v1/users/{UserName}/access-keys", takesIdempotencyKey: false },
  UpdateAccessKey: { method: "PATCH", path: "/v1/users/{UserName}/access-keys/{AccessKeyId}", takesIdempotencyKey: false },
  DeleteAccessKey: { method: "DELETE", path: "/v1/users/{UserName}/access-keys/{AccessKeyId}", takesIdempotencyKey: false },
  GetAccessKeyLastUsed: { method: "GET", path: "/v1/access-keys/{AccessKeyId}/last-used", takesIdempotencyKey: false },
  CreateGroup: { method: "POST", path: "/v1/groups", takesIdempotencyKey: true },
  GetGroup: { method: "GET", path: "/v1/groups/{GroupName}", takesIdempotencyKey: false },
  ListGroups: { method: "GET", path: "/v1/groups", takesIdempotencyKey: false },
  UpdateGroup: { method: "PATCH", path: "/v1/groups/{GroupName}", takesIdempotencyKey: false },
  DeleteGroup: { method: "DELETE", path: "/v1/groups/{GroupName}", takesIdempotencyKey: false },
  AddUserToGroup: { method: "PUT", path: "/v1/groups/{GroupName}/users/{UserName}", takesIdempotencyKey: false },
  RemoveUserFromGroup: { method: "DELETE", path: "/v1/groups/{GroupName}/users/{UserName}", takesIdempotencyKey: false },
  ListGroupsForUser: { method: "GET", path: "/v1/users/{UserName}/groups", takesIdempotencyKey: false },
  CreateRole: { method: "POST", path: "/v1/roles", takesIdempotencyKey: true },
  GetRole: { method: "GET", path: "/v1/roles/{RoleName}", takesIdempotencyKey: false },
  ListRoles: { method: "GET", path: "/v1/roles", takesIdempotencyKey: false },
  UpdateRole: { method: "PATCH", path: "/v1/roles/{RoleName}", takesIdempotencyKey: false },
  UpdateRoleDescription: { method: "PUT", path: "/v1/roles/{RoleName}/description", takesIdempotencyKey: false },
  UpdateAssumeRolePolicy: { method: "PUT", path: "/v1/roles/{RoleName}/trust-policy", takesIdempotencyKey: false },
  DeleteRole: { method: "DELETE", path: "/v1/roles/{RoleName}", takesIdempotencyKey: false },
  TagRole: { method: "POST", path: "/v1/roles/{RoleName}/tags", takesIdempotencyKey: false },
  UntagRole: { method: "DELETE", path: "/v1/roles/{RoleName}/tags", takesIdempotencyKey: false },
  ListRoleTags: { method: "GET", path: "/v1/roles/{RoleName}/tags", takesIdempotencyKey: false },
  ListInstanceProfilesForRole: { method: "GET", path: "/v1/roles/{RoleName}/instance-profiles", takesIdempotencyKey: false },
  PutRolePermissionsBoundary: { method: "PUT", path: "/v1/roles/{RoleName}/permissions-boundary", takesIdempotencyKey: false },
  DeleteRolePermissionsBoundary: { method: "DELETE", path: "/v1/roles/{RoleName}/permissions-boundary", takesIdempotencyKey: false },
  CreateServiceLinkedRole: { method: "POST", path: "/v1/service-linked-roles", takesIdempotencyKey: true },
  DeleteServiceLinkedRole: { method: "DELETE", path: "/v1/service-linked-roles/{RoleName}", takesIdempotencyKey: false },
  GetServiceLinkedRoleDeletionStatus: { method: "GET", path: "/v1/service-linked-role-deletions/{DeletionTaskId}", takesIdempotencyKey: false },
  CreatePolicy: { method: "POST", path: "/v1/policies", takesIdempotencyKey: true },
  GetPolicy: { method: "GET", path: "/v1/policies/{PolicyArn}", takesIdempotencyKey: false },
  ListPolicies: { method: "GET", path: "/v1/policies", takesIdempotencyKey: false },
  DeletePolicy: { method: "DELETE", path: "/v1/policies/{PolicyArn}", takesIdempotencyKey: false },
  CreatePolicyVersion: { method: "POST", path: "/v1/policies/{PolicyArn}/versions", takesIdempotencyKey: true },
  GetPolicyVersion: { method: "GET", path: "/v1/policies/{PolicyArn}/versions/{VersionId}", takesIdempotencyKey: false },
  ListPolicyVersions: { method: "GET", path: "/v1/policies/{PolicyArn}/versions", takesIdempotencyKey: false },
  DeletePolicyVersion: { method: "DELETE", path: "/v1/policies/{PolicyArn}/versions/{VersionId}", takesIdempotencyKey: false },
  SetDefaultPolicyVersion: { method: "PUT", path: "/v1/policies/{PolicyArn}/default-version", takesIdempotencyKey: false },
  TagPolicy: { method: "POST", path: "/v1/policies/{PolicyArn}/tags", takesIdempotencyKey: false },
  UntagPolicy: { method: "DELETE", path: "/v1/policies/{PolicyArn}/tags", takesIdempotencyKey: false },
  ListPolicyTags: { method: "GET", path: "/v1/policies/{PolicyArn}/tags", takesIdempotencyKey: false },
  ListEntitiesForPolicy: { method: "GET", path: "/v1/policies/{PolicyArn}/entities", takesIdempotencyKey: false },
  AttachUserPolicy: { method: "PUT", path: "/v1/users/{UserName}/attached-policies/{PolicyArn}", takesIdempotencyKey: false },
  DetachUserPolicy: { method: "DELETE", path: "/v1/users/{UserName}/attached-policies/{PolicyArn}", takesIdempotencyKey: false },
  ListAttachedUserPolicies: { method: "GET", path: "/v1/users/{UserName}/attached-policies", takesIdempotencyKey: false },
  AttachGroupPolicy: { method: "PUT", path: "/v1/groups/{GroupName}/attached-policies/{PolicyArn}", takesIdempotencyKey: false },
  DetachGroupPolicy: { method: "DELETE", path: "/v1/groups/{GroupName}/attached-policies/{PolicyArn}", takesIdempotencyKey: false },
  ListAttachedGroupPolicies: { method: "GET", path: "/v1/groups/{GroupName}/attached-policies", takesIdempotencyKey: false },
  AttachRolePolicy: { method: "PUT", path: "/v1/roles/{RoleName}/attached-policies/{PolicyArn}", takesIdempotencyKey: false },
  DetachRolePolicy: { method: "DELETE", path: "/v1/roles/{RoleName}/attached-policies/{PolicyArn}", takesIdempotencyKey: false },
  ListAttachedRolePolicies: { method: "GET", path: "/v1/roles/{RoleName}/attached-policies", takesIdempotencyKey: false },
  PutUserPolicy: { method: "PUT", path: "/v1/users/{UserName}/policies/{PolicyName}", takesIdempotencyKey: false },
  GetUserPolicy: { method: "GET", path: "/v1/users/{UserName}/policies/{PolicyName}", takesIdempotencyKey: false },
  DeleteUserPolicy: { method: "DELETE", path: "/v1/users/{UserName}/policies/{PolicyName}", takesIdempotencyKey: false },
  ListUserPolicies: { method: "GET", path: "/v1/users/{UserName}/policies", takesIdempotencyKey: false },
  PutGroupPolicy: { method: "PUT", path: "/v1/groups/{GroupName}/policies/{PolicyName}", takesIdempotencyKey: false },
  GetGroupPolicy: { method: "GET", path: "/v1/groups/{GroupName}/policies/{PolicyName}", takesIdempotencyKey: false },
  DeleteGroupPolicy: { method: "DELETE", path: "/v1/groups/{GroupName}/policies/{PolicyName}", takesIdempotencyKey: false },
  ListGroupPolicies: { method: "GET", path: "/v1/groups/{GroupName}/policies", takesIdempotencyKey: false },
  PutRolePolicy: { method: "PUT", path: "/v1/roles/{RoleName}/policies/{PolicyName}", takesIdempotencyKey: false },
  GetRolePolicy: { method: "GET", path: "/v1/roles/{RoleName}/policies/{PolicyName}", takesIdempotencyKey: false },
  DeleteRolePolicy: { method: "DELETE", path: "/v1/roles/{RoleName}/policies/{PolicyName}", takesIdempotencyKey: false },
  ListRolePolicies: { method: "GET", path: "/v1/roles/{RoleName}/policies", takesIdempotencyKey: false },
  CreateOpenIDConnectProvider: { method: "POST", path: "/v1/oidc-providers", takesIdempotencyKey: true },
  GetOpenIDConnectProvider: { method: "GET", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}", takesIdempotencyKey: false },
  ListOpenIDConnectProviders: { method: "GET", path: "/v1/oidc-providers", takesIdempotencyKey: false },
  DeleteOpenIDConnectProvider: { method: "DELETE", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}", takesIdempotencyKey: false },
  AddClientIDToOpenIDConnectProvider: { method: "PUT", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}", takesIdempotencyKey: false },
  RemoveClientIDFromOpenIDConnectProvider: { method: "DELETE", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}", takesIdempotencyKey: false },
  UpdateOpenIDConnectProviderThumbprint: { method: "PUT", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/thumbprints", takesIdempotencyKey: false },
  TagOpenIDConnectProvider: { method: "POST", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/tags", takesIdempotencyKey: false },
  UntagOpenIDConnectProvider: { method: "DELETE", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/tags", takesIdempotencyKey: false },
  ListOpenIDConnectProviderTags: { method: "GET", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/tags", takesIdempotencyKey: false },
  PutOpenIDConnectProviderKeys: { method: "PUT", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/keys", takesIdempotencyKey: false },
  GetOpenIDConnectProviderKeys: { method: "GET", path: "/v1/oidc-providers/{OpenIDConnectProviderArn}/keys", takesIdempotencyKey: false },
  CreateAccountAlias: { method: "POST", path: "/v1/account/aliases", takesIdempotencyKey: true },
  ListAccountAliases: { method: "GET", path: "/v1/account/aliases", takesIdempotencyKey: false },
  DeleteAccountAlias: { method: "DELETE", path: "/v1/account/aliases/{AccountAlias}", takesIdempotencyKey: false },
  GetAccountSummary: { method: "GET", path: "/v1/account/summary", takesIdempotencyKey: false },
  GetAccountAuthorizationDetails: { method: "GET", path: "/v1/account/authorization-details", takesIdempotencyKey: false },
  CreateAccount: { method: "POST", path: "/v1/accounts", takesIdempotencyKey: false },
  ListAccounts: { method: "GET", path: "/v1/accounts", takesIdempotencyKey: false },
  PutAccountOrganization: { method: "PUT", path: "/v1/accounts/{AccountId}/organization", takesIdempotencyKey: false },
  DeleteAccountOrganization: { method: "DELETE", path: "/v1/accounts/{AccountId}/organization", takesIdempotencyKey: false },
  CreateServicePrincipal: { method: "POST", path: "/v1/service-principals", takesIdempotencyKey: true },
  ListServicePrincipals: { method: "GET", path: "/v1/service-principals", takesIdempotencyKey: false },
  DeleteServicePrincipal: { method: "DELETE", path: "/v1/service-principals/{ServiceName}", takesIdempotencyKey: false },
  CreateServiceAccessKey: { method: "POST", path: "/v1/service-principals/{ServiceName}/access-keys", takesIdempotencyKey: false },
  ListServiceAccessKeys: { method: "GET", path: "/v1/service-principals/{ServiceName}/access-keys", takesIdempotencyKey: false },
  DeleteServiceAccessKey: { method: "DELETE", path: "/v1/service-principals/{ServiceName}/access-keys/{AccessKeyId}", takesIdempotencyKey: false }
};

// provider-schema/rest-call.ts
function encodeRestCall(name, input) {
  const { method, path, takesIdempotencyKey } = restRoutes[name];
  const rest = new Map(
    Object.entries(input).filter(([, value]) => value !== void 0 && value !== null)
  );
  const filled = path.replace(/\{([A-Za-z]+)\}/g, (_, member) => {
    const value = rest.get(member);
    if (value === void 0) throw new Error(`${name} needs ${member} in its path`);
    rest.delete(member);
    return uriEncode(String(value));
  });
  const inQuery = method === "GET" || method === "DELETE";
  return {
    method,
    target: inQuery && rest.size > 0 ? `${filled}?${queryOf(rest)}` : filled,
    body: inQuery ? "" : JSON.stringify(Object.fromEntries(rest)),
    takesIdempotencyKey
  };
}
function queryOf(members) {
  return [...members].flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)])).map(([name, item]) => `${uriEncode(name)}=${uriEncode(item)}`).join("&");
}
function uriEncode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

// control-plane/cli/shared/credentials.ts
import { readFile as readFile4 } from "node:fs/promises";
import { join as join2 } from "node:path";

// provider/credentials/chain.ts
import { readFile } from "node:fs/promises";
async function findInChain(settings, env, files) {
  const { webIdentity, roles = [] } = settings;
  const found = (settings.webIdentityFirst ? byIdentityToken(webIdentity) : void 0) ?? asIs(fromBlock(settings)) ?? (settings.profile === void 0 ? void 0 : await fromProfile(settings.profile, ["profile"], files, env)) ?? asIs(fromEnvironment(env)) ?? byIdentityToken(webIdentity) ?? await fromProfile(env.AWS_PROFILE || "default", void 0, files, env);
  return found && { ...found, roles: [...found.roles, ...roles] };
}
var asIs = (base) => base && { base, roles: [] };
var byIdentityToken = (base) => base && { base, roles: [] };
function fromBlock({ accessKey, secretKey, sessionToken }) {
  if (accessKey === void 0 && secretKey === void 0) return void 0;
  if (accessKey === void 0) throw halfPair("access_key", "secret_key");
  if (secretKey === void 0) throw halfPair("secret_key", "access_key");
  return credentials(accessKey, secretKey, sessionToken, "the provider block");
}
function fromEnvironment(env) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken } = env;
  return id && secret ? credentials(id, secret, sessionToken || void 0, "the environment") : void 0;
}
async function fromProfile(name, path, files, env, seen = []) {
  const profile = files.profile(name);
  if (profile === void 0) {
    if (path === void 0 && !env.AWS_PROFILE) return void 0;
    throw failure(
      `Profile ${name} not found`,
      `No section for it in ${lookedAt(files)}. Correct the name or add it.`,
      path
    );
  }
  if (seen.includes(name)) {
    throw failure(`Profile ${name} is its own source`, `source_profile leads back to it: ${seen.join(", ")}.`, path);
  }
  const role = roleOf(profile);
  if (role && profile.get("source_profile") !== name) return fromRoleProfile(name, role, path, files, env, seen);
  const own = await ownCredentials(name, profile, path);
  if (own) return { base: own, roles: role ? [role] : [] };
  const unsupported = ["sso_session", "sso_start_url"].find((property) => profile.has(property));
  if (unsupported !== void 0) {
    throw failure(
      `Profile ${name} needs ${unsupported}, which is not supported`,
      "Use a profile with aws_access_key_id and aws_secret_access_key, with credential_process, or with role_arn.",
      path
    );
  }
  if (path === void 0 && !env.AWS_PROFILE) return void 0;
  throw failure(
    `Profile ${name} has no credentials`,
    "Add aws_access_key_id and aws_secret_access_key, or credential_process, to it.",
    path
  );
}
function roleOf(profile) {
  const RoleArn = profile.get("role_arn");
  if (!RoleArn) return void 0;
  const seconds = Number(profile.get("duration_seconds") ?? Number.NaN);
  return {
    RoleArn,
    ...defined({
      RoleSessionName: profile.get("role_session_name") || void 0,
      ExternalId: profile.get("external_id") || void 0,
      DurationSeconds: Number.isInteger(seconds) ? seconds : void 0
    })
  };
}
async function fromRoleProfile(name, role, path, files, env, seen) {
  const profile = files.profile(name);
  const identityTokenFile = profile?.get("web_identity_token_file");
  if (identityTokenFile) {
    const { ExternalId: _, ...request } = role;
    return {
      base: { ...request, identityToken: async () => (await readFile(identityTokenFile, "utf8")).trim() },
      roles: []
    };
  }
  const source = profile?.get("source_profile");
  const found = source ? await fromProfile(source, path ?? [], files, env, [...seen, name]) : profile?.get("credential_source") === "Environment" ? asIs(fromEnvironment(env)) : void 0;
  if (found) return { ...found, roles: [...found.roles, role] };
  throw failure(
    `Profile ${name} has no credentials to assume its role with`,
    "Add source_profile, web_identity_token_file, or credential_source = Environment to it.",
    path
  );
}
async function ownCredentials(name, profile, path) {
  const id = profile.get("aws_access_key_id");
  const secret = profile.get("aws_secret_access_key");
  if (id && secret) return credentials(id, secret, profile.get("aws_session_token") || void 0, `profile ${name}`);
  const command = profile.get("credential_process");
  return command ? fromProcess(command, name, path) : void 0;
}
async function fromProcess(command, profile, path) {
  const [{ exec }, { promisify }] = await Promise.all([import("node:child_process"), import("node:util")]);
  const fail = (why) => failure(`credential_process of profile ${profile} gave no credentials`, `${why} The command is: ${command}`, path);
  const { stdout } = await promisify(exec)(command, { timeout: 6e4 }).catch((error) => {
    throw fail(`It failed: ${error.message.split("\n")[0]}.`);
  });
  const output = parseObject(stdout);
  const text = (name) => typeof output?.[name] === "string" ? output[name] : void 0;
  const id = text("AccessKeyId");
  const secret = text("SecretAccessKey");
  if (output?.Version !== 1 || id === void 0 || secret === void 0) {
    throw fail("Its output is not JSON with Version 1, AccessKeyId and SecretAccessKey.");
  }
  return credentials(id, secret, text("SessionToken"), `credential_process of profile ${profile}`);
}
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : void 0;
  } catch {
    return void 0;
  }
}
var lookedAt = (files) => files.looked.map(({ path, found }) => found ? path : `${path} (does not exist)`).join(", ");
var credentials = (accessKeyId, secretAccessKey, sessionToken, source) => ({
  accessKeyId,
  secretAccessKey,
  ...defined({ sessionToken }),
  source
});
var halfPair = (missing, present) => failure("Incomplete credentials", `${present} is set but ${missing} is not. Set both or neither.`, [missing]);
function failure(summary, detail, path) {
  return new CredentialError(summary, detail, path);
}

// provider/credentials/ini.ts
function parseIni(text) {
  const sections = /* @__PURE__ */ new Map();
  let section;
  let outer;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== void 0) {
      const name2 = header.trim().replace(/\s+/g, " ");
      section = sections.get(name2) ?? /* @__PURE__ */ new Map();
      sections.set(name2, section);
      outer = void 0;
      continue;
    }
    const property = /^(\s*)([^=]+?)\s*=\s*(.*)$/.exec(line);
    if (section === void 0 || property === null) continue;
    const [, indent = "", name = "", rest = ""] = property;
    const value = rest.replace(/\s[#;].*$/, "").trim();
    if (indent !== "" && outer !== void 0) section.set(`${outer}.${name}`, value);
    else {
      section.set(name, value);
      outer = value === "" ? name : void 0;
    }
  }
  return sections;
}

// provider/credentials/shared-files.ts
import { readFile as readFile2 } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
function sharedFilePaths(given, env) {
  const home = env.HOME ?? homedir();
  const resolve = (paths, variable, defaultName) => (paths.length > 0 ? paths : [variable || join(home, ".aws", defaultName)]).map(
    (path) => path.replace(/^~(?=\/|$)/, home)
  );
  return {
    config: resolve(given.config, env.AWS_CONFIG_FILE, "config"),
    credentials: resolve(given.credentials, env.AWS_SHARED_CREDENTIALS_FILE, "credentials")
  };
}
async function readSharedFiles(paths) {
  const looked = [];
  const read = async (path) => {
    const text = await readIfPresent(path);
    looked.push({ path, found: text !== void 0 });
    return parseIni(text ?? "");
  };
  const config = await Promise.all(paths.config.map(read));
  const credentials2 = await Promise.all(paths.credentials.map(read));
  return {
    profile: (name) => merged([
      ...config.flatMap((file) => [
        name === "default" ? file.get("default") : void 0,
        file.get(`profile ${name}`)
      ]),
      ...credentials2.map((file) => file.get(name))
    ]),
    services: (name) => merged(config.map((file) => file.get(`services ${name}`))),
    looked
  };
}
function merged(parts) {
  const present = parts.filter((part) => part !== void 0);
  return present.length === 0 ? void 0 : new Map(present.flatMap((part) => [...part]));
}
async function readIfPresent(path) {
  try {
    return await readFile2(path, "utf8");
  } catch (error) {
    const code = error.code;
    if (code === "ENOENT" || code === "ENOTDIR") return void 0;
    const detail = `${error.message}. Make it readable, or name other files.`;
    throw new CredentialError(`Cannot read ${path}`, detail);
  }
}

// provider/credentials/web-identity.ts
import { readFile as readFile3 } from "node:fs/promises";
function webIdentityOf(env, identityToken) {
  const { AWS_ROLE_ARN: RoleArn, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_SESSION_NAME: name } = env;
  if (!RoleArn || !file) return void 0;
  return {
    RoleArn,
    ...defined({ RoleSessionName: name || void 0 }),
    identityToken: async () => identityToken ?? readIdentityToken(file)
  };
}
async function readIdentityToken(file, path) {
  const content = await readFile3(file, "utf8").catch((error) => {
    throw new CredentialError(
      "Cannot read the identity token",
      `${error.message}. Correct the file that holds it.`,
      path
    );
  });
  return content.trim();
}

// control-plane/cli/shared/credentials.ts
async function findCredentials({ dataDir, asRoot, profile }, env = process.env) {
  const file = join2(dataDir, "credentials");
  if (asRoot) return ofRootPrincipal(file, "as --as-root asks");
  if (profile === void 0) requireWholePair(env);
  const files = await readSharedFiles(sharedFilePaths({ config: [], credentials: [] }, env)).catch(asCommandError);
  const settings = { accessKey: void 0, secretKey: void 0, sessionToken: void 0, profile };
  const found = await findInChain({ ...settings, webIdentity: webIdentityOf(env) }, env, files).catch(asCommandError);
  if (found) return found;
  requireNothingConfigured(env, files);
  return ofRootPrincipal(file, "because no other credentials are configured");
}
function asCommandError(error) {
  throw error instanceof CredentialError ? new CommandError(`${error.summary}.`, error.detail) : error;
}
function describePlan({ base, roles }) {
  const steps = roles.map(({ RoleArn }) => `the role ${RoleArn}`);
  const from = "identityToken" in base ? `an identity token for the role ${base.RoleArn}` : `${base.accessKeyId} of ${base.source}`;
  return [from, ...steps].join(", then ");
}
function requireWholePair({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }) {
  if (Boolean(id) === Boolean(secret)) return;
  throw new CommandError(
    "Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.",
    "Set both, or neither to use a profile."
  );
}
function requireNothingConfigured(env, files) {
  const named = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"].find((variable) => env[variable]);
  if (named === void 0) return;
  const what = named === "AWS_WEB_IDENTITY_TOKEN_FILE" ? "is set without AWS_ROLE_ARN" : `is set, and there is no profile default with credentials in ${lookedAt(files)}`;
  throw new CommandError(
    `${named} ${what}.`,
    "Correct it, name a profile with AWS_PROFILE, or sign as the root principal with --as-root and --data-dir."
  );
}
async function ofRootPrincipal(file, why) {
  const section = parseIni(await readRootCredentials(file)).get("default");
  const [accessKeyId, secretAccessKey] = [section?.get("aws_access_key_id"), section?.get("aws_secret_access_key")];
  if (!accessKeyId || !secretAccessKey) {
    throw new CommandError(
      `${file} does not contain an access key of the root principal.`,
      "Name the data directory of the server with --data-dir, or configure credentials as for the aws command."
    );
  }
  console.error(`keystead: signs as the root principal, with ${file}, ${why}`);
  return { base: { accessKeyId, secretAccessKey, source: file }, roles: [] };
}
async function readRootCredentials(file) {
  return readFile4(file, "utf8").catch((error) => {
    throw error.code === "ENOENT" ? new CommandError(
      `No credentials: the environment and the shared files of AWS have none, and ${file} does not exist.`,
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or name the data directory of the server with --data-dir to sign as its root principal."
    ) : new CommandError(
      `${file} cannot be read: ${error.message}.`,
      "Run as the user who owns it, or configure credentials as for the aws command."
    );
  });
}

// control-plane/cli/shared/http.ts
import { readFile as readFile5 } from "node:fs/promises";
import { request as overTcp } from "node:http";
import { Agent, request as overTls } from "node:https";
import { getCACertificates } from "node:tls";
async function openHttp(endpoint, env = process.env) {
  const secure = endpoint.protocol === "https:";
  const agent = secure ? new Agent({ keepAlive: true, ...await certificates(env) }) : void 0;
  return (url, { method, headers, body }) => new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, "content-length": String(body.length) } };
    const out = secure ? overTls(url, { ...options, agent }) : overTcp(url, options);
    out.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    out.on("error", reject);
    out.end(body);
  });
}
async function certificates(env) {
  const read = async (variable) => {
    const path = env[variable];
    if (!path) return void 0;
    return readFile5(path, "utf8").catch((error) => {
      throw new CommandError(`${path} cannot be read: ${error.message}.`, `Correct ${variable}, which names it.`);
    });
  };
  const [ca, cert, key] = await Promise.all(
    ["AWS_CA_BUNDLE", "KEYSTEAD_CLIENT_CERT", "KEYSTEAD_CLIENT_KEY"].map((variable) => read(variable))
  );
  return defined({ ca: ca === void 0 ? void 0 : [ca, ...getCACertificates("extra")], cert, key });
}

// control-plane/cli/shared/connection.ts
function withConnectionOptions(command) {
  return command.addOption(
    new Option("--endpoint <url>", "the running control plane").env("KEYSTEAD_ENDPOINT").default("http://127.0.0.1:8600")
  ).addOption(
    new Option(
      "--data-dir <dir>",
      "the server's data directory: its credentials file is used when no credentials are configured"
    ).env("KEYSTEAD_DATA_DIR").default(".keystead")
  ).addOption(new Option("--as-root", "sign as the root principal, with the credentials file in --data-dir")).addOption(new Option("--region <region>", "Region of the request").env("AWS_REGION").default("us-east-1"));
}
var MAX_CALLS = 16;
async function connect(options) {
  const endpoint = requireUrl(options.endpoint);
  requireRegion(options.region);
  const plan = await findCredentials(options);
  const send = await openHttp(endpoint);
  const exchange = exchangeOver(send, endpoint, options.endpoint);
  const open = ((name, input, by) => exchange(name, input, options.region, by).catch((error) => {
    throw error instanceof Refusal ? new SessionRefusal(error.message) : error;
  }));
  const signer = credentialsOf(plan, open, () => /* @__PURE__ */ new Date(), "keystead");
  const gate = new Gate(MAX_CALLS);
  return {
    signsWith: describePlan(plan),
    call: (name, input, region = options.region) => gate.run(async () => exchange(name, input, region, await signer().catch(asCommandError)))
  };
}
function exchangeOver(send, endpoint, named) {
  return async (name, input, region, by) => {
    const { method, target, body, takesIdempotencyKey } = encodeRestCall(name, input);
    const url = new URL(target, endpoint);
    const payload = Buffer.from(body);
    const unsigned = {
      "content-type": "application/json",
      "user-agent": `keystead/${version}`,
      ...defined({ "idempotency-key": takesIdempotencyKey ? randomUUID() : void 0 })
    };
    const scope = { region, service: "kms", nowMs: Date.now() };
    const headers = by ? signRequest({ method, url, headers: unsigned, body: payload, credentials: by, ...scope }) : unsigned;
    const { status, text } = await send(url, { method, headers, body: payload }).catch((error) => {
      throw unreachable(named, error);
    });
    const answer = parseAnswer(named, text);
    if (status < 300) return answer;
    throw refusal(answer);
  };
}
function requireUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : void 0;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new CommandError(
    `--endpoint: "${text}" is not an http or https URL.`,
    "Write it like http://127.0.0.1:8600 (--endpoint or KEYSTEAD_ENDPOINT)."
  );
}
function requireRegion(text) {
  if (isRegion(text)) return;
  throw new CommandError(
    `--region: "${text}" is not a Region.`,
    "Write it like eu-central-1 (--region or AWS_REGION)."
  );
}
function unreachable(endpoint, { code, message }) {
  const why = code === "ECONNREFUSED" ? "" : ` (${message || code || "the connection failed"})`;
  if (/CERT|SSL|TLS|VERIFY/.test(code ?? "")) {
    return new CommandError(
      `The TLS connection to ${endpoint} failed${why}.`,
      "Name the CA of the server's certificate with AWS_CA_BUNDLE, and a client certificate, where the server asks for one, with KEYSTEAD_CLIENT_CERT and KEYSTEAD_CLIENT_KEY."
    );
  }
  return new CommandError(
    `There is no control plane at ${endpoint}${why}.`,
    'Start it with "keystead serve", or name its address with --endpoint or KEYSTEAD_ENDPOINT.'
  );
}
function parseAnswer(endpoint, text) {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    throw new CommandError(
      `${endpoint} answers, but not as a Keystead control plane.`,
      'Name the address that "keystead serve" printed with --endpoint or KEYSTEAD_ENDPOINT.'
    );
  }
}
var Refusal = class extends CommandError {
  code;
  constructor(code, message, hint) {
    super(message, hint);
    this.code = code;
  }
};
var hints = {
  EntityAlreadyExistsException: '"keystead identity create-access-key" makes another access key for a user that exists; the list commands show the rest.',
  NoSuchEntityException: '"keystead identity list-users", "list-groups", "list-roles" and "list-policies" show what there is.',
  UnrecognizedClientException: "The control plane does not know the access key: check AWS_ACCESS_KEY_ID, AWS_PROFILE and the shared files; --as-root signs as the root principal.",
  InvalidSignatureException: "Check the secret access key, the Region, and that the clocks differ by less than five minutes."
};
function refusal(answer) {
  const code = String(answer.code ?? "unknown error");
  return new Refusal(
    code,
    `${code}: ${answer.detail ?? "no message"} (request ${answer.requestId ?? "unknown"})`,
    hints[code] ?? '"keystead audit tail" shows the request as the control plane saw it.'
  );
}

export {
  withConnectionOptions,
  connect,
  Refusal
};
