/**
 * Finds callers by access key, and the signing keys derived from access keys. The access key row is read on every
 * request, so a deactivated key or deleted principal loses access at once; only the signing key from the HSM is
 * remembered, and only as long as the row holds the wrapped secret it was derived from.
 *
 * Temporary access keys have no row: their session token holds all about them. Instead every request reads the
 * principal of the session and the long-term access key that opened it; without either of them the session has ended.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Authority } from '@keystead/policy/authority.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { createAuthorities, type IdentityPolicyReader } from '../authorization/principal-policies.ts';
import { principalOf, roleSessionOf } from '../authorization/principals.ts';
import type { SealedTokens } from '../context/sealed-tokens.ts';
import type { Session } from '../domain/identities/session.ts';
import type { CredentialService, WrappedSecret } from '../hsm/port/credentials.ts';
import { LruMap } from '../runtime/lru-map.ts';
import type { KnownPrincipal, PrincipalReader } from '../storage/port/identities/principals.ts';
import type { AccessKeyRow, PrincipalRow } from '../storage/port/tables.ts';

export interface SigningScope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface KnownCaller {
  readonly principal: Principal;
  readonly authority: Authority;
  /** SigV4 signing key for the scope. */
  readonly signingKey: KeyObject;
}

/** The credentials that a request claims to have; nothing is proven. */
export interface ClaimedCredentials {
  readonly accessKeyId: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

export interface Callers {
  /**
   * undefined when the access key does not exist or is inactive, or the session token is invalid or its session was
   * ended.
   * @throws KmsError ExpiredTokenException
   */
  find(claimed: ClaimedCredentials, scope: SigningScope, nowMs: number): Promise<KnownCaller | undefined>;
  /**
   * The principal that a service acts for: a user or root by ARN, a session also by its token; undefined if none fits.
   */
  behind(named: NamedPrincipal, nowMs: number): Promise<Omit<KnownCaller, 'signingKey'> | undefined>;
}

export interface NamedPrincipal {
  readonly arn: string;
  readonly sessionToken?: string;
}

const REMEMBERED_SIGNING_KEYS = 4096;
/** Opening a session token takes longer than verifying a signature, and a client sends the same one every time. */
const REMEMBERED_SESSIONS = 1024;

type WrappedKey = Pick<AccessKeyRow, 'access_key_id' | 'account_id' | 'wrapped_secret'>;

/** An access key's secret in the form that the HSM takes. */
export function wrappedSecretOf(row: WrappedKey): WrappedSecret {
  return { accountId: row.account_id, accessKeyId: row.access_key_id, wrapped: row.wrapped_secret };
}

export function createCallers(
  store: PrincipalReader & IdentityPolicyReader,
  credentials: CredentialService,
  sealedTokens: SealedTokens,
): Callers {
  const authorities = createAuthorities(store);
  const sessionOf = rememberedSessions(sealedTokens);
  const signingKeyOf = rememberedSigningKeys(credentials);
  const byAccessKey = async (accessKeyId: string, scope: SigningScope): Promise<KnownCaller | undefined> => {
    const row = await store.findAccessKey(accessKeyId);
    const principal = row && principalOf(row.principal);
    if (row?.status !== 'Active' || !principal) return undefined;
    const signingKey = await signingKeyOf(row, scope);
    return { principal, authority: await authorities.of(row), signingKey };
  };
  const bySession = async (session: Session, scope: SigningScope): Promise<KnownCaller | undefined> => {
    const known = await holderOf(store, session);
    const principal = known && sessionPrincipalOf(known.principal, session);
    if (!principal) return undefined;
    const { accessKeyId: access_key_id, accountId: account_id, wrappedSecret } = session;
    const row = { access_key_id, account_id, wrapped_secret: Buffer.from(wrappedSecret, 'base64') };
    const signingKey = await signingKeyOf(row, scope);
    return { principal, authority: await authorities.ofSession(known, session), signingKey };
  };
  return {
    async find({ accessKeyId, sessionToken }, scope, nowMs) {
      if (sessionToken === undefined) return byAccessKey(accessKeyId, scope);
      const session = await sessionOf(sessionToken, nowMs);
      if (session?.accessKeyId !== accessKeyId) return undefined;
      if (session.expiresAtMs <= nowMs) throw new KmsError('ExpiredTokenException');
      return bySession(session, scope);
    },
    async behind({ arn, sessionToken }, nowMs) {
      const session = sessionToken === undefined ? undefined : await sessionOf(sessionToken, nowMs);
      if (sessionToken !== undefined && (!session || session.expiresAtMs <= nowMs)) return undefined;
      if (session) {
        const known = await holderOf(store, session);
        const principal = known && sessionPrincipalOf(known.principal, session);
        if (!known || principal?.arn !== arn) return undefined;
        return { principal, authority: await authorities.ofSession(known, session) };
      }
      const row = await store.findPrincipal(arn);
      const known = row && (await store.findPrincipalById(row.principal_id));
      const principal = known && principalOf(known.principal);
      return principal && principal.kind !== 'aws-service'
        ? { principal, authority: await authorities.of(known) }
        : undefined;
    },
  };
}

/**
 * Opens session tokens in the HSM, each once: what was opened is remembered while the session lasts. undefined for a text
 * that is not a session token.
 */
function rememberedSessions(sealedTokens: SealedTokens) {
  const sessions = new LruMap<string, Session>(REMEMBERED_SESSIONS);
  return async (sessionToken: string, nowMs: number): Promise<Session | undefined> => {
    const known = sessions.get(sessionToken);
    if (known) {
      if (known.expiresAtMs <= nowMs) sessions.delete(sessionToken);
      return known;
    }
    const session = (await sealedTokens.open('session', sessionToken)) as Session | undefined;
    if (session && session.expiresAtMs > nowMs) sessions.set(sessionToken, session);
    return session;
  };
}

/** Derives signing keys in the HSM. */
function rememberedSigningKeys(credentials: CredentialService) {
  const derived = new LruMap<string, { readonly wrapped: Uint8Array; readonly signingKey: KeyObject }>(
    REMEMBERED_SIGNING_KEYS,
  );
  return async (row: WrappedKey, scope: SigningScope): Promise<KeyObject> => {
    const name = [row.access_key_id, scope.date, scope.region, scope.service].join('/');
    const known = derived.get(name);
    if (known && Buffer.compare(known.wrapped, row.wrapped_secret) === 0) return known.signingKey;
    const signingKey = createSecretKey(await credentials.deriveSigningKey({ secret: wrappedSecretOf(row), ...scope }));
    derived.set(name, { wrapped: row.wrapped_secret, signingKey });
    return signingKey;
  };
}

/**
 * The principal of a session as it is now; undefined when it was deleted, or when the access key that opened the
 * session was deleted or deactivated.
 */
async function holderOf(store: PrincipalReader, session: Session): Promise<KnownPrincipal | undefined> {
  const { openedBy, principalId, sessionName } = session;
  const [opener, role] = await Promise.all([
    openedBy === undefined ? undefined : store.findAccessKey(openedBy),
    sessionName === undefined ? undefined : store.findPrincipalById(principalId),
  ]);
  if (openedBy !== undefined && opener?.status !== 'Active') return undefined;
  const holder = sessionName === undefined ? opener : role;
  return holder?.principal.principal_id === principalId ? holder : undefined;
}

function sessionPrincipalOf(row: PrincipalRow, { sessionName }: Session): Principal | undefined {
  if (row.kind !== 'role') return sessionName === undefined ? principalOf(row) : undefined;
  if (sessionName === undefined) return undefined;
  return roleSessionOf(row, sessionName);
}
