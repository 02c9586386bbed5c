/** The roles of a pipeline as documents, for other tools. */
import {
  type PipelineRoles,
  permissionDocument,
  trustDocument,
} from '@keystead/provider-schema/pipeline-roles/roles.ts';

/** Name of the inline policy of each role. */
export const POLICY_NAME = 'pipeline';

export const providerArn = (issuer: string, account: string): string =>
  `arn:aws:iam::${account}:oidc-provider/${issuer.slice('https://'.length)}`;

export function jsonOf({ issuer, audience, roles }: PipelineRoles, account: string): string {
  const arn = providerArn(issuer, account);
  const document = {
    oidcProvider: { arn, url: issuer, clientIds: [audience] },
    roles: roles.map((role) => ({
      job: role.job,
      name: role.name,
      arn: `arn:aws:iam::${account}:role/${role.name}`,
      description: role.description,
      trustPolicy: trustDocument(role, arn),
      policyName: POLICY_NAME,
      policy: permissionDocument(role, account),
    })),
  };
  return JSON.stringify(document, null, 2);
}
