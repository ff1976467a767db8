import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arnOf, profileInput } from "../support/profiles";
import { type ServeProcess, startServe } from "../support/serveProcess";
import { skipUnless } from "../support/skip";
import { smallDisk } from "../support/smallDisk";

const dropped = "codestar_profiles_log_lines_dropped_total";

describe("the log of codestar-profiles serve", function () {
  this.timeout(60_000);
  let folder: string;
  let server: ServeProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-log-"));
  });
  afterEach(async () => {
    await server?.terminate();
    server = undefined;
    rmSync(folder, { recursive: true });
  });

  const send = async (operation: string, input: object): Promise<number> => {
    const answer = await fetch(server!.url, {
      method: "POST",
      headers: { "x-amz-target": `CodeStar_20170419.${operation}` },
      body: JSON.stringify(input),
    });
    await answer.text();
    return answer.status;
  };

  /**
   * As many requests as fill a megabyte and more with lines, over a few connections
   * without waiting for answers.
   */
  async function sendMany(): Promise<void> {
    const body = JSON.stringify({ userArn: arnOf("x".repeat(60)) });
    const request = `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: CodeStar_20170419.DeleteUserProfile\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const { hostname, port } = new URL(server!.url);
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        const socket = connect(Number(port), hostname);
        socket.write(request.repeat(many / 16));
        let answers = "";
        for await (const chunk of socket.setEncoding("latin1")) {
          answers += chunk;
          if (answers.split("HTTP/1.1 200 OK").length === many / 16 + 1) break;
        }
      }),
    );
  }
  const many = 6_400;

  it("on a disk that is always full, drops and counts lines, and ends at SIGTERM", async function () {
    skipUnless(this, existsSync("/dev/full"), "only Linux has a device that is always full");
    const full = openSync("/dev/full", "w");
    server = await startServe(folder, ["--store", "memory:"], { log: full });
    closeSync(full);
    await sendMany();
    assert.ok((await server.metric(dropped))! > 100);
    assert.equal(await send("CreateUserProfile", profileInput()), 200);
    const begun = Date.now();
    assert.equal(await server.terminate(), 0);
    assert.ok(Date.now() - begun < 5_000, `${Date.now() - begun} ms`);
  });

  it("goes on writing whole lines once there is room again, and says how many it dropped", async function () {
    const disk = smallDisk(this, folder, 4096);
    try {
      const path = join(disk.path, "log");
      const file = openSync(path, "a");
      server = await startServe(folder, ["--store", "memory:"], { log: file });
      closeSync(file);
      // Less room than the lines need, and not at the end of a line.
      disk.fill(40_960);
      await sendMany();
      const lost = (await server.metric(dropped))!;
      assert.ok(lost > 100, `${lost} dropped`);
      disk.empty();
      await send("CreateUserProfile", profileInput());
      const deadline = Date.now() + 10_000;
      while (!readFileSync(path, "utf8").includes("were dropped") && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.equal(await server.terminate(), 0);
      const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
      const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const told = records.filter(({ dropped }) => dropped !== undefined);
      const sum = told.reduce((total, { dropped }) => total + Number(dropped), 0);
      assert.ok(sum >= lost, `${sum} told of ${lost}`);
      assert.equal(records.at(-1)!.msg, "stopped");
      // Each request has a line or is counted.
      assert.equal(records.filter(({ msg }) => msg === "request").length + sum, many + 1);
    } finally {
      await server?.terminate();
      disk.remove();
    }
  });

  it("with a reader that stalls, keeps no more than a megabyte and ends at SIGTERM", async () => {
    server = await startServe(folder, ["--store", "memory:"], { log: "stalled" });
    await sendMany();
    assert.ok((await server.metric(dropped))! > 100);
    assert.equal(await send("CreateUserProfile", profileInput()), 200);
    assert.equal(await server.terminate(), 0);
  });

  it("lives on through a SIGHUP while it loads, and opens its files anew once it has them", async () => {
    // Sends itself the signal when the first library of the service is asked
    // for, and when the last is.
    const preload = join(folder, "preload.cjs");
    writeFileSync(
      preload,
      `const Module = require("node:module");
       const load = Module._load;
       const seen = new Set();
       Module._load = function (name, ...rest) {
         if ((name === "pino" || name === "libsql") && !seen.has(name)) {
           seen.add(name);
           process.kill(process.pid, "SIGHUP");
         }
         return load.call(this, name, ...rest);
       };`,
    );
    const options = ["--store", "file:profiles.db", "--audit", "audit.jsonl"];
    server = await startServe(folder, options, { node: ["--require", preload] });
    await server.logged(({ msg }) => /^files opened anew/.test(String(msg)), "line of the SIGHUP");
    assert.equal(await send("CreateUserProfile", profileInput()), 200);
    assert.equal(await server.terminate(), 0);
  });

  it("goes on when its reader is gone", async () => {
    server = await startServe(folder, ["--store", "memory:"], { log: "stalled" });
    server.child.stderr!.destroy();
    assert.equal(await send("CreateUserProfile", profileInput()), 200);
    assert.equal(await send("DeleteUserProfile", profileInput()), 200);
    assert.equal(await server.terminate(), 0);
  });
});
