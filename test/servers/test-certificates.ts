import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../src/service/servers/find-program.js';
import type { Program } from '../../src/service/servers/program.js';

const OPENSSL: Program = {
  name: 'OpenSSL',
  commands: ['openssl'],
  packages: ['openssl'],
  services: [],
  cures: ['Install it: apt-get install openssl.'],
};

/** Files of one server's certificate, in PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A folder with certificate authorities of a test's own and what they have signed. */
export class TestCertificates {
  private made = 0;

  private constructor(
    private readonly openssl: string,
    private readonly folder: string,
    /** file of the authority that signs unless another one is named */
    readonly caFile: string,
    private readonly caKeyFile: string,
  ) {}

  /** Makes the folder and its first authority. */
  static async make(): Promise<TestCertificates> {
    const { command } = await findProgram(OPENSSL, { env: process.env, say: () => undefined });
    const folder = await mkdtemp(join(tmpdir(), 'crossfade-certificates-'));
    const [ca, key] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
    const made = new TestCertificates(command, folder, ca, key);
    await made.run(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      key,
      '-out',
      ca,
      '-subj',
      '/CN=test authority',
      '-days',
      '30',
    );
    return made;
  }

  /** The first authority's certificate. */
  ca(): Promise<string> {
    return readFile(this.caFile, 'utf8');
  }

  /** A server's certificate for these names (`DNS:localhost`, `IP:127.0.0.1`); `days` of -1 has expired. */
  async sign(names: readonly string[], days = 30): Promise<CertificateFiles> {
    const base = join(this.folder, `server${++this.made}`);
    const [cert, key, request] = [`${base}.crt`, `${base}.key`, `${base}.csr`];
    const alternative = `subjectAltName=${names.join(',')}`;
    await this.run(
      'req',
      ...NEW_KEY,
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      '/CN=test server',
      '-addext',
      alternative,
    );
    const signed = ['-in', request, '-CA', this.caFile, '-CAkey', this.caKeyFile, '-out', cert];
    await this.run('x509', '-req', ...signed, '-days', String(days), '-copy_extensions', 'copy');
    return { cert, key };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(...args: string[]): Promise<void> {
    await promisify(execFile)(this.openssl, args);
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;
