import assert from "node:assert/strict";
import { nameOf, parsePostgresUrl, tlsOf } from "../../service/store/postgres/address";

const parse = (url: string, environment = {}) => parsePostgresUrl(url, environment);

describe("the URL of a PostgreSQL store", () => {
  it("names a user, a password, hosts, a database and settings", () => {
    assert.deepEqual(
      parse(
        "postgres://ann:p%40ss%3Aword@db-a:5433,[::1]:5434,db-c/people?sslmode=verify-full&sslrootcert=/ca.pem&max_connections=3&prepared_statements=false&target_session_attrs=any",
      ),
      {
        hosts: [
          { host: "db-a", port: 5433 },
          { host: "::1", port: 5434 },
          { host: "db-c", port: 5432 },
        ],
        user: "ann",
        password: "p@ss:word",
        database: "people",
        sslMode: "verify-full",
        sslRootCert: "/ca.pem",
        targetSessionAttrs: "any",
        preparedStatements: false,
        maxConnections: 3,
      },
    );
  });

  it("leaves the rest to libpq's variables, and those to their defaults", () => {
    const environment = {
      PGHOST: "db-a,db-b",
      PGPORT: "6000,6001",
      PGUSER: "ann",
      PGPASSWORD: "secret",
      PGDATABASE: "people",
      PGSSLMODE: "require",
      PGTARGETSESSIONATTRS: "primary",
    };
    const address = parse("postgresql://", environment);
    assert.deepEqual(address.hosts, [
      { host: "db-a", port: 6000 },
      { host: "db-b", port: 6001 },
    ]);
    assert.equal(address.user, "ann");
    assert.equal(address.password, "secret");
    assert.equal(address.database, "people");
    assert.equal(address.sslMode, "require");
    assert.equal(address.targetSessionAttrs, "read-write");
    const bare = parse("postgres:///people");
    assert.deepEqual(bare.hosts, [{ host: "localhost", port: 5432 }]);
    assert.equal(bare.sslMode, "prefer");
    assert.equal(bare.preparedStatements, true);
    assert.equal(bare.password, undefined);
  });

  it("wins over the variables", () => {
    const environment = { PGHOST: "other", PGUSER: "other", PGPASSWORD: "other" };
    const address = parse("postgres://ann:own@db/people", environment);
    assert.deepEqual(
      [address.hosts[0]?.host, address.user, address.password],
      ["db", "ann", "own"],
    );
  });

  for (const [what, url] of Object.entries({
    "another scheme": "mysql://ann:hunter2@db/people",
    "a missing //": "postgres:ann:hunter2@db",
    "a port that is none": "postgres://ann:hunter2@db:0/people",
    "a port that is no number": "postgres://ann:hunter2@db:x/people",
    "an empty host among others": "postgres://ann:hunter2@db,,db-b/people",
    "a fragment": "postgres://ann:hunter2@db/people#x",
    "a misspelt setting": "postgres://ann:hunter2@db/people?ssl_mode=require",
    "a password among the settings": "postgres://ann@db/people?password=hunter2",
    "an sslmode that is none": "postgres://ann:hunter2@db/people?sslmode=yes",
    "a standby": "postgres://ann:hunter2@db/people?target_session_attrs=standby",
    "no connections": "postgres://ann:hunter2@db/people?max_connections=0",
    "a % that encodes nothing": "postgres://ann:hunter2%@db/people",
  })) {
    it(`is refused, without its password: ${what}`, () => {
      assert.throws(
        () => parse(url),
        (error: Error) =>
          error.message.includes("PostgreSQL") && !error.message.includes("hunter2"),
      );
    });
  }

  it("is named in messages by hosts and database alone", () => {
    const name = nameOf(parse("postgres://ann:hunter2@db-a,db-b:6000/people?sslmode=require"));
    assert.equal(name, "postgres://db-a:5432,db-b:6000/people");
  });
});

describe("the TLS of a PostgreSQL store", () => {
  const ca = __filename;
  const tls = (query: string) => tlsOf(parse(`postgres://db/people?${query}`));

  it("is what libpq's sslmode says", () => {
    assert.equal(tls("sslmode=disable"), false);
    assert.equal(tls("sslmode=prefer"), "prefer");
    assert.deepEqual(tls("sslmode=require"), { rejectUnauthorized: false });
    assert.deepEqual(tls("sslmode=verify-full"), { rejectUnauthorized: true });
    const full = tls(`sslmode=verify-full&sslrootcert=${ca}`) as { ca: string };
    assert.match(full.ca, /sslrootcert/);
    for (const mode of ["verify-ca", "require"]) {
      const chain = tls(`sslmode=${mode}&sslrootcert=${ca}`) as {
        rejectUnauthorized: boolean;
        checkServerIdentity: () => unknown;
      };
      assert.equal(chain.rejectUnauthorized, true);
      assert.equal(chain.checkServerIdentity(), undefined);
    }
  });

  it("says which certificates cannot be read", () => {
    assert.throws(
      () => tls("sslmode=verify-full&sslrootcert=/nonexistent.pem"),
      /nonexistent.*ENOENT/,
    );
  });
});
