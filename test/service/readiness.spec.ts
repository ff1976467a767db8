import assert from "node:assert/strict";
import { AuditUnavailableError } from "../../service/audit/trail";
import { Readiness } from "../../service/http/readiness";
import type { ServiceResponse } from "../../service/protocol";
import { MemoryStore } from "../../service/store/memory";
import { type ProfileStore, StoreUnavailableError } from "../../service/store/store";

const answered = (changes: Partial<ServiceResponse> = {}): ServiceResponse => ({
  status: 200,
  headers: {},
  body: "{}",
  requestId: "1",
  operation: "DescribeUserProfile",
  principal: undefined,
  region: "us-east-1",
  userArn: undefined,
  error: undefined,
  cause: undefined,
  ...changes,
});

const failed = (reason: "throttled" | "unreachable") =>
  answered({
    status: 503,
    error: "ServiceUnavailableException",
    cause: new StoreUnavailableError("away", reason),
  });

describe("readiness", () => {
  let reads: number;
  let outcome: () => Promise<undefined>;
  let store: ProfileStore & { health?: () => Promise<void> };
  let now: number;
  beforeEach(() => {
    reads = 0;
    now = 0;
    outcome = async () => undefined;
    store = new MemoryStore();
    store.find = () => {
      reads++;
      return outcome();
    };
  });
  const readinessOf = (more: Partial<ConstructorParameters<typeof Readiness>[0]> = {}) =>
    new Readiness({ store, audit: undefined, region: "us-east-1", now: () => now, ...more });
  const unreachable = () => Promise.reject(new StoreUnavailableError("away", "unreachable"));

  it("asks the store once for a minute of probes, each second from ten balancers", async () => {
    const readiness = readinessOf();
    for (; now < 60_000; now += 1_000) {
      const conditions = await Promise.all(Array.from({ length: 10 }, () => readiness.condition()));
      assert.deepEqual(new Set(conditions), new Set(["ok"]));
    }
    assert.equal(reads, 2);
  });

  it("asks nothing while requests show that the store answers", async () => {
    const readiness = readinessOf();
    for (; now < 120_000; now += 1_000) {
      if (now % 20_000 === 0) readiness.note(answered(), now);
      if (now % 20_000 === 10_000) {
        const gone = { status: 404, error: "UserProfileNotFoundException" };
        readiness.note(answered(gone), now);
      }
      assert.equal(await readiness.condition(), "ok");
    }
    assert.equal(reads, 0);
  });

  it("learns nothing from requests that did not get as far as the store", async () => {
    outcome = unreachable;
    const readiness = readinessOf();
    readiness.note(answered({ status: 400, error: "ValidationException" }), now);
    readiness.note(answered({ status: 400, error: "AccessDeniedException" }), now);
    readiness.note(answered({ status: 400, operation: undefined, error: "X" }), now);
    assert.equal(await readiness.condition(), "store unavailable");
  });

  it("takes no replica away because the store throttles, by request or by probe", async () => {
    const readiness = readinessOf();
    readiness.note(failed("throttled"), now);
    assert.equal(await readiness.condition(), "ok");
    assert.equal(reads, 0);
    outcome = () => Promise.reject(new StoreUnavailableError("throttled", "throttled"));
    now += 31_000;
    assert.equal(await readiness.condition(), "ok");
    assert.equal(reads, 1);
  });

  it("falls with a request that the store did not answer, and rises with the next that it did", async () => {
    const changes: unknown[] = [];
    const readiness = readinessOf({ onChange: (...change) => changes.push(change) });
    readiness.note(answered(), now);
    readiness.note(failed("unreachable"), now);
    assert.equal(await readiness.condition(), "store unavailable");
    assert.equal(await readiness.condition(), "store unavailable");
    readiness.note(answered(), now);
    assert.equal(await readiness.condition(), "ok");
    assert.equal(reads, 0);
    assert.deepEqual(changes, [
      ["store unavailable", "the store did not answer"],
      ["ok", undefined],
    ]);
  });

  it("asks again after two seconds when no request comes any more", async () => {
    outcome = unreachable;
    const readiness = readinessOf();
    assert.equal(await readiness.condition(), "store unavailable");
    now += 1_000;
    assert.equal(await readiness.condition(), "store unavailable");
    assert.equal(reads, 1);
    outcome = async () => undefined;
    now += 1_000;
    assert.equal(await readiness.condition(), "ok");
    assert.equal(reads, 2);
  });

  it("waits a second at most for a store that hangs, and asks it one question at a time", async () => {
    outcome = () => new Promise(() => {});
    const readiness = readinessOf();
    const begun = Date.now();
    const conditions = await Promise.all([readiness.condition(), readiness.condition()]);
    assert.deepEqual(conditions, ["store unavailable", "store unavailable"]);
    assert.ok(Date.now() - begun < 5_000);
    assert.equal(reads, 1);
  });

  it("knows what the store and the audit trail know of themselves: a full disk, a file that is gone", async () => {
    let full: Error | undefined;
    let refused: Error | undefined;
    const told = async (error: Error | undefined) => {
      if (error) throw error;
    };
    store.health = () => told(full);
    const audit = {
      begin: async () => {},
      end: () => {},
      health: () => told(refused),
    };
    const changes: unknown[] = [];
    const readiness = readinessOf({ audit, onChange: (...change) => changes.push(change) });
    readiness.note(answered(), now);
    full = new StoreUnavailableError("the disk is full", "unreachable");
    assert.equal(await readiness.condition(), "store unavailable");
    full = undefined;
    refused = new AuditUnavailableError("writing the audit trail: ENOSPC");
    assert.equal(await readiness.condition(), "audit trail unavailable");
    refused = undefined;
    assert.equal(await readiness.condition(), "ok");
    assert.deepEqual(changes, [
      ["store unavailable", "the disk is full"],
      ["audit trail unavailable", "writing the audit trail: ENOSPC"],
      ["ok", undefined],
    ]);
  });
});
