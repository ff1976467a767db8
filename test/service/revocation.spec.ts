import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  CodeStarClient,
  CreateUserProfileCommand,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { removePrincipal } from "../../service/identity/principalsEdit";
import { type ServeProcess, startServe } from "../support/serveProcess";
import { aliceArn, aliceKey, principalsDocument } from "../support/signedRequest";
import { skipUnless } from "../support/skip";

const usable = "codestar_profiles_principals_usable";

/**
 * A removed key in a container, which sees what was mounted into its own
 * file system when it started.
 */
describe("revocation through a bind mount", function () {
  this.timeout(60_000);
  let folder: string;
  let server: ServeProcess | undefined;
  let outside: string;
  let client: CodeStarClient;

  before(function () {
    const mounts = spawnSync("unshare", ["--mount", "true"]).status === 0;
    skipUnless(this, mounts, "only root on Linux can mount what one process alone sees");
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-mount-"));
    mkdirSync(join(folder, "secrets"));
    mkdirSync(join(folder, "mounted"));
    outside = join(folder, "secrets", "principals.json");
    writeFileSync(outside, JSON.stringify(principalsDocument), { mode: 0o600 });
  });
  afterEach(async () => {
    client?.destroy();
    await server?.terminate();
    server = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Serves with the source mounted at the target, as seen by the server alone. */
  async function serveMounted(source: string, target: string): Promise<void> {
    const inside = join("mounted", "principals.json");
    const mount = `mount --bind "${source}" "${target}" && exec "$@"`;
    server = await startServe(
      folder,
      ["--store", "memory:", "--principals", inside, "--metrics", "127.0.0.1:0"],
      { wrapper: ["unshare", "--mount", "sh", "-c", mount, "sh"] },
    );
    client = new CodeStarClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: aliceKey,
      maxAttempts: 1,
    });
  }
  const metricsAt = async () => {
    const { metricsUrl } = await server!.logged(({ msg }) => msg === "started", "start");
    return new URL(String(metricsUrl)).origin;
  };
  const profile = { displayName: "Alice", emailAddress: "alice@example.com", userArn: aliceArn };

  it("refuses a removed key within seconds when the folder is mounted, as the documentation says", async () => {
    await serveMounted(join(folder, "secrets"), join(folder, "mounted"));
    await client.send(new CreateUserProfileCommand(profile));
    await removePrincipal(outside, "alice");
    const deadline = Date.now() + 10_000;
    let refused = false;
    while (!refused && Date.now() < deadline) {
      refused = await client
        .send(new UpdateUserProfileCommand({ userArn: aliceArn, displayName: "Mallory" }))
        .then(
          () => false,
          (error: Error) => error.name === "UnrecognizedClientException",
        );
      await wait(50);
    }
    assert.ok(refused, "the removed key is still good");
    assert.equal(await server!.metric(usable, await metricsAt()), 1);
    await server!.logged(
      ({ msg, keys }) => msg === "principals read again" && keys === 1,
      "reading of the new file",
    );
  });

  it("says that it sees the old file alone, in log and metrics, when the file itself is mounted", async () => {
    const inside = join(folder, "mounted", "principals.json");
    writeFileSync(inside, "");
    await serveMounted(outside, inside);
    const at = await metricsAt();
    assert.equal(await server!.metric(usable, at), 1);
    await removePrincipal(outside, "alice");
    const { reason } = await server!.logged(
      ({ msg }) => /^principals refused/.test(String(msg)),
      "refusal",
    );
    assert.match(String(reason), /this process sees the old one alone; .* its folder mounted/);
    assert.equal(await server!.metric(usable, at), 0);
    server!.child.kill("SIGHUP");
    await wait(200);
    assert.ok(!server!.log().some(({ msg }) => msg === "principals read again"));
  });
});
