/**
 * Creates the roles of a pipeline, or makes those that exist as they should be. Each step says what it does; without a
 * yes nothing is done. A second run has nothing to do.
 */
import { readFile } from 'node:fs/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import {
  type PipelineRole,
  type PipelineRoles,
  permissionDocument,
  trustDocument,
} from '@keystead/provider-schema/pipeline-roles/roles.ts';
import { samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import { type Connection, Refusal } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { POLICY_NAME, providerArn } from './roles-json.ts';

interface CreateOptions {
  readonly yes?: true;
  readonly jwksFile?: string;
  readonly jwksUrl?: string;
  readonly oidcProvider: boolean;
}

interface Step {
  readonly title: string;
  readonly run: () => Promise<unknown>;
}

/** @throws CommandError without `yes`, when there is something to do */
export async function createRoles(connection: Connection, set: PipelineRoles, options: CreateOptions): Promise<void> {
  const { Account: account } = await connection.call('GetCallerIdentity', {});
  const steps = [
    ...(options.oidcProvider ? await providerSteps(connection, set, account, options) : []),
    ...(await Promise.all(set.roles.map((role) => roleSteps(connection, role, set.issuer, account)))).flat(),
  ];
  if (steps.length === 0) console.log('Everything is as it should be.');
  for (const { title, run } of steps) {
    if (options.yes) await run();
    console.log(options.yes ? title : `would ${title}`);
  }
  if (steps.length > 0 && !options.yes) throw new CommandError('Nothing was done.', 'Run it again with --yes.');
  for (const { job, name } of set.roles) console.log(`${job}\tarn:aws:iam::${account}:role/${name}`);
}

async function providerSteps(
  connection: Connection,
  { issuer, audience }: PipelineRoles,
  account: string,
  { jwksFile, jwksUrl }: CreateOptions,
): Promise<readonly Step[]> {
  const OpenIDConnectProviderArn = providerArn(issuer, account);
  const known = await unlessMissing(connection.call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn }));
  const keys = defined({ Jwks: jwksFile && (await readKeys(jwksFile)), JwksUri: jwksUrl });
  const setKeys = {
    title: `set the public keys of ${OpenIDConnectProviderArn}`,
    run: () => connection.call('PutOpenIDConnectProviderKeys', { OpenIDConnectProviderArn, ...keys }),
  };
  const create = {
    title: `create the OIDC provider ${OpenIDConnectProviderArn} for the audience ${audience}`,
    run: () => connection.call('CreateOpenIDConnectProvider', { Url: issuer, ClientIDList: [audience] }),
  };
  const addAudience = {
    title: `add the audience ${audience} to ${OpenIDConnectProviderArn}`,
    run: () => connection.call('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: audience }),
  };
  return [
    ...(known === undefined ? [create] : known.ClientIDList?.includes(audience) ? [] : [addAudience]),
    ...(Object.keys(keys).length === 0 ? [] : [setKeys]),
  ];
}

async function readKeys(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Name a JSON Web Key Set with --jwks-file.');
  });
}

async function roleSteps(
  connection: Connection,
  role: PipelineRole,
  issuer: string,
  account: string,
): Promise<readonly Step[]> {
  const { name: RoleName, description: Description } = role;
  const trust = JSON.stringify(trustDocument(role, providerArn(issuer, account)));
  const permissions = JSON.stringify(permissionDocument(role, account));
  const known = (await unlessMissing(connection.call('GetRole', { RoleName })))?.Role;
  const policy =
    known && (await unlessMissing(connection.call('GetRolePolicy', { RoleName, PolicyName: POLICY_NAME })));
  const create = {
    title: `create the role ${RoleName}`,
    run: () => connection.call('CreateRole', { RoleName, Description, AssumeRolePolicyDocument: trust }),
  };
  const changeTrust = {
    title: `change the trust policy of ${RoleName}`,
    run: () => connection.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust }),
  };
  const putPolicy = {
    title: `${policy ? 'change' : 'add'} the policy ${POLICY_NAME} of ${RoleName}`,
    run: () => connection.call('PutRolePolicy', { RoleName, PolicyName: POLICY_NAME, PolicyDocument: permissions }),
  };
  const trusts = known && samePolicy(known.AssumeRolePolicyDocument ?? '', trust);
  return [
    ...(known ? (trusts ? [] : [changeTrust]) : [create]),
    ...(policy && samePolicy(policy.PolicyDocument ?? '', permissions) ? [] : [putPolicy]),
  ];
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'NoSuchEntityException') return undefined;
    throw error;
  });
}
