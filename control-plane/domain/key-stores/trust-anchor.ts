/** The certificate that vouches for a cluster. Source: AWS CloudHSM User Guide, "Initialize the cluster". */
import { X509Certificate } from 'node:crypto';

/** One X.509 certificate of a certificate authority, PEM; undefined when it is none. */
export function parseTrustAnchor(text: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(text);
    return certificate.ca ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two texts hold one certificate, whatever their line ends. */
export function isSameCertificate(one: string, other: string): boolean {
  const [a, b] = [parseTrustAnchor(one), parseTrustAnchor(other)];
  return a !== undefined && b !== undefined && a.raw.equals(b.raw);
}
