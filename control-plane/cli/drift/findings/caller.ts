/** Whose request an event was: the principal, and behind a session the role and whoever assumed it, back to the first. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { EventLog, TrailEvent } from '../running/events.ts';

export interface Caller {
  /** ARN of the principal, or `AWS Internal` for the service itself. */
  readonly principal: string;
  /** Of a session. */
  readonly roleArn?: string;
  readonly sourceIdentity?: string;
  /** Who assumed the role, and the role of that session in turn: the first caller first. */
  readonly chain?: readonly string[];
}

/** Sessions by sessions; AWS ends role chains much earlier in practice. */
const MAX_CHAIN = 8;

/** @param region where the sessions are looked up; AssumeRole is recorded in the Region that was asked */
export async function callerOf(log: EventLog, event: TrailEvent, region: string): Promise<Caller> {
  const { sessionContext } = event.userIdentity;
  const roleArn = sessionContext?.sessionIssuer?.arn;
  const chain = roleArn === undefined ? [] : await chainOf(log, event, region);
  return {
    principal: nameOf(event),
    ...defined({
      roleArn,
      sourceIdentity: sessionContext?.sourceIdentity,
      chain: chain.length > 0 ? chain : undefined,
    }),
  };
}

const nameOf = ({ userIdentity: { arn, invokedBy, userName, identityProvider } }: TrailEvent): string => {
  const federated =
    userName === undefined || identityProvider === undefined ? undefined : `${userName} of ${identityProvider}`;
  return arn ?? invokedBy ?? federated ?? 'unknown';
};

async function chainOf(log: EventLog, event: TrailEvent, region: string): Promise<readonly string[]> {
  const chain: string[] = [];
  for (let one: TrailEvent | undefined = event; one && chain.length < MAX_CHAIN; ) {
    one = await assumedBy(log, one, region);
    if (one) chain.unshift(nameOf(one));
  }
  return chain;
}

/** The event that opened the session of this one; undefined: the caller had none, or the log does not have it. */
async function assumedBy(log: EventLog, event: TrailEvent, region: string): Promise<TrailEvent | undefined> {
  const { arn, accessKeyId, sessionContext } = event.userIdentity;
  const roleArn = sessionContext?.sessionIssuer?.arn;
  if (roleArn === undefined) return undefined;
  for (const name of ['AssumeRole', 'AssumeRoleWithWebIdentity']) {
    for await (const opened of log.read({ region, resourceArn: roleArn }, name)) {
      const { assumedRoleUser, credentials } = (opened.responseElements ?? {}) as OpenedSession;
      const isSame = credentials?.accessKeyId === undefined || credentials.accessKeyId === accessKeyId;
      if (assumedRoleUser?.arn === arn && isSame && opened.eventTime <= event.eventTime) return opened;
    }
  }
  return undefined;
}

interface OpenedSession {
  readonly assumedRoleUser?: { readonly arn?: string };
  readonly credentials?: { readonly accessKeyId?: string };
}
