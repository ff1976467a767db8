import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sshpk from "sshpk";
import { findPrivateKey, holdsPrivateKey } from "../../profile/keys/privateKey";
import {
  describeSshPublicKeyDrift,
  describeSshPublicKeys,
  findFingerprints,
  readSshPublicKeys,
  sameSshPublicKey,
} from "../../profile/keys/sshPublicKey";
import {
  blobOf,
  type Curve,
  ecdsaBlob,
  ed25519Blob,
  field,
  line,
  mpint,
  newRsaKey,
  pointOf,
  rsaBlob,
} from "../support/sshKeyBlobs";
import {
  certificate,
  dsa1024,
  ed25519,
  knownSshKeys,
  mldsa44,
  mldsa44Blob,
  nistp256,
  nistp384,
  rsa1024,
  rsa3072,
  skEd25519,
  skNistp256,
} from "../support/sshKeys";

const anyKey = { allowWeakKeys: true };
const strongOnly = { allowWeakKeys: false };

function keysIn(text: string, rules = anyKey) {
  const { keys, problem } = readSshPublicKeys(text, rules);
  assert.equal(problem, undefined);
  assert.ok(keys);
  return keys;
}

function problemOf(text: string, rules = anyKey): string {
  const { keys, problem } = readSshPublicKeys(text, rules);
  assert.equal(keys, undefined, "was taken");
  assert.ok(problem);
  assert.doesNotMatch(problem, /[\n\r]/);
  return problem;
}

function blobIn(keyLine: string): Buffer {
  return Buffer.from(keyLine.split(" ")[1]!, "base64");
}

const sshKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;
/** Without the type that is unknown to what most systems have today. */
const keysOfSshKeygen = knownSshKeys.filter((key) => key !== mldsa44);

/** What `ssh-keygen -lf` makes of the lines: one answer for each it takes. */
function listedBySshKeygen(lines: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "ssh-keys-"));
  try {
    const path = join(folder, "keys");
    writeFileSync(path, `${lines.join("\n")}\n`);
    return execFileSync("ssh-keygen", ["-lf", path], { encoding: "utf8" }).trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("readSshPublicKeys", () => {
  describe("keys", () => {
    for (const { line: text, weak, line: _, ...expected } of knownSshKeys) {
      it(`reads ${expected.type} of ${expected.bits} bits as ssh-keygen does`, () => {
        const { type, bits, fingerprint, comment } = expected;
        assert.deepEqual(keysIn(text), [{ type, bits, fingerprint, comment }]);
      });
      it(`${weak ? "refuses" : "takes"} ${expected.type} of ${expected.bits} bits by default`, () => {
        if (!weak) return void keysIn(text, strongOnly);
        assert.match(
          problemOf(text, strongOnly),
          /^holds an? (DSA|RSA) key.*codestar:allowWeakKeys/,
        );
      });
    }

    it("has no keys in empty text and in white space", () => {
      for (const text of ["", " ", "\n", " \r\n\t\n"]) assert.deepEqual(keysIn(text), []);
    });

    it("reads several keys, blank lines, comment lines and every end of line", () => {
      const lines = ["# the laptop", ed25519.line, "", "  # the token", `\t${skEd25519.line}  `];
      for (const end of ["\n", "\r\n", "\r"]) {
        for (const text of [lines.join(end), lines.join(end) + end]) {
          assert.deepEqual(
            keysIn(text).map(({ fingerprint }) => fingerprint),
            [ed25519.fingerprint, skEd25519.fingerprint],
          );
        }
      }
    });

    it("takes any white space between the parts, and no comment", () => {
      const [type, base64] = ed25519.line.split(" ");
      assert.equal(keysIn(`${type}\t  ${base64}`)[0]?.comment, "");
      assert.equal(keysIn(`${type} ${base64} \t a  b `)[0]?.comment, "a  b");
    });

    it("agrees with sshpk for the types that sshpk knows", () => {
      const known = knownSshKeys.filter(({ type }) => !/^sk-|mldsa/.test(type));
      const fresh = (["nistp256", "nistp384", "nistp521"] as const).map((curve) =>
        line(`ecdsa-sha2-${curve}`, ecdsaBlob(curve)),
      );
      for (const text of [...known.map((key) => key.line), ...fresh]) {
        const theirs = sshpk.parseKey(text, "ssh");
        const [ours] = keysIn(text);
        assert.equal(ours?.fingerprint, theirs.fingerprint("sha256").toString());
        assert.equal(ours?.bits, theirs.size);
      }
    });

    (sshKeygen ? it : it.skip)("agrees with ssh-keygen on fresh keys", () => {
      const curves: readonly Curve[] = ["nistp256", "nistp384", "nistp521"];
      const lines = [
        ...fc
          .sample(fc.uint8Array({ minLength: 32, maxLength: 32 }), 50)
          .map((point) => line("ssh-ed25519", ed25519Blob(Buffer.from(point)), "c")),
        ...curves.flatMap((curve) =>
          Array.from({ length: 10 }, () => line(`ecdsa-sha2-${curve}`, ecdsaBlob(curve), "c")),
        ),
        ...[1024, 1025, 2047, 2048].map((bits) => line("ssh-rsa", rsaBlob(newRsaKey(bits)), "c")),
        ...keysOfSshKeygen.map((key) => key.line),
      ];
      const ours = keysIn(lines.join("\n")).map(
        ({ bits, fingerprint, comment }) => `${bits} ${fingerprint} ${comment}`,
      );
      const theirs = listedBySshKeygen(lines).map((answer) => answer.replace(/ \([^)]*\)$/, ""));
      assert.deepEqual(ours, theirs);
    });

    it("takes every point that OpenSSL makes", () => {
      for (const curve of ["nistp256", "nistp384", "nistp521"] as const) {
        for (let run = 0; run < 100; run++) keysIn(line(`ecdsa-sha2-${curve}`, ecdsaBlob(curve)));
      }
    });

    it("takes RSA from 2048 bits, and from 1024 when weak keys are allowed", () => {
      for (const [bits, strong] of [
        [1024, false],
        [2047, false],
        [2048, true],
      ] as const) {
        const text = line("ssh-rsa", rsaBlob(newRsaKey(bits)));
        assert.equal(keysIn(text)[0]?.bits, bits);
        assert.equal(readSshPublicKeys(text, strongOnly).keys !== undefined, strong);
      }
      const short = line("ssh-rsa", rsaBlob(newRsaKey(1023)));
      assert.match(problemOf(short), /modulus of 1023 bits; OpenSSH takes 1024 to 16384/);
    });
  });

  describe("texts that are something else", () => {
    it("names the line when there are several", () => {
      const text = `${ed25519.line}\n\nssh-ed25519\n`;
      assert.match(problemOf(text), /^on line 3 holds the type ssh-ed25519 without a key/);
      assert.match(problemOf("ssh-ed25519\n"), /^holds the type ssh-ed25519 without a key/);
    });

    it("names a type that it does not know, and offers no other", () => {
      const types = [
        "ssh-mldsa65-ed25519@openssh.com",
        "ssh-ed448",
        "ssh-xmss@openssh.com",
        "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-ed25518",
      ];
      for (const type of types) {
        const blob = blobOf(type, field(Buffer.alloc(57, 9)));
        for (const text of [line(type, blob, "me"), line(type, blob.subarray(0, -3))]) {
          const problem = problemOf(text);
          assert.ok(
            problem.startsWith(`holds a key of the type ${type}, which this version does not know`),
            problem,
          );
          assert.doesNotMatch(problem, /did you mean/);
        }
      }
    });

    it("refuses a second key on the line, however it got there", () => {
      const first = ed25519.line;
      const second = rsa3072.line;
      const [type, base64] = second.split(" ") as [string, string];
      const unknown = line("ssh-ed448", blobOf("ssh-ed448", field(Buffer.alloc(57, 9))));
      const comments = [
        second,
        `, ${second}`,
        `ada@laptop, ${second}`,
        `ada@laptop;${type}\t${base64}`,
        `ada@laptop "${second}"`,
        `ada@laptop ${second.slice(0, 60)}`,
        `ada@laptop,${base64}`,
        `A${base64}`,
        certificate,
        unknown,
        mldsa44.line,
      ];
      for (const comment of comments) {
        for (const text of [`${first} ${comment}`, `# two\n${first}  ${comment}\n`]) {
          const problem = problemOf(text);
          assert.match(
            problem,
            /holds a second key in the comment of the first.* a line of its own/,
          );
          assert.doesNotMatch(problem, /AAAA/);
        }
      }
    });

    it("takes a comment for a comment that only speaks of keys", () => {
      const comments = [
        "my ssh-rsa key, before: ssh-ed25519",
        "AAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAbattery/charged/notakey",
        ed25519.fingerprint,
        "ada@laptop, desk 3 (C3NzaC1lZDI1NTE5)",
      ];
      for (const comment of comments) {
        assert.equal(
          keysIn(`${ed25519.line.split(" ").slice(0, 2).join(" ")} ${comment}`).length,
          1,
        );
      }
    });

    it("calls a text weak only when nothing else is wrong with it", () => {
      const weak = (text: string) => readSshPublicKeys(text, strongOnly).weak;
      assert.equal(weak(rsa1024.line), true);
      assert.equal(weak(`${ed25519.line}\n${dsa1024.line}`), true);
      for (const text of [
        "intern",
        "# none",
        ed25519.line.slice(0, 50),
        `${ed25519.line} ${rsa1024.line}`,
        `${rsa1024.line}\nintern`,
      ]) {
        assert.equal(weak(text), false, text);
      }
      assert.match(problemOf(`${rsa1024.line}\nintern`, strongOnly), /^on line 2 holds something/);
    });

    it("refuses comments without a key", () => {
      assert.match(problemOf("# none yet\n"), /^holds comments but no key/);
    });

    it("refuses certificates", () => {
      assert.match(problemOf(certificate), /^holds an OpenSSH certificate/);
      const [, base64] = certificate.split(" ");
      assert.match(problemOf(`ecdsa-sha2-nistp256 ${base64}`), /does not repeat its type/);
    });

    it("refuses options and host names before the key", () => {
      for (const before of [
        'from="10.0.0.0/8"',
        "no-pty,no-X11-forwarding",
        'command="a b"',
        "github.com",
      ]) {
        assert.match(
          problemOf(`${before} ${ed25519.line}`),
          /something before the type of the key/,
        );
      }
      assert.match(problemOf(`"${ed25519.line}"`), /something before the type of the key/);
    });

    it("says how to convert the other formats of public keys", () => {
      const rfc4716 = `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "x"\n${ed25519.line.split(" ")[1]}\n---- END SSH2 PUBLIC KEY ----\n`;
      assert.match(problemOf(rfc4716), /RFC 4716.*ssh-keygen -i -f/);
      const rsa = newRsaKey(1024);
      const pkcs1 = rsa.export({ type: "pkcs1", format: "pem" }).toString();
      assert.match(problemOf(pkcs1), /ssh-keygen -i -m PEM -f/);
      const spki = rsa.export({ type: "spki", format: "pem" }).toString();
      assert.match(problemOf(spki), /ssh-keygen -i -m PKCS8 -f/);
      assert.match(problemOf("-----BEGIN CERTIFICATE-----\nMIIB\n"), /X\.509 certificate/);
      assert.match(problemOf("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), /PGP key/);
    });

    it("recognises the usual slips", () => {
      const base64 = ed25519.line.split(" ")[1]!;
      assert.match(problemOf(base64), /a key without its type in front/);
      assert.match(problemOf(ed25519.fingerprint), /a fingerprint, not a key/);
      assert.match(problemOf("~/.ssh/id_ed25519.pub"), /path of a file/);
      assert.match(problemOf("C:\\keys\\me.pub"), /path of a file/);
      assert.match(problemOf(`ssh-ed25519\u00a0${base64}`), /no-break space/);
      assert.match(problemOf(`ssh-ed25591 ${base64}`), /did you mean ssh-ed25519\?/);
      assert.match(problemOf(`rsa ${rsa3072.line.split(" ")[1]}`), /did you mean ssh-rsa\?/);
      assert.match(
        problemOf("intern"),
        /does not begin with a type of key; write one line per key/,
      );
      const wrapped = `${rsa3072.line.slice(0, 76)}\n${rsa3072.line.slice(76)}`;
      assert.match(problemOf(wrapped), /^on line 1 holds an ssh-rsa key that .*cut off, wrapped/);
    });
  });

  describe("private keys", () => {
    const pairs = {
      rsa: generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey,
      dsa: generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey,
      ec: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
      ed25519: generateKeyPairSync("ed25519").privateKey,
    };
    const cipher = { cipher: "aes-128-cbc", passphrase: "secret" };
    const opensshBody = Buffer.concat([Buffer.from("openssh-key-v1\0"), Buffer.alloc(200, 7)]);
    const openssh = `-----BEGIN OPENSSH PRIVATE KEY-----\n${wrap(opensshBody.toString("base64"))}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const texts: Record<string, string> = {
      "PKCS #1": pairs.rsa.export({ type: "pkcs1", format: "pem" }).toString(),
      "PKCS #1, encrypted": pairs.rsa
        .export({ type: "pkcs1", format: "pem", ...cipher })
        .toString(),
      "SEC 1": pairs.ec.export({ type: "sec1", format: "pem" }).toString(),
      "PKCS #8": pairs.ed25519.export({ type: "pkcs8", format: "pem" }).toString(),
      "PKCS #8, encrypted": pairs.ed25519
        .export({ type: "pkcs8", format: "pem", ...cipher })
        .toString(),
      OpenSSH: openssh,
      "OpenSSH without its first line": openssh.split("\n").slice(1).join("\n"),
      "SSH2 (ssh.com)": `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${wrap("P2/56wAAAi4".repeat(20))}\n`,
      PuTTY: `PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: me\r\nPublic-Lines: 2\r\n${wrap(ed25519.line.split(" ")[1]!)}\r\nPrivate-Lines: 1\r\n${"QUJD".repeat(11)}\r\nPrivate-MAC: 00\r\n`,
      PGP: `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${wrap("lQVYBGV".repeat(20))}\n`,
    };
    const der: Record<string, Buffer> = {
      "PKCS #1": pairs.rsa.export({ type: "pkcs1", format: "der" }),
      "PKCS #1 of 512 bits": generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey.export({
        type: "pkcs1",
        format: "der",
      }),
      "PKCS #1 of 4096 bits": generateKeyPairSync("rsa", {
        modulusLength: 4096,
      }).privateKey.export({ type: "pkcs1", format: "der" }),
      "PKCS #8 of RSA": pairs.rsa.export({ type: "pkcs8", format: "der" }),
      "PKCS #8 of DSA": pairs.dsa.export({ type: "pkcs8", format: "der" }),
      "PKCS #8 of P-256": pairs.ec.export({ type: "pkcs8", format: "der" }),
      "PKCS #8 of P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey.export({
        type: "pkcs8",
        format: "der",
      }),
      "PKCS #8 of Ed25519": pairs.ed25519.export({ type: "pkcs8", format: "der" }),
      "PKCS #8, encrypted": pairs.rsa.export({ type: "pkcs8", format: "der", ...cipher }),
      "SEC 1": pairs.ec.export({ type: "sec1", format: "der" }),
      "ssh.com": Buffer.concat([Buffer.from("3f6ff9eb0000022e", "hex"), Buffer.alloc(90, 7)]),
    };
    for (const [name, text] of Object.entries({ ...texts })) {
      if (/BEGIN|PuTTY/.test(text)) texts[`the file of ${name} in base64`] = wrap(base64(text));
    }
    for (const [name, bytes] of Object.entries(der)) {
      texts[`${name} in base64`] = bytes.toString("base64");
      texts[`${name} in base64, wrapped`] = wrap(bytes.toString("base64"));
    }

    for (const [name, text] of Object.entries(texts)) {
      const disguises = {
        "as it is": text,
        indented: text.replace(/^/gm, "   "),
        "with CRLF": text.replace(/\r?\n/g, "\r\n"),
        "on one line": text.replace(/\s+/g, " "),
        "after a public key": `${ed25519.line}\n${text}`,
        "as a comment of a public key": `${ed25519.line} ${text.replace(/\s+/g, " ")}`,
      };
      it(`refuses ${name}, whatever its layout, and repeats none of it`, () => {
        for (const [layout, disguised] of Object.entries(disguises)) {
          const problem = problemOf(disguised);
          assert.match(problem, /^holds a private key; give the public key/, layout);
          assertRepeatsNothing(problem, disguised);
          assert.match(describeSshPublicKeys(disguised), /^unreadable text of \d+ characters$/);
        }
      });
    }

    it("are found in a file in base64 that is wrapped anywhere, and at their place", () => {
      const encoded = base64(texts["PKCS #8"]!);
      for (let width = 4; width < 80; width++) {
        const wrapped = encoded.replace(new RegExp(`(.{${width}})(?=.)`, "g"), "$1\r\n    ");
        assert.ok(holdsPrivateKey(`key: |\n    ${wrapped}`), `${width}`);
      }
      for (const text of Object.values(der)) {
        assert.equal(findPrivateKey(`key: ${text.toString("base64")}`), 5);
      }
      assert.equal(findPrivateKey(`key: ${texts["PKCS #8"]}`), 5);
    });

    it("are found by the line that names their encryption, where the first and last are gone", () => {
      const lines = texts["PKCS #1, encrypted"]!.split("\n");
      assert.ok(holdsPrivateKey(lines.filter((text) => !text.startsWith("-----")).join("\n")));
    });

    it("are not seen in public keys, in whatever form", () => {
      for (const { publicKey } of [
        generateKeyPairSync("rsa", { modulusLength: 1024 }),
        generateKeyPairSync("ec", { namedCurve: "P-256" }),
        generateKeyPairSync("ed25519"),
      ]) {
        const spki = publicKey.export({ type: "spki", format: "der" }).toString("base64");
        assert.ok(!holdsPrivateKey(spki));
        assert.ok(!holdsPrivateKey(base64(publicKey.export({ type: "spki", format: "pem" }))));
      }
      const pkcs1 = newRsaKey(1024).export({ type: "pkcs1", format: "der" });
      assert.ok(!holdsPrivateKey(pkcs1.toString("base64")));
      for (const { line: text } of knownSshKeys) assert.ok(!holdsPrivateKey(text));
      const random = randomBytes(3_000_000).toString("base64");
      assert.equal(findPrivateKey(random), undefined);
    });
  });

  describe("broken blobs", () => {
    const blobs = knownSshKeys.map((key) => ({ type: key.type, blob: blobIn(key.line) }));

    it("refuses every truncation", () => {
      for (const { type, blob } of blobs) {
        for (let length = 0; length < blob.length; length++) {
          problemOf(line(type, blob.subarray(0, length)));
        }
      }
    });

    it("refuses anything after the last field", () => {
      for (const { type, blob } of blobs) {
        const longer = Buffer.concat([blob, Buffer.alloc(3)]);
        assert.match(problemOf(line(type, longer)), /goes on for 3 bytes after its last part/);
      }
    });

    it("refuses a blob of another type", () => {
      for (const { type } of blobs) {
        for (const other of blobs) {
          if (other.type === type) continue;
          assert.match(problemOf(line(type, other.blob)), /is of another type inside/);
        }
      }
    });

    it("never throws for a flipped bit, and takes none in lengths, names and points", () => {
      for (const { type, blob } of blobs) {
        for (let bit = 0; bit < blob.length * 8; bit++) {
          const flipped = Buffer.from(blob);
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          const { keys } = readSshPublicKeys(line(type, flipped), anyKey);
          if (keys) assert.ok(mayDiffer(type, blob, bit >> 3), `${type}: bit ${bit} was taken`);
        }
      }
    }).timeout(60_000);

    it("refuses wrong base64", () => {
      const [type, base64] = nistp256.line.split(" ") as [string, string];
      assert.ok(base64.endsWith("="));
      const wrong = [
        base64.slice(0, -1),
        `${base64}=`,
        base64.replace("A", "!"),
        base64.replace("+", "-"),
        `${base64.slice(0, 40)}=${base64.slice(40)}`,
        // The unused bits of the last letter set: two spellings of one blob.
        base64.replace(/.(=+)$/, "1$1"),
      ];
      for (const spelling of wrong) {
        assert.match(problemOf(`${type} ${spelling}`), /not whole base64|holds an ecdsa/);
      }
    });

    it("refuses an Ed25519 key that has not 32 bytes", () => {
      for (const length of [0, 31, 33, 64]) {
        const text = line("ssh-ed25519", ed25519Blob(Buffer.alloc(length, 9)));
        assert.match(
          problemOf(text),
          new RegExp(`public key of ${length} bytes where 32 are right`),
        );
      }
    });

    it("refuses an ML-DSA-44 key with Ed25519 that has not 1,344 bytes", () => {
      for (const length of [0, 32, 1312, 1343, 1345]) {
        assert.match(
          problemOf(line(mldsa44.type, mldsa44Blob(length))),
          new RegExp(`public key of ${length} bytes where 1344 are right`),
        );
      }
    });

    it("refuses points that are compressed, of another length, off the curve or of another curve", () => {
      const point = pointOf("nistp256");
      const compressed = Buffer.concat([
        Buffer.from([2 + (point[64]! & 1)]),
        point.subarray(1, 33),
      ]);
      const malformed = [compressed, Buffer.from([0]), point.subarray(0, 64), pointOf("nistp384")];
      for (const wrong of malformed) {
        const text = line("ecdsa-sha2-nistp256", ecdsaBlob("nistp256", wrong));
        assert.match(problemOf(text), /malformed point/);
      }
      const off = Buffer.from(point);
      off[64]! ^= 1;
      const zero = Buffer.concat([Buffer.from([4]), Buffer.alloc(64)]);
      const beyond = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 0xff)]);
      for (const wrong of [off, zero, beyond]) {
        const text = line("ecdsa-sha2-nistp256", ecdsaBlob("nistp256", wrong));
        assert.match(problemOf(text), /does not lie on the curve nistp256/);
      }
      const disagrees = blobOf("ecdsa-sha2-nistp256", "nistp384", field(pointOf("nistp384")));
      assert.match(
        problemOf(line("ecdsa-sha2-nistp256", disagrees)),
        /does not name the curve nistp256/,
      );
    });

    it("refuses a security key without a readable application", () => {
      for (const application of ["", "ssh: x", "ssh:\0", "\x1b[2J"]) {
        const blob = blobOf(skEd25519.type, field(Buffer.alloc(32, 9)), application);
        assert.match(problemOf(line(skEd25519.type, blob)), /has no readable application/);
      }
      const missing = blobOf(skNistp256.type, "nistp256", field(pointOf("nistp256")));
      assert.match(
        problemOf(line(skNistp256.type, missing)),
        /ends in the middle of its application/,
      );
    });

    it("refuses numbers that no RSA or DSA key has", () => {
      const n = (1n << 2047n) + 9n;
      const rsa = (e: Buffer, modulus: Buffer) =>
        problemOf(line("ssh-rsa", blobOf("ssh-rsa", e, modulus)));
      for (const e of [1n, 2n, 65536n, n + 2n]) {
        assert.match(rsa(mpint(e), mpint(n)), /modulus and an exponent that no RSA key has/);
      }
      assert.match(rsa(mpint(3n), mpint(n + 1n)), /no RSA key has/);
      assert.match(rsa(mpint(0n), mpint(n)), /has zero for its exponent/);
      assert.match(rsa(mpint(3n), mpint(1n << 16384n)), /modulus of 16385 bits/);
      const unsigned = field(Buffer.from(n.toString(16), "hex"));
      assert.match(rsa(mpint(3n), unsigned), /spells its modulus in a way that no program writes/);
      assert.match(rsa(field(Buffer.from([0, 3])), mpint(n)), /spells its exponent/);

      const p = (1n << 1023n) + 9n;
      const q = (1n << 159n) + 9n;
      const dsa = (...numbers: bigint[]) =>
        problemOf(line("ssh-dss", blobOf("ssh-dss", ...numbers.map(mpint))));
      assert.match(dsa(p, q, p, 5n), /numbers that no DSA key has/);
      assert.match(dsa(p, q, 5n, 1n), /numbers that no DSA key has/);
      assert.match(dsa(p, q << 96n, 5n, 5n), /q of 256/);
      assert.match(dsa(p >> 512n, q, 5n, 5n), /p of 512 bits/);
    });

    (sshKeygen ? it : it.skip)("takes no damaged key that ssh-keygen refuses", () => {
      const damaged = fc.sample(
        fc
          .record({
            key: fc.constantFrom(...blobs.filter(({ type }) => type !== mldsa44.type)),
            at: fc.nat(),
            byte: fc.integer({ min: 1, max: 255 }),
          })
          .map(({ key: { type, blob }, at, byte }) => {
            const changed = Buffer.from(blob);
            changed[at % blob.length]! ^= byte;
            return line(type, changed);
          }),
        2000,
      );
      const taken = damaged.filter((text) => readSshPublicKeys(text, anyKey).keys);
      assert.ok(taken.length > 100, `${taken.length} taken: the sample shows nothing`);
      assert.ok(taken.length < 1500, `${taken.length} taken: the sample shows nothing`);
      assert.equal(listedBySshKeygen(taken).length, taken.length);
    }).timeout(60_000);
  });

  describe("any text", () => {
    const pieces = fc.oneof(
      fc.constantFrom(...knownSshKeys.map((key) => key.line), certificate),
      fc.constantFrom(...knownSshKeys.map((key) => key.type), " ", "\t", "\n", "#", "=", "AAAA"),
      fc.constantFrom("-----BEGIN ", "OPENSSH ", "PRIVATE KEY", "-----", "PUBLIC KEY", '"', "\0"),
      fc.string({ unit: "binary" }),
      fc.base64String(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
    );
    const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));

    it("never makes it throw, and is answered with keys or a problem", () => {
      fc.assert(
        fc.property(texts, fc.boolean(), (text, allowWeakKeys) => {
          const { keys, problem } = readSshPublicKeys(text, { allowWeakKeys });
          assert.equal(typeof keys === "undefined", typeof problem === "string");
          assert.equal(typeof describeSshPublicKeys(text), "string");
        }),
        { numRuns: 2000 },
      );
    });

    it("is never repeated by a problem or a description", () => {
      const secret = fc.stringMatching(/^[A-Za-z0-9+/]{12,40}$/);
      const around = fc.tuple(texts, texts);
      fc.assert(
        fc.property(
          secret,
          around,
          fc.constantFrom("", " ", "\n"),
          (word, [before, after], gap) => {
            const text = before + gap + word + gap + after;
            const shown = `${readSshPublicKeys(text, strongOnly).problem} ${describeSshPublicKeys(text)}`;
            assert.ok(!shown.includes(word));
          },
        ),
        { numRuns: 2000 },
      );
    });

    it("is read in a time that grows with its length", () => {
      const long = 400_000;
      const parts = [
        " ",
        "\t",
        "A",
        "a ",
        '"',
        "BEGIN ",
        "ssh-rsa ",
        "\n#",
        "AAAA",
        "-",
        "M",
        "MII",
      ];
      const hard = [...parts, "MIIB", "U ", "U\\n", "AAAAC", "AAAAC3NzaC1lZDI1NTE5 "].map((part) =>
        part.repeat(long / part.length),
      );
      for (const text of [...hard, ...hard.map((part) => `ssh-ed25519 ${part}x`)]) {
        const started = performance.now();
        readSshPublicKeys(text, strongOnly);
        // Far above what is needed (milliseconds), far below what a square would take (minutes).
        assert.ok(performance.now() - started < 5000);
      }
    });
  });
});

describe("findFingerprints", () => {
  it("finds every key, whatever surrounds it, but those on lines that are comments", () => {
    const lines = [
      `${ed25519.line}, ${rsa1024.line} ; "${mldsa44.line}"`,
      `from="10.0.0.0/8" ${nistp256.line}`,
      ` # ${skEd25519.line}`,
      `ssh-rsa ${nistp384.line.split(" ")[1]}`,
      certificate,
      rsa3072.line.slice(0, -40),
    ];
    assert.deepEqual(
      findFingerprints(lines.join("\n")),
      [ed25519, rsa1024, mldsa44, nistp256, nistp384].map(({ fingerprint }) => fingerprint),
    );
  });
});

describe("sameSshPublicKey", () => {
  it("looks away from white space around the texts only", () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[ \t\r\n]*$/), (text, space) => {
        assert.ok(sameSshPublicKey(text, space + text + space));
      }),
    );
    assert.ok(!sameSshPublicKey(ed25519.line, ed25519.line.replace(" ", "  ")));
    assert.ok(!sameSshPublicKey(ed25519.line, skEd25519.line));
  });

  it("takes an absent text for an empty one", () => {
    assert.ok(sameSshPublicKey(undefined, ""));
    assert.ok(sameSshPublicKey("\n", undefined));
    assert.ok(!sameSshPublicKey(undefined, "x"));
  });
});

describe("describeSshPublicKeys", () => {
  it("shows fingerprints with types, weak keys too", () => {
    assert.equal(describeSshPublicKeys(ed25519.line), `${ed25519.fingerprint} (ssh-ed25519)`);
    assert.equal(
      describeSshPublicKeys(`${dsa1024.line}\n# old\n${rsa1024.line}\n`),
      `${dsa1024.fingerprint} (ssh-dss), ${rsa1024.fingerprint} (ssh-rsa)`,
    );
  });

  it("shows no key as (none)", () => {
    for (const text of [undefined, "", " \n"]) assert.equal(describeSshPublicKeys(text), "(none)");
  });

  it("shows anything else by its length", () => {
    assert.equal(describeSshPublicKeys("intern"), "unreadable text of 6 characters");
    assert.equal(describeSshPublicKeys("# none"), "unreadable text of 6 characters");
  });
});

describe("describeSshPublicKeyDrift", () => {
  it("describes both sides", () => {
    assert.deepEqual(describeSshPublicKeyDrift("", ed25519.line), {
      live: "(none)",
      declared: `${ed25519.fingerprint} (ssh-ed25519)`,
    });
  });

  it("tells apart texts that read alike", () => {
    assert.deepEqual(describeSshPublicKeyDrift(`${nistp384.line}!`, nistp384.line), {
      live: `${nistp384.fingerprint} (ecdsa-sha2-nistp384), with other comments`,
      declared: `${nistp384.fingerprint} (ecdsa-sha2-nistp384)`,
    });
    assert.deepEqual(describeSshPublicKeyDrift("intern", "extern"), {
      live: "unreadable text of 6 characters, another one",
      declared: "unreadable text of 6 characters",
    });
  });

  it("leaves texts alone that are the same", () => {
    const { live, declared } = describeSshPublicKeyDrift(`${ed25519.line}\n`, ed25519.line);
    assert.equal(live, declared);
  });
});

function base64(text: string | Buffer): string {
  return Buffer.from(text).toString("base64");
}

function wrap(encoded: string): string {
  return encoded.replace(/(.{64})(?=.)/g, "$1\n");
}

/** No eight characters of the text in a row, but for words that the sentences use themselves. */
function assertRepeatsNothing(problem: string, text: string): void {
  for (const word of text.split(/[^A-Za-z0-9+/=]+/)) {
    if (word.length >= 8) assert.ok(!problem.includes(word.slice(0, 8)));
  }
}

/**
 * Whether another value of the byte can still be a key: only inside big numbers,
 * Ed25519 points and applications.
 */
function mayDiffer(type: string, blob: Buffer, at: number): boolean {
  const free: Record<string, readonly number[]> = {
    "ssh-ed25519": [1],
    "sk-ssh-ed25519@openssh.com": [1, 2],
    "sk-ecdsa-sha2-nistp256@openssh.com": [3],
    "ssh-mldsa44-ed25519@openssh.com": [1],
    "ssh-rsa": [1, 2],
    "ssh-dss": [1, 2, 3, 4],
  };
  let offset = 0;
  for (let index = 0; offset < blob.length; index++) {
    const start = offset + 4;
    offset = start + blob.readUInt32BE(offset);
    if (at < offset) return at >= start && (free[type]?.includes(index) ?? false);
  }
  return false;
}
