import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { certificate, certificateKey, renewedCertificate } from "../support/certificate";
import { codestarProfiles } from "../support/commandLine";
import { type ServeProcess, startServe } from "../support/serveProcess";
import { skipUnless } from "../support/skip";

describe("codestar-profiles serve and its files", function () {
  this.timeout(60_000);
  let folder: string;
  let server: ServeProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-files-"));
  });
  afterEach(async () => {
    await server?.terminate();
    server = undefined;
    rmSync(folder, { recursive: true });
  });
  const at = (name: string) => join(folder, name);

  it("warns at the start of a store and an audit file that others may read, and of no others", async function () {
    skipUnless(this, process.platform !== "win32", "Windows has no such modes");
    const options = ["--store", "file:profiles.db", "--audit", "audit.jsonl"];
    const warnings = () =>
      server!.log().flatMap(({ level, msg, path }) => (level === 40 ? [[msg, path]] : []));
    server = await startServe(folder, options);
    await server.logged(({ msg }) => msg === "started", "start");
    assert.equal(await server.terminate(), 0);
    assert.deepEqual(warnings(), []);
    chmodSync(at("profiles.db"), 0o644);
    chmodSync(at("audit.jsonl"), 0o660);
    server = await startServe(folder, options);
    await server.logged(({ path }) => path === "audit.jsonl", "warning");
    assert.equal(await server.terminate(), 0);
    const message = "other users may read or change this file: run chmod 600 on it";
    assert.deepEqual(warnings(), [
      [message, at("profiles.db")],
      [message, "audit.jsonl"],
    ]);
  });

  it("renews the certificate at SIGHUP, and says in its log why it kept one that cannot be replaced", async () => {
    writeFileSync(at("cert.pem"), certificate);
    writeFileSync(at("key.pem"), certificateKey, { mode: 0o600 });
    const tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    server = await startServe(folder, ["--store", "memory:", ...tls]);
    const { port } = new URL(server.url);
    const expiry = async () => {
      const socket = connectTls({
        port: Number(port),
        host: "127.0.0.1",
        rejectUnauthorized: false,
      });
      await once(socket, "secureConnect");
      const { valid_to } = socket.getPeerCertificate();
      socket.destroy();
      return valid_to;
    };
    assert.match(await expiry(), / 2124 /);
    writeFileSync(at("cert.pem"), "none");
    server.child.kill("SIGHUP");
    const { reason } = await server.logged(({ msg }) => msg === "SIGHUP", "failure");
    assert.equal(reason, "cert.pem holds no certificate in PEM");
    assert.match(await expiry(), / 2124 /);
    writeFileSync(at("cert.pem"), renewedCertificate);
    server.child.kill("SIGHUP");
    const deadline = Date.now() + 10_000;
    while (/ 2124 /.test(await expiry()) && Date.now() < deadline);
    assert.match(await expiry(), / 2125 /);
  });

  it("logs who sent what is no HTTP", async () => {
    server = await startServe(folder, ["--store", "memory:"]);
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end("nonsense\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    const { time: _, ...line } = await server.logged(
      ({ msg }) => msg === "connection refused",
      "line",
    );
    assert.deepEqual(line, {
      level: 40,
      reason: "malformed",
      remote: "127.0.0.1",
      code: "HPE_INVALID_METHOD",
      msg: "connection refused",
    });
  });

  it("tells the version in its metrics", async () => {
    server = await startServe(folder, ["--store", "memory:"]);
    const { out } = await codestarProfiles(folder, ["--version"]);
    const series = `codestar_profiles_build_info{version="${out.trim()}"}`;
    assert.equal(await server.metric(series), 1);
  });

  it("takes the regions that it is to keep, and refuses lists that are none", async () => {
    for (const [regions, message] of [
      [
        "us-east-1,EU",
        /^The option --regions takes names such as us-east-1, with commas between\./,
      ],
      ["", /^The option --regions takes names/],
      ["eu-west-1", /^The option --regions lacks us-east-1, the region of --region\./],
    ] as const) {
      const argv = ["serve", "--store", "memory:", "--regions", regions];
      const { status, err } = await codestarProfiles(folder, argv);
      assert.equal(status, 2);
      assert.match(err, message);
    }
    server = await startServe(folder, ["--store", "memory:", "--regions", "us-east-1,eu-west-1"]);
    const authorization =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/xx-1/codestar/aws4_request, SignedHeaders=host, Signature=0";
    const answer = await fetch(server.url, {
      method: "POST",
      headers: { "x-amz-target": "CodeStar_20170419.ListUserProfiles", authorization },
      body: "{}",
    });
    assert.equal(answer.status, 400);
    const { error, region } = await server.logged(({ level }) => level === 40, "warning");
    assert.deepEqual([error, region], ["AccessDeniedException", "xx-1"]);
  });
});
