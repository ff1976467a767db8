import assert from "node:assert/strict";
import { join } from "node:path";
import { reports } from "../../cli/roster/check";
import { account, arn, keyLine, RosterFolder } from "../support/rosterFiles";

/** Some seconds in `npm test`; `npm run test:soak` has 20,000. */
const rounds = Number(process.env.ROSTER_FUZZ_ROUNDS ?? 300);
const firstSeed = Number(process.env.ROSTER_FUZZ_SEED ?? 1);

const yaml = `# a team
account: "${account}"
region: eu-central-1
defaults: { path: /eng/, emailDomain: example.com }
allow: [shared-emails]
required: [ada, "${arn("x/eve")}"]
restrictions:
  - files: "{a,b}*.yaml"
    userArns: ["arn:aws:iam::*:user/*"]
    emailDomains: [example.com, "*.example.org"]
  - files: "**"
x-common: &c { sshPublicKey: "" }
people:
  ada: { <<: *c, displayName: Ada 日本, emailAddress: ada@example.com }
  ${arn("x/eve")}:
    displayName: "Eve \\u00e9"
    sshPublicKey:
      - ${keyLine(1, "eve@laptop")}
      - |
        ${keyLine(2)}
  bob: { displayName: >-
      Bob
      B, sshPublicKeyFile: bob.pub, until: "2027-03-31" }
`;
const json = JSON.stringify(
  {
    $schema: "s",
    account,
    required: ["ada"],
    "x-y": [[{}], null, 1.5e3, true],
    people: {
      ada: { displayName: "Ada \ud83e\udd8a", emailAddress: "a@b.c", sshPublicKey: [keyLine(3)] },
      [arn("eve")]: { displayName: "E", emailAddress: "e@b.c" },
    },
  },
  null,
  1,
);
const csv = `sep=;\r\nuserName;displayName;emailAddress;sshPublicKey;x-desk;\r\nada;"Ada ""A""; B";a@b.c;${keyLine(4)};1;\r\n\r\nbob;Bob;b@b.c;;;\r\n`;
const seeds = { "a.yaml": yaml, "b.json": json, "c.csv": csv };

/** What means something to a parser, a terminal or a check. */
const pieces = [
  ..."[]{}:,-?&*!|>'\"%@`#\\ \t\n\r;~<=/.",
  "\0\u001b\u0007\u007f\u0085\u009b\u2028\u202e\u2067\ufeff\ud800\u{e0041}",
  "\u001b[2J\u001b]0;x\u0007",
  "\n::error::x\n",
  "---\n",
  "...\n",
  "<<: ",
  "&a ",
  "*a",
  "!!binary ",
  "%YAML 1.1\n---\n",
  "%TAG ! x\n",
  "  ",
  "- ",
  "? ",
  '""',
  "people:",
  "x-a: ",
  "__proto__: ",
  "constructor",
  "null",
  "012",
  "1e999",
  "0x1F",
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  "ssh-rsa AAAA",
  "arn:aws:iam::",
  "\\u0000\\ud83e",
  "[".repeat(70),
  "*a*".repeat(30),
];

/** Mulberry32: the same texts for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function mutate(text: string, random: (below: number) => number): string {
  let mutated = text;
  for (let left = 1 + random(6); left > 0; left--) {
    const at = random(mutated.length + 1);
    const length = random(4) === 0 ? random(80) : random(4);
    const piece = pieces[random(pieces.length)]!;
    const from = random(mutated.length + 1);
    const copy = mutated.slice(from, from + random(60));
    const put = [piece, piece.repeat(1 + random(5)), copy, ""][random(4)]!;
    mutated = mutated.slice(0, at) + put + mutated.slice(at + length);
  }
  return mutated;
}

describe("mutated rosters", function () {
  this.timeout(3_600_000);
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
    folder.write({ "bob.pub": keyLine(5) });
  });
  afterEach(() => folder.remove());

  const silent = /^(?:[^\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]|\n)*$/u;

  it("are read or refused: no crash, no hang, no control character in any report", () => {
    const counts = { right: 0, refused: 0 };
    for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
      const random = randomOf(seed);
      const name = (Object.keys(seeds) as (keyof typeof seeds)[])[seed % 3]!;
      const text = mutate(seeds[name], random);
      folder.write({ [name]: text });
      const before = process.cpuUsage();
      const loaded = folder.load(join(folder.path, name), { account });
      for (const [output, report] of Object.entries(reports)) {
        const shown = report(loaded);
        assert.match(shown, silent, `${output}, ROSTER_FUZZ_SEED=${seed}`);
        if (output === "json") JSON.parse(shown);
        if (output === "github")
          assert.doesNotMatch(shown, /^(?!::(?:error|notice) file=).+/m, `${seed}`);
        else assert.doesNotMatch(shown, /^::/m, `${seed}`);
      }
      const seconds = process.cpuUsage(before).user / 1e6;
      assert.ok(seconds < 2, `${seconds} s, ROSTER_FUZZ_SEED=${seed}`);
      counts[loaded.problems.length === 0 ? "right" : "refused"]++;
    }
    // Some mutations do no harm; if none or all did, the mutations would be at fault.
    assert.ok(counts.right > 0 && counts.refused > counts.right, JSON.stringify(counts));
  });
});
