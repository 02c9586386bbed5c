/** Moves what a stack declares with the prebuilt AWS bindings from AWS's provider to Keystead's. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { IConstruct } from 'constructs';
import {
  type IAspect,
  TerraformDataSource,
  type TerraformElement,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from '../cdk.ts';
import * as bindings from '../generated/index.ts';
import type { AwsProviderDefaultTags, AwsProviderIgnoreTags } from '../generated/provider.ts';
import { providerSource, providerVersionConstraint } from '../generated/provider-address.ts';
import { markAsOwn, ownProvidersIn } from '../providers/own-providers.ts';
import { KeysteadProvider } from './keystead-provider.ts';
import { refuse } from './refuse.ts';

export interface UseKeysteadOptions {
  /**
   * Address of the control plane, for example `https://keys.example.com`.
   * @default - `AWS_ENDPOINT_URL_KMS`, `AWS_ENDPOINT_URL` or `KEYSTEAD_ENDPOINT` where Terraform runs
   * @example 'https://keys.example.com'
   */
  readonly endpoint?: string;
  /**
   * Profile of the control plane's credentials in the shared credentials file.
   * @default - what the stack's AWS providers say
   * @example 'keystead'
   */
  readonly profile?: string;
  /**
   * Source address of the provider, with the host of a private registry or mirror in front if there is one.
   * @default 'keystead/aws'
   * @example 'registry.example.com/keystead/aws'
   */
  readonly source?: string;
  /**
   * Version constraint of the provider, for example `~> 0.1`.
   * @default - the versions that this library declares for
   * @example '~> 0.1'
   */
  readonly version?: string;
  /**
   * Moves only resources and data sources of KMS, to a provider of their own with the local name `keystead`. Everything
   * else stays with AWS. For stacks that also declare buckets, functions or AWS's own identities.
   * @default false: the app has nothing of AWS but what Keystead has
   * @example true
   */
  readonly kmsOnly?: boolean;
}

/** What the prebuilt `AwsProvider` has, as far as it is read or set here. */
interface AwsProviderLike extends TerraformProvider {
  readonly region?: string | undefined;
  readonly defaultTags?: AwsProviderDefaultTags[] | undefined;
  readonly ignoreTags?: AwsProviderIgnoreTags[] | undefined;
  endpoints?: { readonly kms: string; readonly sts: string; readonly iam: string }[];
  profile?: string | undefined;
}

type AwsElement = TerraformElement & Pick<TerraformResource, 'provider' | 'terraformResourceType'>;

/** The addresses under which stacks of the AWS bindings ask for AWS's provider. */
const awsSource = /(^|\/)hashicorp\/aws$|^aws$/;

/** An aspect of stacks. */
export class AwsMove implements IAspect {
  readonly #options: UseKeysteadOptions;
  readonly #besides = new Map<TerraformProvider | TerraformStack, TerraformProvider>();

  constructor(options: UseKeysteadOptions) {
    this.#options = options;
  }

  visit(node: IConstruct): void {
    if (TerraformStack.isStack(node)) this.#visitStack(node);
    else if (isAwsProvider(node)) this.#visitProvider(node);
    else if (isAwsElement(node)) this.#visitElement(node);
  }

  /** @throws Error with a list of what cannot move, when there is something */
  refuseUnknown(at: IConstruct, scopes: readonly IConstruct[]): void {
    const unknown = scopes
      .flatMap((scope) => scope.node.findAll())
      .filter(isAwsElement)
      .filter((element) => this.#moves(element) && !isOfKeystead(element));
    if (unknown.length === 0) return;
    const list = unknown.map(
      (element) => `  ${element.node.path}: ${kindOf(element)} ${element.terraformResourceType}`,
    );
    refuse(
      at,
      `Keystead's provider does not have:\n${list.join('\n')}\n`,
      'Declare these in an app that stays with AWS, or move only the keys: `useKeystead(app, { kmsOnly: true })`.',
    );
  }

  /** All providers before the first element: constructs ask for the provider of their stack in any order. */
  #visitStack(stack: TerraformStack): void {
    this.refuseUnknown(stack, [stack]);
    for (const provider of awsProvidersOf(stack)) this.#visitProvider(provider);
  }

  #visitProvider(provider: AwsProviderLike): void {
    if (!this.#options.kmsOnly) this.#move(provider);
  }

  /** Also of elements that came while the stack was synthesized. */
  #visitElement(element: AwsElement): void {
    this.refuseUnknown(element, [element]);
    if (this.#options.kmsOnly && this.#moves(element)) element.provider = this.#besideOf(element);
  }

  #moves(element: AwsElement): boolean {
    return !this.#options.kmsOnly || element.terraformResourceType.startsWith('aws_kms_');
  }

  #move(provider: AwsProviderLike): void {
    const { endpoint, profile, source = providerSource, version = providerVersionConstraint } = this.#options;
    // Both are read when the stack is written; the CDK offers no argument for them.
    Object.assign(provider, {
      terraformProviderSource: source,
      terraformGeneratorMetadata: { providerName: 'aws', providerVersionConstraint: version },
    });
    markAsOwn(provider);
    if (endpoint !== undefined) provider.endpoints = [{ kms: endpoint, sts: endpoint, iam: endpoint }];
    if (profile !== undefined) provider.profile = profile;
  }

  /** Keystead's provider beside an element's AWS provider, in the same Region: the stack's own, or one made for it. */
  #besideOf(element: AwsElement): TerraformProvider {
    const stack = TerraformStack.of(element);
    const aws = element.provider ?? awsProvidersOf(stack).find(({ alias }) => alias === undefined);
    if (aws !== undefined && !isAwsProvider(aws)) return aws;
    const known = this.#besides.get(aws ?? stack);
    if (known !== undefined) return known;
    const declared = aws?.alias === undefined && ownProvidersIn(stack).length > 0;
    const beside = declared ? KeysteadProvider.of(element) : this.#declareBeside(stack, aws);
    this.#besides.set(aws ?? stack, beside);
    return beside;
  }

  #declareBeside(stack: TerraformStack, aws: AwsProviderLike | undefined): KeysteadProvider {
    const { endpoint, profile, source, version } = this.#options;
    const { alias, region, defaultTags, ignoreTags } = aws ?? {};
    const provider = new KeysteadProvider(stack, `Keystead-${alias ?? 'default'}`, {
      localName: 'keystead',
      ...defined({ endpoint, profile, source, alias, region, defaultTags, ignoreTags }),
    });
    if (version !== undefined) {
      Object.assign(provider, {
        terraformGeneratorMetadata: { providerName: 'aws', providerVersionConstraint: version },
      });
    }
    return provider;
  }
}

function isAwsProvider(node: IConstruct): node is AwsProviderLike {
  return TerraformProvider.isTerraformProvider(node) && awsSource.test(node.terraformProviderSource ?? '');
}

function awsProvidersOf(stack: TerraformStack): AwsProviderLike[] {
  return stack.node
    .findAll()
    .filter(isAwsProvider)
    .filter((provider) => TerraformStack.of(provider) === stack);
}

/** A resource or data source of an AWS binding, prebuilt or ours. */
function isAwsElement(node: IConstruct): node is AwsElement {
  const isElement = TerraformResource.isTerraformResource(node) || TerraformDataSource.isTerraformDataSource(node);
  return isElement && node.terraformResourceType.startsWith('aws_');
}

const kindOf = (element: AwsElement): 'data' | 'resource' =>
  TerraformDataSource.isTerraformDataSource(element) ? 'data' : 'resource';

function isOfKeystead(element: AwsElement): boolean {
  return known().has(`${kindOf(element)} ${element.terraformResourceType}`);
}

let knownTypes: ReadonlySet<string> | undefined;

/** Every resource and data source of Keystead's provider. */
function known(): ReadonlySet<string> {
  knownTypes ??= new Set(Object.entries(bindings).flatMap(([namespace, module]) => typesOf(namespace, module)));
  return knownTypes;
}

function typesOf(namespace: string, module: object): string[] {
  const kind = namespace.startsWith('dataAws') ? 'data' : 'resource';
  const types = Object.values(module).map((member) => Object(member).tfResourceType);
  return types.filter((type) => typeof type === 'string').map((type) => `${kind} ${type}`);
}
