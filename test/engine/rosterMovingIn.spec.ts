import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { arn, scenario } from "../support/scenario";
import { ed25519, nistp256, rsa3072 } from "../support/sshKeys";

const cli = resolve(__dirname, "../../dist/cli/main.js");
const awkward = [
  "Zoë 日本",
  'O\'Brien "Q"',
  "- dash: colon #hash",
  "null",
  "0012",
  "a  b",
  "{x}",
  "Ünï\u00a0x",
];

/**
 * People as they are found in an account: paths in ARNs, several keys, no key, names of all kinds.
 */
function somebody(index: number) {
  const name = `u${index}+=,.@-_`.slice(0, 60);
  const path = ["/", "/dev/", "/a/b/c/"][index % 3];
  return {
    userArn: `arn:aws:iam::123456789012:user${path}${name}`,
    displayName: `${awkward[index % awkward.length]} ${index}`,
    emailAddress: `u${index}.x+y@example.com`,
  };
}

describe("the engine: moving in", () => {
  it(
    "roster_movingIn: export, check, up with adopt, and the preview plans nothing, for 1,000 awkward people",
    scenario(async ({ project, service }) => {
      const people = Array.from({ length: 1000 }, (_, index) => somebody(index));
      const keyed = [
        { ...somebody(2000), sshPublicKey: [ed25519.line, nistp256.line].join("\n") },
        { ...somebody(2001), sshPublicKey: `${rsa3072.line}\n` },
      ];
      await service.seed([...people, ...keyed]);
      const run = (...args: string[]) =>
        promisify(execFile)(process.execPath, [cli, ...args], {
          cwd: project.folder,
          env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: "true" },
        });
      const source = ["--endpoint", service.url, "--region", "us-east-1"];
      await run("export", "--file", "roster.yaml", ...source);
      await run("check", "roster.yaml");
      project.program(
        `new codestar.CodeStarRoster("people", { files: "roster.yaml", adopt: true });`,
      );
      await project.up();
      assert.deepEqual(service.writes(), []);
      await project.pulumi("preview", "--expect-no-changes");
      assert.equal((await service.live.find(arn("u0+=,.@-_")))?.displayName, "Zoë 日本 0");
    }),
  );
});
