/** PEM of any kind, OpenSSH, SSH2, PGP; then PuTTY; then the encryption of a PEM file; then age. */
const written =
  /(?:-{4,5} ?)?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File|Private-(?:Lines|MAC|Hash):|DEK-Info:|AGE-SECRET-KEY-1/i;

/** The first bytes of a private key of ssh.com; the two zeros begin its length. */
const sshComMagic = "\x3f\x6f\xf9\xeb\0\0";

/**
 * The same within base64: of a whole file, or a body without the line before it.
 * Lines may be wrapped anywhere.
 */
const encoded = new RegExp(
  ["PRIVATE KEY", "PuTTY-User-Key-File", "openssh-key-v1\0", sshComMagic]
    .flatMap(base64Of)
    .map((letters) => [...letters].map(literal).join("(?:\\s|\\\\[nr])*"))
    .join("|"),
);

/** What can begin a DER sequence in base64, with as much after it as its header takes. */
const derStart = /M(?=[A-Za-z0-9+/]{23})/g;
const derHeader = 24;

/**
 * Where a private key begins in the text; undefined when there is none. A key counts in PEM, and
 * without its PEM lines: PKCS #8, PKCS #1, SEC 1 or PKCS #12 in base64, or a whole file of a key in
 * base64. The time grows with the length.
 */
export function findPrivateKey(text: string): number | undefined {
  let first: number | undefined;
  for (const place of [text.search(written), text.search(encoded), findDer(text)]) {
    if (place >= 0 && (first === undefined || place < first)) first = place;
  }
  return first;
}

/** Whether there is a private key anywhere in the text. */
export function holdsPrivateKey(text: string): boolean {
  return findPrivateKey(text) !== undefined;
}

function findDer(text: string): number {
  for (const { index } of text.matchAll(derStart)) {
    if (beginsPrivateKey(Buffer.from(text.slice(index, index + derHeader), "base64"))) return index;
  }
  return -1;
}

const sequence = 0x30;
const integer = 0x02;
const octets = 0x04;
const objectId = 0x06;
/**
 * 1.2.840.113549.1, under which PKCS #5 (.5) and PKCS #12 (.12) name how a key is
 * encrypted; .1 is RSA itself.
 */
const pkcs = Buffer.from("2a864886f70d01", "hex");

/**
 * Whether the bytes are the head of a private key in DER. Public keys and certificates hold
 * no version at this place.
 */
function beginsPrivateKey(der: Buffer): boolean {
  const content = contentOf(der, 0, sequence);
  if (content === undefined) return false;
  const algorithm = contentOf(der, content, sequence);
  if (algorithm !== undefined) {
    const name = contentOf(der, algorithm, objectId);
    if (name === undefined || !der.subarray(name).subarray(0, pkcs.length).equals(pkcs))
      return false;
    return [5, 12].includes(der[name + pkcs.length]!);
  }
  if (der[content] !== integer || der[content + 1] !== 1) return false;
  const next = content + 3;
  switch (der[content + 2]) {
    case 0:
    case 1: {
      const ofAlgorithm = contentOf(der, next, sequence);
      if (ofAlgorithm !== undefined) return der[ofAlgorithm] === objectId;
      // A modulus has 64 bytes and more; the secret of a curve 20 to 66.
      if (der[next] === integer) return der[next + 1]! >= 0x40;
      return der[next] === octets && der[next + 1]! >= 20 && der[next + 1]! <= 66;
    }
    case 3:
      return der[next] === sequence;
    default:
      return false;
  }
}

/**
 * Where the content of an element with this tag begins; undefined when there is no such element.
 */
function contentOf(der: Buffer, at: number, tag: number): number | undefined {
  const length = der[at + 1];
  if (der[at] !== tag || length === undefined) return undefined;
  if (length < 0x80) return at + 2;
  return length === 0x81 || length === 0x82 ? at + 2 + (length - 0x80) : undefined;
}

function literal(letter: string): string {
  return letter === "+" ? "\\+" : letter;
}

/**
 * What any base64 holds that holds the text, in its three positions: without the
 * letters that neighbours share.
 */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const base64 = Buffer.from("\0".repeat(before) + text, "latin1").toString("base64");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + text.length) * 8) / 6);
    return base64.slice(first, last);
  });
}
