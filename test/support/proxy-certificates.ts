/** A private CA and server certificates for tests, created by openssl. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);

export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly certificateFile: string;
  /** Issues a certificate for one host name; with a validity of 0 days it has already expired. */
  issue(hostname: string, validForDays?: number): Promise<ServerCertificate>;
  remove(): Promise<void>;
}

export async function makeCertificateAuthority(name = 'Keystead test CA'): Promise<CertificateAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-ca-'));
  const path = (file: string) => join(directory, file);
  await openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-keyout', path('ca.key'), '-out', path('ca.pem')],
  );
  let issued = 0;
  return {
    certificate: await readFile(path('ca.pem'), 'utf8'),
    certificateFile: path('ca.pem'),
    async issue(hostname, validForDays = 1) {
      issued += 1;
      const [key, csr, cert, ext] = ['key', 'csr', 'pem', 'ext'].map((kind) => path(`${issued}.${kind}`)) as [
        string,
        string,
        string,
        string,
      ];
      await openssl(
        ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${hostname}`],
        ...['-keyout', key, '-out', csr],
      );
      await writeFile(ext, `subjectAltName=DNS:${hostname}\n`);
      await openssl(
        ...['x509', '-req', '-in', csr, '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial'],
        ...['-days', String(validForDays), '-extfile', ext, '-out', cert],
      );
      return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
