/**
 * The life of keys in AWS KMS, as a plain model in memory: a second implementation to compare the control plane with,
 * written only from the API reference and the developer guide, and Keystead's own deletion protection. It does not share
 * code with the control plane, keeps everything in maps, and can be slow.
 *
 * The service chooses ids, grant tokens, ciphertexts and material ids: the model learns them from the service's
 * answers, and later answers must agree with them.
 */

export type Answer = Readonly<Record<string, unknown>>;
export type State = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingReplicaDeletion';
export type Caller = 'root' | 'user';
export type Context = Readonly<Record<string, string>>;

/** A refusal with the guide's text; without a text where AWS does not publish one. */
export class Refusal extends Error {
  readonly code: string;
  readonly text: string | undefined;
  constructor(code: string, text?: string) {
    super(code);
    this.code = code;
    this.text = text;
  }
}

interface Material {
  readonly id: string;
  /** Absent for the first. */
  readonly rotation?: { readonly atMs: number; readonly type: 'AUTOMATIC' | 'ON_DEMAND' };
}

export interface Grant {
  readonly id: string;
  readonly name: string;
  readonly grantee: string;
  readonly retiring: string | undefined;
  readonly operations: readonly string[];
  readonly equals: Context | undefined;
  readonly createdAtMs: number;
  readonly grantTokens: string[];
}

/** The part of a key that each Region has for itself. */
export interface Place {
  state: State;
  description: string;
  policy: string;
  tags: Map<string, string>;
  grants: Grant[];
  readonly createdAtMs: number;
  deletionAtMs?: number | undefined;
  windowInDays?: number | undefined;
  isProtected?: boolean;
}

/** A key, with the part that all its Regions share. */
export interface Key {
  readonly id: string;
  readonly spec: string;
  readonly usage: string;
  readonly multiRegion: boolean;
  primary: string;
  materials: Material[];
  rotation: { periodInDays: number; nextAtMs: number } | undefined;
  onDemandRotations: number;
  readonly places: Map<string, Place>;
}

export interface Alias {
  readonly name: string;
  readonly region: string;
  keyId: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

export interface Ciphertext {
  readonly blob: Uint8Array;
  readonly keyId: string;
  readonly materialId: string;
  readonly context: Context;
}

export interface Request {
  readonly operation: string;
  readonly region: string;
  readonly by: Caller;
  readonly input: Answer;
  /** The service's answer; undefined when it refused. */
  readonly answer: Answer | undefined;
}

const DAY_MS = 86_400_000;
const TWENTY_MINUTES_MS = 1_200_000;
const ON_DEMAND_ROTATIONS_FOR_LIFE = 25;
const SYMMETRIC = 'SYMMETRIC_DEFAULT';
const usageOf: Readonly<Record<string, string>> = {
  SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
  HMAC_256: 'GENERATE_VERIFY_MAC',
};

type Handler = (request: Request) => Answer | undefined;

export class KmsModel {
  readonly accountId: string;
  readonly userArn: string;
  /** Every key ever created; a key without places is deleted. */
  readonly keys: Key[] = [];
  aliases: Alias[] = [];
  readonly ciphertexts: Ciphertext[] = [];
  /** Every grant ever created, with its key and Region. */
  readonly grants: { readonly keyId: string; readonly region: string; readonly grant: Grant }[] = [];
  nowMs: number;

  constructor(accountId: string, userArn: string, nowMs: number) {
    this.accountId = accountId;
    this.userArn = userArn;
    this.nowMs = nowMs;
  }

  /** The answer that the service must give. @throws Refusal */
  judge(request: Request): Answer | undefined {
    const handler = this.#handlers[request.operation];
    if (!handler) throw new Error(`the model does not have the operation ${request.operation}`);
    return handler(request);
  }

  keyArn(keyId: string, region: string): string {
    return `arn:aws:kms:${region}:${this.accountId}:key/${keyId}`;
  }

  aliasArn(name: string, region: string): string {
    return `arn:aws:kms:${region}:${this.accountId}:${name}`;
  }

  get rootArn(): string {
    return `arn:aws:iam::${this.accountId}:root`;
  }

  findKey(keyId: string): Key | undefined {
    return this.keys.find((key) => key.id === keyId);
  }

  /** Rotates the keys that are due, then deletes the keys whose waiting period is over. */
  runJobs(newestMaterial: (key: Key) => string): void {
    for (const key of this.keys) this.#rotateIfDue(key, newestMaterial);
    for (const key of this.keys) this.#deleteIfDue(key);
  }

  // Developer guide, "Rotate AWS KMS keys": a disabled key is not rotated; an overdue key rotates once and then
  // continues on its schedule.
  #rotateIfDue(key: Key, newestMaterial: (key: Key) => string): void {
    const { rotation } = key;
    if (!rotation || rotation.nextAtMs > this.nowMs || key.places.get(key.primary)?.state !== 'Enabled') return;
    key.materials.push({ id: newestMaterial(key), rotation: { atMs: this.nowMs, type: 'AUTOMATIC' } });
    while (rotation.nextAtMs <= this.nowMs) rotation.nextAtMs += rotation.periodInDays * DAY_MS;
  }

  // "Deleting multi-Region keys": when the last replica is deleted, the primary's waiting period begins.
  #deleteIfDue(key: Key): void {
    for (const [region, place] of [...key.places]) {
      if (place.state !== 'PendingDeletion' || (place.deletionAtMs ?? Number.POSITIVE_INFINITY) > this.nowMs) continue;
      key.places.delete(region);
      this.aliases = this.aliases.filter((alias) => alias.keyId !== key.id || alias.region !== region);
    }
    const primary = key.places.get(key.primary);
    if (key.places.size !== 1 || primary?.state !== 'PendingReplicaDeletion') return;
    primary.state = 'PendingDeletion';
    primary.deletionAtMs = this.nowMs + (primary.windowInDays ?? Number.NaN) * DAY_MS;
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    CreateKey: ({ input, region, by, answer }) => {
      if (by !== 'root') throw new Refusal('AccessDeniedException');
      const spec = String(input.KeySpec ?? SYMMETRIC);
      const usage = String(input.KeyUsage ?? 'ENCRYPT_DECRYPT');
      if (input.KeyUsage === undefined && spec !== SYMMETRIC) {
        const text = 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.';
        throw new Refusal('ValidationException', text);
      }
      if (usageOf[spec] !== usage) {
        throw new Refusal('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
      }
      const learned = (answer?.KeyMetadata ?? {}) as { KeyId?: string; CurrentKeyMaterialId?: string };
      const key: Key = {
        id: learned.KeyId ?? '',
        spec,
        usage,
        multiRegion: input.MultiRegion === true,
        primary: region,
        materials: [{ id: learned.CurrentKeyMaterialId ?? 'of no name' }],
        rotation: undefined,
        onDemandRotations: 0,
        places: new Map(),
      };
      const form = key.multiRegion ? /^mrk-[0-9a-f]{32}$/ : /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
      if (answer && (!form.test(key.id) || this.findKey(key.id))) throw new Error(`not a new key id: ${key.id}`);
      key.places.set(region, this.#newPlace(input));
      if (answer) this.keys.push(key);
      return { KeyMetadata: this.#metadata(key, region) };
    },

    DescribeKey: (request) => {
      const key = this.#resolve(request, 'KeyId', 'or alias');
      this.#authorize(request, key, 'DescribeKey');
      return { KeyMetadata: this.#metadata(key, request.region) };
    },

    EnableKey: (request) => this.#switch(request, 'Enabled'),
    DisableKey: (request) => this.#switch(request, 'Disabled'),

    UpdateKeyDescription: (request) => {
      const { place } = this.#managed(request, notPending);
      place.description = String(request.input.Description);
      return undefined;
    },

    ScheduleKeyDeletion: (request) => {
      const { input, region } = request;
      const key = this.#resolve(request);
      this.#authorize(request, key, 'ScheduleKeyDeletion');
      const windowInDays = Number(input.PendingWindowInDays ?? 30);
      if (windowInDays < 7 || windowInDays > 30) throw new Refusal('ValidationException');
      const place = this.#require(key, region, notPending);
      if (place.isProtected) {
        const arn = this.keyArn(key.id, region);
        const text =
          `${arn} is protected from deletion. To delete the key or its key material, lift the protection first: ` +
          'UnprotectKey, DELETE /v1/keys/{KeyId}/deletion-protection.';
        throw new Refusal('KMSInvalidStateException', text);
      }
      const waitsForReplicas = key.primary === region && key.places.size > 1;
      place.state = waitsForReplicas ? 'PendingReplicaDeletion' : 'PendingDeletion';
      place.windowInDays = windowInDays;
      place.deletionAtMs = waitsForReplicas ? undefined : this.nowMs + windowInDays * DAY_MS;
      return {
        KeyId: this.keyArn(key.id, region),
        KeyState: place.state,
        PendingWindowInDays: windowInDays,
        ...(place.deletionAtMs !== undefined && { DeletionDate: new Date(place.deletionAtMs) }),
      };
    },

    CancelKeyDeletion: (request) => {
      const key = this.#resolve(request);
      this.#authorize(request, key, 'CancelKeyDeletion');
      const place = this.#place(key, request.region);
      const arn = this.keyArn(key.id, request.region);
      if (!isPending(place.state)) throw new Refusal('KMSInvalidStateException', `${arn} is not pending deletion.`);
      place.state = 'Disabled';
      place.deletionAtMs = undefined;
      place.windowInDays = undefined;
      return { KeyId: arn };
    },

    // Keystead's own: docs/decisions/0025-deletion-protection.md.
    ProtectKey: (request) => {
      this.#managed(request, notPending).place.isProtected = true;
      return undefined;
    },

    UnprotectKey: (request) => {
      this.#managed(request, always).place.isProtected = false;
      return undefined;
    },

    CreateAlias: (request) => {
      const { input, region } = request;
      const key = this.#resolve(request, 'TargetKeyId');
      this.#authorize(request, key, 'CreateAlias');
      this.#require(key, region, notPending);
      const name = String(input.AliasName);
      if (this.#alias(name, region)) {
        const text = `An alias with the name ${this.aliasArn(name, region)} already exists`;
        throw new Refusal('AlreadyExistsException', text);
      }
      const { nowMs } = this;
      this.aliases.push({ name, region, keyId: key.id, createdAtMs: nowMs, updatedAtMs: nowMs });
      return undefined;
    },

    UpdateAlias: (request) => {
      const { input, region } = request;
      const name = String(input.AliasName);
      const alias = this.#alias(name, region);
      if (!alias && !this.findKey(String(input.TargetKeyId))?.places.has(region))
        throw new Refusal('NotFoundException');
      if (!alias) throw this.#noAlias(name, region);
      const key = this.#resolve(request, 'TargetKeyId');
      this.#authorize(request, key, 'UpdateAlias');
      const before = this.findKey(alias.keyId);
      if (before?.usage !== key.usage) {
        const change = `from a CMK with key usage ${before?.usage} to a CMK with key usage ${key.usage}`;
        throw new Refusal('ValidationException', `Alias ${name} cannot be changed ${change}`);
      }
      this.#require(key, region, notPending);
      alias.keyId = key.id;
      alias.updatedAtMs = this.nowMs;
      return undefined;
    },

    DeleteAlias: ({ input, region, by }) => {
      const name = String(input.AliasName);
      const alias = this.#alias(name, region);
      if (!alias) throw this.#noAlias(name, region);
      if (by !== 'root') throw new Refusal('AccessDeniedException');
      this.aliases = this.aliases.filter((other) => other !== alias);
      return undefined;
    },

    TagResource: (request) => {
      const { place } = this.#managed(request, notPending);
      for (const { TagKey, TagValue } of request.input.Tags as readonly { TagKey: string; TagValue: string }[]) {
        place.tags.set(TagKey, TagValue);
      }
      return undefined;
    },

    UntagResource: (request) => {
      const { place } = this.#managed(request, notPending);
      for (const name of request.input.TagKeys as readonly string[]) place.tags.delete(name);
      return undefined;
    },

    ListResourceTags: (request) => {
      const { place } = this.#managed(request, always);
      const Tags = [...place.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
      return { Tags: Tags.sort(by('TagKey')), Truncated: false };
    },

    PutKeyPolicy: (request) => {
      const { place } = this.#managed(request, always);
      const policy = String(request.input.Policy);
      if (!policy.includes('kms:*')) {
        const text = 'The new key policy will not allow you to update the key policy in the future.';
        throw new Refusal('MalformedPolicyDocumentException', text);
      }
      place.policy = policy;
      return undefined;
    },

    GetKeyPolicy: (request) => ({ Policy: this.#managed(request, always).place.policy, PolicyName: 'default' }),

    EnableKeyRotation: (request) => {
      const key = this.#rotatable(request, 'EnableKeyRotation');
      this.#require(key, request.region, usable);
      const periodInDays = Number(request.input.RotationPeriodInDays ?? 365);
      key.rotation = { periodInDays, nextAtMs: this.nowMs + periodInDays * DAY_MS };
      return undefined;
    },

    DisableKeyRotation: (request) => {
      const key = this.#rotatable(request, 'DisableKeyRotation');
      this.#require(key, request.region, usable);
      key.rotation = undefined;
      return undefined;
    },

    GetKeyRotationStatus: (request) => {
      const key = this.#resolve(request);
      this.#authorize(request, key, 'GetKeyRotationStatus');
      const KeyId = this.keyArn(key.id, request.region);
      const { rotation } = key;
      if (!rotation || isPending(this.#place(key, request.region).state)) {
        return { KeyId, KeyRotationEnabled: false };
      }
      return {
        KeyId,
        KeyRotationEnabled: true,
        RotationPeriodInDays: rotation.periodInDays,
        NextRotationDate: new Date(rotation.nextAtMs),
      };
    },

    RotateKeyOnDemand: (request) => {
      const { key } = this.#managed(request, usable);
      if (key.spec !== SYMMETRIC) throw new Refusal('UnsupportedOperationException', '');
      if (key.primary !== request.region) throw new Refusal('UnsupportedOperationException');
      if (key.onDemandRotations >= ON_DEMAND_ROTATIONS_FOR_LIFE) {
        const text =
          'The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be ' +
          `performed for this key: ${this.keyArn(key.id, request.region)}`;
        throw new Refusal('LimitExceededException', text);
      }
      if (key.rotation && key.rotation.nextAtMs - this.nowMs < TWENTY_MINUTES_MS)
        throw new Refusal('ConflictException');
      key.onDemandRotations += 1;
      // Named by what is read of the key next.
      key.materials.push({ id: '', rotation: { atMs: this.nowMs, type: 'ON_DEMAND' } });
      return { KeyId: this.keyArn(key.id, request.region) };
    },

    ListKeyRotations: (request) => {
      const key = this.#resolve(request);
      this.#authorize(request, key, 'ListKeyRotations');
      if (key.spec !== SYMMETRIC) throw new Refusal('UnsupportedOperationException');
      const all = request.input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
      const listed = key.materials.filter(({ rotation }) => all || rotation);
      const Rotations = listed.map(({ id, rotation }) => ({
        KeyId: key.id,
        KeyMaterialId: id,
        KeyMaterialState: id === currentMaterial(key) ? 'CURRENT' : 'NON_CURRENT',
        ...(rotation && { RotationDate: new Date(rotation.atMs), RotationType: rotation.type }),
      }));
      return { Rotations: Rotations.sort(by('KeyMaterialId')), Truncated: false };
    },

    CreateGrant: (request) => {
      const { input, region, answer } = request;
      const key = this.#resolve(request);
      this.#authorize(request, key, 'CreateGrant');
      const operations = input.Operations as readonly string[];
      const equals = (input.Constraints as { EncryptionContextEquals?: Context } | undefined)?.EncryptionContextEquals;
      const fitting = key.spec === SYMMETRIC ? grantable.symmetric : grantable.mac;
      if (!operations.every((name) => fitting.includes(name))) throw new Refusal('ValidationException');
      if (equals && key.spec !== SYMMETRIC) throw new Refusal('ValidationException');
      const place = this.#require(key, region, usable);
      this.#refuseDryRun(request);
      const wanted = {
        name: String(input.Name ?? ''),
        grantee: String(input.GranteePrincipal),
        retiring: input.RetiringPrincipal as string | undefined,
        operations,
        equals,
      };
      const grantToken = String(answer?.GrantToken);
      const same = place.grants.find((grant) => wanted.name !== '' && isSameGrant(grant, wanted));
      if (same) {
        if (answer && same.grantTokens.includes(grantToken)) throw new Error('a grant token was issued twice');
        same.grantTokens.push(grantToken);
        return { GrantId: same.id, GrantToken: grantToken };
      }
      const id = String(answer?.GrantId);
      if (answer && (!/^[0-9a-f]{64}$/.test(id) || this.grants.some(({ grant }) => grant.id === id))) {
        throw new Error(`not a new grant id: ${id}`);
      }
      const grant = { ...wanted, id, createdAtMs: this.nowMs, grantTokens: [grantToken] };
      place.grants.push(grant);
      this.grants.push({ keyId: key.id, region, grant });
      return { GrantId: id, GrantToken: grantToken };
    },

    ListGrants: (request) => {
      const { place, key } = this.#managed(request, always);
      const Grants = place.grants.map((grant) => this.#grantEntry(key, request.region, grant));
      return { Grants: Grants.sort(by('GrantId')), Truncated: false };
    },

    RevokeGrant: (request) => {
      const { place } = this.#managed(request, always);
      const grant = place.grants.find(({ id }) => id === request.input.GrantId);
      const wellFormed = /^[0-9a-f]{64}$/.test(String(request.input.GrantId));
      if (!grant) throw new Refusal(wellFormed ? 'NotFoundException' : 'InvalidGrantIdException');
      this.#refuseDryRun(request);
      place.grants = place.grants.filter((other) => other !== grant);
      return undefined;
    },

    RetireGrant: (request) => {
      const { input, region } = request;
      const { grant, place } =
        input.GrantToken === undefined ? this.#grantById(request) : this.#grantByGrantToken(input, region);
      const arn = request.by === 'root' ? this.rootArn : this.userArn;
      const may =
        request.by === 'root' ||
        grant.retiring === arn ||
        (grant.grantee === arn && grant.operations.includes('RetireGrant'));
      if (!may) throw new Refusal('AccessDeniedException');
      this.#refuseDryRun(request);
      place.grants = place.grants.filter((other) => other !== grant);
      return undefined;
    },

    Encrypt: (request) => {
      const { answer } = request;
      const { key, context } = this.#cryptographic(request, 'Encrypt');
      this.#refuseDryRun(request);
      const blob = answer?.CiphertextBlob as Uint8Array;
      if (answer) this.ciphertexts.push({ blob, keyId: key.id, materialId: currentMaterial(key), context });
      return { CiphertextBlob: blob, KeyId: this.keyArn(key.id, request.region), EncryptionAlgorithm: SYMMETRIC };
    },

    GenerateDataKeyWithoutPlaintext: (request) => {
      const { answer } = request;
      const { key, context } = this.#cryptographic(request, 'GenerateDataKeyWithoutPlaintext');
      const blob = answer?.CiphertextBlob as Uint8Array;
      if (answer) this.ciphertexts.push({ blob, keyId: key.id, materialId: currentMaterial(key), context });
      const KeyMaterialId = currentMaterial(key);
      return { CiphertextBlob: blob, KeyId: this.keyArn(key.id, request.region), KeyMaterialId };
    },

    GenerateMac: (request) => {
      const key = this.#resolve(request, 'KeyId', 'or alias');
      this.#authorize(request, key, 'GenerateMac');
      this.#require(key, request.region, usable);
      this.#requireUsage(key, request.region, 'GENERATE_VERIFY_MAC', 'GenerateMac');
      return { Mac: request.answer?.Mac, KeyId: this.keyArn(key.id, request.region), MacAlgorithm: 'HMAC_SHA_256' };
    },

    Decrypt: (request) => {
      const { input, region, answer } = request;
      const { key, ciphertext } = this.#source(request, 'KeyId', 'Decrypt', 'EncryptionContext');
      this.#requirePossible(key, region);
      this.#require(key, region, usable);
      this.#requireUsage(key, region, 'ENCRYPT_DECRYPT', 'Decrypt');
      this.#requireOpening(key, ciphertext, input.EncryptionContext);
      this.#refuseDryRun(request);
      return {
        KeyId: this.keyArn(key.id, region),
        Plaintext: answer?.Plaintext,
        EncryptionAlgorithm: SYMMETRIC,
        KeyMaterialId: ciphertext.materialId,
      };
    },

    ReEncrypt: (request) => {
      const { input, region, answer } = request;
      const destination = input.DestinationKeyId;
      const { key, ciphertext } = this.#source(request, 'SourceKeyId', 'ReEncryptFrom', 'SourceEncryptionContext', () =>
        this.#resolve({ ...request, input: { KeyId: destination } }, 'KeyId', 'or alias'),
      );
      const to = this.#resolve({ ...request, input: { KeyId: destination } }, 'KeyId', 'or alias');
      const context = (input.DestinationEncryptionContext ?? {}) as Context;
      this.#authorize(request, to, 'ReEncryptTo', context);
      this.#requirePossible(key, region);
      for (const used of [key, to]) {
        this.#require(used, region, usable);
        this.#requireUsage(used, region, 'ENCRYPT_DECRYPT', 'ReEncrypt');
      }
      this.#requireOpening(key, ciphertext, input.SourceEncryptionContext);
      const blob = answer?.CiphertextBlob as Uint8Array;
      const materialId = currentMaterial(to);
      if (answer) this.ciphertexts.push({ blob, keyId: to.id, materialId, context });
      return {
        CiphertextBlob: blob,
        SourceKeyId: this.keyArn(key.id, region),
        KeyId: this.keyArn(to.id, region),
        SourceEncryptionAlgorithm: SYMMETRIC,
        DestinationEncryptionAlgorithm: SYMMETRIC,
        SourceKeyMaterialId: ciphertext.materialId,
        DestinationKeyMaterialId: materialId,
      };
    },

    ReplicateKey: (request) => {
      const { input, region } = request;
      const key = this.#resolve(request);
      this.#authorize(request, key, 'ReplicateKey');
      this.#requirePrimary(key, region);
      this.#require(key, region, usable);
      const there = String(input.ReplicaRegion);
      if (key.places.has(there)) throw new Refusal('AlreadyExistsException');
      const place = this.#newPlace(input);
      key.places.set(there, place);
      const { CurrentKeyMaterialId: _, ...metadata }: Answer = this.#metadata(key, there);
      const ReplicaKeyMetadata = { ...metadata, KeyState: 'Creating', Enabled: false };
      return { ReplicaKeyMetadata, ReplicaPolicy: place.policy };
    },

    UpdatePrimaryRegion: (request) => {
      const { input, region } = request;
      const key = this.#resolve(request);
      this.#authorize(request, key, 'UpdatePrimaryRegion');
      this.#requirePrimary(key, region);
      const there = String(input.PrimaryRegion);
      if (there === region) throw new Refusal('UnsupportedOperationException');
      this.#require(key, region, usable);
      if (!key.places.has(there)) throw this.#noKey(key.id, there);
      this.#require(key, there, usable);
      key.primary = there;
      return undefined;
    },
  };

  #newPlace(input: Answer): Place {
    const tags = ((input.Tags ?? []) as readonly { TagKey: string; TagValue: string }[]).map(
      ({ TagKey, TagValue }) => [TagKey, TagValue] as const,
    );
    return {
      state: 'Enabled',
      description: String(input.Description ?? ''),
      policy: this.defaultPolicy,
      tags: new Map(tags),
      grants: [],
      createdAtMs: this.nowMs,
    };
  }

  /** Developer guide, "Default key policy", as the API writes it. */
  get defaultPolicy(): string {
    return [
      '{',
      '  "Version" : "2012-10-17",',
      '  "Id" : "key-default-1",',
      '  "Statement" : [ {',
      '    "Sid" : "Enable IAM User Permissions",',
      '    "Effect" : "Allow",',
      `    "Principal" : { "AWS" : "${this.rootArn}" },`,
      '    "Action" : "kms:*",',
      '    "Resource" : "*"',
      '  } ]',
      '}',
    ].join('\n');
  }

  /** API reference, KeyMetadata. */
  #metadata(key: Key, region: string): Answer {
    const place = this.#place(key, region);
    const related = (there: string) => ({ Arn: this.keyArn(key.id, there), Region: there });
    return {
      AWSAccountId: this.accountId,
      KeyId: key.id,
      Arn: this.keyArn(key.id, region),
      CreationDate: new Date(place.createdAtMs),
      Enabled: place.state === 'Enabled',
      Description: place.description,
      KeyUsage: key.usage,
      KeyState: place.state,
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      KeySpec: key.spec,
      CustomerMasterKeySpec: key.spec,
      MultiRegion: key.multiRegion,
      ...(key.spec === SYMMETRIC
        ? { EncryptionAlgorithms: [SYMMETRIC], CurrentKeyMaterialId: currentMaterial(key) }
        : { MacAlgorithms: ['HMAC_SHA_256'] }),
      ...(place.state === 'PendingDeletion' && { DeletionDate: new Date(place.deletionAtMs ?? Number.NaN) }),
      ...(place.state === 'PendingReplicaDeletion' && { PendingDeletionWindowInDays: place.windowInDays }),
      ...(key.multiRegion && {
        MultiRegionConfiguration: {
          MultiRegionKeyType: key.primary === region ? 'PRIMARY' : 'REPLICA',
          PrimaryKey: related(key.primary),
          ReplicaKeys: [...key.places.keys()]
            .filter((there) => there !== key.primary)
            .sort()
            .map(related),
        },
      }),
    };
  }

  #grantEntry(key: Key, region: string, grant: Grant): Answer {
    return {
      KeyId: this.keyArn(key.id, region),
      GrantId: grant.id,
      Name: grant.name,
      CreationDate: new Date(grant.createdAtMs),
      GranteePrincipal: grant.grantee,
      ...(grant.retiring !== undefined && { RetiringPrincipal: grant.retiring }),
      IssuingAccount: this.rootArn,
      Operations: grant.operations,
      ...(grant.equals && { Constraints: { EncryptionContextEquals: grant.equals } }),
    };
  }

  #alias(name: string, region: string): Alias | undefined {
    return this.aliases.find((alias) => alias.name === name && alias.region === region);
  }

  #noAlias(name: string, region: string): Refusal {
    return new Refusal('NotFoundException', `Alias ${this.aliasArn(name, region)} is not found.`);
  }

  #noKey(keyId: string, region: string): Refusal {
    return new Refusal('NotFoundException', `Key '${this.keyArn(keyId, region)}' does not exist`);
  }

  /** "Key identifiers": an id, an ARN of this Region, or, where the operation accepts them, an alias or its ARN. */
  #resolve({ input, region }: Request, member = 'KeyId', accepts: 'key' | 'or alias' = 'key'): Key {
    const given = String(input[member]);
    const [, arnRegion, arnRest] = /^arn:aws:kms:([^:]+):[^:]+:(.*)$/.exec(given) ?? [];
    const name = arnRest?.startsWith('alias/') ? arnRest : given;
    if (name.startsWith('alias/') && accepts === 'key') {
      throw new Refusal(member === 'TargetKeyId' ? 'ValidationException' : 'NotFoundException');
    }
    if (arnRegion !== undefined && arnRegion !== region)
      throw new Refusal('NotFoundException', `Invalid arn ${arnRegion}`);
    if (name.startsWith('alias/')) {
      const alias = this.#alias(name, region);
      const key = alias && this.findKey(alias.keyId);
      if (!key) throw this.#noAlias(name, region);
      return key;
    }
    const id = arnRest?.startsWith('key/') ? arnRest.slice('key/'.length) : given;
    const key = this.findKey(id);
    if (!key?.places.has(region)) throw this.#noKey(id, region);
    return key;
  }

  #place(key: Key, region: string): Place {
    const place = key.places.get(region);
    if (!place) throw new Error(`the model's key ${key.id} is not in ${region}`);
    return place;
  }

  /**
   * Every policy here allows the root principal everything. The user is allowed what the key's policy or a grant in
   * this Region allows.
   */
  #authorize({ by, region, input }: Request, key: Key, action: string, context = input.EncryptionContext): void {
    if (by === 'root') return;
    const place = this.#place(key, region);
    if (place.policy.includes(`"kms:${action}"`)) return;
    const holds = place.grants.some(
      (grant) =>
        grant.grantee === this.userArn &&
        grant.operations.includes(action) &&
        (!grant.equals || action === 'DescribeKey' || isSameContext(grant.equals, (context ?? {}) as Context)),
    );
    if (!holds) throw new Refusal('AccessDeniedException');
  }

  /** An operation that grants cannot give, on a key named by id or ARN in KeyId. */
  #managed(request: Request, rule: (state: State) => boolean): { readonly key: Key; readonly place: Place } {
    const key = this.#resolve(request);
    this.#authorize(request, key, request.operation);
    return { key, place: this.#require(key, request.region, rule) };
  }

  #switch(request: Request, state: 'Enabled' | 'Disabled'): undefined {
    this.#managed(request, notPending).place.state = state;
    return undefined;
  }

  /** "Key states of AWS KMS keys": the texts are the guide's. */
  #require(key: Key, region: string, rule: (state: State) => boolean): Place {
    const place = this.#place(key, region);
    if (rule(place.state)) return place;
    const arn = this.keyArn(key.id, region);
    if (place.state === 'Disabled') throw new Refusal('DisabledException', `${arn} is disabled.`);
    const phrase = place.state === 'PendingDeletion' ? 'pending deletion' : 'pending replica deletion';
    throw new Refusal('KMSInvalidStateException', `${arn} is ${phrase}.`);
  }

  #requireUsage(key: Key, region: string, usage: string, operation: string): void {
    if (key.usage === usage) return;
    const text = `${this.keyArn(key.id, region)} key usage is ${key.usage} which is not valid for ${operation}.`;
    throw new Refusal('InvalidKeyUsageException', text);
  }

  #requirePrimary(key: Key, region: string): void {
    if (key.multiRegion && key.primary === region) return;
    const text = `${this.keyArn(key.id, region)} is not a multi-region primary key.`;
    throw new Refusal('UnsupportedOperationException', text);
  }

  /** Rotation is only for symmetric keys, and configured only on the primary key. */
  #rotatable(request: Request, action: string): Key {
    const key = this.#resolve(request);
    this.#authorize(request, key, action);
    if (key.spec !== SYMMETRIC || key.primary !== request.region) throw new Refusal('UnsupportedOperationException');
    return key;
  }

  #cryptographic(request: Request, action: string) {
    const key = this.#resolve(request, 'KeyId', 'or alias');
    this.#authorize(request, key, action);
    this.#require(key, request.region, usable);
    this.#requireUsage(key, request.region, 'ENCRYPT_DECRYPT', action);
    return { key, context: (request.input.EncryptionContext ?? {}) as Context };
  }

  /** The key of a ciphertext: the one named, else the one that the ciphertext names. */
  #source(
    request: Request,
    member: string,
    action: string,
    contextMember: string,
    resolveMore = () => undefined as unknown,
  ) {
    const { input, region } = request;
    const ciphertext = this.ciphertexts.find(({ blob }) => blob === input.CiphertextBlob);
    if (!ciphertext) throw new Error('the model does not know the ciphertext');
    const own = this.findKey(ciphertext.keyId);
    if (input[member] === undefined && !own?.places.has(region)) throw new Refusal('AccessDeniedException');
    const key = input[member] === undefined && own ? own : this.#resolve(request, member, 'or alias');
    resolveMore();
    this.#authorize(request, key, action, input[contextMember]);
    return { key, ciphertext };
  }

  /** Every ciphertext of the model is symmetric, so a key of another kind cannot have made it. */
  #requirePossible(key: Key, region: string): void {
    if (key.spec === SYMMETRIC) return;
    this.#require(key, region, usable);
    const text = 'The key ID in the request does not identify a CMK that can perform this operation.';
    throw new Refusal('IncorrectKeyException', text);
  }

  #requireOpening(key: Key, ciphertext: Ciphertext, context: unknown): void {
    if (ciphertext.keyId !== key.id) {
      const text = 'The key ID in the request does not identify a CMK that can perform this operation.';
      throw new Refusal('IncorrectKeyException', text);
    }
    if (!isSameContext(ciphertext.context, (context ?? {}) as Context))
      throw new Refusal('InvalidCiphertextException', '');
  }

  #refuseDryRun({ input }: Request): void {
    if (input.DryRun !== true) return;
    const text = 'The request would have succeeded, but the DryRun option is set.';
    throw new Refusal('DryRunOperationException', text);
  }

  #grantById(request: Request) {
    const { input, region } = request;
    const key = this.#resolve(request);
    const place = this.#place(key, region);
    const grant = place.grants.find(({ id }) => id === input.GrantId);
    if (!grant) throw new Refusal('InvalidGrantIdException');
    return { grant, place };
  }

  #grantByGrantToken(input: Answer, region: string) {
    for (const key of this.keys) {
      const place = key.places.get(region);
      const grant = place?.grants.find(({ grantTokens }) => grantTokens.includes(String(input.GrantToken)));
      if (place && grant) return { grant, place };
    }
    throw new Refusal('InvalidGrantTokenException');
  }
}

const always = () => true;
const usable = (state: State) => state === 'Enabled';
const isPending = (state: State) => state === 'PendingDeletion' || state === 'PendingReplicaDeletion';
const notPending = (state: State) => !isPending(state);

const by = (member: string) => (a: Answer, b: Answer) => (String(a[member]) < String(b[member]) ? -1 : 1);

export function currentMaterial(key: Key): string {
  return key.materials.at(-1)?.id ?? '';
}

/** Grants ignore the case of pair names; that does not matter here, because contexts differ in more than case. */
function isSameContext(a: Context, b: Context): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function isSameGrant(grant: Grant, wanted: Omit<Grant, 'id' | 'createdAtMs' | 'grantTokens'>): boolean {
  const terms = ({ name, grantee, retiring, operations, equals }: typeof wanted) =>
    JSON.stringify([name, grantee, retiring ?? null, [...operations].sort(), equals ?? null]);
  return terms(grant) === terms(wanted);
}

/** Developer guide, "Grant operations". */
const anyKey = ['CreateGrant', 'RetireGrant', 'DescribeKey'];
const grantable = {
  symmetric: [
    'Encrypt',
    'Decrypt',
    'ReEncryptFrom',
    'ReEncryptTo',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    ...anyKey,
  ],
  mac: ['GenerateMac', 'VerifyMac', ...anyKey],
};
