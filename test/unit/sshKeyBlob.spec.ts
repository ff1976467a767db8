import assert from "node:assert/strict";
import { readKeyBlob, type SshKeyType, typeInside } from "../../profile/keys/sshKeyBlob";
import { blobOf, field, mpint } from "../support/sshKeyBlobs";

const refused = (blob: Buffer, type: SshKeyType, message: RegExp) =>
  assert.throws(() => readKeyBlob(blob, type), message);

/** An odd number of so many bits. */
const odd = (bits: number) => 2n ** BigInt(bits - 1) + 1n;
const even = (bits: number) => 2n ** BigInt(bits - 1);

const rsa = (e: bigint, n: bigint) => blobOf("ssh-rsa", mpint(e), mpint(n));
const dsa = (p: bigint, q: bigint, g = 2n, y = 3n) =>
  blobOf("ssh-dss", mpint(p), mpint(q), mpint(g), mpint(y));

describe("the blob of an SSH key", () => {
  for (const [type, ...parts] of [
    ["ssh-ed25519", "its public key"],
    ["ecdsa-sha2-nistp256", "its curve", "its point"],
    ["ssh-rsa", "its exponent", "its modulus"],
    ["ssh-dss", "its p", "its q", "its g", "its y"],
  ] as const) {
    parts.forEach((part, index) => {
      it(`${type}: is said to be cut off in ${part}`, () => {
        const whole = {
          "ssh-ed25519": [],
          "ecdsa-sha2-nistp256": ["nistp256"],
          "ssh-rsa": [mpint(3n)],
          "ssh-dss": [odd(1024), odd(160), 2n].map(mpint),
        }[type].slice(0, index);
        const cut = Buffer.concat([blobOf(type, ...whole), Buffer.from([0, 0, 0, 9, 1])]);
        refused(cut, type, new RegExp(`ends in the middle of ${part}:`));
      });
    });
  }

  it("is said to be cut off in its type", () => {
    refused(Buffer.from([0, 0, 0, 11, 0x73]), "ssh-rsa", /ends in the middle of its type:/);
  });

  it("has a modulus of 1024 to 16384 bits", () => {
    assert.equal(readKeyBlob(rsa(3n, odd(1024)), "ssh-rsa").bits, 1024);
    assert.equal(readKeyBlob(rsa(3n, odd(16384)), "ssh-rsa").bits, 16384);
    refused(rsa(3n, odd(1023)), "ssh-rsa", /modulus of 1023 bits/);
    refused(rsa(3n, odd(16385)), "ssh-rsa", /modulus of 16385 bits/);
  });

  it("has an odd exponent from 3 to below its odd modulus", () => {
    const n = odd(2048);
    assert.deepEqual(readKeyBlob(rsa(3n, n), "ssh-rsa"), { bits: 2048 });
    for (const [e, modulus] of [
      [1n, n],
      [4n, n],
      [n, n],
      [n + 2n, n],
      [3n, even(2048)],
    ] as const) {
      refused(rsa(e, modulus), "ssh-rsa", /no RSA key has/);
    }
  });

  it("has a p of 1024 to 3072 bits and a q of 160, of DSA", () => {
    assert.equal(readKeyBlob(dsa(odd(1024), odd(160)), "ssh-dss").bits, 1024);
    assert.equal(readKeyBlob(dsa(odd(3072), odd(160)), "ssh-dss").bits, 3072);
    refused(dsa(odd(1023), odd(160)), "ssh-dss", /a p of 1023 bits and a q of 160/);
    refused(dsa(odd(3073), odd(160)), "ssh-dss", /a p of 3073 bits/);
    refused(dsa(odd(1024), odd(161)), "ssh-dss", /a q of 161/);
    refused(dsa(even(1024), odd(160)), "ssh-dss", /no DSA key has/);
    refused(dsa(odd(1024), even(160)), "ssh-dss", /no DSA key has/);
    refused(dsa(odd(1024), odd(160), 1n), "ssh-dss", /no DSA key has/);
    refused(dsa(odd(1024), odd(160), 2n, odd(1024)), "ssh-dss", /no DSA key has/);
  });

  it("has a point with coordinates below p", () => {
    const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
    const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
    const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
    // The point with x = 0 is on the curve: y is the root of b, and p is 3 modulo 4.
    const y = power(b, (p + 1n) / 4n, p);
    const blob = (x: bigint) =>
      blobOf(
        "ecdsa-sha2-nistp256",
        "nistp256",
        field(Buffer.concat([Buffer.of(4), bytes(x), bytes(y)])),
      );
    assert.equal(readKeyBlob(blob(0n), "ecdsa-sha2-nistp256").bits, 256);
    refused(blob(p), "ecdsa-sha2-nistp256", /does not lie on the curve nistp256/);
  });

  it("names its type, known or not, when that is there whole", () => {
    const inside = (blob: Buffer) => typeInside(blob.toString("base64"));
    assert.equal(inside(field("ssh-rsa")), "ssh-rsa");
    assert.equal(inside(blobOf("ssh-new", "x")), "ssh-new");
    assert.equal(inside(Buffer.from([0, 0, 0, 8, ...Buffer.from("ssh-rsa")])), undefined);
    assert.equal(inside(field("ssh,rsa")), undefined);
    assert.equal(inside(Buffer.from([0, 0, 0])), undefined);
  });
});

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}
