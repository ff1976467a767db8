import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GivenSettings } from "../../cli/sshd/config";
import { readSettings } from "../../cli/sshd/settings";

const account = "123456789012";
const endpoint = "https://profiles.example.com";

describe("the settings of authorized-keys", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-settings-"));
    file = join(folder, "config.json");
    writeFileSync(file, "{}", { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (options: GivenSettings) => readSettings(options, file);
  const readFile = (content: unknown, mode = 0o600) => {
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    chmodSync(file, mode);
    return readSettings({}, file);
  };
  const arnOf = (user: string, options: GivenSettings = { account }) =>
    read({ endpoint, ...options }).userArnOf(user);

  it("takes them from the file, and what the options say before that", () => {
    writeFileSync(file, JSON.stringify({ endpoint, account, region: "eu-central-1", timeout: 5 }));
    const { source, timeout, syslog, cache } = readSettings({ region: "us-west-2" }, file);
    assert.deepEqual(
      { ...source, timeout, syslog, cache },
      {
        ...{ endpoint, name: endpoint, region: "us-west-2" },
        ...{ credentials: undefined, ca: undefined },
        ...{ timeout: 5_000, syslog: false, cache: undefined },
      },
    );
  });

  it("waits two seconds and asks in us-east-1 when nothing is said", () => {
    const { source, timeout } = read({ endpoint, account });
    assert.deepEqual([timeout, source.region], [2_000, "us-east-1"]);
  });

  describe("the user's ARN", () => {
    it("is that of the account's user of the same name", () => {
      assert.equal(arnOf("ada"), `arn:aws:iam::${account}:user/ada`);
      assert.equal(arnOf("Ada.L+1=x,@_-"), `arn:aws:iam::${account}:user/Ada.L+1=x,@_-`);
    });

    it("follows a template", () => {
      const template = `arn:aws:iam::${account}:user/people/eu/corp-{user}`;
      assert.equal(
        arnOf("ada", { userArnTemplate: template }),
        `arn:aws:iam::${account}:user/people/eu/corp-ada`,
      );
    });

    for (const user of [
      "",
      "../root",
      "a/b",
      "a:b",
      "ada\n",
      "ada ",
      "ada*",
      "ada$",
      "{user}",
      "%u",
      "adä",
      "x".repeat(65),
      "\u0000",
    ]) {
      it(`is none for ${JSON.stringify(user.slice(0, 20))}`, () => {
        assert.equal(arnOf(user), undefined);
      });
    }

    it("is none where a long name makes it too long", () => {
      const userArnTemplate = `arn:aws:iam::${account}:user/a-rather-long/path/of/people/{user}`;
      assert.equal(arnOf("x".repeat(40), { userArnTemplate }), undefined);
    });

    for (const userArnTemplate of [
      `arn:aws:iam::${account}:user/ada`,
      `arn:aws:iam::${account}:user/{user}/{user}`,
      `arn:aws:iam::${account}:user/{user}/ada`,
      "arn:aws:iam::{user}:user/ada",
      `arn:aws:iam::${account}:role/{user}`,
      "{user}",
    ]) {
      it(`comes from no template like ${userArnTemplate}`, () => {
        assert.throws(() => arnOf("ada", { userArnTemplate }), /^SettingsError: The template/);
      });
    }

    it("needs an account or a template, and not both", () => {
      assert.throws(() => arnOf("ada", {}), /^SettingsError: Whose profiles\?/);
      const userArnTemplate = `arn:aws:iam::${account}:user/{user}`;
      assert.throws(() => arnOf("ada", { account, userArnTemplate }), /Give either/);
      assert.throws(() => arnOf("ada", { account: "12345678901" }), /12 digits/);
    });
  });

  describe("the endpoint", () => {
    for (const good of [
      "https://profiles.example.com/",
      "https://10.0.0.1:8443",
      "http://127.0.0.1:4600",
      "http://localhost:4600",
      "http://[::1]:4600",
      "file:/var/lib/profiles.db",
      "file:///var/lib/profiles.db",
    ]) {
      it(`can be ${good}`, () =>
        assert.equal(read({ account, endpoint: good }).source.endpoint, good));
    }

    for (const [bad, why] of [
      ["http://profiles.example.com", /must be an https: address/],
      ["http://127.0.0.1.example.com", /must be an https: address/],
      ["http://10.0.0.1", /must be an https: address/],
      ["https://user:secret@profiles.example.com", /without user name/],
      ["https://profiles.example.com/?x", /without user name/],
      ["dynamodb://profiles", /is an address/],
      ["memory:", /is an address/],
      ["file:", /lacks the path/],
      ["profiles.example.com", /is an address/],
    ] as const) {
      it(`cannot be ${bad.replace("secret", "…")}`, () => {
        assert.throws(
          () => read({ account, endpoint: bad }),
          (error: Error) => why.test(error.message) && !error.message.includes("secret"),
        );
      });
    }

    it("must be given", () => {
      assert.throws(() => read({ account }), /Where are the profiles\? Give --endpoint/);
    });
  });

  describe("the configuration file", () => {
    const credentials = { accessKeyId: "AKIDSSHD", secretAccessKey: "a-secret-of-sshd" };
    const whole = { endpoint, account, credentials };

    it("may hold credentials, where not everyone can read it", () => {
      assert.deepEqual(readFile(whole).source.credentials, credentials);
      assert.deepEqual(readFile(whole, 0o640).source.credentials, credentials);
      assert.throws(() => readFile(whole, 0o644), /may be read by everyone; run: chmod o-r/);
      assert.equal(readFile({ endpoint, account }, 0o644).source.credentials, undefined);
    });

    for (const mode of [0o620, 0o602, 0o666]) {
      it(`is refused with mode ${mode.toString(8)}, for others could write it`, () => {
        assert.throws(() => readFile({ endpoint, account }, mode), /written by others/);
      });
    }

    it("must be there when it is named", () => {
      assert.throws(
        () => readSettings({}, join(folder, "none.json")),
        /none\.json cannot be read \(ENOENT\)/,
      );
    });

    for (const [title, content, why] of [
      ["text that is not JSON", '{"secretAccessKey": "a-secret-of-sshd', /is not a JSON object/],
      ["a list", [], /is not a JSON object/],
      ["a misspelt member", { ...whole, acount: account }, /has a member that is not known/],
      [
        "a number for a text",
        { endpoint, account: 123456789012 },
        /"account" must be of type string/,
      ],
      ["a text for a number", { ...whole, timeout: "2" }, /"timeout" must be of type number/],
      [
        "half of the credentials",
        { endpoint, account, credentials: { accessKeyId: "x" } },
        /"credentials" has/,
      ],
      [
        "no credentials",
        { endpoint, account, credentials: null },
        /"credentials" must be of type object/,
      ],
      ["a region that is none", { ...whole, region: "EU" }, /region is no name/],
      ["no patience", { ...whole, timeout: 0 }, /timeout is a number of seconds from 0\.1 to 60/],
      ["half of a cache", { ...whole, cacheMaxAge: 60 }, /needs both/],
      [
        "certificates that are not there",
        { ...whole, ca: "/nonexistent.pem" },
        /cannot be read \(ENOENT\)/,
      ],
    ] as const) {
      it(`is refused with ${title}, in a sentence without secrets`, () => {
        assert.throws(
          () => readFile(content),
          (error: Error) =>
            error.name === "SettingsError" &&
            why.test(error.message) &&
            !error.message.includes("a-secret"),
        );
      });
    }
  });

  it("wants the folder of a cache closed to others", () => {
    const cacheFolder = join(folder, "cache");
    const cached = { endpoint, account, cacheFolder, cacheMaxAge: 60 };
    assert.throws(() => read(cached), /is not a folder that is there/);
    mkdirSync(cacheFolder, { mode: 0o755 });
    assert.throws(() => read(cached), /closed to others \(mode 0700\)/);
    chmodSync(cacheFolder, 0o700);
    assert.deepEqual(read(cached).cache, { folder: cacheFolder, maxAge: 60_000 });
  });
});
