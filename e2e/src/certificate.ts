import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of a server's key and of the certificate that it signed itself. */
export interface Certificate {
  readonly keyFile: string;
  /** The authority of the server's certificate too. */
  readonly certificateFile: string;
  /** Both in one file, as Kafka reads them. */
  readonly bothFile: string;
}

/** Creates a key and a certificate for a server, valid for a day. @param altName such as `DNS:search` or `IP:127.0.0.1` */
export function createCertificate(folder: string, altName: string): Certificate {
  const [keyFile, certificateFile, bothFile] = ['tls.key', 'tls.crt', 'tls.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const subject = ['-subj', '/CN=server', '-addext', `subjectAltName=${altName}`];
  const files = ['-nodes', '-days', '1', '-keyout', keyFile, '-out', certificateFile];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject], { stdio: 'pipe' });
  writeFileSync(bothFile, readFileSync(keyFile, 'utf8') + readFileSync(certificateFile, 'utf8'));
  return { keyFile, certificateFile, bothFile };
}
