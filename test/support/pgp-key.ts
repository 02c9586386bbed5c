/** A public OpenPGP key of RSA without a user id, in base64. */
import { generateKeyPairSync } from 'node:crypto';

export function pgpKey(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const number = (bits: number, text: string) => [Buffer.of(bits >> 8, bits & 0xff), Buffer.from(text, 'base64url')];
  const body = Buffer.concat([Buffer.of(4, 0, 0, 0, 1, 1), ...number(2048, n), ...number(17, e)]);
  return Buffer.concat([Buffer.of(0x99, body.length >> 8, body.length & 0xff), body]).toString('base64');
}
