/**
 * How a program that acts as a service calls KMS: with its own access key, and with signed headers that say for whom.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 */
import { KMS } from '@aws-sdk/client-kms';
import { STS } from '@aws-sdk/client-sts';
import { fromIni } from '@aws-sdk/credential-providers';

type Headers = Readonly<Record<string, string>>;

/** What a user sends with a request to a service: who it is, and a session token that proves it. */
export async function callerOf(profile: string): Promise<Headers> {
  const sts = new STS({ credentials: fromIni({ profile }) });
  const [{ Arn = '' }, { Credentials }] = await Promise.all([sts.getCallerIdentity({}), sts.getSessionToken({})]);
  return { 'x-keystead-on-behalf-of': Arn, 'x-keystead-on-behalf-of-token': Credentials?.SessionToken ?? '' };
}

/** What a service sends when it calls for itself: the resource that it works for. */
export const sourceOf = (arn: string): Headers => ({ 'x-amz-source-arn': arn });

/** @param profile of the service's access key: `keystead identity create-service` prints it */
export function kmsOfService(profile: string, headers: Headers): KMS {
  const kms = new KMS({ credentials: fromIni({ profile }) });
  kms.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers);
      return next(args);
    },
    // Before the request is signed, so that the signature covers them.
    { step: 'build' },
  );
  return kms;
}
