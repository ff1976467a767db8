import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { readCertificate } from "../../service/http/certificate";
import type { Refusal } from "../../service/http/connections";
import { type RunningServer, type ServeOptions, startServer } from "../../service/http/server";
import {
  certificate,
  certificateKey,
  expiredCertificate,
  foreignCertificate,
  futureCertificate,
  renewedCertificate,
} from "../support/certificate";
import { skipUnless } from "../support/skip";

const pem = { type: "pkcs8", format: "pem" } as const;
const otherKey = () =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem) as string;
const encryptedKey = () =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    ...pem,
    cipher: "aes-256-cbc",
    passphrase: "secret",
  }) as string;

const expiry = "codestar_profiles_tls_certificate_expiry_timestamp_seconds";

describe("TLS", () => {
  let folder: string;
  let certFile: string;
  let keyFile: string;
  let running: RunningServer | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-tls-"));
    certFile = join(folder, "cert.pem");
    keyFile = join(folder, "key.pem");
    write(certificate, certificateKey);
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    rmSync(folder, { recursive: true });
  });

  function write(cert: string, key: string): void {
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key, { mode: 0o600 });
  }

  async function start(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
    running = await startServer({ store: "memory:", tls: { certFile, keyFile }, ...options });
    return running;
  }

  const secured = async (port: number): Promise<TLSSocket> => {
    // Both certificates have one name and one key, of which a client can trust only the first.
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    return socket;
  };

  const metric = async (url: string, series: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  };

  describe("at the start, names", () => {
    const faults: readonly (readonly [string, () => [string, string], RegExp])[] = [
      [
        "a certificate and a key that do not belong together",
        () => [certificate, otherKey()],
        /^the certificate in \S+cert\.pem and the key in \S+key\.pem do not belong together$/,
      ],
      [
        "the right certificate in the wrong place of the chain",
        () => [foreignCertificate + certificate, certificateKey],
        /^the certificate of the key in \S+key\.pem must be the first in \S+cert\.pem$/,
      ],
      [
        "an encrypted key",
        () => [certificate, encryptedKey()],
        /^the key in \S+key\.pem is encrypted, .*openssl pkey -in \S+key\.pem -out NEW$/,
      ],
      [
        "an expired certificate",
        () => [expiredCertificate, certificateKey],
        /^the certificate in \S+cert\.pem expired on 2021-01-01T00:00:00\.000Z$/,
      ],
      [
        "a certificate that is not valid yet",
        () => [futureCertificate, certificateKey],
        /^the certificate in \S+cert\.pem is not valid before 2122-01-01T00:00:00\.000Z$/,
      ],
      [
        "files that are swapped",
        () => [certificateKey, certificate],
        /^\S+cert\.pem holds no certificate in PEM$/,
      ],
      [
        "a certificate that is cut off",
        () => [certificate.replace(/\n.{20}/, "\n"), certificateKey],
        /^\S+cert\.pem holds a certificate that cannot be read$/,
      ],
      [
        "a key that is none",
        () => [certificate, "none"],
        /^\S+key\.pem holds no private key in PEM$/,
      ],
    ];
    for (const [title, files, message] of faults) {
      it(title, async () => {
        write(...files());
        await assert.rejects(start({ store: `file:${join(folder, "profiles.db")}` }), { message });
      });
    }

    it("a key that other users may read", async function () {
      skipUnless(this, process.platform !== "win32", "Windows has no such modes");
      for (const mode of [0o644, 0o604, 0o660]) {
        chmodSync(keyFile, mode);
        await assert.rejects(start(), {
          message: `the TLS key ${keyFile} holds secrets but other users may read or change it; run chmod 600 on it`,
        });
      }
      chmodSync(keyFile, 0o640);
      await start();
    });

    it("files that are not there", async () => {
      rmSync(keyFile);
      await assert.rejects(start(), {
        message: `the TLS key ${keyFile} cannot be read (ENOENT)`,
      });
      rmSync(certFile);
      await assert.rejects(start(), { message: `reading ${certFile}: ENOENT` });
    });
  });

  it("takes a renewed certificate for new connections, tells when it expires, and keeps the old ones open", async () => {
    const { port, reloadCertificate, metricsUrl } = await start({
      authenticate: () => ({ account: "123456789012", name: "root", administrator: true }),
      metrics: { host: "127.0.0.1", port: 0 },
    });
    const at = new URL(metricsUrl!).origin;
    const before = await secured(port);
    assert.equal(await metric(at, expiry), Date.UTC(2124, 0, 1) / 1000);

    write(renewedCertificate, otherKey());
    await assert.rejects(reloadCertificate(), /do not belong together$/);
    const unchanged = await secured(port);
    assert.match(unchanged.getPeerCertificate().valid_to, / 2124 /);
    assert.equal(await metric(at, expiry), Date.UTC(2124, 0, 1) / 1000);

    write(renewedCertificate, certificateKey);
    await reloadCertificate();
    const after = await secured(port);
    assert.match(after.getPeerCertificate().valid_to, / 2125 /);
    assert.equal(await metric(at, expiry), Date.UTC(2125, 0, 1) / 1000);

    before.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
    const [answer] = await once(before, "data");
    assert.match(String(answer), /^HTTP\/1\.1 200 /);
    for (const socket of [before, unchanged, after]) socket.destroy();
  });

  it("ends a connection that stays silent, before the handshake and after it", async () => {
    const refusals: Refusal[] = [];
    const { port } = await start({
      // Long enough for a handshake on a busy machine.
      limits: { headersTimeout: 1_500, requestTimeout: 2_000 },
      onRefused: (refusal) => refusals.push(refusal),
    });
    const begun = Date.now();
    const silent = connect(port, "127.0.0.1");
    silent.on("error", () => {});
    const secure = await secured(port);
    secure.resume();
    await Promise.all([once(silent, "close"), once(secure, "close")]);
    assert.ok(Date.now() - begun < 9_000, `${Date.now() - begun} ms`);
    assert.deepEqual(refusals.map(({ reason, remote, code }) => [reason, remote, code]).sort(), [
      ["timeout", "127.0.0.1", "ERR_HTTP_REQUEST_TIMEOUT"],
      ["tls", "127.0.0.1", "ERR_TLS_HANDSHAKE_TIMEOUT"],
    ]);
  });

  it("tells of a handshake that fails: who and why", async () => {
    const refusals: Refusal[] = [];
    const { port } = await start({ onRefused: (refusal) => refusals.push(refusal) });
    const plain = connect(port, "127.0.0.1");
    plain.on("error", () => {});
    plain.end("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    plain.resume();
    await once(plain, "close");
    const distrustful = connectTls({ port, host: "127.0.0.1" });
    const [error] = (await once(distrustful, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
    const old = connectTls({ port, host: "127.0.0.1", maxVersion: "TLSv1.1", minVersion: "TLSv1" });
    await once(old, "error");
    const deadline = Date.now() + 5_000;
    while (refusals.length < 2 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(refusals.slice(0, 2), [
      { reason: "tls", remote: "127.0.0.1", code: "ERR_SSL_HTTP_REQUEST" },
      { reason: "tls", remote: "127.0.0.1", code: refusals[1]?.code },
    ]);
  });

  it("reads the expiry of the server's own certificate, not of those that vouch for it", async () => {
    write(certificate + expiredCertificate, certificateKey);
    const { expiresAt } = await readCertificate({ certFile, keyFile }, Date.now());
    assert.equal(expiresAt, Date.UTC(2124, 0, 1));
  });
});
