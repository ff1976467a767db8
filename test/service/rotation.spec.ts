import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { obtainOrSkip } from "../support/awsClients";
import { codestarProfiles } from "../support/commandLine";
import { arnOf } from "../support/profiles";
import { startServe } from "../support/serveProcess";

const example = join(__dirname, "../../packaging/logrotate.conf");

describe("the example for logrotate", function () {
  this.timeout(60_000);
  let logrotate: string;
  let folder: string;
  before(async function () {
    logrotate = await obtainOrSkip(this, "logrotate");
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-rotation-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("rotates the trail of a server that goes on writing, and audit reads all of it, nothing unknown", async () => {
    const server = await startServe(folder, ["--store", "memory:", "--audit", "audit.jsonl"]);
    // The example as it stands, with this folder and this user in the places
    // of the installed service's.
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "systemctl"),
      `#!/bin/sh\n[ "$*" = "reload codestar-profiles.service" ] && kill -HUP ${server.child.pid}\n`,
      { mode: 0o755 },
    );
    const { username, gid } = userInfo();
    const group = spawnSync("id", ["-gn", username], { encoding: "utf8" }).stdout.trim();
    const config = join(folder, "logrotate.conf");
    const text = readFileSync(example, "utf8");
    writeFileSync(
      config,
      text
        .replaceAll("/var/lib/codestar-profiles", folder)
        .replace("su codestar-profiles codestar-profiles", `su ${username} ${group || gid}`),
      { mode: 0o644 },
    );
    let stopping = false;
    let written = 0;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      while (!stopping) {
        const answer = await fetch(server.url, {
          method: "POST",
          headers: { "x-amz-target": "CodeStar_20170419.DeleteUserProfile" },
          body: JSON.stringify({ userArn: arnOf(`user-${writer}`) }),
        });
        assert.equal(answer.status, 200);
        await answer.text();
        written++;
      }
    });
    try {
      for (let round = 1; round <= 3; round++) {
        const before = written;
        while (written < before + 50) await new Promise((resolve) => setTimeout(resolve, 5));
        const rotated = spawnSync(
          logrotate,
          ["--force", "--state", join(folder, "state"), config],
          {
            encoding: "utf8",
            env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
          },
        );
        assert.equal(rotated.status, 0, rotated.stderr);
        await server.logged(
          () =>
            server.log().filter(({ msg }) => /^files opened anew/.test(String(msg))).length ===
            round,
          "reload",
        );
      }
    } finally {
      stopping = true;
      await Promise.all(writers);
      assert.equal(await server.terminate(), 0);
    }
    const files = readdirSync(folder).filter((name) => name.startsWith("audit.jsonl"));
    assert.deepEqual(files.sort(), [
      "audit.jsonl",
      "audit.jsonl.1",
      "audit.jsonl.2.gz",
      "audit.jsonl.3.gz",
    ]);
    assert.equal(statSync(join(folder, "audit.jsonl")).mode & 0o777, 0o600);
    const { out, err } = await codestarProfiles(folder, ["audit", ...files, "--output", "json"]);
    assert.equal(err, "");
    const outcomes = out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line).outcome as string);
    assert.equal(outcomes.length, written);
    assert.deepEqual(new Set(outcomes), new Set(["done"]));
  });
});
