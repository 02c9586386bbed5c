/** The certificate that vouches for a cluster. Source: AWS CloudHSM User Guide, "Initialize the cluster". */
import { X509Certificate } from 'node:crypto';

/** Reads one X.509 certificate of a certificate authority, PEM; undefined for any other text. */
export function parseTrustAnchor(text: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(text);
    return certificate.ca ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two texts contain the same certificate, whatever their line ends. */
export function isSameCertificate(one: string, other: string): boolean {
  const [a, b] = [parseTrustAnchor(one), parseTrustAnchor(other)];
  return a !== undefined && b !== undefined && a.raw.equals(b.raw);
}
