/** What adopting the findings of one stack means: resources to write with their imports, edits, and what remains. */
import { Reference, type Value, type WrittenResource } from '../../terraform/value.ts';
import type { Finding } from '../findings/finding.ts';
import { titleOf } from '../reports/words.ts';
import type { ActualKey } from '../running/actual.ts';
import { type DeclaredResource, isKeyType, keyIdOf, nameOf } from '../states/declared.ts';
import { type Adopted, adoptedAlias, adoptedGrant, adoptedKey, adoptedPolicy, NotAdoptable } from './adopted.ts';
import { type Configuration, providerOf } from './configuration.ts';
import { type Edit, editFor, type Language } from './edits.ts';
import { takeLabel } from './labels.ts';
import { isOpenSince, whyLeft } from './since.ts';

export interface Adoption {
  readonly resources: readonly WrittenResource[];
  readonly edits: readonly (Edit & { readonly finding: Finding })[];
  /** What cannot be adopted, and why. */
  readonly rest: readonly { readonly finding: Finding; readonly why: string }[];
}

export interface AdoptInto {
  readonly language: Language;
  /** What the stack's state declares. */
  readonly resources: readonly DeclaredResource[];
  /** What the states of other stacks declare: theirs is not adopted here. */
  readonly elsewhere: readonly DeclaredResource[];
  readonly configuration: Configuration;
  /** Reads a key whole. */
  key(arn: string, region: string): Promise<ActualKey>;
}

interface Way {
  readonly adopted: readonly Adopted[];
  /** Whose provider configuration is used. */
  readonly beside?: DeclaredResource;
}

export async function adopt(findings: readonly Finding[], into: AdoptInto): Promise<Adoption> {
  const taken = new Set(into.configuration.taken);
  const resources: WrittenResource[] = [];
  const edits: Adoption['edits'][number][] = [];
  const rest: Adoption['rest'][number][] = [];
  // One after the other, so that names do not depend on which answer comes first.
  for (const finding of findings) {
    const way = await wayFor(finding, into);
    if (typeof way === 'string') rest.push({ finding, why: way });
    else if ('what' in way) edits.push({ ...way, finding });
    else {
      for (const written of named(way, finding, into, taken)) {
        if (into.configuration.imports.has(written.importId)) {
          rest.push({ finding, why: `an import block for ${written.importId} is there already: run terraform apply` });
        } else if (!resources.some(({ importId, type }) => importId === written.importId && type === written.type)) {
          resources.push(written);
        }
      }
    }
  }
  return { resources, edits, rest };
}

/** @returns a text: why there is none */
async function wayFor(finding: Finding, into: AdoptInto): Promise<Way | Edit | string> {
  const isDeclared = finding.what === 'changed' || finding.what === 'missing' || finding.notDeclared === true;
  if (finding.what !== 'unknown to Terraform' && (!isDeclared || isBack(finding))) return whyLeft(finding);
  try {
    return await (finding.what === 'unknown to Terraform' ? unknownWay(finding, into) : declaredWay(finding, into));
  } catch (error) {
    if (error instanceof NotAdoptable) return error.message;
    throw error;
  }
}

/** What code leaves open, and is as it was at the baseline. */
const isBack = (finding: Finding): boolean => finding.what === 'changed since the baseline' && !isOpenSince(finding);

/** A policy that code leaves open gets a resource of its own; all else is for a person to write. */
async function declaredWay(finding: Finding, into: AdoptInto): Promise<Way | Edit> {
  const { address = '', attribute, what, resourceArn, region } = finding;
  const { configuration, resources } = into;
  const resource = resources.find((one) => one.address === address && one.region === region);
  const isOpen =
    (what === 'changed' || what === 'changed since the baseline') &&
    attribute === 'policy' &&
    resource !== undefined &&
    isKeyType(resource.type) &&
    configuration.has(address) &&
    configuration.argument(address, 'policy') === undefined;
  if (!isOpen) return editFor(finding, into.language);
  const key = await into.key(resourceArn, region);
  return { adopted: [adoptedPolicy(key, labelOf(address), keyReference(resource, into))], beside: resource };
}

async function unknownWay(finding: Finding, into: AdoptInto): Promise<Way | string> {
  const { attribute, resourceArn, region, keyArn, grantId } = finding;
  const behind = keyArn ?? resourceArn;
  const owner = ownerOf(into.elsewhere, behind);
  if (owner !== undefined) return `its key is ${owner.address} of another stack: adopt it there`;
  const resource = ownerOf(into.resources, behind);
  const reference = resource === undefined ? keyIdOf(behind) : keyReference(resource, into);
  if (attribute === 'alias') {
    const name = resourceArn.split(':').slice(5).join(':');
    return { adopted: [adoptedAlias(name, region, reference)], ...(resource && { beside: resource }) };
  }
  if (attribute === 'replica') {
    return { adopted: [adoptedKey(await into.key(resourceArn, region))], ...(resource && { beside: resource }) };
  }
  if (attribute === 'grant') {
    const { Grants } = await into.key(resourceArn, region);
    const grant = Grants.find(({ GrantId }) => GrantId === grantId);
    if (grant === undefined) return 'it is gone by now';
    return {
      adopted: [adoptedGrant(grant, keyIdOf(resourceArn), region, reference)],
      ...(resource && { beside: resource }),
    };
  }
  if (attribute === 'key') return wholeKey(await into.key(resourceArn, region), region, into);
  return 'this command does not write it: terraform plan -generate-config-out=FILE does, for an import block of yours';
}

/** A key in no state, with the aliases and grants that it has. They refer to it by its id. */
function wholeKey(key: ActualKey, region: string, { resources, elsewhere }: AdoptInto): Way {
  const known = new Set([...resources, ...elsewhere].map(nameOf));
  const { KeyId } = key.KeyMetadata;
  const aliases = key.Aliases.filter(({ AliasName }) => !known.has(`alias ${region}/${AliasName}`));
  const grants = key.Grants.filter(({ GrantId }) => !known.has(`grant ${GrantId}`));
  return {
    adopted: [
      adoptedKey(key),
      ...aliases.map(({ AliasName }) => adoptedAlias(AliasName, region, KeyId)),
      ...grants.map((grant) => adoptedGrant(grant, KeyId, region, KeyId)),
    ],
  };
}

function ownerOf(resources: readonly DeclaredResource[], arn: string): DeclaredResource | undefined {
  const [, , , region] = arn.split(':');
  const keys = resources.filter(({ type, values }) => isKeyType(type) && keyIdOf(values.key_id) === keyIdOf(arn));
  return keys.find((one) => one.region === region) ?? keys[0];
}

/** What is in a module cannot be referred to from outside, and a program has its own names: there it is the id. */
function keyReference({ address, values }: DeclaredResource, { configuration, language }: AdoptInto): Value {
  const isHere = language === 'hcl' && configuration.has(address) && isReferable(address, values);
  return isHere
    ? new Reference(`${address}.${values.key_id === values.id && /external_key\./.test(address) ? 'id' : 'key_id'}`)
    : keyIdOf(values.key_id);
}

const isReferable = (address: string, values: DeclaredResource['values']): boolean =>
  values.key_id !== undefined && !address.startsWith('module.');

const labelOf = (address: string): string =>
  address
    .replace(/\["?|"?\]/g, '_')
    .split('.')
    .at(-1) ?? address;

function named(
  { adopted, beside }: Way,
  finding: Finding,
  { configuration, language }: AdoptInto,
  taken: Set<string>,
): readonly WrittenResource[] {
  const provider = beside === undefined || language !== 'hcl' ? {} : providerOf(configuration, beside.address);
  return adopted.map(({ name, ...resource }, index) => ({
    ...resource,
    ...provider,
    label: takeLabel(resource.type, name, taken),
    comments: index === 0 ? [titleOf(finding), ...madeBy(finding)] : [],
  }));
}

const madeBy = ({ cause }: Finding): readonly string[] =>
  cause === undefined ? [] : [`${cause.eventName} by ${cause.principal} at ${cause.time}, request ${cause.requestId}`];
