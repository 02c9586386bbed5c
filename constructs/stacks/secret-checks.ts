/**
 * Secrets that a program writes down, or puts where everybody who lists keys reads them. A text does not repeat what it
 * is about.
 */
import { awsKmsCiphertext } from '@keystead/provider-schema/resources/aws-kms-ciphertext.ts';
import { awsKmsCustomKeyStore } from '@keystead/provider-schema/resources/aws-kms-custom-key-store.ts';
import { awsKmsExternalKey } from '@keystead/provider-schema/resources/aws-kms-external-key.ts';
import { awsKmsReplicaExternalKey } from '@keystead/provider-schema/resources/aws-kms-replica-external-key.ts';
import type { AttributeRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import {
  DefaultTokenResolver,
  StringConcat,
  type TerraformResource,
  type TerraformStack,
  TerraformVariable,
  Token,
  Tokenization,
} from '../cdk.ts';
import { isKnownText, type ResourceFinding } from './finding.ts';

const records: readonly TerraformRecord[] = [
  awsKmsCiphertext,
  awsKmsCustomKeyStore,
  awsKmsExternalKey,
  awsKmsReplicaExternalKey,
];

export function secretFindings(stack: TerraformStack, resources: readonly TerraformResource[]): ResourceFinding[] {
  const variables = sensitiveVariables(stack);
  return resources.flatMap((resource) => {
    const texts = [...literalTexts(resource), ...(variables.length === 0 ? [] : exposedTexts(resource, variables))];
    return texts.map((text) => ({ at: resource, text }));
  });
}

/** Secret arguments whose value is in the program. */
function literalTexts(resource: TerraformResource): string[] {
  const secrets = secretsByType.get(resource.terraformResourceType) ?? [];
  return secrets
    .filter(({ block, argument }) => isKnownText(inputOf(resource, block, argument)))
    .map(
      ({ argument }) =>
        `${argument} is a secret that is written in the program, so it would be in the stack, in version control and ` +
        'in every plan. Give it from a sensitive variable, a file or another reference, best in the write-only argument.',
    );
}

interface SecretArgument {
  readonly block: string | undefined;
  readonly argument: string;
}

const isSecret = ([, { sensitive, writeOnly, required, optional }]: [string, AttributeRecord]) =>
  (sensitive === true || writeOnly === true) && (required === true || optional === true);

/** From the contract: sensitive and write-only arguments, those of blocks included. */
const secretsByType: ReadonlyMap<string, readonly SecretArgument[]> = new Map(
  records.map(({ type, attributes, blocks = {} }) => [
    type,
    [
      ...secretNames(undefined, attributes),
      ...Object.entries(blocks).flatMap(([name, block]) => secretNames(name, block.attributes ?? {})),
    ],
  ]),
);

function secretNames(
  block: string | undefined,
  attributes: Readonly<Record<string, AttributeRecord>>,
): SecretArgument[] {
  return Object.entries(attributes)
    .filter(isSecret)
    .map(([argument]) => ({ block, argument }));
}

function inputOf(resource: TerraformResource, block: string | undefined, argument: string): unknown {
  const inputs = resource as unknown as Record<string, unknown>;
  if (block === undefined) return inputs[`${camelCase(argument)}Input`];
  const [given] = [inputs[`${camelCase(block)}Input`]].flat() as (Record<string, unknown> | undefined)[];
  return given?.[camelCase(argument)];
}

const camelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** A sensitive value does not belong in descriptions and tags: the control plane shows them to whoever lists keys. */
function exposedTexts(resource: TerraformResource, variables: readonly TerraformVariable[]): string[] {
  const { descriptionInput, tagsInput } = resource as {
    readonly descriptionInput?: unknown;
    readonly tagsInput?: unknown;
  };
  const places: [string, unknown][] = [
    ['The description', descriptionInput],
    ...Object.entries(typeof tagsInput === 'object' && tagsInput !== null ? tagsInput : {}).map(
      ([name, value]): [string, unknown] => [`The tag "${name}"`, value],
    ),
  ];
  return places.flatMap(([place, value]) => {
    const text = resolvedText(resource, value);
    const exposed = variables.find(({ friendlyUniqueId: name }) => new RegExp(`\\bvar\\.${name}\\b`).test(text));
    if (exposed === undefined) return [];
    return [
      `${place} has the sensitive variable ${exposed.node.path}, and everybody who can list the key reads it. Leave it out.`,
    ];
  });
}

function resolvedText(scope: TerraformResource, value: unknown): string {
  if (typeof value !== 'string') return '';
  if (!Token.isUnresolved(value)) return value;
  const resolver = new DefaultTokenResolver(new StringConcat());
  return String(Tokenization.resolve(value, { scope, resolver, preparing: false }));
}

function sensitiveVariables(stack: TerraformStack): TerraformVariable[] {
  const all = stack.node.findAll();
  return all.filter((node): node is TerraformVariable => node instanceof TerraformVariable && node.sensitive === true);
}
