/**
 * Resources of a stack that refer to each other in a circle, which Terraform refuses without saying what to do. Only
 * policies make such circles here, so nothing is searched unless one of them refers to a resource.
 */
import {
  DefaultTokenResolver,
  type IResolveContext,
  StringConcat,
  type TerraformResource,
  Token,
  Tokenization,
} from '../cdk.ts';
import type { ResourceFinding } from './finding.ts';

export function cycleFindings(resources: readonly TerraformResource[]): ResourceFinding[] {
  if (!resources.some((one) => policiesOf(one).some((policy) => Token.isUnresolved(policy)))) return [];
  const byAddress = new Map(resources.map((one) => [`${one.terraformResourceType}.${one.friendlyUniqueId}`, one]));
  const found = new Map<TerraformResource, readonly TerraformResource[]>();
  const references = referencesOf(byAddress);
  for (const resource of resources) {
    if (!hasReferringPolicy(resource, byAddress)) continue;
    const circle = circleThrough(resource, references);
    if (circle !== undefined) found.set(resource, circle);
  }
  const reported = new Set<string>();
  return [...found].flatMap(([at, circle]) => {
    const members = circle
      .map(({ node }) => node.path)
      .sort()
      .join(' ');
    if (reported.has(members)) return [];
    reported.add(members);
    return [{ at, text: describe(circle) }];
  });
}

function describe(circle: readonly TerraformResource[]): string {
  const [first] = circle;
  const paths = [...circle, ...(first === undefined ? [] : [first])].map(({ node }) =>
    node.path.replace(/\/Resource$/, ''),
  );
  return (
    `These refer to each other in a circle: ${paths.join(' → ')}. Terraform cannot order them. Let the key policy trust ` +
    "the account (trustAccountIdentities) and give access by the identity's policy (means: 'IDENTITY_POLICY') or by a " +
    "Grant (means: 'KMS_GRANT'); or name the principal by its ARN as text."
  );
}

const policyInputs = ['policyInput', 'assumeRolePolicyInput'] as const;

/** Policies as text whose references are not resolved yet. */
function policiesOf(resource: TerraformResource): string[] {
  const inputs = resource as unknown as Record<string, unknown>;
  return policyInputs.flatMap((name) => {
    const policy = inputs[name];
    return typeof policy === 'string' && Token.isUnresolved(policy) ? [produced(resource, policy)] : [];
  });
}

/** What a text that is known late is now, with its references as they are: resolving them takes longer. */
function produced(scope: TerraformResource, text: string): string {
  const { tokens, length } = Tokenization.reverseString(text);
  const [token] = tokens;
  if (token === undefined || length > 1) return text;
  const context = { scope, preparing: false, resolve: (value: unknown) => value };
  const value: unknown = token.resolve(context as unknown as IResolveContext);
  return typeof value === 'string' ? value : text;
}

function hasReferringPolicy(resource: TerraformResource, known: ReadonlyMap<string, TerraformResource>): boolean {
  return policiesOf(resource).some(
    (policy) =>
      Token.isUnresolved(policy) && addressesIn(resolved(resource, policy)).some((address) => known.has(address)),
  );
}

/** What each resource refers to, worked out once and only for those that are asked about. */
function referencesOf(known: ReadonlyMap<string, TerraformResource>) {
  const found = new Map<TerraformResource, TerraformResource[]>();
  return (resource: TerraformResource): readonly TerraformResource[] => {
    const earlier = found.get(resource);
    if (earlier !== undefined) return earlier;
    const text = JSON.stringify(resolved(resource, resource.toTerraform()));
    const targets = [...new Set(addressesIn(text))].flatMap((address) => known.get(address) ?? []);
    const others = targets.filter((target) => target !== resource);
    found.set(resource, others);
    return others;
  };
}

/** The shortest way from a resource back to it. */
function circleThrough(
  start: TerraformResource,
  references: (resource: TerraformResource) => readonly TerraformResource[],
): readonly TerraformResource[] | undefined {
  const seen = new Set<TerraformResource>();
  let ways: (readonly TerraformResource[])[] = [[start]];
  while (ways.length > 0) {
    const next: (readonly TerraformResource[])[] = [];
    for (const way of ways) {
      for (const target of references(way.at(-1) ?? start)) {
        if (target === start) return way;
        if (seen.has(target)) continue;
        seen.add(target);
        next.push([...way, target]);
      }
    }
    ways = next;
  }
  return undefined;
}

/** `aws_iam_role.shop_1A2B` wherever a text refers to it; data sources have `data.` in front and are not meant. */
function addressesIn(value: unknown): string[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [...text.matchAll(/(?<![\w.-])([a-z]\w*\.[\w-]+)(?=[.[])/g)].map(([, address = '']) => address);
}

function resolved(scope: TerraformResource, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}
