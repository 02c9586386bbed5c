import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  Refusal,
  connect,
  withConnectionOptions
} from "./part-4LPORNA4.js";
import "./part-I6WPCKDI.js";
import {
  Command,
  CommandError,
  Option
} from "./part-K2DAL35S.js";
import "./part-5XLD6PTW.js";
import "./part-NELHBBMN.js";
import "./part-XHY5IHGK.js";
import "./part-YFCC4CVH.js";
import "./part-6ACPXKQJ.js";
import "./part-6MSZOWH6.js";
import "./part-XDU5MBKC.js";
import "./part-LOG5TJBC.js";
import "./part-RN4T6Q5A.js";
import "./part-J52KMMNH.js";

// control-plane/cli/identity/command.ts
import { readFile } from "node:fs/promises";
function addCommands(parent, heading, commands) {
  for (const { signature, description, options = [], run } of commands) {
    const command = withConnectionOptions(new Command(signature.split(" ")[0]).description(description));
    for (const argument of signature.split(" ").slice(1)) command.argument(argument);
    for (const option of options) command.addOption(option);
    command.helpGroup(heading);
    command.action(async (...parameters) => {
      const names = parameters.slice(0, -2);
      const given = command.opts();
      await run(await connect(given), names, given);
    });
    parent.addCommand(command);
  }
}
async function readDocument(file) {
  return readFile(file, "utf8").catch((error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, "Name a file with a JSON document.");
  });
}
function printKey({ AccessKey }, profile) {
  console.log(`[${profile}]`);
  console.log(`aws_access_key_id = ${AccessKey.AccessKeyId}`);
  console.log(`aws_secret_access_key = ${AccessKey.SecretAccessKey}`);
  console.error("The secret is shown only once: store it now.");
}

// control-plane/cli/identity/lists.ts
async function listAll(connection, name, input, member) {
  const items = [];
  for (let asked = input, more = true; more; ) {
    const page = await connection.call(name, asked);
    items.push(...page[member] ?? []);
    more = page.IsTruncated === true;
    asked = { ...input, Marker: page.Marker };
  }
  return items;
}

// control-plane/cli/identity/accounts.ts
var accountCommands = [
  {
    signature: "create-account <id>",
    description: "make a further account of 12 digits and print its root user's access key, once (first account's root user only)",
    options: [new Option("--name <name>", "what people call it")],
    async run(connection, [id = ""], { name }) {
      const made = await connection.call("CreateAccount", { AccountId: id, AccountName: name });
      console.log(`# root user of account ${id}`);
      printKey(made, name ?? `account-${id}`);
    }
  },
  {
    signature: "list-accounts",
    description: "list the accounts of the installation, with their organizations (first account's root user only)",
    async run(connection) {
      const accounts = await listAll(connection, "ListAccounts", {}, "Accounts");
      for (const { AccountId, AccountName = "", OrganizationId, OrganizationPaths = [] } of accounts) {
        const organization = OrganizationId === void 0 ? [] : [OrganizationId, ...OrganizationPaths];
        console.log([AccountId, AccountName, ...organization].join("	"));
      }
    }
  },
  {
    signature: "set-organization <account> <organization>",
    description: "set the organization (o-…) of an account, for aws:PrincipalOrgID and aws:ResourceOrgID (first account's root user only)",
    options: [
      new Option("--paths <paths>", "where the account is in it, o-…/r-…/ou-…/, for aws:PrincipalOrgPaths; by commas")
    ],
    async run(connection, [id = "", organization = ""], { paths }) {
      await connection.call("PutAccountOrganization", {
        AccountId: id,
        OrganizationId: organization,
        OrganizationPaths: paths?.split(",")
      });
    }
  },
  {
    signature: "remove-organization <account>",
    description: "take an account out of its organization (first account's root user only)",
    async run(connection, [id = ""]) {
      await connection.call("DeleteAccountOrganization", { AccountId: id });
    }
  }
];
var serviceCommands = [
  {
    signature: "create-service <name>",
    description: "let a program act as a service, such as dynamodb.amazonaws.com, and print its access key, once",
    async run(connection, [name = ""]) {
      await connection.call("CreateServicePrincipal", { ServiceName: name });
      printKey(await connection.call("CreateServiceAccessKey", { ServiceName: name }), name);
    }
  },
  {
    signature: "list-services",
    description: "list services with their access keys",
    async run(connection) {
      const services = await listAll(connection, "ListServicePrincipals", {}, "ServicePrincipals");
      for (const { ServiceName } of services) {
        const keys = await listAll(connection, "ListServiceAccessKeys", { ServiceName }, "AccessKeyMetadata");
        console.log(`${ServiceName}	${keys.map((key) => key.AccessKeyId).join(" ")}`);
      }
    }
  },
  {
    signature: "create-service-access-key <name>",
    description: "make another access key for a service and print it, once",
    async run(connection, [name = ""]) {
      printKey(await connection.call("CreateServiceAccessKey", { ServiceName: name }), name);
    }
  },
  {
    signature: "delete-service-access-key <name> <id>",
    description: "delete an access key of a service",
    async run(connection, [name = "", id = ""]) {
      await connection.call("DeleteServiceAccessKey", { ServiceName: name, AccessKeyId: id });
    }
  },
  {
    signature: "delete-service <name>",
    description: "delete a service and its access keys; its access ends at once",
    async run(connection, [name = ""]) {
      await connection.call("DeleteServicePrincipal", { ServiceName: name });
    }
  }
];

// control-plane/cli/identity/caller.ts
var callerCommands = [
  {
    signature: "whoami",
    description: "tell as whom the commands sign, and with which credentials",
    async run(connection) {
      const { Arn, Account } = await connection.call("GetCallerIdentity", {});
      console.log(`${Arn}
account ${Account}
signs with ${connection.signsWith}`);
    }
  }
];

// control-plane/cli/identity/owner.ts
var ownerOptions = [
  new Option("--user <name>", "a user"),
  new Option("--group <name>", "a group").conflicts("user"),
  new Option("--role <name>", "a role").conflicts(["user", "group"])
];
var boundedOptions = ownerOptions.filter(({ long }) => long !== "--group");
function ownerOf(connection, options) {
  return options.group === void 0 ? boundedOwnerOf(connection, options) : groupOf(connection, options.group);
}
function boundedOwnerOf(connection, { user, role }) {
  if (user !== void 0) return userOf(connection, user);
  if (role !== void 0) return roleOf(connection, role);
  throw new CommandError("The owner of the policy is missing.", "Give --user NAME, --group NAME or --role NAME.", 2);
}
function userOf(connection, UserName) {
  const { call } = connection;
  return {
    putPolicy: (PolicyName, PolicyDocument) => call("PutUserPolicy", { UserName, PolicyName, PolicyDocument }),
    deletePolicy: (PolicyName) => call("DeleteUserPolicy", { UserName, PolicyName }),
    attachPolicy: (PolicyArn) => call("AttachUserPolicy", { UserName, PolicyArn }),
    detachPolicy: (PolicyArn) => call("DetachUserPolicy", { UserName, PolicyArn }),
    policyNames: () => listAll(connection, "ListUserPolicies", { UserName }, "PolicyNames"),
    attachedArns: async () => arnsOf(await listAll(connection, "ListAttachedUserPolicies", { UserName }, "AttachedPolicies")),
    putBoundary: (PermissionsBoundary) => call("PutUserPermissionsBoundary", { UserName, PermissionsBoundary }),
    deleteBoundary: () => call("DeleteUserPermissionsBoundary", { UserName })
  };
}
function groupOf(connection, GroupName) {
  const { call } = connection;
  return {
    putPolicy: (PolicyName, PolicyDocument) => call("PutGroupPolicy", { GroupName, PolicyName, PolicyDocument }),
    deletePolicy: (PolicyName) => call("DeleteGroupPolicy", { GroupName, PolicyName }),
    attachPolicy: (PolicyArn) => call("AttachGroupPolicy", { GroupName, PolicyArn }),
    detachPolicy: (PolicyArn) => call("DetachGroupPolicy", { GroupName, PolicyArn }),
    policyNames: () => listAll(connection, "ListGroupPolicies", { GroupName }, "PolicyNames"),
    attachedArns: async () => arnsOf(await listAll(connection, "ListAttachedGroupPolicies", { GroupName }, "AttachedPolicies"))
  };
}
function roleOf(connection, RoleName) {
  const { call } = connection;
  return {
    putPolicy: (PolicyName, PolicyDocument) => call("PutRolePolicy", { RoleName, PolicyName, PolicyDocument }),
    deletePolicy: (PolicyName) => call("DeleteRolePolicy", { RoleName, PolicyName }),
    attachPolicy: (PolicyArn) => call("AttachRolePolicy", { RoleName, PolicyArn }),
    detachPolicy: (PolicyArn) => call("DetachRolePolicy", { RoleName, PolicyArn }),
    policyNames: () => listAll(connection, "ListRolePolicies", { RoleName }, "PolicyNames"),
    attachedArns: async () => arnsOf(await listAll(connection, "ListAttachedRolePolicies", { RoleName }, "AttachedPolicies")),
    putBoundary: (PermissionsBoundary) => call("PutRolePermissionsBoundary", { RoleName, PermissionsBoundary }),
    deleteBoundary: () => call("DeleteRolePermissionsBoundary", { RoleName })
  };
}
var arnsOf = (attached) => attached.flatMap(({ PolicyArn }) => PolicyArn ?? []);

// control-plane/cli/identity/policies.ts
var MAX_VERSIONS = 5;
var policyCommands = [
  {
    signature: "create-policy <name> <file>",
    description: "create a managed policy from a document",
    options: [
      new Option("--path <path>", "path before its name in the ARN, such as /division/team/"),
      new Option("--description <text>", "what it is for")
    ],
    async run(connection, [name = "", file = ""], options) {
      const { Policy } = await connection.call("CreatePolicy", {
        PolicyName: name,
        PolicyDocument: await readDocument(file),
        Path: options.path,
        Description: options.description
      });
      console.log(Policy?.Arn);
    }
  },
  {
    signature: "update-policy <policy> <file>",
    description: "put a new version in force; deletes the oldest version where there are five",
    run: updatePolicy
  },
  {
    signature: "list-policies",
    description: "list managed policies, the account's own and AWS's",
    async run(connection) {
      for (const { PolicyName, Arn } of await managedPolicies(connection)) console.log(`${PolicyName}	${Arn}`);
    }
  },
  {
    signature: "delete-policy <policy>",
    description: "delete a managed policy that nothing uses, with its versions",
    async run(connection, [policy = ""]) {
      const PolicyArn = await policyArn(connection, policy);
      for (const { VersionId = "", IsDefaultVersion } of await versionsOf(connection, PolicyArn)) {
        if (!IsDefaultVersion) await connection.call("DeletePolicyVersion", { PolicyArn, VersionId });
      }
      await connection.call("DeletePolicy", { PolicyArn });
    }
  },
  {
    signature: "attach-policy <policy>",
    description: "give a user, group or role a managed policy, by name or ARN",
    options: ownerOptions,
    async run(connection, [policy = ""], options) {
      const owner = ownerOf(connection, options);
      await owner.attachPolicy(await policyArn(connection, policy));
    }
  },
  {
    signature: "detach-policy <policy>",
    description: "take a managed policy away",
    options: ownerOptions,
    async run(connection, [policy = ""], options) {
      const owner = ownerOf(connection, options);
      await owner.detachPolicy(await policyArn(connection, policy));
    }
  },
  {
    signature: "put-policy <name> <file>",
    description: "write a policy that belongs to one user, group or role",
    options: ownerOptions,
    async run(connection, [name = "", file = ""], options) {
      const document = await readDocument(file);
      await ownerOf(connection, options).putPolicy(name, document);
    }
  },
  {
    signature: "remove-policy <name>",
    description: "delete a policy that belongs to one user, group or role",
    options: ownerOptions,
    async run(connection, [name = ""], options) {
      await ownerOf(connection, options).deletePolicy(name);
    }
  },
  {
    signature: "list-policies-of",
    description: "list the policies of a user, group or role: inline ones by name, attached ones by ARN",
    options: ownerOptions,
    async run(connection, _names, options) {
      const owner = ownerOf(connection, options);
      const [names, arns] = [await owner.policyNames(), await owner.attachedArns()];
      for (const name of names) console.log(`inline	${name}`);
      for (const arn of arns) console.log(`attached	${arn}`);
    }
  },
  {
    signature: "set-boundary <policy>",
    description: "set a managed policy, by name or ARN, as the permissions boundary of a user or role",
    options: boundedOptions,
    async run(connection, [policy = ""], options) {
      const owner = boundedOwnerOf(connection, options);
      await owner.putBoundary(await policyArn(connection, policy));
    }
  },
  {
    signature: "remove-boundary",
    description: "remove the permissions boundary of a user or role",
    options: boundedOptions,
    async run(connection, _names, options) {
      await boundedOwnerOf(connection, options).deleteBoundary();
    }
  }
];
async function updatePolicy(connection, [policy = "", file = ""]) {
  const PolicyDocument = await readDocument(file);
  const PolicyArn = await policyArn(connection, policy);
  const versions = await versionsOf(connection, PolicyArn);
  const oldest = versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1);
  if (versions.length >= MAX_VERSIONS && oldest) {
    await connection.call("DeletePolicyVersion", { PolicyArn, VersionId: oldest.VersionId ?? "" });
  }
  const input = { PolicyArn, PolicyDocument, SetAsDefault: true };
  const { PolicyVersion } = await connection.call("CreatePolicyVersion", input);
  console.log(`${PolicyArn}	${PolicyVersion?.VersionId}`);
}
var versionsOf = (connection, PolicyArn) => listAll(connection, "ListPolicyVersions", { PolicyArn }, "Versions");
var managedPolicies = (connection) => listAll(connection, "ListPolicies", {}, "Policies");
async function policyArn(connection, nameOrArn) {
  if (nameOrArn.startsWith("arn:")) return nameOrArn;
  const found = (await managedPolicies(connection)).find(({ PolicyName }) => PolicyName === nameOrArn);
  if (found?.Arn !== void 0) return found.Arn;
  throw new CommandError(
    `There is no managed policy named ${nameOrArn}.`,
    '"keystead identity list-policies" shows them; "create-policy" makes one.'
  );
}
async function emptyPolicies(owner) {
  const [names, arns] = [await owner.policyNames(), await owner.attachedArns()];
  for (const name of names) await owner.deletePolicy(name).catch(unlessGone);
  for (const arn of arns) await owner.detachPolicy(arn).catch(unlessGone);
}
function unlessGone(error) {
  if (!(error instanceof Refusal && error.code === "NoSuchEntityException")) throw error;
}

// control-plane/cli/identity/roles.ts
var roleCommands = [
  {
    signature: "create-role <name> <trust-policy-file>",
    description: "create a role; its trust policy says who can assume it",
    options: [
      new Option("--path <path>", "path before its name in the ARN, such as /division/team/"),
      new Option("--description <text>", "what it is for"),
      new Option("--max-session-hours <hours>", "longest duration of a session, 1 to 12").default("1")
    ],
    async run(connection, [name = "", file = ""], options) {
      const { Role } = await connection.call("CreateRole", {
        RoleName: name,
        AssumeRolePolicyDocument: await readDocument(file),
        Path: options.path,
        Description: options.description,
        MaxSessionDuration: Math.round(Number(options.maxSessionHours) * 3600)
      });
      console.log(Role.Arn);
    }
  },
  {
    signature: "list-roles",
    description: "list roles",
    async run(connection) {
      const roles = await listAll(connection, "ListRoles", {}, "Roles");
      for (const role of roles) console.log(`${role.RoleName}	${role.Arn}`);
    }
  },
  {
    signature: "put-trust-policy <role> <file>",
    description: "replace the trust policy of a role, which says who can assume it",
    async run(connection, [role = "", file = ""]) {
      const PolicyDocument = await readDocument(file);
      await connection.call("UpdateAssumeRolePolicy", { RoleName: role, PolicyDocument });
    }
  },
  {
    signature: "delete-role <name>",
    description: "delete a role with its policies; its sessions end at once",
    async run(connection, [name = ""]) {
      await emptyPolicies(roleOf(connection, name));
      await connection.call("DeleteRole", { RoleName: name });
    }
  }
];
var providerCommands = [
  {
    signature: "create-oidc-provider <url>",
    description: "trust the identity tokens of an OpenID Connect provider, such as a CI system",
    options: [
      new Option("--audience <name>", "audience (aud) that its identity tokens must have").default("sts.amazonaws.com"),
      new Option("--jwks-file <file>", "its public keys (default: fetched from where its discovery document says)"),
      new Option("--jwks-url <url>", "where its public keys are").conflicts("jwksFile")
    ],
    async run(connection, [Url = ""], { audience = "", jwksFile, jwksUrl }) {
      const keys = { Jwks: jwksFile === void 0 ? void 0 : await readDocument(jwksFile), JwksUri: jwksUrl };
      const { OpenIDConnectProviderArn = "" } = await connection.call("CreateOpenIDConnectProvider", {
        Url,
        ClientIDList: [audience]
      });
      if (keys.Jwks !== void 0 || keys.JwksUri !== void 0) {
        await connection.call("PutOpenIDConnectProviderKeys", { OpenIDConnectProviderArn, ...keys });
      }
      console.log(OpenIDConnectProviderArn);
    }
  },
  {
    signature: "list-oidc-providers",
    description: "list OpenID Connect providers",
    async run(connection) {
      for (const { Arn } of await oidcProviders(connection)) console.log(Arn);
    }
  },
  {
    signature: "set-oidc-keys <arn>",
    description: "replace a provider's public keys; without options, fetch them from where its discovery document says",
    options: [
      new Option("--jwks-file <file>", "a JSON Web Key Set"),
      new Option("--jwks-url <url>", "where its public keys are").conflicts("jwksFile")
    ],
    async run(connection, [arn = ""], { jwksFile, jwksUrl }) {
      const Jwks = jwksFile === void 0 ? void 0 : await readDocument(jwksFile);
      const keys = { Jwks, JwksUri: jwksUrl };
      await connection.call("PutOpenIDConnectProviderKeys", { OpenIDConnectProviderArn: arn, ...keys });
    }
  },
  {
    signature: "delete-oidc-provider <arn>",
    description: "delete an OpenID Connect provider; its identity tokens are refused from then on",
    async run(connection, [arn = ""]) {
      if (!(await oidcProviders(connection)).some(({ Arn }) => Arn === arn)) {
        throw new CommandError(`There is no provider ${arn}.`, '"keystead identity list-oidc-providers" shows them.');
      }
      await connection.call("DeleteOpenIDConnectProvider", { OpenIDConnectProviderArn: arn });
    }
  }
];
function oidcProviders(connection) {
  return listAll(connection, "ListOpenIDConnectProviders", {}, "OpenIDConnectProviderList");
}

// control-plane/cli/identity/users.ts
var pathOption = new Option("--path <path>", "path before its name in the ARN, such as /division/team/");
var userCommands = [
  {
    signature: "create-user <name>",
    description: "make a user and print its first access key, once",
    options: [pathOption],
    async run(connection, [name = ""], options) {
      const { User } = await connection.call("CreateUser", { UserName: name, Path: options.path });
      console.log(`# ${User.Arn}`);
      await printNewKey(connection, name);
    }
  },
  {
    signature: "list-users",
    description: "list users",
    async run(connection) {
      const users = await listAll(connection, "ListUsers", {}, "Users");
      for (const user of users) console.log(`${user.UserName}	${user.Arn}`);
    }
  },
  {
    signature: "delete-user <name>",
    description: "delete a user with its access keys, policies and memberships; its access ends at once",
    run: (connection, [name = ""]) => deleteUser(connection, name)
  },
  {
    signature: "create-access-key <name>",
    description: "make another access key for a user and print it, once",
    run: (connection, [name = ""]) => printNewKey(connection, name)
  },
  {
    signature: "list-access-keys <name>",
    description: "list the access keys of a user",
    async run(connection, [name = ""]) {
      for (const key of await accessKeys(connection, name)) console.log(`${key.AccessKeyId}	${key.Status}`);
    }
  },
  setStatus("deactivate-access-key", "refuse requests signed with an access key from now on", "Inactive"),
  setStatus("activate-access-key", "accept requests signed with an access key again", "Active"),
  {
    signature: "delete-access-key <name> <id>",
    description: "delete an access key",
    async run(connection, [name = "", id = ""]) {
      await connection.call("DeleteAccessKey", { UserName: name, AccessKeyId: id });
    }
  }
];
var groupCommands = [
  {
    signature: "create-group <name>",
    description: "make a group of users",
    options: [pathOption],
    async run(connection, [name = ""], options) {
      const { Group } = await connection.call("CreateGroup", { GroupName: name, Path: options.path });
      console.log(Group.Arn);
    }
  },
  {
    signature: "list-groups",
    description: "list groups with their users",
    async run(connection) {
      const groups = await listAll(connection, "ListGroups", {}, "Groups");
      for (const { GroupName, Arn } of groups) {
        const users = await listAll(connection, "GetGroup", { GroupName }, "Users");
        console.log(`${GroupName}	${Arn}	${users.map((user) => user.UserName).join(" ")}`);
      }
    }
  },
  {
    signature: "add-to-group <group> <user>",
    description: "add a user to a group, whose policies then apply to it",
    async run(connection, [group = "", user = ""]) {
      await connection.call("AddUserToGroup", { GroupName: group, UserName: user });
    }
  },
  {
    signature: "remove-from-group <group> <user>",
    description: "take a user out of a group",
    async run(connection, [group = "", user = ""]) {
      await connection.call("RemoveUserFromGroup", { GroupName: group, UserName: user });
    }
  },
  {
    signature: "delete-group <name>",
    description: "delete a group that has no users, with its policies",
    async run(connection, [name = ""]) {
      await emptyPolicies(groupOf(connection, name));
      await connection.call("DeleteGroup", { GroupName: name });
    }
  }
];
async function deleteUser(connection, UserName) {
  for (const { AccessKeyId = "" } of await accessKeys(connection, UserName)) {
    await connection.call("DeleteAccessKey", { UserName, AccessKeyId });
  }
  await emptyPolicies(userOf(connection, UserName));
  for (const { GroupName } of await listAll(connection, "ListGroupsForUser", { UserName }, "Groups")) {
    await connection.call("RemoveUserFromGroup", { GroupName, UserName });
  }
  await connection.call("DeleteUser", { UserName });
}
function accessKeys(connection, UserName) {
  return listAll(connection, "ListAccessKeys", { UserName }, "AccessKeyMetadata");
}
async function printNewKey(connection, UserName) {
  printKey(await connection.call("CreateAccessKey", { UserName }), UserName);
}
function setStatus(name, description, Status) {
  return {
    signature: `${name} <name> <id>`,
    description,
    async run(connection, [user = "", id = ""]) {
      await connection.call("UpdateAccessKey", { UserName: user, AccessKeyId: id, Status });
    }
  };
}

// control-plane/cli/identity/identity.ts
function identityCommand() {
  const identity = new Command("identity").description("Users, groups, roles and their policies; accounts and services.").addHelpText(
    "after",
    '\n"aws iam" and every tool that speaks its protocol manage the same identities at the same endpoint.'
  );
  addCommands(identity, "The caller:", callerCommands);
  addCommands(identity, "Users and their access keys:", userCommands);
  addCommands(identity, "Groups:", groupCommands);
  addCommands(identity, "Roles:", roleCommands);
  addCommands(identity, "Policies:", policyCommands);
  addCommands(identity, "OpenID Connect providers:", providerCommands);
  addCommands(identity, "Accounts:", accountCommands);
  addCommands(identity, "Services:", serviceCommands);
  return identity;
}
export {
  identityCommand
};
