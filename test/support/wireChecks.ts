import assert from "node:assert/strict";
import { constraints, type OperationName, type Source } from "../../service/api/constraints";
import { arnOf } from "./profiles";
import type { TestService } from "./startService";

/** A value for a member, and which constraints it breaks, in the service's words. */
interface ValidationCase {
  readonly title: string;
  readonly member: string;
  readonly value: unknown;
  readonly broken: readonly string[];
  readonly source: Source;
}

const pattern = {
  userArn:
    "Member must satisfy regular expression pattern: ^arn:aws:iam::\\d{12}:user(?:(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F))[\\w+=,.@-]+$",
  displayName: "Member must satisfy regular expression pattern: ^\\S(.*\\S)?$",
  emailAddress: "Member must satisfy regular expression pattern: ^[\\w-.+]+@[\\w-.+]+$",
  sshPublicKey: "Member must satisfy regular expression pattern: ^[\\t\\r\\n\\u0020-\\u00FF]*$",
  nextToken: "Member must satisfy regular expression pattern: ^[\\w/+=]+$",
};
const atLeast = (min: number) => `Member must have length greater than or equal to ${min}`;
const atMost = (max: number) => `Member must have length less than or equal to ${max}`;

const invalid = (
  member: string,
  title: string,
  value: unknown,
  broken: readonly string[],
  source: Source = "modelled",
): ValidationCase => ({ member, title, value, broken, source });

const invalidValues: readonly ValidationCase[] = [
  invalid("userArn", "of 31 characters", "arn:aws:iam::123456789012:user/", [
    atLeast(32),
    pattern.userArn,
  ]),
  invalid("userArn", "of 96 characters", arnOf("x".repeat(65)), [atMost(95)]),
  invalid("userArn", "of the root user", "arn:aws:iam::123456789012:root/abc", [pattern.userArn]),
  invalid("userArn", "of a role", "arn:aws:iam::123456789012:role/intern", [pattern.userArn]),
  invalid("userArn", "of an assumed role", "arn:aws:sts::123456789012:assumed-role/a/b", [
    pattern.userArn,
  ]),
  invalid("userArn", "of another partition", "arn:aws-cn:iam::123456789012:user/intern", [
    pattern.userArn,
  ]),
  invalid("userArn", "with an empty path", "arn:aws:iam::123456789012:user//intern", [
    pattern.userArn,
  ]),
  invalid("userArn", "of 11 digits", "arn:aws:iam::12345678901:user/intern", [pattern.userArn]),
  invalid("userArn", "with a space", arnOf("in tern"), [pattern.userArn]),
  invalid("userArn", "with a newline at its end", `${arnOf("intern")}\n`, [pattern.userArn]),
  invalid("displayName", "that is empty", "", [atLeast(1), pattern.displayName]),
  invalid("displayName", "of 65 characters", "x".repeat(65), [atMost(64)]),
  invalid(
    "displayName",
    "of 65 characters beyond the basic plane",
    "😀".repeat(65),
    [atMost(64)],
    "assumed",
  ),
  invalid("displayName", "that starts with a space", " Intern", [pattern.displayName]),
  invalid("displayName", "that ends in a newline", "Intern\n", [pattern.displayName]),
  invalid("displayName", "of two lines", "Int\nern", [pattern.displayName]),
  invalid("emailAddress", "of 2 characters", "a@", [atLeast(3), pattern.emailAddress]),
  invalid("emailAddress", "of 129 characters", `${"x".repeat(127)}@x`, [atMost(128)]),
  invalid("emailAddress", "without @", "intern.example.com", [pattern.emailAddress]),
  invalid("emailAddress", "with two @", "a@b@c", [pattern.emailAddress]),
  invalid("emailAddress", "with a space", "in tern@example.com", [pattern.emailAddress]),
  invalid("emailAddress", "beyond ASCII", "zoë@example.com", [pattern.emailAddress]),
  invalid("sshPublicKey", "of 16,385 characters", "x".repeat(16_385), [atMost(16_384)]),
  invalid("sshPublicKey", "beyond Latin-1", "ssh-ed25519 Ā", [pattern.sshPublicKey]),
  invalid("sshPublicKey", "with U+0000", "ssh\0", [pattern.sshPublicKey]),
  invalid("nextToken", "that is empty", "", [atLeast(1), pattern.nextToken]),
  invalid("nextToken", "of 513 characters", "x".repeat(513), [atMost(512)]),
  invalid("nextToken", "with a character outside of base64", "a-b", [pattern.nextToken]),
  invalid("maxResults", "of 0", 0, ["Member must have value greater than or equal to 1"]),
  invalid("maxResults", "of 101", 101, ["Member must have value less than or equal to 100"]),
  invalid("maxResults", "far out of range", 1e300, [
    "Member must have value less than or equal to 100",
  ]),
];

/** The messages are assumed throughout: no source has them. */
export function itValidates(
  operation: OperationName,
  valid: Readonly<Record<string, unknown>>,
  service: () => TestService,
): void {
  const members = constraints[operation];
  const cases = invalidValues.filter(({ member }) => Object.hasOwn(members, member));
  for (const { member, title, value, broken, source } of cases) {
    it(`refuses a ${member} ${title} [${source}]`, async () => {
      const answer = await service().send(operation, JSON.stringify({ ...valid, [member]: value }));
      const failures = broken.map(
        (constraint) => `Value at '${member}' failed to satisfy constraint: ${constraint}`,
      );
      assertValidation(answer, failures);
    });
  }
  const required = Object.entries(members).filter(([, { required }]) => required);
  for (const [member] of required) {
    it(`refuses a request without ${member} [modelled]`, async () => {
      const { [member]: _, ...rest } = valid;
      assertValidation(await service().send(operation, JSON.stringify(rest)), [
        `Value null at '${member}' failed to satisfy constraint: Member must not be null`,
      ]);
    });
  }
}

export function assertValidation(
  answer: Awaited<ReturnType<TestService["send"]>>,
  failures: readonly string[],
): void {
  const noun = failures.length === 1 ? "error" : "errors";
  assert.deepEqual(answer.body, {
    __type: "ValidationException",
    message: `${failures.length} validation ${noun} detected: ${failures.join("; ")}`,
  });
  assert.equal(answer.status, 400);
}

interface SerializationCase {
  readonly title: string;
  readonly body: string | Uint8Array;
  readonly message: string;
}

const notJson = "The request body is not JSON in UTF-8.";
const notAnObject = "The request body is not a JSON object.";

const unreadable: readonly SerializationCase[] = [
  { title: "a body that breaks off", body: '{"userArn":', message: notJson },
  { title: "a body of words", body: "userArn=arn", message: notJson },
  { title: "a body with a comma too many", body: '{"userArn":"x",}', message: notJson },
  { title: "a body that is not UTF-8", body: Uint8Array.of(0x7b, 0xff, 0x7d), message: notJson },
  { title: "a body with a byte order mark", body: "\ufeff{}", message: notJson },
  { title: "a list", body: "[]", message: notAnObject },
  { title: "a string", body: '"userArn"', message: notAnObject },
  { title: "a number", body: "5", message: notAnObject },
  { title: "null", body: "null", message: notAnObject },
  { title: "brackets 20,000 deep", body: "[".repeat(20_000), message: notJson },
];

/** That what is no request of the operation is a SerializationException; all assumed. */
export function itReadsJson(
  operation: OperationName,
  valid: Readonly<Record<string, unknown>>,
  service: () => TestService,
): void {
  async function refuses(body: string | Uint8Array, message: string) {
    const answer = await service().send(operation, body);
    assert.deepEqual(answer.body, { __type: "SerializationException", message });
    assert.equal(answer.status, 400);
  }

  for (const { title, body, message } of unreadable) {
    it(`refuses ${title} [assumed]`, () => refuses(body, message));
  }
  for (const [member, { type }] of Object.entries(constraints[operation])) {
    const article = type === "integer" ? "an integer" : "a string";
    const wrong = type === "integer" ? ["5", 1.5, true, [], {}] : [5, true, [], {}, ["x"]];
    for (const value of wrong) {
      it(`refuses ${JSON.stringify(value)} for ${member} [assumed]`, () =>
        refuses(
          JSON.stringify({ ...valid, [member]: value }),
          `The member '${member}' is not ${article}.`,
        ));
    }
    if (type === "string") {
      it(`refuses half a character in ${member} [assumed]`, () =>
        refuses(
          JSON.stringify({ ...valid, [member]: "x\ud800" }),
          `The member '${member}' is not valid Unicode.`,
        ));
    }
  }
  it("takes members that it does not know for absent [assumed]", async () => {
    const body = JSON.stringify({
      ...valid,
      bogus: { deep: [1] },
      constructor: 1,
      ["__proto__"]: 2,
    });
    assert.notEqual((await service().send(operation, body)).body.__type, "SerializationException");
    assert.notEqual((await service().send(operation, body)).body.__type, "ValidationException");
  });
}
