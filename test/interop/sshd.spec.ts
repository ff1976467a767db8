import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type RunningServer, startServer } from "../../service/http/server";
import { authentication } from "../../service/identity/authentication";
import { openStore } from "../../service/store/open";
import type { ProfileStore } from "../../service/store/store";
import { obtainOrSkip } from "../support/awsClients";
import { arnOf, someAccount, storedProfile } from "../support/profiles";
import { aliceKey, credentials } from "../support/signedRequest";
import { isSafeForSshd, makeSshKey, type SshServer, startSshServer } from "../support/sshServer";

const repository = join(__dirname, "../..");
const region = "us-east-1";
/** Has an account on every machine, and so a user of ours. */
const user = "root";
const userArn = arnOf(user);
/** Runs the command, and may read nothing of root's. */
const commandUser = { name: "nobody", gid: 65_534 };

describe("sshd with codestar-profiles authorized-keys", function () {
  this.timeout(60_000);
  let folder: string | undefined;
  let sshd: SshServer | undefined;
  let store: ProfileStore;
  let service: RunningServer;
  let port: number;
  const keys: Record<string, { readonly file: string; readonly text: string }> = {};

  before(async function () {
    const program = await obtainOrSkip(this, "sshd");
    const node = realpathSync(process.execPath);
    if (!isSafeForSshd(node)) {
      console.log(`      skipped, since ${node} is not where sshd would run it`);
      this.skip();
    }
    // Not below the folder for temporary files, which everyone can write: sshd would not go there.
    folder = mkdtempSync("/var/lib/codestar-sshd-test-");
    chmodSync(folder, 0o755);
    const installed = join(folder, "installed");
    install(installed);
    for (const name of ["old", "new", "other"]) {
      const file = join(folder, name);
      keys[name] = { file, text: await makeSshKey(file) };
    }
    store = await openStore("memory:");
    await store.create(region, storedProfile({ userArn }));
    await startService(0);
    port = service.port;

    const config = join(installed, "config.json");
    const settings = { endpoint: service.url, account: someAccount, credentials: aliceKey };
    writeFileSync(config, JSON.stringify(settings), { mode: 0o640 });
    chownSync(config, 0, commandUser.gid);
    const main = join(installed, "dist/cli/main.js");
    const command = [node, main, "authorized-keys", "--config", config, "%u"];
    sshd = await startSshServer(program, folder, command, commandUser.name);
  });
  after(async () => {
    await sshd?.stop();
    await service?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(sshd?.log.join("\n"));
  });

  async function startService(at: number) {
    const authenticate = authentication({ credentials: credentials(), clock: Date.now });
    service = await startServer({ store, port: at, authenticate });
  }

  const setKey = (sshPublicKey: string) => store.update(region, userArn, { sshPublicKey }, 0);

  async function mayLogIn(name: string): Promise<boolean> {
    const { status, out, err } = await sshd!.login(user, keys[name]!.file, "id -un");
    if (status === 0) {
      assert.equal(out, `${user}\n`);
      return true;
    }
    assert.deepEqual([status, out], [255, ""]);
    assert.match(err, /Permission denied \(publickey\)/);
    return false;
  }

  it("lets a user log in with the key in their profile, and with no other", async () => {
    await setKey(keys.old!.text);
    assert.equal(await mayLogIn("old"), true);
    assert.equal(await mayLogIn("other"), false);
    assert(sshd!.log.some((line) => /Accepted publickey for root .* ED25519 SHA256:/.test(line)));
  });

  it("follows a key that is replaced at once", async () => {
    await setKey(keys.new!.text);
    assert.equal(await mayLogIn("old"), false);
    assert.equal(await mayLogIn("new"), true);
  });

  it("lets nobody in by a key that was revoked", async () => {
    await setKey("");
    assert.equal(await mayLogIn("new"), false);
    await store.delete(region, userArn);
    assert.equal(await mayLogIn("new"), false);
    await store.create(region, storedProfile({ userArn }));
  });

  it("takes each of several keys, and none that has options", async () => {
    await setKey(`${keys.old!.text}\n${keys.new!.text}\ncommand="id -un" ${keys.other!.text}`);
    assert.equal(await mayLogIn("old"), true);
    assert.equal(await mayLogIn("new"), true);
    assert.equal(await mayLogIn("other"), false);
  });

  it("lets nobody in by the key of another", async () => {
    await store.create(
      region,
      storedProfile({ userArn: arnOf("daemon"), sshPublicKey: keys.other!.text }),
    );
    assert.equal(await mayLogIn("other"), false);
  });

  it("lets nobody in while the service is away, and all again when it is back", async () => {
    await setKey(keys.old!.text);
    await service.stop();
    const begun = performance.now();
    assert.equal(await mayLogIn("old"), false);
    assert(performance.now() - begun < 10_000);
    assert(sshd!.log.some((line) => /AuthorizedKeysCommand .* failed, status 1/.test(line)));
    await startService(port);
    assert.equal(await mayLogIn("old"), true);
  });
});

/**
 * The package as npm would install it for root; over HTTP the command needs
 * none of its dependencies.
 */
function install(folder: string): void {
  mkdirSync(folder, { mode: 0o755 });
  cpSync(join(repository, "dist"), join(folder, "dist"), { recursive: true });
}
