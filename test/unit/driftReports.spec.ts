import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { driftHtml } from "../../cli/roster/drift/html";
import { type Ignore, Ignoring } from "../../cli/roster/drift/ignores";
import { driftJson } from "../../cli/roster/drift/json";
import { driftMarkdown, marker } from "../../cli/roster/drift/markdown";
import {
  type DriftFacts,
  findNamesakes,
  hasDrift,
  makeReport,
  summaryOf,
} from "../../cli/roster/drift/report";
import { driftText } from "../../cli/roster/drift/text";
import type { LiveProfile } from "../../profile/fields";
import { compareRoster, type Person } from "../../roster/load";
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
  namesakes: new Set(),
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

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

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
    assert.ok(markdown.includes("``<img src=x onerror=alert(1)> `@team` **b** | <U+202E> x``"));
    assert.doesNotMatch(markdown, /\(@octocat|<b>|\]\(http/);
    assert.ok(!driftText(found, plain).includes("\u202E"));
  });

  it("pass no character on that acts, and names in every script as they are", () => {
    const acting =
      "\u001b[2J\u009b1m\u0007\r\n::error::x\u0085\u202E\u2066\u200F\u2028\u007f\uFEFF";
    const names = "नमस्ते क्\u200Dष 👩\u200D🚀 می\u200Cخواهم 日本 Ångström";
    const hostile = person("ada", {
      userArn: arn(`ada${acting}`),
      displayName: "Ada",
      position: { file: `te${acting}am.yaml`, line: 7, column: 3 },
    });
    const found = report(
      [hostile, bob],
      [
        live(hostile, { displayName: names + acting, sshPublicKey: acting }),
        live(person("eve", { userArn: arn(`eve${acting}`), emailAddress: acting })),
      ],
      {
        showsValues: true,
        endpoint: `https://x${acting}`,
        region: `eu${acting}`,
        ignores: [
          { userArn: arn("bob"), reason: acting, expires: "2027-01-01" },
          { userArn: `arn${acting}`, reason: acting, expires: "2027-01-01" },
          { userArn: `arn${acting}`, reason: acting, expires: "2000-01-01" },
        ],
      },
    );
    const outputs = {
      text: driftText(found, plain),
      json: driftJson(found),
      markdown: driftMarkdown(found),
      html: driftHtml(found),
    };
    for (const [kind, output] of Object.entries(outputs)) {
      assert.doesNotMatch(
        output.replaceAll("\n", ""),
        /[\p{Cc}\u200F\u2028\u202E\u2066\uFEFF]/u,
        kind,
      );
      assert.doesNotMatch(output, /^\s*::error/m, kind);
      assert.ok(output.includes(names), kind);
    }
    assert.equal(JSON.parse(outputs.json).drifted[0].fields[0].live, names + acting);
  });

  it("call two who have one user name by their ARNs", () => {
    const other = "arn:aws:iam::999999999999:user/ada";
    const twin = person("ada", { userArn: other });
    const found = report([ada, twin, bob], [live(ada), live(twin, { sshPublicKey: "" })], {
      namesakes: findNamesakes([ada, twin, bob, ada].map(({ userArn }) => userArn)),
    });
    const text = driftText(found, plain);
    assert.match(text, /^~ arn:aws:iam::999999999999:user\/ada {2}sshPublicKey/);
    assert.match(text, /^- bob /m);
    const markdown = driftMarkdown(found);
    assert.match(markdown, /^- 🟡 `arn:aws:iam::999999999999:user\/ada` drifted/m);
    assert.match(markdown, /^- `arn:aws:iam::999999999999:user\/ada` sshPublicKey: /m);
    assert.match(markdown, /^- 🔴 `bob` missing/m);
    assert.equal("namesakes" in JSON.parse(driftJson(found)), false);
    const ignored = report([ada, twin], [], {
      namesakes: findNamesakes([arn("ada"), other]),
      ignores: [{ userArn: "*", reason: "x", expires: "2027-01-01" }],
    });
    for (const output of [driftText(ignored, plain), driftMarkdown(ignored), driftHtml(ignored)]) {
      assert.match(output.replaceAll("<wbr>", ""), /999999999999:user\/ada.* missing/);
    }
  });

  it("show what differs in values that look alike, and others as they are", () => {
    const pairs: readonly (readonly [live: string, declared: string, string, string])[] = [
      ["A\u030Angström", "\u00C5ngström", "A<U+030A>ngström", "<U+00C5>ngström"],
      ["Ada\u00A0L", "Ada L", "Ada<U+00A0>L", "Ada L"],
      ["\u0410d\u0430", "Ada", "<U+0410>d<U+0430>", "Ada"],
      ["Ada  L", "Ada L", "Ada <U+0020>L", "Ada L"],
      ["Ada\u200B", "Ada", "Ada<U+200B>", "Ada"],
      ["a\u03BFo", "aoo", "a<U+03BF>o", "aoo"],
      ["👩\u200D🚀", "👩🚀", "👩<U+200D>🚀", "👩🚀"],
      ["ＡＤＡ", "ADA", "<U+FF21><U+FF24><U+FF21>", "ADA"],
      ["Müller", "Muller", "Müller", "Muller"],
      ["中国", "日本", "中国", "日本"],
      ["क्\u200Dष", "क्त", "क्\u200Dष", "क्त"],
      ["Ada", "ada", "Ada", "ada"],
    ];
    for (const [theirs, ours, shownTheirs, shownOurs] of pairs) {
      const found = report(
        [person("ada", { displayName: ours })],
        [live(ada, { displayName: theirs })],
        { showsValues: true },
      );
      assert.match(
        driftText(found, plain),
        new RegExp(`live {6}${literally(shownTheirs)}\n {16}  declared  ${literally(shownOurs)}\n`),
      );
      assert.ok(driftMarkdown(found).includes(`\`${shownTheirs}\` → \`${shownOurs}\``), theirs);
      const escaped = (text: string) => text.replace(/</g, "&lt;").replace(/>/g, "&gt;");
      assert.ok(driftHtml(found).includes(`<q>${escaped(shownTheirs)}</q>`));
      assert.equal(
        JSON.parse(driftJson(found)).drifted[0].fields[0].live,
        theirs,
        "JSON is lossless",
      );
    }
    const elsewhere = report([], [live(ada, { userArn: arn("\u0430da") })], { people: 1 });
    assert.equal(elsewhere.unmanaged.length, 0);
    const cyrillic = report([bob], [live(bob), live(ada, { userArn: arn("\u0430da") })]);
    for (const output of [driftText(cyrillic, plain), driftMarkdown(cyrillic)]) {
      assert.match(output, /user\/<U\+0430>da/);
      assert.doesNotMatch(output, /\u0430/);
    }
    assert.match(driftHtml(cyrillic), /<strong>&lt;U\+0430&gt;da<\/strong>/);
  });

  it("keep the addresses of tickets in reasons as links in Markdown", () => {
    const reasons = {
      "see https://tickets.example.com/browse/OPS-123?a=b_c&d=~e#f-g (soon).":
        "see <https://tickets.example.com/browse/OPS-123?a=b_c&d=~e#f-g> \\(soon\\)\\.",
      "(https://example.com/a_b), @ada": "\\(<https://example.com/a_b>\\), @\u200Bada",
      "http://e/@octocat": "<http://e/@octocat>",
      "javascript:alert(1) <https://e/>x": "javascript:alert\\(1\\) \\<<https://e/>\\>x",
    };
    for (const [reason, shown] of Object.entries(reasons)) {
      const found = report([ada], [], {
        ignores: [{ userArn: arn("ada"), reason, expires: "2027-01-01" }],
      });
      assert.ok(
        driftMarkdown(found).includes(`, missing (${shown.replaceAll("\\.", ".")})`),
        driftMarkdown(found),
      );
    }
  });

  it("show no private key that stands in a wrong field", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const key = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
    assert.equal(key.length, 64, "the longest name that there is");
    const found = report(
      [ada],
      [live(ada, { displayName: key }), live(bob, { displayName: key })],
      {
        showsValues: true,
      },
    );
    for (const output of [
      driftText(found, plain),
      driftJson(found),
      driftMarkdown(found),
      driftHtml(found),
    ]) {
      assert.ok(!output.includes(key.slice(0, 20)));
    }
    assert.match(driftText(found, plain), /live {6}\(not shown: a private key\)/);
  });

  it("hold 130,000 people, and values of any length", () => {
    const people = Array.from({ length: 130_000 }, (_, index) =>
      person(`user${index}`, { sshPublicKey: "" }),
    );
    const found = report(
      people.slice(0, 65_000),
      people.slice(65_000).map((one) => live(one)),
    );
    assert.equal(driftText(found, plain).match(/^[+-] user/gm)!.length, 130_000);
    assert.match(driftMarkdown(found), /more people, left out/);
    const long = live(ada, { displayName: "` ".repeat(200_000) });
    assert.match(driftMarkdown(report([ada], [long], { showsValues: true })), /more value/);
  }).timeout(60_000);

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
