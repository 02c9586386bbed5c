/**
 * Aliases that meet: an account has a name once in each Region. Compared across all stacks of an app, as far as the
 * program says where they go. Source: KMS developer guide, "Aliases in AWS KMS".
 */
import type { IConstruct } from 'constructs';
import { Annotations, type TerraformProvider, type TerraformResource, type TerraformStack, Token } from '../cdk.ts';
import { AwsProvider } from '../generated/provider.ts';
import type { ResourceFinding } from './finding.ts';

/** The aliases of an app that its stacks declared so far, by place and name. */
const aliasesOfApp = new WeakMap<IConstruct, Map<string, TerraformResource>>();

interface AliasInput {
  readonly nameInput?: unknown;
  readonly regionInput?: unknown;
}

export function aliasFindings(stack: TerraformStack, resources: readonly TerraformResource[]): ResourceFinding[] {
  const known = aliasesOfApp.get(stack.node.root) ?? new Map<string, TerraformResource>();
  aliasesOfApp.set(stack.node.root, known);
  return resources.flatMap((resource) => {
    const { nameInput: name } = resource as AliasInput;
    if (resource.terraformResourceType !== 'aws_kms_alias' || typeof name !== 'string') return [];
    if (Token.isUnresolved(name) || resource.provider === undefined) return [];
    const place = placeOf(resource, resource.provider);
    const earlier = known.get(`${place.text} ${name}`);
    known.set(`${place.text} ${name}`, earlier ?? resource);
    if (earlier === undefined || earlier === resource) return [];
    if (!place.isCertain && earlier.provider !== resource.provider) {
      Annotations.of(resource).addWarning(
        `${earlier.node.path} gives the name ${name} too. It cannot be in one account and Region twice: the program does ` +
          'not say whether these are one. Name `account` and `region` of the providers.',
      );
      return [];
    }
    return [
      {
        at: resource,
        text: `${earlier.node.path.replace(/\/Resource$/, '')} gives the name ${name} in the same account and Region already. Choose another name, or point that alias to this key.`,
      },
    ];
  });
}

/** Account, Region and control plane, and whether the program says them. */
function placeOf(resource: TerraformResource, provider: TerraformProvider): { text: string; isCertain: boolean } {
  const settings = provider instanceof AwsProvider ? provider : undefined;
  const [account] = settings?.allowedAccountIdsInput ?? [];
  const region = (resource as AliasInput).regionInput ?? settings?.regionInput;
  const isCertain = [account, region].every((part) => typeof part === 'string' && !Token.isUnresolved(part));
  return { text: JSON.stringify([account, region, settings?.endpointsInput]), isCertain };
}
