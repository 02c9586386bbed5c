/**
 * Sessions: temporary credentials whose session token contains everything about them. None is stored, so opening one
 * writes only its audit record, and the use of an identity token where the trust policy asks for it.
 * Source: STS API reference, AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken, GetAccessKeyInfo; IAM User Guide,
 * "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
 */

import { parseArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { sessionsOperations } from '@keystead/provider-schema/operations/sts/sessions.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { trailElements } from '../../audit/event-form.ts';
import {
  type RoleAction,
  requireAssumption,
  requireSessionPolicies,
  roleNotAssumable,
} from '../../authorization/assume.ts';
import { recordTokenUse } from '../../authorization/identity-token-use.ts';
import { roleSessionOf } from '../../authorization/principals.ts';
import type { Context } from '../../context/context.ts';
import { accountOfTemporaryAccessKeyId, temporaryAccessKeyId } from '../../domain/identifiers/unique-id.ts';
import { packedPolicySize, type Session, type SessionBounds } from '../../domain/identities/session.ts';
import type { PrincipalRow } from '../../storage/port/tables.ts';
import type { Implementation, Implementations, Input } from '../shared/implementation.ts';

const invalid = (message: string) => new KmsError('ValidationException', message);
const denied = (message: string) => new KmsError('AccessDeniedException', message);

const assumeRole: Implementation<'AssumeRole'> = {
  async run(ctx, input) {
    if (ctx.principal.kind === 'root') throw denied('Roles may not be assumed by root accounts.');
    refuseSecondFactor(input);
    if (input.ProvidedContexts) throw invalid('ProvidedContexts are not supported.');
    const inherited = ctx.authority.session?.transitiveTags ?? {};
    const bounds = sessionBounds(input, tagsIn(input), input.TransitiveTagKeys ?? [], inherited);
    const sourceIdentity = keptSourceIdentity(ctx, input.SourceIdentity);
    const asked = { ...input, bounds, ...defined({ sourceIdentity }) };
    return openRoleSession(ctx, 'sts:AssumeRole', asked, {});
  },
};

const assumeRoleWithWebIdentity: Implementation<'AssumeRoleWithWebIdentity'> = {
  async run(ctx, input) {
    const { webIdentity } = ctx;
    if (!webIdentity) throw new Error('AssumeRoleWithWebIdentity ran without a verified web identity');
    if (input.ProviderId !== undefined) {
      throw invalid('ProviderId is for OAuth 2.0 access tokens, which are not supported: register an OIDC provider.');
    }
    const { sourceIdentity, tags, transitiveTagKeys } = webIdentity;
    const bounds = sessionBounds(input, Object.entries(tags), transitiveTagKeys, {});
    const asked = { ...input, bounds, ...defined({ sourceIdentity }) };
    return openRoleSession(ctx, 'sts:AssumeRoleWithWebIdentity', asked, {
      Audience: webIdentity.audience,
      Provider: webIdentity.issuer,
      SubjectFromWebIdentityToken: webIdentity.subject,
    });
  },
};

const getSessionToken: Implementation<'GetSessionToken'> = {
  async run(ctx, input) {
    const { principal, authority, accessKeyId } = ctx;
    if (authority.session || (principal.kind !== 'user' && principal.kind !== 'root')) {
      throw denied('Cannot call GetSessionToken with session credentials');
    }
    refuseSecondFactor(input);
    const asked = input.DurationSeconds ?? limits.userSessionInSeconds.default;
    const Credentials = await openSession(ctx, {
      accountId: principal.accountId,
      principalId: principal.principalId,
      openedBy: accessKeyId,
      expiresInSeconds: principal.kind === 'root' ? Math.min(asked, limits.rootSessionInSeconds) : asked,
    });
    const output = { Credentials };
    return { output, audit: { responseElements: trailElements(output) } };
  },
};

const getAccessKeyInfo: Implementation<'GetAccessKeyInfo'> = {
  async run(ctx, { AccessKeyId }) {
    const account =
      accountOfTemporaryAccessKeyId(AccessKeyId) ?? (await ctx.store.findAccessKey(AccessKeyId))?.account_id;
    if (account === undefined) throw invalid(`The access key ${AccessKeyId} does not exist.`);
    return { output: { Account: account } };
  },
};

const decodeAuthorizationMessage: Implementation<'DecodeAuthorizationMessage'> = {
  async run() {
    throw new KmsError(
      'InvalidAuthorizationMessageException',
      'Message is not valid: Keystead does not encode authorization messages; each denial says what was missing.',
    );
  },
};

/** Keystead does not have MFA devices. */
function refuseSecondFactor({ SerialNumber, TokenCode }: Input<'GetSessionToken'>): void {
  if (SerialNumber === undefined && TokenCode === undefined) return;
  throw denied(
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid ' +
      'and associated with this user.',
  );
}

/** Once set, a source identity passes unchanged to every session that the session opens. */
function keptSourceIdentity(ctx: Context, asked: string | undefined): string | undefined {
  const kept = ctx.authority.session?.sourceIdentity;
  if (kept !== undefined && asked !== undefined && asked !== kept) {
    throw denied('The source identity of the calling session cannot be changed.');
  }
  return kept ?? asked;
}

const tagsIn = ({ Tags = [] }: Pick<Input<'AssumeRole'>, 'Tags'>) =>
  Tags.map(({ Key, Value }) => [Key, Value] as const);

/** @throws KmsError ValidationException, PackedPolicyTooLargeException */
function sessionBounds(
  { Policy, PolicyArns = [] }: Pick<Input<'AssumeRole'>, 'Policy' | 'PolicyArns'>,
  given: readonly (readonly [key: string, value: string])[],
  transitiveTagKeys: readonly string[],
  inherited: Readonly<Record<string, string>>,
): SessionBounds {
  requireTags(given, transitiveTagKeys, inherited);
  const policyArns = PolicyArns.flatMap(({ arn }) => (arn === undefined ? [] : [arn]));
  if (policyArns.length > limits.policyArnsPerSession) {
    throw invalid(`A session has at most ${limits.policyArnsPerSession} managed session policies.`);
  }
  const tags = { ...inherited, ...Object.fromEntries(given) };
  const keys = [...Object.keys(inherited), ...transitiveTagKeys];
  return {
    ...defined({ policy: Policy }),
    ...(policyArns.length > 0 && { policyArns }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(keys.length > 0 && { transitiveTagKeys: keys }),
  };
}

function requireTags(
  given: readonly (readonly [key: string, value: string])[],
  transitiveTagKeys: readonly string[],
  inherited: Readonly<Record<string, string>>,
): void {
  const keys = given.map(([key]) => key.toLowerCase());
  const kept = Object.keys(inherited).map((key) => key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (keys.some((key) => key.startsWith('aws:'))) throw invalid('Tag keys beginning with aws: are reserved.');
  if (keys.length + kept.length > limits.tagsPerSession) {
    throw invalid(`A session has at most ${limits.tagsPerSession} tags, those it inherits included.`);
  }
  if (keys.some((key) => kept.includes(key))) {
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the " +
        'calling session.',
    );
  }
  if (transitiveTagKeys.some((key) => !keys.includes(key.toLowerCase()))) {
    throw invalid('The specified transitive tag key must be included in the requested tags.');
  }
}

interface RoleSessionRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds?: number | undefined;
  readonly ExternalId?: string | undefined;
  readonly bounds: SessionBounds;
  readonly sourceIdentity?: string;
}

/** @param shown further members of the answer */
async function openRoleSession<Shown extends object>(
  ctx: Context,
  action: RoleAction,
  asked: RoleSessionRequest,
  shown: Shown,
) {
  const { RoleSessionName: sessionName, ExternalId: externalId, bounds, sourceIdentity } = asked;
  const role = await requireAssumableRole(ctx, action, asked.RoleArn);
  const session = {
    action,
    sessionName,
    tags: bounds.tags ?? {},
    transitiveTagKeys: bounds.transitiveTagKeys ?? [],
    ...defined({ externalId, sourceIdentity }),
  };
  return requireAssumption(ctx, role, session, async (tokenUse) => {
    const output = { ...(await issueRoleSession(ctx, role, asked)), ...shown };
    const resources = [{ accountId: role.account_id, type: 'AWS::IAM::Role', ARN: role.arn } as const];
    const mutations = tokenUse === 'first' ? recordTokenUse(ctx, role, sessionName) : [];
    return { output, mutations, audit: { responseElements: trailElements(output), resources } };
  });
}

/** @throws KmsError ValidationException, MalformedPolicyDocumentException, PackedPolicyTooLargeException */
async function issueRoleSession(ctx: Context, role: PrincipalRow, asked: RoleSessionRequest) {
  const { RoleSessionName: sessionName, bounds, sourceIdentity } = asked;
  const expiresInSeconds = requireDuration(ctx, role, asked.DurationSeconds);
  await requireSessionPolicies(ctx, role.account_id, bounds);
  const bounded = Object.keys(bounds).length > 0;
  const PackedPolicySize = bounded ? packedPolicySize(bounds) : undefined;
  const Credentials = await openSession(ctx, {
    accountId: role.account_id,
    principalId: role.principal_id,
    sessionName,
    expiresInSeconds,
    ...originOf(ctx),
    ...(bounded && { bounds }),
    ...defined({ sourceIdentity }),
  });
  const { principalId, arn } = roleSessionOf(role, sessionName);
  return {
    Credentials,
    AssumedRoleUser: { AssumedRoleId: principalId, Arn: arn },
    ...defined({ PackedPolicySize, SourceIdentity: sourceIdentity }),
  };
}

/** A missing role gets the same error as one that refuses the caller. @throws KmsError AccessDeniedException */
async function requireAssumableRole(ctx: Context, action: RoleAction, arn: string): Promise<PrincipalRow> {
  if (!parseArn(arn)?.resource.startsWith('role/')) throw invalid(`${arn} is invalid`);
  const role = await ctx.store.findPrincipal(arn);
  if (role?.kind === 'role') return role;
  throw roleNotAssumable(ctx, action, arn);
}

/** Role chaining: a session that a role's session opens lasts at most an hour, whatever the role allows. */
function requireDuration(ctx: Context, role: PrincipalRow, asked: number | undefined): number {
  const { default: defaultSeconds } = limits.roleSessionInSeconds;
  const chained = ctx.principal.kind === 'assumed-role';
  if (chained && asked !== undefined && asked > limits.chainedSessionInSeconds) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
  if (asked !== undefined && asked > (role.max_session_duration_in_seconds ?? defaultSeconds)) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return asked ?? defaultSeconds;
}

/** The origin of a session, through all sessions between: a long-term access key or a web identity. */
function originOf({
  accessKeyId,
  authority,
  webIdentity,
}: Context): Pick<Session, 'openedBy' | 'federatedProvider' | 'federatedClaims'> {
  if (webIdentity) {
    const { providerArn, providerUrl, audience, subject } = webIdentity;
    const claims = { [`${providerUrl}:aud`]: audience, [`${providerUrl}:sub`]: subject };
    return { federatedProvider: providerArn, federatedClaims: claims };
  }
  const { session } = authority;
  const openedBy = session ? session.openedBy : accessKeyId;
  return defined({ openedBy, federatedProvider: session?.federatedProvider });
}

type NewSession = Omit<Session, 'accessKeyId' | 'wrappedSecret' | 'issuedAtMs' | 'expiresAtMs'> & {
  readonly expiresInSeconds: number;
};

async function openSession(ctx: Context, { expiresInSeconds, ...session }: NewSession) {
  const accessKeyId = temporaryAccessKeyId(session.accountId);
  const { secret, wrapped } = await ctx.credentials.generateSecret({ accountId: session.accountId, accessKeyId });
  // Clients and the audit log see whole seconds.
  const issuedAtMs = Math.floor(ctx.nowMs / 1000) * 1000;
  const expiresAtMs = issuedAtMs + expiresInSeconds * 1000;
  const wrappedSecret = Buffer.from(wrapped).toString('base64');
  const whole: Session = { ...session, accessKeyId, wrappedSecret, issuedAtMs, expiresAtMs };
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secret,
    SessionToken: new Secret(await ctx.sealedTokens.seal('session', whole)),
    Expiration: new Date(expiresAtMs),
  };
}

export const sessionsFunctions: Implementations<typeof sessionsOperations> = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  GetSessionToken: getSessionToken,
  GetAccessKeyInfo: getAccessKeyInfo,
  DecodeAuthorizationMessage: decodeAuthorizationMessage,
};
