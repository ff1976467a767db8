import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Principal } from "../../service/api/principal";
import { openAuditFile } from "../../service/audit/file";
import { type AuditEntry, type AuditQuery, readAuditFiles } from "../../service/audit/reader";
import { type AuditTrail, AuditUnavailableError } from "../../service/audit/trail";
import { startServer } from "../../service/http/server";
import { profileService, targetPrefix } from "../../service/protocol";
import { MemoryStore } from "../../service/store/memory";
import { StoreUnavailableError } from "../../service/store/store";
import { arnOf } from "../support/profiles";
import { smallDisk } from "../support/smallDisk";

const alice: Principal = {
  account: "123456789012",
  name: "alice",
  userArn: arnOf("alice"),
  administrator: false,
};

async function entriesOf(
  path: string | readonly string[],
  query: AuditQuery = {},
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of readAuditFiles([path].flat(), query)) entries.push(entry);
  return entries;
}

describe("the audit trail", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "audit-"));
    path = join(folder, "audit.jsonl");
  });
  afterEach(() => rm(folder, { recursive: true }));

  function serviceWith(audit: AuditTrail, store = new MemoryStore()) {
    const service = profileService({
      store,
      region: "us-east-1",
      clock: Date.now,
      audit,
      authenticate: () => alice,
    });
    return (operation: string, input: object) =>
      service.handle({
        method: "POST",
        path: "/",
        headers: { "x-amz-target": targetPrefix + operation },
        rawHeaders: [],
        body: Buffer.from(JSON.stringify(input)),
      });
  }

  const intern = {
    userArn: arnOf("alice"),
    displayName: "Alice In Chains",
    emailAddress: "alice@example.com",
    sshPublicKey: "",
  };

  it("tells who wrote which members of what and how it ended, and no value", async () => {
    const audit = await openAuditFile(path, { clock: () => 0 });
    const send = serviceWith(audit);
    const created = await send("CreateUserProfile", intern);
    const again = await send("CreateUserProfile", intern);
    await send("UpdateUserProfile", { userArn: intern.userArn, displayName: "Alice" });
    await send("DescribeUserProfile", { userArn: intern.userArn });
    await send("ListUserProfiles", {});
    await send("DeleteUserProfile", { userArn: intern.userArn });
    await audit.close();

    const entries = await entriesOf(path);
    const common = {
      time: "1970-01-01T00:00:00.000Z",
      region: "us-east-1",
      userArn: intern.userArn,
      principal: "alice",
      account: "123456789012",
    };
    const fields = ["displayName", "emailAddress", "sshPublicKey"];
    const operation = "CreateUserProfile";
    assert.deepEqual(
      entries.map(({ requestId: _, ...entry }) => entry),
      [
        { ...common, operation, fields, outcome: "done" },
        { ...common, operation, fields, outcome: "UserProfileAlreadyExistsException" },
        { ...common, operation: "UpdateUserProfile", fields: ["displayName"], outcome: "done" },
        { ...common, operation: "DeleteUserProfile", fields: [], outcome: "done" },
      ],
    );
    assert.deepEqual(
      entries.slice(0, 2).map(({ requestId }) => requestId),
      [created.requestId, again.requestId],
    );
    assert.doesNotMatch(await readFile(path, "utf8"), /Alice|example\.com/);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("begins no write that is not allowed or not well formed", async () => {
    const audit = await openAuditFile(path);
    const send = serviceWith(audit);
    const denied = await send("DeleteUserProfile", { userArn: arnOf("bob") });
    await send("UpdateUserProfile", { userArn: "alice" });
    await audit.close();
    assert.equal(denied.error, "AccessDeniedException");
    assert.equal(denied.userArn, arnOf("bob"));
    assert.equal(await readFile(path, "utf8"), "");
  });

  it("has the record on disk before the store is asked", async () => {
    const store = new MemoryStore();
    const audit = await openAuditFile(path);
    let seen = "";
    store.delete = async () => {
      seen = await readFile(path, "utf8");
      throw new StoreUnavailableError("away", "unreachable");
    };
    await serviceWith(audit, store)("DeleteUserProfile", { userArn: intern.userArn });
    await audit.close();
    assert.match(seen, /^\{.*"DeleteUserProfile".*\}\n$/);
    const [entry] = await entriesOf(path);
    assert.equal(entry?.outcome, "ServiceUnavailableException");
  });

  it("lets nothing be written that it cannot record", async () => {
    const store = new MemoryStore();
    const send = serviceWith(
      {
        begin: () => Promise.reject(new AuditUnavailableError("writing the audit trail: ENOSPC")),
        end: () => assert.fail("nothing was begun"),
      },
      store,
    );
    const { status, error, body } = await send("CreateUserProfile", intern);
    assert.deepEqual({ status, error }, { status: 503, error: "ServiceUnavailableException" });
    assert.doesNotMatch(body, /ENOSPC/);
    assert.equal(await store.find("us-east-1", intern.userArn), undefined);
  });

  it("refuses writes when the disk is full, by the name of the error", async function () {
    if (process.platform !== "linux") this.skip(); // Only Linux has a device that is always full.
    const audit = await openAuditFile("/dev/full");
    const write = { requestId: "1", operation: "DeleteUserProfile", region: "us-east-1" } as const;
    await assert.rejects(
      audit.begin({ ...write, userArn: intern.userArn, fields: [], principal: undefined }),
      { name: "AuditUnavailableError", message: "writing the audit trail /dev/full: ENOSPC" },
    );
    await audit.close();
  });

  for (const [title, takeAway] of [
    ["deleted", () => rm(path)],
    [
      "replaced",
      async () => {
        await writeFile(`${path}.new`, "");
        await rename(`${path}.new`, path);
      },
    ],
  ] as const) {
    it(`refuses writes and is not healthy once the file was ${title}, until it is opened again`, async () => {
      const audit = await openAuditFile(path);
      const store = new MemoryStore();
      const send = serviceWith(audit, store);
      const { url, stop } = await startServer({ store, audit });
      try {
        const health = async () => {
          const answer = await fetch(`${url}/health`);
          return [answer.status, await answer.json()];
        };
        assert.equal((await send("CreateUserProfile", intern)).status, 200);
        assert.deepEqual(await health(), [200, { status: "ok" }]);
        await takeAway();
        const { status } = await send("DeleteUserProfile", { userArn: intern.userArn });
        assert.equal(status, 503);
        assert.ok(await store.find("us-east-1", intern.userArn));
        assert.deepEqual(await health(), [503, { status: "audit trail unavailable" }]);
        await audit.reopen();
        assert.deepEqual(await health(), [200, { status: "ok" }]);
        assert.equal((await send("DeleteUserProfile", { userArn: intern.userArn })).status, 200);
      } finally {
        await stop();
        await audit.close();
      }
      assert.deepEqual(
        (await entriesOf(path)).map(({ operation }) => operation),
        ["DeleteUserProfile"],
      );
    });
  }

  it("keeps its lines in a file that was moved away, until told to go on in a new one", async () => {
    const audit = await openAuditFile(path);
    const send = serviceWith(audit);
    await rename(path, `${path}.1`);
    assert.notEqual((await send("DeleteUserProfile", { userArn: intern.userArn })).status, 503);
    await audit.close();
    assert.equal((await entriesOf(`${path}.1`)).length, 1);
  });

  it("is not healthy on a disk that is full, and is again by itself when there is room", async function () {
    const disk = smallDisk(this, folder, 64);
    try {
      const onDisk = join(disk.path, "audit.jsonl");
      const audit = await openAuditFile(onDisk);
      const { url, stop } = await startServer({ store: "memory:", audit });
      const send = async (operation: string, input: object) => {
        const headers = { "x-amz-target": targetPrefix + operation };
        const body = JSON.stringify(input);
        return (await fetch(url, { method: "POST", headers, body })).status;
      };
      const health = async () => (await fetch(`${url}/health`)).status;
      assert.equal(await send("CreateUserProfile", intern), 200);
      disk.fill();
      let status = 200;
      while (status === 200) status = await send("UpdateUserProfile", intern);
      assert.equal(status, 503);
      assert.equal(await health(), 503);
      assert.equal(await send("DescribeUserProfile", { userArn: intern.userArn }), 200);
      assert.equal((await fetch(`${url}/livez`)).status, 200);
      disk.empty();
      assert.equal(await health(), 200, "no write was needed");
      assert.equal(await send("DeleteUserProfile", { userArn: intern.userArn }), 200);
      await stop();
      await audit.close();
      const damaged: number[] = [];
      const entries = await entriesOf(onDisk, { onDamaged: (_, lines) => damaged.push(lines) });
      assert.equal(entries.at(0)?.operation, "CreateUserProfile");
      assert.ok(
        entries.some(
          ({ operation, outcome }) => operation === "DeleteUserProfile" && outcome === "done",
        ),
      );
      assert.ok(damaged.length <= 1);
    } finally {
      disk.remove();
    }
  });

  it("syncs the records of concurrent writes together", async () => {
    const syncs: number[] = [];
    const audit = await openAuditFile(path, { onSync: (lines) => syncs.push(lines) });
    const send = serviceWith(audit);
    const writes = Array.from({ length: 100 }, () =>
      send("DeleteUserProfile", { userArn: intern.userArn }),
    );
    await Promise.all(writes);
    await audit.close();
    assert.equal((await entriesOf(path)).length, 100);
    assert.ok(syncs.length <= 10, `${syncs.length} syncs`);
  });

  it("goes on after a line that was half written, and reads around it", async () => {
    await writeFile(path, '{"time":"2026-01-01T00:0');
    const audit = await openAuditFile(path);
    const send = serviceWith(audit);
    await send("DeleteUserProfile", { userArn: intern.userArn });
    await audit.close();
    let damaged = 0;
    const entries = await entriesOf(path, { onDamaged: (_, lines) => (damaged = lines) });
    assert.deepEqual({ damaged, count: entries.length }, { damaged: 1, count: 1 });
  });

  it("goes on in a new file when told that the old one was moved away", async () => {
    const audit = await openAuditFile(path);
    const send = serviceWith(audit);
    await send("DeleteUserProfile", { userArn: intern.userArn });
    await rename(path, `${path}.1`);
    await audit.reopen();
    await send("UpdateUserProfile", { userArn: intern.userArn });
    await audit.close();
    const operations = (entries: AuditEntry[]) => entries.map(({ operation }) => operation);
    assert.deepEqual(operations(await entriesOf(`${path}.1`)), ["DeleteUserProfile"]);
    assert.deepEqual(operations(await entriesOf(path)), ["UpdateUserProfile"]);
  });

  it("reads by time and user, and says unknown where no outcome follows", async () => {
    const line = (time: string, requestId: string, user: string) =>
      `${JSON.stringify({ time, requestId, operation: "DeleteUserProfile", region: "eu-west-1", userArn: arnOf(user), fields: [] })}\n`;
    await appendFile(path, line("2026-01-01T00:00:00.000Z", "1", "alice"));
    await appendFile(path, line("2026-01-02T00:00:00.000Z", "2", "bob"));
    await appendFile(path, line("2026-01-03T00:00:00.000Z", "3", "alice"));
    const since = Date.parse("2026-01-02T00:00:00Z");
    const ids = (entries: AuditEntry[]) => entries.map(({ requestId }) => requestId);
    assert.deepEqual(ids(await entriesOf(path, { since })), ["2", "3"]);
    assert.deepEqual(ids(await entriesOf(path, { userArn: arnOf("alice") })), ["1", "3"]);
    assert.equal((await entriesOf(path))[0]?.outcome, "unknown");
  });

  it("reads a rotated trail as one, in whatever order its files are given, compressed ones too", async () => {
    const begun = (time: string, requestId: string) =>
      `${JSON.stringify({ time, requestId, operation: "DeleteUserProfile", region: "eu-west-1", userArn: arnOf("alice"), fields: [] })}\n`;
    const ended = (time: string, requestId: string) =>
      `${JSON.stringify({ time, requestId, outcome: "done" })}\n`;
    const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`;
    await writeFile(
      `${path}.2.gz`,
      gzipSync(`{"torn\n${begun(day(1), "1")}${ended(day(1), "1")}${begun(day(2), "2")}`),
    );
    await writeFile(`${path}.1`, ended(day(3), "2") + begun(day(4), "3"));
    await writeFile(path, ended(day(5), "3") + begun(day(6), "4"));
    await writeFile(`${path}.3`, "");
    const files = [path, `${path}.1`, `${path}.2.gz`, `${path}.3`, path];
    const damaged: unknown[] = [];
    const entries = await entriesOf(files, { onDamaged: (...told) => damaged.push(told) });
    assert.deepEqual(
      entries.map(({ requestId, outcome }) => [requestId, outcome]),
      [
        ["1", "done"],
        ["2", "done"],
        ["3", "done"],
        ["4", "unknown"],
      ],
    );
    assert.deepEqual(damaged, [[`${path}.2.gz`, 1]]);
    assert.deepEqual(await entriesOf([...files].reverse()), entries);
  });

  it("names a file that is not compressed though its name says so", async () => {
    await writeFile(`${path}.gz`, "{}");
    await assert.rejects(entriesOf(`${path}.gz`), {
      message: `reading the audit trail ${path}.gz: Z_DATA_ERROR`,
    });
  });

  it("names a file that is not there, or cannot be made", async () => {
    await assert.rejects(entriesOf(path), { code: "ENOENT" });
    await assert.rejects(openAuditFile(join(folder, "missing", "audit")), {
      message: /^opening the audit trail .*: ENOENT$/,
    });
  });
});
