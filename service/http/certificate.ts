import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CodeStarError } from "../../profile/codeStarError";
import { readSecretFile, SecretFileError } from "../identity/secretFile";

/** PEM files of a server's certificate, with its chain, and of its key. */
export interface CertificateFiles {
  /** PEM: the server's own certificate first, then those that vouch for it. */
  readonly certFile: string;
  /** PEM, not encrypted, closed to other users as a principals file is. */
  readonly keyFile: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Epoch milliseconds after which clients refuse the server's own certificate. */
  readonly expiresAt: number;
}

/** A key is some thousand bytes. */
const maxKeyBytes = 1024 * 1024;
const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * In the forms of PKCS #8 and of OpenSSL; versions of Node differ in the error
 * that they have for either.
 */
const encryptedKey = /^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m;

/** Reads a certificate and its key. Rejects with one sentence unless clients could use them now. */
export async function readCertificate(
  { certFile, keyFile }: CertificateFiles,
  now: number,
): Promise<Certificate> {
  const cert = await readText(certFile);
  const chain = parseChain(cert, certFile);
  const key = await readKey(keyFile);
  const privateKey = parseKey(key, keyFile);
  const [own] = chain;
  requirePair(chain, privateKey, certFile, keyFile);
  const [from, to] = [Date.parse(own.validFrom), Date.parse(own.validTo)];
  if (to <= now) throw new CodeStarError(`the certificate in ${certFile} expired on ${day(to)}`);
  if (from > now) {
    throw new CodeStarError(`the certificate in ${certFile} is not valid before ${day(from)}`);
  }
  return { cert, key, expiresAt: to };
}

const day = (time: number): string => new Date(time).toISOString();

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CodeStarError(`reading ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function readKey(file: string): Promise<string> {
  try {
    return (await readSecretFile(file, maxKeyBytes)).text;
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    throw new CodeStarError(`the TLS key ${file} ${error.message}`);
  }
}

function parseChain(text: string, file: string): [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = text.match(pemCertificate) ?? [];
  if (first === undefined) throw new CodeStarError(`${file} holds no certificate in PEM`);
  try {
    return [new X509Certificate(first), ...others.map((pem) => new X509Certificate(pem))];
  } catch {
    throw new CodeStarError(`${file} holds a certificate that cannot be read`);
  }
}

function parseKey(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new CodeStarError(
      encryptedKey.test(text)
        ? `the key in ${file} is encrypted, and nobody is there to enter its passphrase: write it in clear with openssl pkey -in ${file} -out NEW`
        : `${file} holds no private key in PEM`,
    );
  }
}

function requirePair(
  [own, ...others]: readonly [X509Certificate, ...X509Certificate[]],
  key: KeyObject,
  certFile: string,
  keyFile: string,
): void {
  if (own.checkPrivateKey(key)) return;
  throw new CodeStarError(
    others.some((certificate) => certificate.checkPrivateKey(key))
      ? `the certificate of the key in ${keyFile} must be the first in ${certFile}`
      : `the certificate in ${certFile} and the key in ${keyFile} do not belong together`,
  );
}
