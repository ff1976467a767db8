import assert from "node:assert/strict";
import { findPrivateKey } from "../../profile/keys/privateKey";

/** The head of a DER sequence, with enough after it, in base64. */
const encoded = (hex: string) =>
  Buffer.from(hex.replaceAll(" ", "") + "00".repeat(30), "hex").toString("base64");

describe("a private key in DER, by its head", () => {
  for (const [what, hex] of [
    ["PKCS #8", "3081f0 020100 300d 0609"],
    ["PKCS #8 with a length of two bytes", "308204f0 020100 300d 0609"],
    ["PKCS #8 of version 1", "3081f0 020101 3005 0603"],
    ["PKCS #1, a modulus of 64 bytes", "3081f0 020100 0240"],
    ["PKCS #1, a longer modulus", "308204a4 020100 02820101"],
    ["SEC 1, a secret of 20 bytes", "3077 020101 0414"],
    ["SEC 1, a secret of 66 bytes", "3081dc 020101 0442"],
    ["PKCS #12", "308204f0 020103 30"],
    ["encrypted by PKCS #5", "3081f0 3057 0609 2a864886f70d01 050d"],
    ["encrypted by PKCS #12", "3081f0 3057 060a 2a864886f70d01 0c0103"],
  ] as const) {
    it(`is seen: ${what}`, () => assert.equal(findPrivateKey(encoded(hex)), 0));
  }

  for (const [what, hex] of [
    ["an algorithm without a name", "3081f0 020100 300d 0509"],
    ["a number too short for a modulus", "3081f0 020100 023f"],
    ["a secret of 19 bytes", "3077 020101 0413"],
    ["a secret of 67 bytes", "3077 020101 0443"],
    ["another element in the secret's place", "3077 020101 0514"],
    ["PKCS #12 without its content", "308204f0 020103 04"],
    ["a version that there is not", "3081f0 020102 300d 0609"],
    ["a version of two bytes", "3081f0 02020000 300d 0609"],
    ["another element in the version's place", "3081f0 010100 300d 0609"],
    ["a length that is not given", "3080 020100 300d 0609"],
    ["a length of three bytes", "3083010000 020100 300d 0609"],
    ["no sequence", "3181f0 020100 300d 0609"],
    ["RSA itself, as a public key has it", "3081f0 300d 0609 2a864886f70d01 0101"],
    ["a name of others that ends alike", "3081f0 300d 0609 2b864886f70d01 0501"],
    ["an algorithm that begins with no name", "3081f0 300d 0509 2a864886f70d01 0501"],
  ] as const) {
    it(`is not seen: ${what}`, () => assert.equal(findPrivateKey(encoded(hex)), undefined));
  }

  it("is found where the first of several begins", () => {
    const der = encoded("3081f0 020100 300d 0609");
    const pem = "-----BEGIN PRIVATE KEY-----";
    assert.equal(findPrivateKey(`x ${der} ${pem}`), 2);
    assert.equal(findPrivateKey(`x ${pem} ${der}`), 2);
  });
});
