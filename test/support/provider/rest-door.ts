/**
 * A REST door without a control plane: real HTTP, routes and encodings of the contract's records, a few keys in memory.
 * A test can make single calls fail, be throttled or lose the connection; test/e2e uses the real control plane.
 */
import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messages } from '@keystead/provider-schema/errors.ts';
import { type OperationName, operations } from '@keystead/provider-schema/operations/index.ts';
import { type Members, type Received, Refused, receive } from './rest-door-request.ts';

export const accountId = '111122223333';

export interface Key {
  readonly metadata: Members & { readonly KeyId: string; readonly Arn: string };
  policy: string;
  tags: { TagKey: string; TagValue: string }[];
  rotation: { KeyRotationEnabled: boolean; RotationPeriodInDays?: number };
  grants: (Members & { readonly GrantId: string })[];
  isProtected: boolean;
}

/** What happens instead of the operation: an error answer, or a closed connection. */
export type Refusal = { readonly status: number; readonly code: string; readonly detail?: string } | 'cut';

/** All imports use one key pair: generating one takes longer than a test. */
const wrappingKey = generateKeyPairSync('rsa', { modulusLength: 2048 });

export class RestDoor {
  /** Key material that was imported, unwrapped. */
  readonly imported: Buffer[] = [];
  readonly received: Received[] = [];
  /** By `Region/key id`. */
  readonly keys = new Map<string, Key>();
  /** By `Region/alias name`: key id. */
  readonly aliases = new Map<string, string>();
  /** By custom key store id. */
  readonly keyStores = new Map<string, Members>();
  /** The answer of ValidateKeyPolicy, for every policy. */
  policyFindings: Members[] = [];
  /** Reviews one planned change. */
  review: (change: Members) => Members = () => ({ Findings: [], Unreviewed: [] });
  /** The answers of operations on identities and of cryptographic operations, by name of the operation. */
  readonly answers = new Map<OperationName, (input: Members) => unknown>();
  endpoint = '';
  private sessions = 0;
  private readonly refusals = new Map<OperationName, Refusal[]>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  static async open(): Promise<RestDoor> {
    const door = new RestDoor();
    await new Promise<void>((listening) => door.server.listen(0, '127.0.0.1', listening));
    door.endpoint = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`;
    return door;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** The next calls of this operation fail with these refusals, one each. */
  refuse(operation: OperationName, ...refusals: Refusal[]): void {
    this.refusals.set(operation, [...(this.refusals.get(operation) ?? []), ...refusals]);
  }

  calls(): readonly OperationName[] {
    return this.received.map(({ operation }) => operation);
  }

  inputs(operation: OperationName): readonly Members[] {
    return this.received.filter((call) => call.operation === operation).map(({ input }) => input);
  }

  /** Clears the list of received calls. */
  forget(): void {
    this.received.length = 0;
  }

  key(region: string, id: string): Key {
    const keyId = this.aliases.get(`${region}/${id}`) ?? id.replace(/^arn:.*\//, '');
    const key = this.keys.get(`${region}/${keyId}`);
    if (key === undefined) throw new Refused(404, 'NotFoundException', `Key '${id}' does not exist`);
    return key;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '/', this.endpoint);
    const requestId = randomUUID();
    try {
      const call = receive(request, url, Buffer.concat(chunks).toString());
      this.received.push(call);
      const refusal = this.refusals.get(call.operation)?.shift();
      if (refusal === 'cut') return void request.socket.destroy();
      if (refusal !== undefined) throw new Refused(refusal.status, refusal.code, refusal.detail);
      const output = this.answer(call);
      const status = operations[call.operation].rest.successStatus;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 204 ? '' : JSON.stringify(output ?? {}));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const problem = { title: error.code, status: error.status, code: error.code, detail: error.message, requestId };
      response.writeHead(error.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    }
  }

  private createKeyStore(input: Members): Members {
    const CustomKeyStoreId = `cks-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
    const { CustomKeyStoreName, CustomKeyStoreType, CloudHsmClusterId, TrustAnchorCertificate } = input;
    const store: Members = {
      CustomKeyStoreId,
      CustomKeyStoreName,
      CustomKeyStoreType,
      CloudHsmClusterId,
      TrustAnchorCertificate,
      ConnectionState: 'DISCONNECTED',
      CreationDate: 1_700_000_000,
      ...(CustomKeyStoreType === 'EXTERNAL_KEY_STORE' && { XksProxyConfiguration: {} }),
    };
    updateKeyStore(store, input);
    this.keyStores.set(CustomKeyStoreId, store);
    return { CustomKeyStoreId };
  }

  private keyStoresOf({ CustomKeyStoreId: id, CustomKeyStoreName: name }: Members): readonly Members[] {
    if (id !== undefined) return [this.keyStore({ CustomKeyStoreId: id })];
    const found = [...this.keyStores.values()].filter(
      (store) => name === undefined || store.CustomKeyStoreName === name,
    );
    if (name === undefined || found.length > 0) return found;
    throw new Refused(404, 'CustomKeyStoreNotFoundException', `no ${name}`);
  }

  private keyStore({ CustomKeyStoreId: id }: Members): Members {
    const store = this.keyStores.get(String(id));
    if (store === undefined) throw new Refused(404, 'CustomKeyStoreNotFoundException', `no ${id}`);
    return store;
  }

  private answer({ operation, input, region }: Received): unknown {
    const key = () => this.key(region, String(input.KeyId));
    const given = this.answers.get(operation);
    if (given !== undefined) return given(input);
    switch (operation) {
      case 'GetCallerIdentity':
        return { Account: accountId, Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId };
      case 'AssumeRole':
      case 'AssumeRoleWithWebIdentity':
        this.sessions += 1;
        return {
          Credentials: {
            AccessKeyId: `ASIASESSION${this.sessions}`,
            SecretAccessKey: 'session-secret',
            SessionToken: `token ${this.sessions}`,
            Expiration: Math.floor(Date.now() / 1000) + 3600,
          },
        };
      case 'CreateCustomKeyStore':
        return this.createKeyStore(input);
      case 'DescribeCustomKeyStores':
        return { CustomKeyStores: this.keyStoresOf(input) };
      case 'UpdateCustomKeyStore':
        return void updateKeyStore(this.keyStore(input), input);
      case 'DeleteCustomKeyStore':
        return void this.keyStores.delete(String(this.keyStore(input).CustomKeyStoreId));
      case 'CreateKey':
        return { KeyMetadata: this.createKey(region, input).metadata };
      case 'ReplicateKey':
        return { ReplicaKeyMetadata: this.replicate(key(), input).metadata };
      case 'DescribeKey':
        return { KeyMetadata: key().metadata };
      case 'GetKeyConfiguration':
        return this.configuration(region, key());
      case 'EnableKey':
        return void Object.assign(key().metadata, { Enabled: true, KeyState: 'Enabled' });
      case 'DisableKey':
        return void Object.assign(key().metadata, { Enabled: false, KeyState: 'Disabled' });
      case 'ListKeys':
        return this.listKeys(region, input);
      case 'RotateKeyOnDemand':
        return { KeyId: key().metadata.Arn };
      case 'Encrypt':
        return { KeyId: key().metadata.Arn, CiphertextBlob: sealed(key(), input, String(input.Plaintext)) };
      case 'GenerateDataKey': {
        const Plaintext = Buffer.alloc(Number(input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32)), 7);
        const encoded = Plaintext.toString('base64');
        return { KeyId: key().metadata.Arn, Plaintext: encoded, CiphertextBlob: sealed(key(), input, encoded) };
      }
      case 'Decrypt':
        return opened(input);
      case 'ProtectKey':
      case 'UnprotectKey':
        return void Object.assign(key(), { isProtected: operation === 'ProtectKey' });
      case 'ScheduleKeyDeletion':
        if (key().isProtected) {
          const text = messages.protectedKey(key().metadata.Arn);
          throw new Refused(409, 'KMSInvalidStateException', text);
        }
        return Object.assign(key().metadata, { Enabled: false, KeyState: 'PendingDeletion' });
      case 'CancelKeyDeletion':
        return Object.assign(key().metadata, { KeyState: 'Disabled' });
      case 'GenerateDataKeyWithoutPlaintext':
        return { KeyId: key().metadata.Arn, CiphertextBlob: randomBytes(77).toString('base64') };
      case 'UpdateKeyDescription':
        return void Object.assign(key().metadata, { Description: input.Description });
      case 'EnableKeyRotation':
        key().rotation = {
          KeyRotationEnabled: true,
          RotationPeriodInDays: Number(input.RotationPeriodInDays ?? 365),
        };
        return undefined;
      case 'DisableKeyRotation':
        key().rotation = { KeyRotationEnabled: false };
        return undefined;
      case 'PutKeyPolicy':
        key().policy = String(input.Policy);
        return undefined;
      case 'TagResource':
        return void this.tag(key(), input.Tags as Key['tags']);
      case 'UntagResource':
        key().tags = key().tags.filter(({ TagKey }) => !(input.TagKeys as string[]).includes(TagKey));
        return undefined;
      case 'CreateAlias':
      case 'UpdateAlias':
        return void this.aliases.set(
          `${region}/${input.AliasName}`,
          this.key(region, String(input.TargetKeyId)).metadata.KeyId,
        );
      case 'DeleteAlias':
        return void this.aliases.delete(`${region}/${input.AliasName}`);
      case 'ListAliases':
        return this.listAliases(region, input);
      case 'ListResourceTags':
        return { Tags: key().tags, Truncated: false };
      case 'CreateGrant':
        return this.createGrant(key(), input);
      case 'ListGrants':
        return {
          Grants: key().grants.filter(({ GrantId }) => GrantId === (input.GrantId ?? GrantId)),
          Truncated: false,
        };
      case 'RevokeGrant':
      case 'RetireGrant':
        key().grants = key().grants.filter(({ GrantId }) => GrantId !== input.GrantId);
        return undefined;
      case 'GetParametersForImport':
        return {
          ImportToken: Buffer.from(String(input.WrappingAlgorithm)).toString('base64'),
          PublicKey: wrappingKey.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        };
      case 'ImportKeyMaterial':
        return this.importMaterial(key(), input);
      case 'ValidateKeyPolicy':
        return { Findings: this.policyFindings };
      case 'ReviewPlannedChanges':
        return { Reviews: (input.Changes as readonly Members[]).map((change) => this.review(change)) };
      default:
        throw new Refused(501, 'UnsupportedOperationException', `${operation} is not implemented in this REST door`);
    }
  }

  private createKey(region: string, input: Members): Key {
    const uuid = randomUUID();
    const KeyId = input.MultiRegion === true ? `mrk-${uuid.replaceAll('-', '')}` : uuid;
    const Arn = `arn:aws:kms:${region}:${accountId}:key/${KeyId}`;
    const regions = {
      MultiRegionKeyType: 'PRIMARY',
      PrimaryKey: { Arn, Region: region },
      ReplicaKeys: [],
    };
    return this.keep(region, {
      metadata: {
        ...this.metadata(KeyId, Arn, input),
        KeySpec: input.KeySpec,
        KeyUsage: input.KeyUsage,
        MultiRegion: input.MultiRegion === true,
        ...(input.MultiRegion === true && { MultiRegionConfiguration: regions }),
      },
      ...this.rest(input),
    });
  }

  /** The import token contains the algorithm, like a real one, but unsealed. */
  private importMaterial({ metadata }: Key, input: Members): Members {
    const wrapped = Buffer.from(String(input.EncryptedKeyMaterial), 'base64');
    const algorithm = Buffer.from(String(input.ImportToken), 'base64').toString();
    this.imported.push(algorithm.startsWith('RSA_AES') ? openThroughAes(wrapped) : openDirect(wrapped));
    const { ExpirationModel, ValidTo } = input;
    const waited = metadata.KeyState === 'PendingImport';
    Object.assign(metadata, { ExpirationModel, ValidTo, ...(waited && { Enabled: true, KeyState: 'Enabled' }) });
    return { KeyId: metadata.Arn };
  }

  private replicate(primary: Key, input: Members): Key {
    const region = String(input.ReplicaRegion);
    const { KeyId, KeySpec, KeyUsage, Origin } = primary.metadata;
    const Arn = `arn:aws:kms:${region}:${accountId}:key/${KeyId}`;
    const shared = primary.metadata.MultiRegionConfiguration as Members & { ReplicaKeys: Members[] };
    shared.ReplicaKeys.push({ Arn, Region: region });
    return this.keep(region, {
      metadata: {
        ...this.metadata(KeyId, Arn, { ...input, Origin }),
        KeySpec,
        KeyUsage,
        MultiRegion: true,
        MultiRegionConfiguration: { ...shared, MultiRegionKeyType: 'REPLICA' },
      },
      ...this.rest(input),
    });
  }

  private metadata(KeyId: string, Arn: string, input: Members) {
    const external = input.Origin === 'EXTERNAL';
    return {
      KeyId,
      Arn,
      AWSAccountId: accountId,
      CreationDate: 1_700_000_000,
      Description: input.Description ?? '',
      Enabled: !external,
      KeyManager: 'CUSTOMER',
      KeyState: external ? 'PendingImport' : 'Enabled',
      Origin: input.Origin ?? 'AWS_KMS',
    };
  }

  private rest(input: Members): Omit<Key, 'metadata'> {
    return {
      policy: String(input.Policy ?? '{ "Version": "2012-10-17", "Id": "default", "Statement": [] }'),
      tags: (input.Tags as Key['tags'] | undefined) ?? [],
      rotation: { KeyRotationEnabled: false },
      grants: [],
      isProtected: false,
    };
  }

  private keep(region: string, key: Key): Key {
    this.keys.set(`${region}/${key.metadata.KeyId}`, key);
    return key;
  }

  private configuration(region: string, { metadata, policy, tags, rotation, grants, isProtected }: Key): Members {
    return {
      KeyMetadata: metadata,
      Policy: policy,
      Tags: tags,
      RotationStatus: rotation,
      Aliases: this.aliasesOf(region).filter(({ TargetKeyId }) => TargetKeyId === metadata.KeyId),
      Grants: grants,
      DeletionProtection: isProtected,
      Revision: 1,
    };
  }

  private tag(key: Key, tags: Key['tags']): void {
    const others = key.tags.filter(({ TagKey }) => !tags.some((tag) => tag.TagKey === TagKey));
    key.tags = [...others, ...tags];
  }

  private aliasesOf(region: string) {
    return [...this.aliases]
      .filter(([place]) => place.startsWith(`${region}/`))
      .map(([place, TargetKeyId]) => {
        const AliasName = place.slice(region.length + 1);
        return { AliasName, AliasArn: `arn:aws:kms:${region}:${accountId}:${AliasName}`, TargetKeyId };
      });
  }

  /** Two aliases a page, so that tests always need paging. */
  private listAliases(region: string, input: Members): Members {
    const target = input.KeyId === undefined ? undefined : this.key(region, String(input.KeyId)).metadata.KeyId;
    const all = this.aliasesOf(region).filter(({ TargetKeyId }) => target === undefined || TargetKeyId === target);
    const start = Number(input.Marker ?? 0);
    const more = start + 2 < all.length;
    return { Aliases: all.slice(start, start + 2), Truncated: more, ...(more && { NextMarker: String(start + 2) }) };
  }

  /** Two keys a page. */
  private listKeys(region: string, input: Members): Members {
    const all = [...this.keys].filter(([place]) => place.startsWith(`${region}/`)).map(([, { metadata }]) => metadata);
    const start = Number(input.Marker ?? 0);
    const more = start + 2 < all.length;
    const Keys = all.slice(start, start + 2).map(({ KeyId, Arn }) => ({ KeyId, KeyArn: Arn }));
    return { Keys, Truncated: more, ...(more && { NextMarker: String(start + 2) }) };
  }

  private createGrant(key: Key, { GrantTokens: _, ...input }: Members): Members {
    const GrantId = randomUUID().replaceAll('-', '').repeat(2);
    key.grants.push({ ...input, KeyId: key.metadata.Arn, GrantId });
    return { GrantId, GrantToken: `token-of-${GrantId}` };
  }
}

/** Like a real ciphertext it names its key and holds its context, but it is not encrypted. */
function sealed({ metadata }: Key, { EncryptionContext: context = null }: Members, plaintext: string): string {
  return Buffer.from(JSON.stringify({ arn: metadata.Arn, context, plaintext })).toString('base64');
}

function opened({ CiphertextBlob, EncryptionContext = null }: Members): Members {
  try {
    const { arn, context, plaintext } = JSON.parse(Buffer.from(String(CiphertextBlob), 'base64').toString());
    if (JSON.stringify(context) === JSON.stringify(EncryptionContext)) return { KeyId: arn, Plaintext: plaintext };
  } catch {
    // Not a ciphertext of this door.
  }
  throw new Refused(400, 'InvalidCiphertextException', '');
}

function openDirect(wrapped: Buffer): Buffer {
  const key = { key: wrappingKey.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return privateDecrypt(key, wrapped);
}

function openThroughAes(wrapped: Buffer): Buffer {
  const aesKey = openDirect(wrapped.subarray(0, 256));
  const decipher = createDecipheriv('id-aes256-wrap-pad', aesKey, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([decipher.update(wrapped.subarray(256)), decipher.final()]);
}

/** Applies the changes to the key store; secrets are not stored. */
function updateKeyStore(store: Members, input: Members): void {
  if (input.NewCustomKeyStoreName !== undefined) store.CustomKeyStoreName = input.NewCustomKeyStoreName;
  if (store.XksProxyConfiguration === undefined) return;
  const changes = {
    Connectivity: input.XksProxyConnectivity,
    UriEndpoint: input.XksProxyUriEndpoint,
    UriPath: input.XksProxyUriPath,
    VpcEndpointServiceName: input.XksProxyVpcEndpointServiceName,
  };
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  store.XksProxyConfiguration = { ...(store.XksProxyConfiguration as Members), ...Object.fromEntries(given) };
}
