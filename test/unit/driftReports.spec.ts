import assert from "node:assert/strict";
import { driftHtml } from "../../cli/drift/html";
import { type Ignore, Ignoring } from "../../cli/drift/ignores";
import { driftJson } from "../../cli/drift/json";
import { driftMarkdown, marker } from "../../cli/drift/markdown";
import { type DriftFacts, hasDrift, makeReport, summaryOf } from "../../cli/drift/report";
import { driftText } from "../../cli/drift/text";
import type { LiveProfile } from "../../provider/profile";
import { compareRoster, type Person } from "../../provider/roster";
import { arn, keyLine } from "../support/rosterFiles";

const facts: DriftFacts = {
  checkedAt: "2026-11-25T02:17:00.000Z",
  endpoint: "file:profiles.db",
  region: "eu-central-1",
  people: 3,
  liveProfiles: 3,
  calls: 1,
  seconds: 0.1,
  unmanagedIsDrift: true,
  showsValues: false,
};

const person = (name: string, values: Partial<Person> = {}): Person => ({
  userArn: arn(name),
  displayName: `Display ${name}`,
  emailAddress: `${name.replace(/\W/g, "")}@private.example`,
  sshPublicKey: keyLine(name),
  position: { file: "team.yaml", line: 7, column: 3 },
  ...values,
});
const live = (declared: Person, values: Partial<LiveProfile> = {}): LiveProfile => ({
  userArn: declared.userArn,
  displayName: declared.displayName,
  emailAddress: declared.emailAddress,
  sshPublicKey: declared.sshPublicKey ?? "",
  ...values,
});

function report(
  people: readonly Person[],
  profiles: readonly LiveProfile[],
  { ignores = [], ...more }: Partial<DriftFacts> & { ignores?: Ignore[] } = {},
) {
  return makeReport(compareRoster(people, profiles), new Ignoring(ignores, "2026-11-25"), {
    ...facts,
    people: people.length,
    liveProfiles: profiles.length,
    ...more,
  });
}

const [ada, bob, eve] = [person("ada"), person("bob"), person("eve")] as const;
const drifted = [
  live(ada, { displayName: "Other name", emailAddress: "other@secret.example" }),
  live(bob, { sshPublicKey: "" }),
  live(person("mallory", { displayName: "Mallory M" })),
];
const plain = (_style: unknown, text: string) => text;

describe("drift reports", () => {
  it("say who drifted, who is missing and what nobody declares, in every output", () => {
    const found = report([ada, bob, eve], drifted);
    assert.equal(summaryOf(found), "2 drifted, 1 missing, 1 unmanaged; 0 of 3 people as declared");
    assert.ok(hasDrift(found));
    assert.equal(
      driftText(found, plain),
      `~ ada      displayName, emailAddress  team.yaml:7:3
~ bob      sshPublicKey  team.yaml:7:3
    sshPublicKey  live      (none)
                  declared  ${JSON.parse(driftJson(found)).drifted[1].fields[0].declared}
- eve      missing: declared, but has no profile  team.yaml:7:3
+ mallory  unmanaged: nobody declares it  ${arn("mallory")}

2 drifted, 1 missing, 1 unmanaged; 0 of 3 people as declared
3 profiles at file:profiles.db, eu-central-1, read in 1 call, 0.1 s
`,
    );
    const markdown = driftMarkdown(found);
    assert.ok(
      markdown.startsWith(`${marker}\n### ⚠️ Drift in CodeStar profiles\n\n2 drifted, 1 missing`),
    );
    for (const line of [
      "- 🟡 `ada` drifted: displayName, emailAddress",
      "- 🔴 `eve` missing",
      `- 🔵 \`${arn("mallory")}\` unmanaged`,
    ]) {
      assert.ok(markdown.includes(`${line}\n`), line);
    }
    for (const name of ["ada", "bob", "eve", "mallory"]) {
      assert.match(driftHtml(found), new RegExp(`<strong>${name}</strong>`));
    }
  });

  it("keep names and addresses to themselves unless asked, and never hold a whole SSH key", () => {
    for (const showsValues of [false, true]) {
      const found = report([ada, bob, eve], drifted, { showsValues });
      for (const output of [
        driftText(found, plain),
        driftJson(found),
        driftMarkdown(found),
        driftHtml(found),
      ]) {
        assert.equal(/Other name/.test(output), showsValues);
        assert.equal(/other@secret\.example/.test(output), showsValues);
        assert.doesNotMatch(output, /AAAAC3NzaC1lZDI1NTE5/);
        assert.match(output, /SHA256:/);
      }
      assert.equal(/Mallory M/.test(driftHtml(found)), showsValues);
    }
  });

  it("are short when nothing is wrong", () => {
    const found = report([ada], [live(ada)]);
    assert.equal(hasDrift(found), false);
    assert.match(driftText(found, plain), /^No drift: the profiles of 1 person are as declared\n/);
    assert.match(driftMarkdown(found), /### ✅ No drift/);
    assert.doesNotMatch(driftHtml(found), /<table|<script/);
    assert.equal(JSON.parse(driftJson(found)).drift, false);
  });

  it("list unmanaged profiles without calling them drift when told so", () => {
    const found = report([ada], [live(ada), live(bob)], { unmanagedIsDrift: false });
    assert.equal(hasDrift(found), false);
    assert.match(driftText(found, plain), /^\+ bob/);
  });

  it("fit into a comment whatever the drift, and count what they leave out", () => {
    const people = Array.from({ length: 10_000 }, (_, index) => person(`user-é${index}`));
    const changed = people.map((one, index) =>
      live(one, { displayName: `🦊 ${index}`, sshPublicKey: "" }),
    );
    const text = driftMarkdown(report(people, changed, { showsValues: true }));
    assert.ok(Buffer.byteLength(text) < 65_536);
    assert.match(text, /^<!-- .*-->\n### ⚠️ Drift in CodeStar profiles\n\n10,000 drifted/);
    const lines = text.match(/^- 🟡/gm)!.length;
    assert.match(
      text,
      new RegExp(`… and ${(10_000 - lines).toLocaleString("en-US")} more people, left out`),
    );

    // People first; values in the room that is left.
    const some = driftMarkdown(
      report(people.slice(0, 500), changed.slice(0, 500), { showsValues: true }),
    );
    assert.equal(some.match(/^- 🟡/gm)!.length, 500);
    assert.match(some, /… and \d+ more values, left out/);
    assert.ok(Buffer.byteLength(some) < 65_536);
  });

  it("take no value for markup", () => {
    const name = "<img src=x onerror=alert(1)> `@team` **b** | \u202E x";
    const found = report([ada], [live(ada, { displayName: name })], {
      showsValues: true,
      ignores: [{ userArn: "*zz*", reason: "@octocat <b> [x](http://e)", expires: "2000-01-01" }],
    });
    const html = driftHtml(found);
    assert.doesNotMatch(html, /<img|\u202E/);
    assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;/);
    const markdown = driftMarkdown(found);
    // In code, with a fence longer than any run of backquotes within.
    assert.ok(markdown.includes("``<img src=x onerror=alert(1)> `@team` **b** | \u202E x``"));
    assert.doesNotMatch(markdown, /\(@octocat|<b>|\]\(http/);
    assert.ok(!driftText(found, plain).includes("\u202E"));
  });

  it("load nothing from anywhere: the page is whole", () => {
    const html = driftHtml(report([ada, bob, eve], drifted, { showsValues: true }));
    assert.doesNotMatch(html, /\b(?:src|href|url)\s*[=(]/);
    assert.match(html, /default-src 'none'/);
  });

  describe("ignores", () => {
    const until = (expires: string, more: Partial<Ignore> = {}): Ignore => ({
      userArn: arn("ada"),
      reason: "ticket 7",
      expires,
      ...more,
    });

    it("take the named field out, and leave the others", () => {
      const found = report([ada, bob, eve], drifted, {
        ignores: [until("2026-11-25", { fields: ["displayName"] })],
      });
      assert.deepEqual(found.drifted[0]?.fields, [{ field: "emailAddress" }]);
      assert.deepEqual(found.ignored, [
        {
          userArn: arn("ada"),
          userName: "ada",
          what: "displayName",
          reason: "ticket 7",
          expires: "2026-11-25",
        },
      ]);
    });

    it("without fields cover missing and unmanaged profiles too; patterns cover many", () => {
      const found = report([ada, bob, eve], drifted, {
        ignores: [until("2026-12-31", { userArn: "arn:aws:iam::*" })],
      });
      assert.equal(hasDrift(found), false);
      assert.deepEqual(
        found.ignored.map(({ userName, what }) => `${userName} ${what}`),
        [
          "ada displayName",
          "ada emailAddress",
          "bob sshPublicKey",
          "eve missing",
          "mallory unmanaged",
        ],
      );
    });

    it("with fields do not hide a missing profile", () => {
      const found = report([ada], [], {
        ignores: [until("2026-12-31", { fields: ["displayName"] })],
      });
      assert.equal(found.missing.length, 1);
    });

    it("end on the day after they expire, and are reported then, as are those without use", () => {
      const found = report([ada, bob, eve], drifted, {
        ignores: [until("2026-11-24"), until("2026-12-31", { userArn: arn("nobody") })],
      });
      assert.equal(found.drifted.length, 2);
      assert.deepEqual(
        found.expiredIgnores.map(({ expires }) => expires),
        ["2026-11-24"],
      );
      assert.deepEqual(
        found.unusedIgnores.map(({ userArn }) => userArn),
        [arn("nobody")],
      );
      for (const output of [driftText(found, plain), driftMarkdown(found), driftHtml(found)]) {
        assert.match(output, /xpired on 2026-11-24/);
        assert.match(output, /ticket 7/);
        assert.match(output, /[Nn]othing to ignore any more/);
      }
    });
  });
});
