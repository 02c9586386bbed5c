/** `aws_kms_grant`. A grant cannot change; its grant token is shown once, in the answer to its creation. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { awsKmsGrant as record } from '@keystead/provider-schema/resources/aws-kms-grant.ts';
import type { Client } from '../client/client.ts';
import { isServiceError } from '../client/service-error.ts';
import { type Diagnostic, DiagnosticError, type ResourceType } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { attempt } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import {
  constraintsFrom,
  constraintsOf,
  type GrantEntry,
  grantProblems,
  principalsFrom,
} from './shared/grant-terms.ts';
import { invalidImportId, splitImportId } from './shared/import-id.ts';
import { type Finding, findingOf, namesOf, refusal, reviewChange } from './shared/plan-review.ts';
import { planInRegion, regionOf } from './shared/region.ts';
import { knownPart, requireText, textOf, textsOf } from './shared/values.ts';

/** The key, or the grant on it, does not exist. */
const missing = ['NotFoundException', 'InvalidGrantIdException'] as const;

export const awsKmsGrant: ResourceType<Client> = {
  record,

  validate: (config) => grantProblems(config),

  async plan({ config, prior, proposed, client }) {
    const plan = planInRegion(client, config, prior, proposed);
    return prior === null ? { ...plan, diagnostics: await reviewPrincipals(client, plan.planned) } : plan;
  },

  async create(client, planned) {
    const region = regionOf(client, planned);
    const keyId = requireText(planned, 'key_id');
    const refused = grantProblems(planned);
    if (refused.length > 0) throw new DiagnosticError(refused);
    const { GrantId: grantId = '', GrantToken: grantToken = null } = await attempt(
      `creating KMS Grant for KMS Key (${keyId})`,
      undefined,
      () => client.call('CreateGrant', requestOf(planned, keyId), region),
    );
    const id = `${keyId}:${grantId}`;
    const known = { ...knownPart(planned), grant_id: grantId, grant_token: grantToken, id, region };
    return finish({ ...end(client, known, planned), failures: [] });
  },

  read: (client, state) => attempt(reading(state), undefined, () => readGrant(client, state)),

  /** Called only for a state from before the region argument, which needs nothing but its Region. */
  update: (client, prior, planned) =>
    finish({ ...end(client, { ...prior, region: regionOf(client, planned) }, planned), failures: [] }),

  async remove(client, state) {
    const region = regionOf(client, state);
    const { keyId, grantId } = requireGrantId(requireText(state, 'id'));
    const name = state.retire_on_delete === true ? 'RetireGrant' : 'RevokeGrant';
    await attempt(`deleting KMS Grant (${keyId}:${grantId})`, undefined, async () => {
      try {
        await client.call(name, { KeyId: keyId, GrantId: grantId }, region);
      } catch (error) {
        if (!isServiceError(error, ...missing)) throw error;
      }
    });
  },

  async importState(client, text) {
    const { id, region } = splitImportId(text);
    const { keyId, grantId } = requireGrantId(id);
    return {
      id: `${keyId}:${grantId}`,
      key_id: keyId,
      grant_id: grantId,
      region: region ?? client.region ?? null,
      retire_on_delete: false,
    };
  },
};

/** A grant whose principals do not exist would be refused. What is known only after apply is asked about then. */
async function reviewPrincipals(client: Client | undefined, planned: ObjectValue): Promise<readonly Diagnostic[]> {
  const region = textOf(planned, 'region');
  const GranteePrincipal = textOf(planned, 'grantee_principal');
  const RetiringPrincipal = textOf(planned, 'retiring_principal');
  if (region === undefined || (GranteePrincipal ?? RetiringPrincipal) === undefined) return [];
  const KeyId = textOf(planned, 'key_id');
  const change = { Operation: 'CreateGrant', ...defined({ KeyId, GranteePrincipal, RetiringPrincipal }) } as const;
  const reviewed = await reviewChange(client, change, region);
  if (reviewed === undefined) return [];
  const missing = (type: Finding['Type'], argument: string): readonly Diagnostic[] => {
    const finding = findingOf(reviewed, type);
    if (finding === undefined) return [];
    const detail =
      `There is no ${namesOf(finding)} in this account. The apply will be refused unless it makes that principal first: ` +
      `then set ${argument} to the arn attribute of its resource, so that Terraform makes it before the grant.`;
    return [
      {
        severity: reviewed.severity,
        summary: `The ${argument.replace('_', ' ')} of a grant does not exist: ${namesOf(finding)}`,
        detail: reviewed.severity === 'error' ? `${detail}\n\n${refusal}` : detail,
        path: [argument],
      },
    ];
  };
  return [
    ...reviewed.gaps,
    ...missing('GranteeMissing', 'grantee_principal'),
    ...missing('RetiringPrincipalMissing', 'retiring_principal'),
  ];
}

const reading = (state: ObjectValue): string => `reading KMS Grant (${textOf(state, 'id')})`;

const end = (client: Client, known: ObjectValue, planned: ObjectValue) => ({
  planned,
  known,
  reading: reading(known),
  read: () => readGrant(client, known),
});

function requestOf(planned: ObjectValue, keyId: string) {
  const grantTokens = textsOf(planned, 'grant_creation_tokens');
  return {
    KeyId: keyId,
    GranteePrincipal: textOf(planned, 'grantee_principal'),
    GranteeServicePrincipal: textOf(planned, 'grantee_service_principal'),
    Operations: textsOf(planned, 'operations'),
    Name: textOf(planned, 'name'),
    RetiringPrincipal: textOf(planned, 'retiring_principal'),
    RetiringServicePrincipal: textOf(planned, 'retiring_service_principal'),
    Constraints: constraintsOf(planned),
    GrantTokens: grantTokens.length === 0 ? undefined : grantTokens,
  };
}

async function readGrant(client: Client, state: ObjectValue): Promise<ObjectValue | null> {
  const { keyId, grantId } = requireGrantId(requireText(state, 'id'));
  const region = regionOf(client, state);
  const grant = await findGrant(client, keyId, grantId, region);
  if (grant === undefined) return null;
  refuseOrphan(grant, keyId);
  return {
    ...state,
    constraints: constraintsFrom(grant),
    grant_id: grantId,
    ...principalsFrom(grant, state),
    key_id: keyId,
    name: grant.Name || (state.name ?? null),
    operations: grant.Operations ?? [],
    region,
  };
}

async function findGrant(
  client: Client,
  keyId: string,
  grantId: string,
  region: string,
): Promise<GrantEntry | undefined> {
  try {
    const { Grants } = await client.call('ListGrants', { KeyId: keyId, GrantId: grantId }, region);
    return Grants?.find(({ GrantId }) => GrantId === grantId);
  } catch (error) {
    if (isServiceError(error, ...missing)) return undefined;
    throw error;
  }
}

const principal = /^(arn:aws[a-z-]*:|([a-z0-9-]+\.){1,4}(amazonaws|amazon)\.com$)/;

/** A deleted principal shows as its unique id. A new principal of the same name does not have the grant. */
function refuseOrphan(grant: GrantEntry, keyId: string): void {
  const orphan = [grant.GranteePrincipal, grant.RetiringPrincipal].find(
    (name) => name !== undefined && name !== '' && !principal.test(name),
  );
  if (orphan === undefined) return;
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: `KMS Grant (${keyId}:${grant.GrantId}) names a principal that is gone`,
      detail:
        `The grant is for ${orphan}, the unique id of a principal that was deleted, or deleted and made again. ` +
        'Revoke the grant (aws kms revoke-grant), or replace it with terraform apply -replace.',
      path: ['grantee_principal'],
    },
  ]);
}

function requireGrantId(text: string): { readonly keyId: string; readonly grantId: string } {
  const [, keyId, grantId] = /^((?:arn:[^/]+:key\/)?[^:/]+):([0-9a-f]+)$/.exec(text) ?? [];
  if (keyId !== undefined && grantId !== undefined) return { keyId, grantId };
  throw new DiagnosticError([invalidImportId(record.type, text, 'the key id or key ARN, a colon, and the grant id')]);
}
