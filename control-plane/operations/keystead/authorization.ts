/** What a principal is allowed to do, and why; and what a key policy cannot do. The operations are Keystead's own. */
import { keyArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { authorizationOperations } from '@keystead/provider-schema/operations/keystead/authorization.ts';
import { keyPolicyFindings } from '../../authorization/organizations.ts';
import { compareAccess, principalsOf } from '../../authorization/policy-access.ts';
import { simulate } from '../../authorization/simulate.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { insertKey } from '../../mutations/mutations.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';

const simulateAuthorization: Implementation<'SimulateAuthorization'> = {
  run: async (ctx, input) => ({ output: await simulate(ctx, input) }),
};

const validateKeyPolicy: Implementation<'ValidateKeyPolicy'> = {
  async run(ctx, { Policy }) {
    const findings = await keyPolicyFindings(ctx, Policy, ctx.accountId);
    const Findings = findings.map(({ statement, conditionKey, text }) => ({
      Statement: statement,
      ConditionKey: conditionKey,
      Message: text,
    }));
    return { output: { Findings } };
  },
};

/** A page of principals costs a few thousand decisions. */
const PRINCIPALS_OF_A_PAGE = 20;

const compareKeyPolicies: Implementation<'CompareKeyPolicies'> = {
  run: (ctx, { Policy, Marker }, keys) => comparison(ctx, resolvedKey(keys), Policy, Marker),
};

const simulateNewKeyPolicy: Implementation<'SimulateNewKeyPolicy'> = {
  run: (ctx, { Policy, Marker }) => comparison(ctx, newKeyWith(ctx, Policy), NOBODY, Marker),
};

/** The principals that the policies name come first, then all users and all roles of the account. */
async function comparison(ctx: Context, key: ResolvedKey, before: string, marker: string | undefined) {
  const named = principalsOf(ctx, [before, key.regional.policy]);
  const page = await pageOfPrincipals(ctx, marker);
  const fresh = page.arns.filter((arn) => !named.includes(arn));
  const { changes, unknown } = await compareAccess(ctx, key, before, marker === undefined ? named : fresh);
  const Changes = changes.map(({ principal, gained, lost, mayGain, mayLose }) => ({
    PrincipalArn: principal,
    Gained: gained,
    Lost: lost,
    MayGain: mayGain,
    MayLose: mayLose,
  }));
  return { output: { Changes, Unknown: unknown, ...defined({ NextMarker: page.next }) } };
}

/** Under which nobody can do anything. */
const NOBODY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }],
});

/** A key of the kind that CreateKey makes by itself, which is not stored. */
function newKeyWith({ accountId, region, nowMs }: Context, policy: string): ResolvedKey {
  const keyId = '00000000-0000-0000-0000-000000000000';
  const { stored } = insertKey({
    ...{ accountId, region, keyId, createdAtMs: nowMs, policy, tags: '{}', description: '' },
    ...{ keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT' },
  });
  return { ...stored, arn: keyArn(region, accountId, keyId) };
}

interface PrincipalPage {
  readonly arns: readonly string[];
  readonly next: string | undefined;
}

/** The first page has only those that the policies name. A marker is the kind and the last name of the page before. */
async function pageOfPrincipals(ctx: Context, marker: string | undefined): Promise<PrincipalPage> {
  if (marker === undefined) return { arns: [], next: 'user/' };
  const [, kind, after = ''] = /^(user|role)\/(.*)$/.exec(marker) ?? [];
  if (kind !== 'user' && kind !== 'role')
    throw new KmsError('ValidationException', 'The Marker is not one of this operation.');
  const { rows, more } = await ctx.store.listPrincipals(ctx.accountId, kind, {
    limit: PRINCIPALS_OF_A_PAGE,
    ...(after !== '' && { after }),
  });
  const last = rows.at(-1)?.name.toLowerCase();
  const next = more ? `${kind}/${last}` : kind === 'user' ? 'role/' : undefined;
  return { arns: rows.map(({ arn }) => arn), next };
}

export const authorizationFunctions: Implementations<typeof authorizationOperations> = {
  CompareKeyPolicies: compareKeyPolicies,
  SimulateNewKeyPolicy: simulateNewKeyPolicy,
  SimulateAuthorization: simulateAuthorization,
  ValidateKeyPolicy: validateKeyPolicy,
};
