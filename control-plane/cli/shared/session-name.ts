/**
 * The name of the sessions that an identity token opens. A role can bind a token to the first name under which it is
 * exchanged (keystead:IdentityTokenUse), so a command and the programs that it starts need one for all of them; and a
 * thief of the token must not be able to guess it.
 */
import { randomUUID } from 'node:crypto';

/** Chooses a name, unless the job has chosen one for all its commands. */
export function chooseSessionName(env: NodeJS.ProcessEnv): void {
  if (!env.AWS_WEB_IDENTITY_TOKEN_FILE || env.AWS_ROLE_SESSION_NAME) return;
  env.AWS_ROLE_SESSION_NAME = `keystead-${randomUUID()}`;
}
