/** Certificates for tests, created by openssl in a directory: CAs, and the certificates that they issue. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './server.ts';

export interface Pair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority extends Pair {
  /** A certificate for the server on 127.0.0.1 and localhost, and for the client of that name. */
  sign(name: string): Promise<Pair>;
}

export async function anAuthority(directory: string, name: string): Promise<Authority> {
  await mkdir(directory, { recursive: true });
  const at = (file: string) => join(directory, file);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const own = { certFile: at(`${name}.pem`), keyFile: at(`${name}.key`) };
  await openssl(['req', '-x509', ...key, '-days', '2', '-subj', `/CN=${name}`, ...output(own)]);
  let signed = 0;
  return {
    ...own,
    async sign(subject) {
      signed += 1;
      const file = `${name}-${signed}-${subject}`;
      const pair = { certFile: at(`${file}.pem`), keyFile: at(`${file}.key`) };
      const [request, extensions] = [at(`${file}.csr`), at(`${file}.ext`)];
      await writeFile(
        extensions,
        'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n',
      );
      await openssl(['req', ...key, '-subj', `/CN=${subject}`, '-keyout', pair.keyFile, '-out', request]);
      const by = ['-CA', own.certFile, '-CAkey', own.keyFile, '-CAcreateserial'];
      await openssl([
        'x509',
        '-req',
        '-in',
        request,
        '-days',
        '2',
        '-extfile',
        extensions,
        ...by,
        '-out',
        pair.certFile,
      ]);
      return pair;
    },
  };
}

const output = ({ certFile, keyFile }: Pair) => ['-out', certFile, '-keyout', keyFile];

async function openssl(args: readonly string[]): Promise<void> {
  const { code, stderr } = await run('openssl', args);
  if (code !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}
