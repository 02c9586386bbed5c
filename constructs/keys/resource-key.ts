/** A key that is declared with a binding, as a construct. */
import { keySpecs } from '@keystead/provider-schema/key-specs.ts';
import type { Construct } from 'constructs';
import { Lazy, type TerraformProvider, type TerraformResource } from '../cdk.ts';
import { KmsExternalKey } from '../generated/kms-external-key.ts';
import { KmsKey } from '../generated/kms-key.ts';
import { KmsReplicaExternalKey } from '../generated/kms-replica-external-key.ts';
import { KmsReplicaKey } from '../generated/kms-replica-key.ts';
import { KeyPolicyDocument, type KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { policyJson } from '../policies/policy-text.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IKey } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { defaultUsage, type KeyOrigin, type KeySpec, type KeyUsage } from './key-rules.ts';

type KeyResource = KmsKey | KmsExternalKey | KmsReplicaKey | KmsReplicaExternalKey;

const childId = 'KeyOfResource';

/** The same construct, however often it is asked for. */
export function keyOfResource(resource: TerraformResource): IKey {
  const known = resource.node.tryFindChild(childId);
  if (known instanceof ResourceKey) return known;
  if (!isKeyResource(resource)) {
    return refuse(
      resource,
      `${resource.terraformResourceType} is not a key.`,
      'Give a KmsKey, KmsReplicaKey, KmsExternalKey or KmsReplicaExternalKey of the bindings of this library.',
    );
  }
  return new ResourceKey(resource);
}

function isKeyResource(resource: TerraformResource): resource is KeyResource {
  const classes = [KmsKey, KmsExternalKey, KmsReplicaKey, KmsReplicaExternalKey];
  return classes.some((keyClass) => resource instanceof keyClass);
}

class ResourceKey extends KeyBase {
  readonly keyArn: string;
  readonly keyId: string;
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean | undefined;
  readonly origin: KeyOrigin | undefined;
  readonly region: string | undefined;
  readonly #resource: KeyResource;
  readonly #added = new KeyPolicyDocument();

  constructor(resource: KeyResource) {
    super(resource as unknown as Construct, childId);
    this.#resource = resource;
    this.keyArn = resource.arn;
    this.keyId = resource instanceof KmsExternalKey ? resource.id : resource.keyId;
    this.region = resource.regionInput;
    const { keySpec, keyUsage } = kindOf(resource);
    this.keySpec = keySpec;
    this.keyUsage = keyUsage;
    this.multiRegion = multiRegionOf(resource);
    this.origin = originOf(resource);
  }

  /** The binding's, whenever it is set. */
  get provider(): TerraformProvider | undefined {
    return this.#resource.provider;
  }

  addToKeyPolicy(statement: KeyPolicyStatement): void {
    const declared = this.#resource.policyInput;
    if (this.#added.isEmpty) this.#takePolicyOver(declared);
    this.#added.addStatement(statement);
  }

  /** From now on the argument is produced when the stack is written: what was declared, then what is added. */
  #takePolicyOver(declared: string | undefined): void {
    const document = policyObject(declared);
    if (document === undefined) {
      refuse(
        this,
        'The resource declares no policy, or one that is not text in this program: no statement can be added to it.',
        'Give the binding a policy as JSON text, or declare a Grant or a KeyPolicy.',
      );
    }
    const { Statement: statements, ...rest } = document;
    this.#resource.policy = Lazy.stringValue({
      produce: () => {
        // The binding's text is Terraform's already; only what is added needs its escapes.
        const added = (this.#added.toObject().Statement as object[]).map((statement) => policyJson(statement));
        const all = [...statements.map((statement) => JSON.stringify(statement)), ...added].join(',');
        return `${JSON.stringify(rest).slice(0, -1)},"Statement":[${all}]}`;
      },
    });
  }
}

/** Spec and usage as the arguments say them, where they are text. */
function kindOf(resource: KeyResource): { keySpec: KeySpec | undefined; keyUsage: KeyUsage | undefined } {
  const written =
    resource instanceof KmsKey
      ? { spec: resource.customerMasterKeySpecInput, usage: resource.keyUsageInput }
      : resource instanceof KmsExternalKey
        ? { spec: resource.keySpecInput, usage: resource.keyUsageInput }
        : undefined;
  if (written === undefined) return { keySpec: undefined, keyUsage: undefined };
  const { spec = 'SYMMETRIC_DEFAULT', usage } = written;
  if (!Object.hasOwn(keySpecs, spec)) return { keySpec: undefined, keyUsage: undefined };
  const keySpec = spec as KeySpec;
  return { keySpec, keyUsage: (usage as KeyUsage | undefined) ?? defaultUsage(keySpec) };
}

function multiRegionOf(resource: KeyResource): boolean | undefined {
  if (resource instanceof KmsReplicaKey || resource instanceof KmsReplicaExternalKey) return true;
  const { multiRegionInput: written = false } = resource;
  return typeof written === 'boolean' ? written : undefined;
}

function originOf(resource: KeyResource): KeyOrigin | undefined {
  if (resource instanceof KmsExternalKey || resource instanceof KmsReplicaExternalKey) return 'EXTERNAL';
  if (resource instanceof KmsKey) return resource.customKeyStoreIdInput === undefined ? 'AWS_KMS' : undefined;
  return 'AWS_KMS';
}

interface PolicyObject {
  readonly Version: string;
  readonly Statement: object[];
}

/** References inside the text stay; a text that is a reference as a whole cannot be read. */
function policyObject(text: string | undefined): PolicyObject | undefined {
  if (text === undefined) return undefined;
  try {
    const document = JSON.parse(text) as { readonly Version?: string; readonly Statement?: object | object[] };
    const { Version = '2012-10-17', Statement: statement } = document;
    if (typeof statement !== 'object') return undefined;
    return { ...document, Version, Statement: Array.isArray(statement) ? statement : [statement] };
  } catch {
    return undefined;
  }
}
