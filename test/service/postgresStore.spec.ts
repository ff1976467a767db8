import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../service/store/open";
import { openPostgresStore } from "../../service/store/postgres/store";
import { createPostgresTable } from "../../service/store/postgres/table";
import {
  type ProfileStore,
  type StoredProfile,
  StoreUnavailableError,
} from "../../service/store/store";
import { certificate, certificateKey } from "../support/certificate";
import { codestarProfiles } from "../support/commandLine";
import { CuttableNetwork } from "../support/cuttableNetwork";
import { type PostgresPrograms, PostgresServer, requirePostgres } from "../support/postgresServer";

const limits = { answer: 1_000, patience: 1_500 };
const password = "hunter2-and-more";

describe("a postgres: store", function () {
  this.timeout(60_000);
  let programs: PostgresPrograms | undefined;
  let server: PostgresServer;
  let url: string;
  const stores: ProfileStore[] = [];

  before(async function () {
    programs = await requirePostgres(this);
    server = await PostgresServer.create(programs, "ssl = on\n", {
      "server.crt": certificate,
      "server.key": certificateKey,
    });
    await server.start();
    url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
    await createPostgresTable(url, {});
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  after(async () => {
    await server?.stop();
    programs?.remove();
  });

  async function open(at = url): Promise<ProfileStore> {
    const store = await openPostgresStore(at, { environment: {}, limits });
    stores.push(store);
    return store;
  }

  async function failureOf(at: string): Promise<Error> {
    const store = await open(at);
    return store.find("us-east-1", arn(1)).then(
      () => assert.fail("found something"),
      (error: Error) => error,
    );
  }

  it("says how to make its table while there is none", async () => {
    await server.query("CREATE DATABASE without");
    const error = await failureOf(url.replace(/postgres$/, "without"));
    assert.ok(error instanceof StoreUnavailableError);
    assert.match(error.message, /codestar-profiles table create postgres:\/\//);
  });

  it("has its table made by the command, once", async () => {
    await server.query("CREATE DATABASE made");
    const made = url.replace(/postgres$/, "made");
    const first = await codestarProfiles(programs!.folder, ["table", "create", made]);
    assert.deepEqual(
      [first.status, first.out],
      [0, "Created the table codestar_profiles, schema version 1.\n"],
    );
    const again = await codestarProfiles(programs!.folder, ["table", "create", made]);
    assert.equal(again.out, "Found the table codestar_profiles, schema version 1.\n");
    const all = await Promise.all([1, 2, 3].map(() => createPostgresTable(url, {})));
    assert.deepEqual(
      all.map(({ created }) => created),
      [false, false, false],
    );
  });

  it("refuses a schema of a later release", async () => {
    await server.query("UPDATE codestar_profiles_schema SET version = 2");
    try {
      assert.match((await failureOf(url)).message, /has version 2.*knows version 1/);
      await assert.rejects(createPostgresTable(url, {}), /has version 2/);
    } finally {
      await server.query("UPDATE codestar_profiles_schema SET version = 1");
    }
  });

  it("lists 10,000 profiles, each once and in order, while others are written", async () => {
    const reader = await open();
    const writer = await open();
    const region = "list-region";
    await server.query(`
      INSERT INTO codestar_profiles SELECT '${region}',
        'arn:aws:iam::123456789012:user/u' || lpad(n::text, 6, '0'), 'Name', 'a@example.com', '', 1, 1,
        gen_random_uuid() FROM generate_series(0, 9999) AS n`);
    let writing = true;
    let writes = 0;
    const load = (async () => {
      for (let n = 0; writing; n++, writes++) {
        await writer.create(region, { ...stored(n), userArn: `${arn(n)}-extra` });
        await writer.update(region, arn(n), { displayName: `Name ${n}` }, n);
        await writer.delete(region, `${arn(n)}-extra`);
      }
    })();
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await reader.list(region, { limit: 100, ...(after && { after }) });
      seen.push(...page.map(({ userArn }) => userArn));
      if (page.length < 100) break;
      after = page.at(-1)?.userArn;
    }
    writing = false;
    await load;
    assert.ok(writes > 0);
    const settled = seen.filter((userArn) => !userArn.endsWith("-extra"));
    assert.deepEqual(
      settled,
      Array.from({ length: 10_000 }, (_, n) => arn(n)),
    );
    assert.deepEqual([...seen].sort(), seen);
  });

  it("knows the profile that it created when the answer is lost", async () => {
    const network = await CuttableNetwork.to(server.port);
    try {
      const at = `postgres://postgres@127.0.0.1:${network.port}/postgres?sslmode=disable&max_connections=1`;
      const store = await open(at);
      const userArn = arn(7);
      // The connection is there, and the statement known, before the answer is lost.
      assert.equal(
        await store.create("answer", { ...stored(7), userArn: `${userArn}-before` }),
        true,
      );
      network.loseNextAnswer();
      assert.equal(await store.create("answer", { ...stored(7), userArn }), true);
      assert.equal(await store.create("answer", { ...stored(7), userArn }), false);
      network.loseNextAnswer();
      const updated = await store.update("answer", userArn, { displayName: "Later" }, 9);
      assert.equal(updated?.displayName, "Later");
      network.loseNextAnswer();
      assert.equal((await store.list("answer", { limit: 5 })).length, 2);
    } finally {
      await network.close();
    }
  });

  it("is told that somebody else's profile exists when its own try was lost", async () => {
    const store = await open();
    const profile = stored(1);
    assert.equal(await store.create("lost", profile), true);
    // Between a try and the next the connections are gone; the profile is another client's.
    const other = store.create("lost", { ...profile, displayName: "Other" });
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'codestar-profiles'",
    );
    assert.equal(await other, false);
    assert.equal((await store.find("lost", profile.userArn))?.displayName, profile.displayName);
  });

  it("goes on when all its connections are ended", async () => {
    const store = await open();
    await store.create("ended", stored(2));
    for (let n = 0; n < 5; n++) {
      await server.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'codestar-profiles'",
      );
      assert.equal((await store.find("ended", arn(2)))?.userArn, arn(2));
    }
  });

  it("gives up on a lock that is not let go, as throttled", async () => {
    const store = await open();
    await store.create("locked", stored(3));
    await server.hold(
      "SELECT 1 FROM codestar_profiles WHERE region = 'locked' FOR UPDATE",
      async () => {
        const slow = await openPostgresStore(url, {
          environment: {},
          limits: { answer: 4_000, patience: 4_000 },
        });
        stores.push(slow);
        const error = await slow.update("locked", arn(3), {}, 9).then(
          () => assert.fail("updated"),
          (reason) => reason,
        );
        assert.ok(error instanceof StoreUnavailableError, String(error));
        assert.equal(error.reason, "throttled");
      },
    );
  });

  describe("with passwords and TLS", () => {
    before(async () => {
      await server.query(`CREATE ROLE ann LOGIN PASSWORD '${password}'`);
      await server.query("GRANT ALL ON codestar_profiles, codestar_profiles_schema TO ann");
      server.writeFile(
        "pg_hba.conf",
        "host all postgres 127.0.0.1/32 trust\nhostssl all ann 127.0.0.1/32 scram-sha-256\n",
      );
      await server.query("SELECT pg_reload_conf()");
    });

    const at = (userinfo: string, query: string) =>
      `postgres://${userinfo}@127.0.0.1:${server.port}/postgres?${query}`;

    it("verifies the server when told whom to trust", async () => {
      const ca = join(programs!.folder, "ca.pem");
      writeFileSync(ca, certificate);
      const store = await open(at(`ann:${password}`, `sslmode=verify-full&sslrootcert=${ca}`));
      assert.equal(await store.find("tls", arn(1)), undefined);
      const untrusted = await failureOf(at(`ann:${password}`, "sslmode=verify-full"));
      assert.match(untrusted.message, /SELF_SIGNED/);
    });

    it("encrypts without verifying where nothing is said", async () => {
      const store = await open(at(`ann:${password}`, ""));
      assert.equal(await store.find("tls", arn(1)), undefined);
    });

    for (const [what, userinfo, query, expected] of [
      ["a wrong password", "ann:hunter3-wrong", "", /refused the password/],
      [
        "no TLS where the server asks for it",
        `ann:${password}`,
        "sslmode=disable",
        /refused the user/,
      ],
      ["an unknown database", "postgres", "", /no such database/],
    ] as const) {
      it(`is refused in a sentence without secrets: ${what}`, async () => {
        const address = at(userinfo, query);
        const error = await failureOf(
          what.includes("database") ? address.replace("/postgres?", "/nowhere?") : address,
        );
        assert.ok(error instanceof StoreUnavailableError, String(error));
        assert.match(error.message, expected);
        assert.doesNotMatch(`${error.message}${error.stack}${JSON.stringify(error)}`, /hunter/);
      });
    }
  });

  it("says that no server answers, within its patience", async () => {
    const begun = performance.now();
    const error = await failureOf("postgres://postgres:hunter2@127.0.0.1:9,127.0.0.1:1/postgres");
    assert.ok(error instanceof StoreUnavailableError, String(error));
    assert.equal(error.reason, "unreachable");
    assert.match(error.message, /127\.0\.0\.1:9,127\.0\.0\.1:1/);
    assert.doesNotMatch(error.message, /hunter/);
    assert.ok(performance.now() - begun < 10_000);
  });

  it("is opened by its URL, in both spellings", async () => {
    for (const spelling of [url, url.replace("postgres:", "postgresql:")]) {
      const store = await openStore(spelling);
      stores.push(store);
      assert.equal(await store.find("none", arn(1)), undefined);
    }
  });
});

function arn(n: number): string {
  return `arn:aws:iam::123456789012:user/u${String(n).padStart(6, "0")}`;
}

function stored(n: number): StoredProfile {
  return {
    userArn: arn(n),
    displayName: "Name",
    emailAddress: "a@example.com",
    sshPublicKey: "",
    createdAt: 1,
    modifiedAt: 1,
  };
}
