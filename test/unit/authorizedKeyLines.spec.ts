import assert from "node:assert/strict";
import * as fc from "fast-check";
import { authorizedKeyLines } from "../../cli/sshd/keyLines";
import {
  certificate,
  dsa1024,
  ed25519,
  knownSshKeys,
  nistp256,
  rsa1024,
  rsa3072,
} from "../support/sshKeys";

const arn = "arn:aws:iam::123456789012:user/ada";
/** The line without the key's own comment. */
const bare = ({ line }: { line: string }) => line.split(" ").slice(0, 2).join(" ");
const printed = (...keys: readonly { line: string }[]) => keys.map((key) => `${bare(key)} ${arn}`);

describe("authorizedKeyLines", () => {
  for (const key of knownSshKeys.filter(({ weak }) => !weak)) {
    it(`prints ${key.type}, with the user's ARN for a comment`, () => {
      assert.deepEqual(authorizedKeyLines(key.line, arn), printed(key));
    });
  }

  it("prints several keys in their order, and each once", () => {
    const text = `\n# mine\r\n${rsa3072.line}\r\n\r\n  ${ed25519.line}\n${bare(rsa3072)} again\r`;
    assert.deepEqual(authorizedKeyLines(text, arn), printed(rsa3072, ed25519));
  });

  it("prints nothing for no keys", () => {
    for (const text of ["", "\n", "# none", "intern"]) {
      assert.deepEqual(authorizedKeyLines(text, arn), []);
    }
  });

  it("leaves weak keys out, and keeps the strong ones beside them", () => {
    const text = [rsa1024, ed25519, dsa1024].map(({ line }) => line).join("\n");
    assert.deepEqual(authorizedKeyLines(text, arn), printed(ed25519));
  });

  const refused: readonly (readonly [string, string])[] = [
    ["options", `command="/bin/sh" ${ed25519.line}`],
    ["options without a value", `restrict,pty ${ed25519.line}`],
    ["an environment", `environment="LD_PRELOAD=/tmp/x.so" ${ed25519.line}`],
    ["an authority", `cert-authority ${ed25519.line}`],
    ["a host", `@revoked * ${ed25519.line}`],
    ["a certificate", certificate],
    ["a key without its type", bare(ed25519).split(" ")[1]!],
    ["a type that is not the key's", bare(ed25519).replace("ssh-ed25519", "ssh-rsa")],
    ["a key that is cut off", ed25519.line.slice(0, 60)],
    ["a key with something after it", bare(ed25519).replace(/$/, "AAAA")],
    ["a key after a special space", ed25519.line.replace(" ", "\u00a0")],
    ["a comment", `# ${ed25519.line}`],
  ];
  for (const [title, line] of refused) {
    it(`leaves out a line with ${title}, and keeps the others`, () => {
      const text = `${line}\n${nistp256.line}`;
      assert.deepEqual(authorizedKeyLines(text, arn), printed(nistp256));
    });
  }

  it("prints nothing of a comment, whatever would end a line there", () => {
    for (const end of ["\r", "\n", "\r\n", "\u0085", "\u000b", "\u2028", "\u0000"]) {
      const text = `${bare(ed25519)} x${end}command="id" ${rsa3072.line}`;
      assert.deepEqual(authorizedKeyLines(text, arn), printed(ed25519));
    }
  });

  it("prints nothing at all of a text with a private key in it", () => {
    for (const sign of [
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA",
      "PuTTY-User-Key-File-3: ssh-ed25519",
    ]) {
      assert.deepEqual(authorizedKeyLines(`${ed25519.line}\n${sign}\n`, arn), []);
    }
  });

  it("never prints anything but the keys that are there", () => {
    const allowed = new Set(printed(...knownSshKeys.filter(({ weak }) => !weak)));
    const part = fc.oneof(
      fc.constantFrom(
        ...knownSshKeys.flatMap((key) => [key.line, bare(key), ...key.line.split(" ")]),
      ),
      fc.constantFrom(" ", "\t", "\n", "\r", '"', ",", "#", "\\", "command=", 'from="*"', "="),
      fc.string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        for (const line of authorizedKeyLines(parts.join(""), arn)) assert(allowed.has(line), line);
      }),
      { numRuns: 500 },
    );
  });
});
