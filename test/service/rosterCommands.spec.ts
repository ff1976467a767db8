import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Database from "libsql";
import { commands } from "../../cli/commands";
import { ReadFailure, readLiveProfiles } from "../../cli/roster/liveProfiles";
import type { LiveProfile } from "../../profile/fields";
import { openStore } from "../../service/store/open";
import { codestarProfiles } from "../support/commandLine";
import { startRecordingService } from "../support/recordingService";
import { account, arn, keyLine, RosterFolder } from "../support/rosterFiles";

const region = "eu-central-1";

const profile = (name: string, values: Partial<LiveProfile> = {}): LiveProfile => ({
  userArn: arn(name),
  displayName: `Display ${name}`,
  emailAddress: `${name.split("/").at(-1)}@example.com`,
  sshPublicKey: keyLine(name, `${name}@laptop`),
  ...values,
});

describe("roster commands", function () {
  this.timeout(60_000);
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const run = (...argv: string[]) => codestarProfiles(folder.path, argv);
  const read = (name: string) => readFileSync(join(folder.path, name), "utf8");

  /** Puts profiles into the store file that the commands are pointed at. */
  async function seed(profiles: Iterable<LiveProfile>, where = region): Promise<void> {
    const store = await openStore(`file:${join(folder.path, "profiles.db")}`);
    for (const { userArn, displayName, emailAddress, sshPublicKey } of profiles) {
      const times = { createdAt: 1_700_000_000_000, modifiedAt: 1_700_000_000_000 };
      await store.create(where, { userArn, displayName, emailAddress, sshPublicKey, ...times });
    }
    await store.close();
  }
  const live = ["--endpoint", "file:profiles.db"];

  const team = `account: "${account}"
region: ${region}
people:
  ada: { displayName: Display ada, emailAddress: ada@example.com, sshPublicKey: "${keyLine("ada", "ada@laptop")}" }
  bob: { displayName: Display bob, emailAddress: bob@example.com, sshPublicKey: "${keyLine("bob")}" }
`;

  describe("check", () => {
    it("answers 0 and one line when the roster is right", async () => {
      folder.write({ "team.yaml": team });
      assert.deepEqual(await run("check", "team.yaml"), {
        status: 0,
        out: "2 people in 1 file, no problems\n",
        err: "",
      });
    });

    it("answers 1 and prints every problem at its place, without colours in a pipe", async () => {
      folder.write({ "team.yaml": team.replace("ada@", "ada@@"), "other.yaml": "peple: {}\n" });
      const { status, out, err } = await run("check", ".");
      assert.equal(status, 1);
      assert.equal(err, "");
      assert.match(
        out,
        /^other\.yaml:1:1: error: "peple" is no field of a roster; did you mean people\?\n/,
      );
      assert.match(
        out,
        /\nteam\.yaml:4:50: error: emailAddress has more than one @.*\n {4}4 \| .*\n {6}\| +\^+\n/,
      );
      assert.match(out, /\n2 problems in 2 files\n$/);
      assert.ok(!out.includes("\u001b"));
    });

    it("passes no control character on: not of file names, of parsers, of quoted text, of arguments", async () => {
      const name = "a\n::error::b\u001b[2J\u009b\u202e.yaml";
      folder.write({
        [name]: `account: "${account}"\npeople:\n  "\u0085x\u202e": { displayName: "\u061cא\u2067", emailAddress: "\u009b" }\n  ada: { 日本: !\u009bx 1 }\n`,
        "b.json": '{"people": \u009b\u202e}',
        "c.csv": "userName,\u009b2J\u202e\na\u001b,b\n",
      });
      const noControl = /^(?:[^\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]|\n)*$/u;
      for (const output of ["text", "json", "markdown", "github"]) {
        const { status, out } = await run("check", ".", "--output", output);
        assert.equal(status, 1);
        assert.match(out, noControl, output);
        const commands = out.split("\n").filter((line) => line.startsWith("::"));
        if (output !== "github") assert.deepEqual(commands, []);
        else assert.ok(commands.every((line) => /^::error file=[^:]*,title=Roster::/.test(line)));
        if (output === "json")
          assert.ok(JSON.parse(out).problems.some((p: { file: string }) => p.file === name));
      }
      const { err } = await run("check", "--\u001b[31m\nx");
      assert.match(err, noControl);
    });

    it("refuses an empty name and an account that is none, as drift does", async () => {
      folder.write({ "team.yaml": team });
      for (const [command, wrong] of [
        ["check", 2],
        ["drift", 1],
      ] as const) {
        const empty = await run(command, "");
        assert.equal(empty.status, wrong);
        assert.match(empty.err, /^The name of a roster is empty; name a file or a folder\.\n/);
        for (const account of ["12345", "", "12345678901x", " 123456789012"]) {
          const { status, err } = await run(command, "team.yaml", "--account", account);
          assert.equal(status, wrong);
          assert.match(err, /^The option --account takes the 12 digits of an account\.\n/);
        }
      }
    });

    it("judges one file by the roster.yaml above it, and counts that file alone", async () => {
      folder.write({
        "rosters/roster.yaml": `account: "${account}"\nregion: ${region}\nrestrictions:\n  - { files: teams/a.yaml, userArns: ["*/a-*"] }\n  - { files: "**" }\n`,
        "rosters/teams/a.yaml":
          "people:\n  a-1: { displayName: A, emailAddress: a@b.c }\n  b-1: { displayName: B, emailAddress: b@b.c }\n",
        "rosters/teams/c.yaml": "people:\n  c: { displayName: C, emailAddress: c@b.c }\n",
      });
      const restricted = await run("check", "rosters/teams/a.yaml", "--output", "github");
      assert.equal(restricted.status, 1);
      assert.match(
        restricted.out,
        /^::error file=rosters\/teams\/a\.yaml,line=3,col=3,title=Roster::[^\n]*\n$/,
      );
      assert.equal(
        (await run("check", "rosters/teams/c.yaml")).out,
        "1 person in 1 file, no problems\n",
      );
      assert.equal(
        (await run("check", "rosters/roster.yaml")).out,
        "0 people in 1 file, no problems\n",
      );
    });

    it("speaks JSON, Markdown and the annotations of GitHub workflows", async () => {
      folder.write({ "a,b.yaml": team.replace("Display ada", '" 100%"') });
      const json = JSON.parse((await run("check", "a,b.yaml", "--output", "json")).out);
      assert.equal(json.ok, false);
      assert.deepEqual(
        { ...json.problems[0], message: "" },
        {
          file: "a,b.yaml",
          line: 4,
          column: 23,
          text: '" 100%"',
          message: "",
          rule: "invalid-value",
        },
      );
      const { out } = await run("check", "a,b.yaml", "--output", "github");
      assert.match(out, /^::error file=a%2Cb\.yaml,line=4,col=23,title=Roster::displayName begins/);
      const markdown = (await run("check", "a,b.yaml", "--output", "markdown")).out;
      assert.match(
        markdown,
        /^\*\*Roster check\*\*: 1 problem in 1 file\n\n- `a,b\.yaml:4:23` displayName begins/,
      );
    });

    it("answers 2 for wrong arguments, and says in two lines what is wrong", async () => {
      for (const [argv, message] of [
        [["check"], "Which roster? Name a file or a folder."],
        [["check", "x", "--outptu", "json"], "There is no option --outptu; did you mean --output?"],
        [
          ["check", "x", "--output", "jsn"],
          'The option --output takes text, json, markdown, github, not "jsn"; did you mean json?',
        ],
      ] as const) {
        const { status, out, err } = await run(...argv);
        assert.deepEqual(
          { status, out, err },
          { status: 2, out: "", err: `${message}\ncodestar-profiles check --help tells more.\n` },
        );
      }
    });
  });

  describe("drift", () => {
    it("answers 0 when every profile is as declared", async () => {
      folder.write({ "team.yaml": team });
      await seed([profile("ada"), profile("bob", { sshPublicKey: keyLine("bob") })]);
      const { status, out, err } = await run("drift", "team.yaml", ...live);
      assert.match(
        out,
        /^No drift: the profiles of 2 people are as declared\n2 profiles at file:profiles\.db, eu-central-1, read in 1 call/,
      );
      assert.deepEqual({ status, err }, { status: 0, err: "" });
    });

    it("answers 2 when they drifted, are missing or unmanaged, and changes nothing", async () => {
      folder.write({ "team.yaml": team });
      await seed([profile("ada", { emailAddress: "other@example.com" }), profile("mallory")]);
      const before = await run("export", ...live, "--region", region);
      const { status, out } = await run("drift", "team.yaml", ...live);
      assert.equal(status, 2);
      assert.match(
        out,
        /~ ada .*emailAddress.*team\.yaml:4:3\n- bob .*missing.*\n\+ mallory .*unmanaged/,
      );
      assert.doesNotMatch(out, /other@example\.com/);
      assert.match(out, /\n1 drifted, 1 missing, 1 unmanaged; 0 of 2 people as declared\n/);
      assert.deepEqual(await run("export", ...live, "--region", region), before);

      const shown = await run("drift", "team.yaml", ...live, "--show-values");
      assert.match(
        shown.out,
        /emailAddress +live +other@example\.com\n +declared +ada@example\.com\n/,
      );
    });

    it("takes --unmanaged and --ignores into account", async () => {
      folder.write({
        "team.yaml": team,
        "ignores.yaml": `- userArn: ${arn("bob")}\n  reason: starts in May\n  expires: 2999-12-31\n`,
      });
      await seed([profile("ada"), profile("mallory")]);
      const ignoring = ["drift", "team.yaml", ...live, "--ignores", "ignores.yaml"];
      assert.equal((await run(...ignoring)).status, 2);
      const reported = await run(...ignoring, "--unmanaged", "report");
      assert.equal(reported.status, 0);
      assert.match(
        reported.out,
        /\+ mallory[^\n]*\n\nignored until 2999-12-31: bob, missing \(starts in May\)/,
      );
      const quiet = await run(...ignoring, "--unmanaged", "ignore");
      assert.equal(quiet.status, 0);
      assert.doesNotMatch(quiet.out, /mallory/);
    });

    it("writes JSON, Markdown and HTML", async () => {
      folder.write({ "team.yaml": team });
      await seed([profile("ada", { displayName: "X" })]);
      const json = JSON.parse((await run("drift", "team.yaml", ...live, "--output", "json")).out);
      assert.deepEqual(json.counts, {
        people: 2,
        liveProfiles: 1,
        same: 0,
        drifted: 1,
        missing: 1,
        unmanaged: 0,
        ignored: 0,
      });
      assert.deepEqual(json.drifted[0].fields, [{ field: "displayName" }]);
      const markdown = await run("drift", "team.yaml", ...live, "--output", "markdown");
      assert.equal(markdown.status, 2);
      assert.match(markdown.out, /### ⚠️ Drift/);
      assert.match(
        (await run("drift", "team.yaml", ...live, "--output", "html")).out,
        /^<!doctype html>/,
      );
    });

    it("reads every page of a remote service, and only lists", async () => {
      const service = await startRecordingService();
      try {
        const people = Array.from({ length: 250 }, (_, index) => `u${index}`);
        await service.seed(people.map((name) => profile(name, { sshPublicKey: "" })));
        folder.write({
          "team.csv": `userArn,displayName,emailAddress,sshPublicKey\n${people.map((name) => `${arn(name)},Display ${name},${name}@example.com,\n`).join("")}`,
        });
        const { status, out, err } = await run(
          "drift",
          "team.csv",
          "--endpoint",
          service.url,
          "--region",
          "us-east-1",
        );
        assert.deepEqual({ status, err }, { status: 0, err: "" });
        assert.match(out, /250 profiles at http.*, us-east-1, read in 3 calls/);
        assert.deepEqual(
          service.calls.map(({ operation }) => operation),
          Array(3).fill("ListUserProfiles"),
        );
      } finally {
        await service.close();
      }
    });

    it("answers 1, never 2, with one sentence for whatever keeps it from comparing", async () => {
      folder.write({
        "team.yaml": team,
        "wrong.yaml": "people: [",
        "regionless.yaml": team.replace(/region.*\n/, ""),
        "bad.yaml": "- userArn: x\n",
      });
      await seed([profile("ada")]);
      // Answers with something else than the API.
      const web = createServer((_request, response) => response.end("<html>"));
      await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
      const address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      try {
        for (const [argv, message] of [
          [
            ["team.yaml", "--endpoint", "http://127.0.0.1:1"],
            /^Reading live profiles: the profile service at http:\/\/127\.0\.0\.1:1 does not answer \(ECONNREFUSED\); start it with `codestar-profiles serve`, or correct --endpoint\n$/,
          ],
          [
            ["team.yaml", "--endpoint", "file:none.db"],
            /^Reading live profiles: there is no store at file:none\.db; correct --endpoint\n$/,
          ],
          [["team.yaml", "--endpoint", "ftp:x"], /^--endpoint is not an address or store/],
          [["team.yaml", "--endpoint", "memory:"], /^--endpoint memory: would be forgotten/],
          [
            ["team.yaml", "--endpoint", address],
            /answered with something other than the CodeStar API.*; correct --endpoint\n$/,
          ],
          [
            ["team.yaml", ...live, "--region", "us-east-1"],
            /^The roster is of eu-central-1, and --region says us-east-1\.\n$/,
          ],
          [
            ["regionless.yaml", ...live, "--region", "Frankfurt"],
            /^--region is "Frankfurt", but must be the name of an AWS region, for example us-east-1\n$/,
          ],
          [
            ["regionless.yaml", ...live],
            /^Reading live profiles: no region is set; give --region, or region: in the roster\n$/,
          ],
          [
            ["team.yaml", ...live, "--ignores", "bad.yaml"],
            /bad\.yaml:1:3: error: ignores\.0\.reason is missing/,
          ],
          [["wrong.yaml", ...live], /wrong\.yaml:1:\d+: error: /],
          [
            ["team.yaml", "--unmanaged", "x"],
            /^The option --unmanaged takes drift, report, ignore/,
          ],
          [[], /^Which roster\?/],
        ] as const) {
          const { status, out, err } = await run("drift", ...argv);
          assert.deepEqual({ status, out }, { status: 1, out: "" }, err);
          assert.match(err, message);
          assert.doesNotMatch(err, /\n {4}at /, "no stack");
        }
        assert.ok(!existsSync(join(folder.path, "none.db")), "no store comes to be");
      } finally {
        web.close();
      }
    });
  });

  describe("drift and export", () => {
    it("answer 1 to an answer without profiles, and never take it for nobody", async () => {
      folder.write({ "team.yaml": team });
      let status = 200;
      let body = "";
      const web = createServer((request, response) => {
        request.resume();
        response.writeHead(status, { "content-type": "application/json" });
        response.end(status === 204 ? undefined : body);
      });
      await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
      const address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      const page = (profiles: unknown, nextToken?: unknown) =>
        JSON.stringify({ userProfiles: profiles, nextToken });
      const answers: readonly (readonly [number, string])[] = [
        [204, ""],
        [200, ""],
        [200, "{}"],
        [200, "[]"],
        [200, "null"],
        [200, '"hello"'],
        [200, "7"],
        [200, "<html>"],
        [200, '{"status":"ok"}'],
        [201, '{"status":"ok"}'],
        [200, page(null)],
        [200, page({})],
        [200, page("ada")],
        [200, page(["ada"])],
        [200, page([[]])],
        [200, page([{ displayName: "Ada" }])],
        [200, page([{ userArn: 7 }])],
        [200, page([{ userArn: arn("ada"), sshPublicKey: {} }])],
        [200, page([], { a: 1 })],
        [200, page([null])],
        [200, page([null, null], "more")],
        [200, page([profile("ada"), null])],
        [200, page([profile("ada")], "again")],
      ];
      try {
        const sentence =
          /^Reading live profiles: http\S+ answered with something other than the CodeStar API.*; correct --endpoint$/;
        for (const answer of answers) {
          [status, body] = answer;
          await assert.rejects(
            readLiveProfiles({ endpoint: address, region }),
            (error) => error instanceof ReadFailure && sentence.test(error.message),
            `${answer}`,
          );
        }
        for (const answer of answers.slice(0, 3)) {
          [status, body] = answer;
          for (const argv of [
            ["drift", "team.yaml", "--endpoint", address],
            ["export", "--endpoint", address, "--region", region, "--file", "out.yaml"],
          ]) {
            const outcome = await run(...argv);
            assert.deepEqual([outcome.status, outcome.out], [1, ""], `${argv[0]}: ${answer}`);
            assert.match(outcome.err.trimEnd(), sentence);
          }
        }
        assert.ok(!existsSync(join(folder.path, "out.yaml")));
      } finally {
        web.close();
      }
    });

    it("name a damaged profile, and take none of its members for empty", async () => {
      folder.write({ "team.yaml": team });
      for (const [member, sentence] of [
        [
          "display_name",
          /lists \S+user\/ada without its displayName, so the profile is damaged; update/,
        ],
        [
          "email_address",
          /lists \S+user\/ada without its emailAddress, so the profile is damaged; update/,
        ],
        ["ssh_public_key", /profile of \S+user\/ada is damaged \(sshPublicKey\): update/],
      ] as const) {
        await seed([profile("ada"), profile("bob", { sshPublicKey: keyLine("bob") })]);
        const database = new Database(join(folder.path, "profiles.db"));
        const damage = `UPDATE profiles SET ${member} = CAST(x'4aff6e' AS TEXT) WHERE user_arn = ?`;
        database.prepare(damage).run(arn("ada"));
        database.close();
        for (const argv of [
          ["drift", "team.yaml", ...live],
          ["export", ...live, "--region", region, "--file", "out.yaml"],
        ]) {
          const { status, out, err } = await run(...argv);
          assert.deepEqual([status, out], [1, ""], err);
          assert.match(err, sentence);
        }
        assert.ok(!existsSync(join(folder.path, "out.yaml")));
        rmSync(join(folder.path, "profiles.db"));
      }
    });

    it("take no empty file for a store", async () => {
      folder.write({ "team.yaml": team, "empty.db": "" });
      const endpoint = ["--endpoint", "file:empty.db"];
      for (const argv of [
        ["drift", "team.yaml"],
        ["export", "--region", region],
      ]) {
        const { status, out, err } = await run(...argv, ...endpoint);
        assert.deepEqual([status, out], [1, ""]);
        assert.match(err, /there is no store at file:empty\.db/);
      }
      assert.equal(read("empty.db"), "");
    });

    it("print nothing of a hostile service that acts on a terminal", async () => {
      folder.write({ "team.yaml": team });
      const web = createServer((request, response) => {
        request.resume();
        response.writeHead(400);
        response.end(
          '{"__type":"X\\u001b[2J","message":"a\\u001b]0;x\\u0007\\r\\u202e::error::b"}',
        );
      });
      await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
      const address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      try {
        const { status, err } = await run("drift", "team.yaml", "--endpoint", address);
        assert.equal(status, 1);
        assert.match(err, /^Reading live profiles: a.*::error::b \(X<U\+001B>\[2J\)\n$/);
        assert.doesNotMatch(err.slice(0, -1), /[\p{Cc}\u202e]/u);
      } finally {
        web.close();
      }
    });
  });

  describe("export", () => {
    const odd = [
      profile("007", { displayName: "007", sshPublicKey: "" }),
      profile("null", { displayName: "~: # 'x' \"y\"", emailAddress: "0@1" }),
      profile("+=,.@-_", {
        emailAddress: "signs@example.com",
        displayName: "日本 🦊",
        sshPublicKey: `${keyLine(1)}\r\n${keyLine(2)}\n`,
      }),
      profile("__proto__", { sshPublicKey: `${keyLine(3)}\n${keyLine(4, "two words")}` }),
      profile("a/b/eve", { displayName: "Eve\u00A0\u0085x" }),
      { ...profile("zoe"), userArn: "arn:aws:iam::999999999999:user/zoe" },
    ];

    it("writes a roster that checks, and that the live profiles do not differ from", async () => {
      await seed(odd);
      await seed([profile("elsewhere")], "us-east-1");
      for (const ending of ["yaml", "json", "csv"]) {
        const file = `people.${ending}`;
        const exported = await run("export", ...live, "--region", region, "--file", file);
        assert.deepEqual(exported, { status: 0, out: "", err: `Wrote 6 people to ${file}\n` });
        assert.equal((await run("check", file)).out, "6 people in 1 file, no problems\n");
        const drift = await run(
          "drift",
          file,
          ...live,
          ...(ending === "csv" ? ["--region", region] : []),
        );
        assert.equal(drift.status, 0, drift.out);
        const printed = await run("export", ...live, "--region", region, "--format", ending);
        assert.equal(printed.out, read(file), "standard output has the same");
      }
    });

    it("keeps to one account when asked", async () => {
      await seed(odd);
      const { out } = await run("export", ...live, "--region", region, "--account", "999999999999");
      assert.match(out, /^account: "999999999999"\nregion: eu-central-1\npeople:\n {2}zoe:\n/);
      assert.doesNotMatch(out, /eve/);
    });

    it("does not replace a file unless forced, and leaves nothing beside it", async () => {
      await seed([profile("ada")]);
      folder.write({ "people.yaml": "mine\n" });
      const argv = ["export", ...live, "--region", region, "--file", "people.yaml"];
      assert.deepEqual(await run(...argv), {
        status: 1,
        out: "",
        err: "people.yaml exists already; --force replaces it.\n",
      });
      assert.equal(read("people.yaml"), "mine\n");
      assert.equal((await run(...argv, "--force")).status, 0);
      assert.match(read("people.yaml"), /Display ada/);
      assert.deepEqual(
        readdirSync(folder.path).filter((name) => name.startsWith("people")),
        ["people.yaml"],
      );
    });

    it("writes a new file for its owner alone: it holds personal data", async () => {
      await seed([profile("ada")]);
      await run("export", ...live, "--region", region, "--file", "people.yaml");
      assert.equal(statSync(join(folder.path, "people.yaml")).mode & 0o777, 0o600);
    });

    it("writes nothing when there is nothing, or nowhere", async () => {
      await seed([profile("ada")]);
      const none = await run("export", ...live, "--region", "us-west-2", "--file", "people.yaml");
      assert.deepEqual(none, {
        status: 1,
        out: "",
        err: "There are no profiles in us-west-2; nothing was written.\n",
      });
      assert.ok(!existsSync(join(folder.path, "people.yaml")));
      const lost = await run("export", ...live, "--region", region, "--file", "none/people.yaml");
      assert.equal(lost.status, 1);
      assert.match(lost.err, /none\/people\.yaml cannot be written \(ENOENT\)/);
    });

    it("answers 2 for wrong arguments", async () => {
      for (const [argv, message] of [
        [["people.yaml"], /^What is "people\.yaml" for\? Name a file with --file\.\n/],
        [["--file", "people.txt"], /^The option --file takes a name that ends in \.yaml/],
        [
          ["--file", "people.csv", "--format", "json"],
          /^The ending of people\.csv says csv, and --format json\./,
        ],
        [["--account", "12"], /^The option --account takes the 12 digits of an account\./],
      ] as const) {
        const { status, err } = await run("export", ...argv);
        assert.equal(status, 2);
        assert.match(err, message);
      }
    });
  });

  describe("help and completion", () => {
    it("tell of every command: what it does, its options, its exit status", async () => {
      const { out } = await run("--help");
      for (const command of Object.keys(commands)) {
        assert.match(out, new RegExp(`^ {2}${command} +\\w`, "m"));
        const help = await run(command, "--help");
        assert.deepEqual([help.status, help.err], [0, ""]);
        assert.match(
          help.out,
          new RegExp(`^Usage: codestar-profiles ${command} [^]*Exit status: 0`),
        );
      }
    });

    it("know every option that the commands take, in every shell", async () => {
      for (const shell of ["bash", "zsh", "fish"]) {
        const { status, out } = await run("completion", shell);
        assert.equal(status, 0);
        for (const [name, { load }] of Object.entries(commands)) {
          for (const [option, { choices }] of Object.entries(load().options)) {
            assert.ok(out.includes(option), `${shell} ${name} --${option}`);
            if (choices) assert.ok(out.includes(choices.join(" ")), `${shell} ${name} ${choices}`);
          }
        }
      }
      assert.equal((await run("completion", "tcsh")).status, 2);
    });

    it("complete in bash: commands, options, values; files elsewhere", async () => {
      const { out } = await run("completion", "bash");
      writeFileSync(join(folder.path, "completion.bash"), out);
      const words = (...line: string[]) => {
        const script = `source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _codestar_profiles; echo "\${COMPREPLY[*]}"`;
        return execFileSync("bash", ["-c", script, "bash", "codestar-profiles", ...line], {
          cwd: folder.path,
          encoding: "utf8",
        }).trim();
      };
      assert.equal(words("dri"), "drift");
      assert.equal(words("drift", "--un"), "--unmanaged");
      assert.equal(words("drift", "--output", "m"), "markdown");
      assert.equal(words("drift", "ros"), "");
      assert.equal(words("drift", "--ignores", "x"), "");
      assert.equal(words("completion", "f"), "fish");
      assert.equal(words("serve", "--log-level", "w"), "warn");
      assert.equal(words("principal", "ro"), "rotate");
    });
  });
});
