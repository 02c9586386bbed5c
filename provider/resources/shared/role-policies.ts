/** The policies that a role has: its inline policies, and the managed ones that are attached to it. */
import type { Client } from '../../client/client.ts';
import { iam, listAll, removeEntity } from './identities.ts';

export async function attachedArns(client: Client, RoleName: string): Promise<readonly string[]> {
  const attached = await listAll(
    (marker) => iam(client, 'ListAttachedRolePolicies', { RoleName, ...marker }),
    (page) => page.AttachedPolicies,
  );
  return attached.map(({ PolicyArn = '' }) => PolicyArn).sort();
}

/** Makes the attached policies exactly these. */
export async function attachExactly(client: Client, RoleName: string, wanted: readonly string[]): Promise<void> {
  const attached = await attachedArns(client, RoleName);
  for (const PolicyArn of attached.filter((arn) => !wanted.includes(arn))) {
    await removeEntity(() => iam(client, 'DetachRolePolicy', { RoleName, PolicyArn }));
  }
  for (const PolicyArn of wanted.filter((arn) => !attached.includes(arn))) {
    await iam(client, 'AttachRolePolicy', { RoleName, PolicyArn });
  }
}

/** Documents by the names of the policies. */
export async function inlinePolicies(client: Client, RoleName: string): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  for (const PolicyName of await inlineNames(client, RoleName)) {
    const { PolicyDocument } = await iam(client, 'GetRolePolicy', { RoleName, PolicyName });
    documents.set(PolicyName, PolicyDocument);
  }
  return documents;
}

function inlineNames(client: Client, RoleName: string): Promise<readonly string[]> {
  return listAll(
    (marker) => iam(client, 'ListRolePolicies', { RoleName, ...marker }),
    (page) => page.PolicyNames,
  );
}

/** Makes the inline policies exactly these. */
export async function inlineExactly(
  client: Client,
  RoleName: string,
  wanted: ReadonlyMap<string, string>,
): Promise<void> {
  for (const PolicyName of await inlineNames(client, RoleName)) {
    if (!wanted.has(PolicyName)) await removeEntity(() => iam(client, 'DeleteRolePolicy', { RoleName, PolicyName }));
  }
  for (const [PolicyName, PolicyDocument] of wanted) {
    await iam(client, 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
  }
}
