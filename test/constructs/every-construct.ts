/**
 * Every construct of the library, with all that it can have below it. Addresses and renames are tested for each of them:
 * a class that is not here fails the types and test/constructs/stacks/every-construct.test.ts.
 */
import * as library from '@keystead/constructs/cdktf';
import {
  AccessKey,
  Alias,
  CustomKeyStore,
  ExternalKey,
  type ExternalKeyStoreProxyProps,
  Grant,
  Group,
  type IKey,
  InlinePolicy,
  Key,
  KeyPolicy,
  KeyPolicyDocument,
  type KeysteadConstruct,
  ManagedPolicy,
  OpenIdConnectProvider,
  PipelineRoles,
  ReplicaExternalKey,
  ReplicaKey,
  Role,
  SecretInput,
  ServiceLinkedRole,
  User,
} from '@keystead/constructs/cdktf';
import { TerraformElement, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

type Library = typeof library;
type ConstructName = {
  [Name in keyof Library]: Library[Name] extends new (...args: never[]) => KeysteadConstruct ? Name : never;
}[keyof Library];

/** What is there already where the constructs are declared. */
export interface Surroundings {
  /** Of this stack, beside the construct. */
  readonly key: Key;
  readonly externalKey: ExternalKey;
  /** Of another program. */
  readonly elsewhere: IKey;
  /** ARN of a user. */
  readonly user: string;
  /** A file of 32 bytes. */
  readonly materialFile: string;
  /** An external key manager's proxy. */
  readonly proxy: ExternalKeyStoreProxyProps;
}

/** Declares one construct. Names that the service wants to be unique contain the name of the class. */
type Declare = (scope: Construct, id: string, around: Surroundings) => KeysteadConstruct;

/** They are destroyed again; protected keys are in test/e2e/constructs-protection.test.ts. */
const given = { removalProtection: false, pendingWindowInDays: 7 };

const policy = new KeyPolicyDocument({ statements: [{ principals: ['111122223333'], actions: ['kms:*'] }] });

const material = ({ materialFile }: Surroundings) => ({
  keyMaterial: SecretInput.fromBinaryFile(materialFile),
  ...given,
});

export const everyConstruct: { readonly [Name in ConstructName]: Declare } = {
  Key(scope, id, { user }) {
    const key = new Key(scope, id, { multiRegion: true, alias: 'key', ...given });
    key.addAlias('key/second');
    key.addAlias();
    key.replicateTo('us-east-1', { alias: 'key', ...given }).addAlias('key/second');
    key.grantDecrypt(user, { means: 'KMS_GRANT', grantId: 'Decrypt' });
    return key;
  },
  ReplicaKey(scope, id, { key, user }) {
    const replica = new ReplicaKey(scope, id, { primaryKey: key, region: 'us-west-2', alias: 'replica', ...given });
    replica.addAlias('replica/second');
    replica.grantDecrypt(user, { means: 'KMS_GRANT', grantId: 'Decrypt' });
    return replica;
  },
  ExternalKey(scope, id, around) {
    const key = new ExternalKey(scope, id, { multiRegion: true, alias: 'external', ...material(around) });
    key.addAlias('external/second');
    key.replicateTo('us-east-1', { alias: 'external', ...material(around) });
    key.grantDecrypt(around.user, { means: 'KMS_GRANT', grantId: 'Decrypt' });
    return key;
  },
  ReplicaExternalKey(scope, id, around) {
    const { externalKey: primaryKey } = around;
    const options = { primaryKey, alias: 'external-replica', ...material(around) };
    return new ReplicaExternalKey(scope, id, { region: 'us-west-2', ...options });
  },
  CustomKeyStore: (scope, id, { proxy: externalKeyStoreProxy }) =>
    new CustomKeyStore(scope, id, { customKeyStoreName: 'every-construct', externalKeyStoreProxy }),
  Alias: (scope, id, { key }) => new Alias(scope, id, { aliasName: 'alone', targetKey: key }),
  Grant: (scope, id, { key, user }) => new Grant(scope, id, { key, granteePrincipal: user, operations: ['Encrypt'] }),
  KeyPolicy: (scope, id, { elsewhere }) => new KeyPolicy(scope, id, { key: elsewhere, policy }),
  User(scope, id, { key }) {
    const user = new User(scope, id, { userName: 'every-user' });
    key.grantDecrypt(user, { means: 'IDENTITY_POLICY' });
    user.addManagedPolicy(new ManagedPolicy(user, 'Managed', { policyName: 'of-every-user', statements: [listing] }));
    return user;
  },
  Role(scope, id, { key, user }) {
    const role = new Role(scope, id, { assumedBy: [user], roleName: 'every-role' });
    key.grantDecrypt(role, { means: 'IDENTITY_POLICY' });
    role.addManagedPolicy(new ManagedPolicy(role, 'Managed', { policyName: 'of-every-role', statements: [listing] }));
    return role;
  },
  Group(scope, id, { key, user }) {
    const group = new Group(scope, id, { users: [nameIn(user)], groupName: 'every-group' });
    key.grantDecrypt(group, { means: 'IDENTITY_POLICY' });
    group.addManagedPolicy(
      new ManagedPolicy(group, 'Managed', { policyName: 'of-every-group', statements: [listing] }),
    );
    return group;
  },
  ManagedPolicy: (scope, id) => new ManagedPolicy(scope, id, { policyName: 'every-policy', statements: [listing] }),
  InlinePolicy: (scope, id, { user }) =>
    new InlinePolicy(scope, id, {
      identity: User.fromArn(scope, `UserOf${id}`, user),
      policyName: 'every-inline-policy',
      statements: [listing],
    }),
  AccessKey: (scope, id, { user }) => new AccessKey(scope, id, { user: nameIn(user), secretInState: true }),
  OpenIdConnectProvider: (scope, id) =>
    new OpenIdConnectProvider(scope, id, { url: 'https://token.example.com', clientIds: ['keystead'] }),
  PipelineRoles: (scope, id) =>
    new PipelineRoles(scope, id, { ciSystem: 'GITHUB', repository: 'example/every-pipeline' }),
  ServiceLinkedRole: (scope, id) => new ServiceLinkedRole(scope, id, { service: 'autoscaling.amazonaws.com' }),
};

const listing = { actions: ['kms:ListKeys'], resources: ['*'] };
const nameIn = (userArn: string) => userArn.slice(userArn.lastIndexOf('/') + 1);

/** What only a running control plane has, or nobody asks for. */
export interface Outside extends Pick<Surroundings, 'user' | 'materialFile' | 'proxy'> {
  /** Id of a key that another program declares, in the provider's Region. */
  readonly keyId: string;
}

/** Declares what every construct is declared beside. */
export function surroundings(stack: TerraformStack, { keyId, ...outside }: Outside): Surroundings {
  const keyMaterial = SecretInput.fromBinaryFile(outside.materialFile);
  return {
    key: new Key(stack, 'Around', { multiRegion: true, ...given }),
    externalKey: new ExternalKey(stack, 'AroundExternal', { multiRegion: true, keyMaterial, ...given }),
    elsewhere: Key.fromKeyId(stack, 'Elsewhere', keyId),
    ...outside,
  };
}

/** For stacks that are not applied. */
export const nowhere: Outside = {
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  user: 'arn:aws:iam::111122223333:user/alice',
  materialFile: '/secrets/material.bin',
  proxy: {
    uriEndpoint: 'https://xks.example.com',
    uriPath: '/kms/xks/v1',
    accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
    secretAccessKey: SecretInput.fromFile('/secrets/proxy.txt'),
  },
};

export const constructNames = Object.keys(everyConstruct) as readonly ConstructName[];

/** They cannot be declared themselves. */
const abstractClasses = ['KeyBase', 'KeysteadConstruct', 'Identity'];

/** Classes of the library that declare something, whatever this table says. */
export function declaringClasses(): string[] {
  const isDeclaring = (member: unknown): boolean =>
    typeof member === 'function' &&
    member.prototype instanceof Construct &&
    !(member.prototype instanceof TerraformElement);
  return Object.entries(library)
    .filter(([, member]) => isDeclaring(member))
    .map(([name]) => name)
    .filter((name) => !abstractClasses.includes(name));
}
