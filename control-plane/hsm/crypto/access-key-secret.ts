/**
 * Secret access keys: generates them, and derives the signing key that verifies a signature.
 * Signature Version 4, "Calculate the signature", step "Derive a signing key":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { SecretBytes } from './secret-bytes.ts';

/** 240 random bits in the form that AWS uses: 40 characters of Base64. */
const SECRET_RANDOM_BYTES = 30;

export interface SigningScope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** A string, because it is shown to its owner; strings cannot be wiped. */
export function generateSecret(): Secret {
  return new Secret(randomBytes(SECRET_RANDOM_BYTES).toString('base64'));
}

export function secretFromText(text: string): SecretBytes {
  return new SecretBytes(Buffer.from(text));
}

/** HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request"), each with SHA-256. */
export function deriveSigningKey(secret: SecretBytes, { date, region, service }: SigningScope): Uint8Array {
  const start = new SecretBytes(secret.use((bytes) => Buffer.concat([Buffer.from('AWS4'), bytes])));
  const last = [date, region, service, 'aws4_request'].reduce(
    (key, part) => new SecretBytes(key.useOnce((bytes) => createHmac('sha256', bytes).update(part).digest())),
    start,
  );
  return last.useOnce((bytes) => Uint8Array.from(bytes));
}
