import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import {
  endpointName,
  readSettings,
  refuseUnknownSettings,
  SettingError,
  type Settings,
  serviceOf,
} from "../../client/settings";

const folder = resolve("/srv/project");

function read(config: Record<string, unknown> = {}, environment: NodeJS.ProcessEnv = {}): Settings {
  return readSettings((key) => config[key], environment, folder);
}

function endpoint(value: string) {
  return read({ "codestar:endpoint": value }).endpoint;
}

/** The message that refuses the setting: one sentence that names it. */
function refusal(key: string, value: unknown): string {
  try {
    read({ [key]: value });
  } catch (error) {
    assert.ok(error instanceof SettingError);
    assert.ok(error.message.startsWith(key), error.message);
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  throw new Error(`${key} ${value} was taken`);
}

describe("readSettings", () => {
  it("needs none", () => {
    assert.deepEqual(read(), { drift: true, allowWeakKeys: false });
    assert.equal(endpointName(read()), "AWS CodeStar");
  });

  it("takes an empty or blank setting for an absent one", () => {
    for (const value of ["", "  ", undefined, null]) {
      assert.deepEqual(
        read({ "codestar:endpoint": value, "codestar:drift": value, "aws:region": value }),
        read(),
      );
    }
  });

  it("reads codestar:drift", () => {
    assert.equal(read({ "codestar:drift": "on" }).drift, true);
    assert.equal(read({ "codestar:drift": " off " }).drift, false);
    for (const value of ["false", "On", "yes", "constructor", "__proto__"]) {
      assert.match(refusal("codestar:drift", value), /but must be one of on, off$/);
    }
  });

  it("reads codestar:allowWeakKeys, as a boolean too", () => {
    assert.equal(read({ "codestar:allowWeakKeys": "true" }).allowWeakKeys, true);
    assert.equal(read({ "codestar:allowWeakKeys": true }).allowWeakKeys, true);
    assert.equal(read({ "codestar:allowWeakKeys": "false" }).allowWeakKeys, false);
    assert.match(refusal("codestar:allowWeakKeys", "on"), /must be one of true, false$/);
  });

  it("reads the region from aws:region, then AWS_REGION, then AWS_DEFAULT_REGION", () => {
    const environment = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
    assert.equal(read({ "aws:region": "us-east-1" }, environment).region, "us-east-1");
    assert.equal(read({}, environment).region, "eu-west-1");
    assert.equal(read({}, { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-2" }).region, "eu-west-2");
    assert.ok(!("region" in read({}, { AWS_REGION: "" })));
  });

  it("refuses an aws:region that names none", () => {
    for (const value of ["us-east-1a", "US-EAST-1", "us east 1", "useast1", "a.b"]) {
      assert.match(refusal("aws:region", value), /must be the name of an AWS region, for example/);
    }
    for (const region of ["us-east-1", "us-gov-west-1", "ap-southeast-5", "cn-north-1"]) {
      assert.equal(read({ "aws:region": region }).region, region);
    }
  });

  it("reads codestar:region and codestar:profile before those of aws", () => {
    const both = {
      "codestar:region": "eu-west-1",
      "aws:region": "us-east-1",
      "codestar:profile": "staging",
      "aws:profile": "other",
    };
    const { region, profile, profileSetting } = read(both);
    assert.deepEqual(
      [region, profile, profileSetting],
      ["eu-west-1", "staging", "codestar:profile"],
    );
    assert.match(refusal("codestar:region", "nowhere"), /^codestar:region is "nowhere", but/);
  });

  it("reads aws:profile", () => {
    assert.equal(read({ "aws:profile": "staging" }).profile, "staging");
  });

  it("refuses a setting that is not text", () => {
    assert.match(refusal("codestar:endpoint", { url: "x" }), /must be text/);
    assert.match(refusal("aws:region", 5), /must be text/);
  });
});

describe("readSettings: codestar:endpoint", () => {
  const file = (path: string) => ({ kind: "store", url: `file:${path}` });

  it("takes files, relative ones from the project's folder", () => {
    assert.deepEqual(endpoint("file:profiles.db"), file(join(folder, "profiles.db")));
    assert.deepEqual(endpoint("file:./data/profiles.db"), file(join(folder, "data/profiles.db")));
    assert.deepEqual(endpoint("file:../shared.db"), file(resolve(folder, "../shared.db")));
    assert.deepEqual(endpoint(`file:${resolve("/srv/p.db")}`), file(resolve("/srv/p.db")));
  });

  it("takes a file: URL of any absolute path, escapes decoded", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[ \w%#?+é-]{1,8}$/), { minLength: 1, maxLength: 4 }),
        (parts) => {
          const path = resolve("/", ...parts.map((part) => `_${part.trim()}`));
          assert.deepEqual(endpoint(pathToFileURL(path).href), file(path));
        },
      ),
    );
  });

  it("refuses a file: without a file", () => {
    for (const value of ["file:", "file://", "file://profiles.db"]) {
      assert.match(refusal("codestar:endpoint", value), /names no file; write for example file:/);
    }
    assert.match(refusal("codestar:endpoint", "file:///a%2Fb"), /is not a valid file: address/);
  });

  it("takes addresses, and knows which are of this machine", () => {
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
      for (const scheme of ["http", "https"]) {
        const url = `${scheme}://${host}:4600`;
        assert.deepEqual(endpoint(url), { kind: "http", url, loopback: true });
      }
    }
    for (const host of [
      "profiles.example.com",
      "127.0.0.1.example.com",
      "localhost.example.com",
      "10.0.0.1",
    ]) {
      const url = `https://${host}`;
      assert.deepEqual(endpoint(url), { kind: "http", url, loopback: false });
    }
    assert.equal(
      endpointName(read({ "codestar:endpoint": "https://a.example" })),
      "https://a.example",
    );
  });

  it("takes DynamoDB tables", () => {
    for (const url of ["dynamodb://profiles", "dynamodb://my.Table-1?region=eu-west-1"]) {
      assert.deepEqual(endpoint(url), { kind: "store", url });
    }
    assert.match(refusal("codestar:endpoint", "dynamodb://a b"), /is not an address or store/);
  });

  it("refuses what cannot be used, with an example of what can", () => {
    for (const value of ["localhost:4600", "profiles.db", "ftp://x", "s3://bucket", "sqlite:x"]) {
      assert.match(refusal("codestar:endpoint", value), /for example .*file:profiles\.db/);
    }
    assert.match(refusal("codestar:endpoint", "https://"), /is not a valid address; write/);
    assert.match(refusal("codestar:endpoint", "https://x/?a=b"), /without `\?` and `#`/);
    assert.match(refusal("codestar:endpoint", "memory:"), /would be forgotten/);
  });

  it("refuses credentials in an address, and never repeats an address that it refuses", () => {
    assert.match(
      refusal("codestar:endpoint", "https://someone:hunter2@example.com"),
      /must not carry a user name or password/,
    );
    for (const value of [
      "https://someone:hunter2@example.com",
      "https://:hunter2@",
      "https://example.com/?token=hunter2",
      "mysql://someone:hunter2@db",
      "file:///%2Fhunter2",
    ]) {
      assert.doesNotMatch(refusal("codestar:endpoint", value), /hunter2/);
    }
  });

  it("takes a database with its password, and names it without", () => {
    const url = "postgres://someone:hunter2@db-a:5433,db-b/people?sslmode=require";
    const settings = readSettings(
      (key) => (key === "codestar:endpoint" ? url : undefined),
      {},
      "/project",
    );
    assert.deepEqual(settings.endpoint, {
      kind: "store",
      url,
      name: "postgres://db-a:5433,db-b/people",
    });
    for (const name of [endpointName(settings), serviceOf(settings)]) {
      assert.doesNotMatch(name, /hunter2|someone/);
    }
  });

  it("answers or refuses with a sentence, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("", "http://", "https://", "file:", "file:///", "dynamodb://", "memory:"),
        fc.string(),
        (scheme, rest) => {
          try {
            read({ "codestar:endpoint": scheme + rest });
          } catch (error) {
            assert.ok(error instanceof SettingError, String(error));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("refuseUnknownSettings", () => {
  it("lets ours and those of others pass", () => {
    refuseUnknownSettings([]);
    refuseUnknownSettings([
      "codestar:endpoint",
      "codestar:drift",
      "codestar:allowWeakKeys",
      "aws:region",
      "app:drift",
      "codestars:x",
    ]);
  });

  it("names a misspelt one, and those that there are", () => {
    for (const key of ["codestar:endpont", "codestar:Drift", "codestar:"]) {
      assert.throws(() => refuseUnknownSettings(["aws:region", key]), {
        name: "SettingError",
        message: `${key} is not a setting of pulumi-codestar; its settings are codestar:endpoint, codestar:drift, codestar:allowWeakKeys, codestar:region, codestar:profile`,
      });
    }
  });
});
