import { type Constraint, constraints, type Input, type OperationName } from "./api/constraints";
import { ServiceError } from "./api/errors";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const loneSurrogate = /\p{Surrogate}/u;

const membersOf = Object.fromEntries(
  Object.entries(constraints).map(([operation, members]) => [operation, Object.entries(members)]),
) as Record<OperationName, [string, Constraint][]>;

/**
 * Reads the request of an operation from a body and checks it.
 *
 * Where no source states the behaviour (`assumed`): an empty body is an empty request; members that
 * the operation does not know are ignored; a member that is `null` is absent; of a member given
 * twice the last counts. Throws SerializationException for what is not JSON or of the wrong type,
 * else one ValidationException that lists every failure.
 */
export function readInput<O extends OperationName>(operation: O, body: Uint8Array): Input<O> {
  const request = parse(body);
  const input: Record<string, string | number> = {};
  const failures: string[] = [];
  for (const [name, constraint] of membersOf[operation]) {
    const value = Object.hasOwn(request, name) ? request[name] : undefined;
    if (value === undefined || value === null) {
      if (constraint.required)
        failures.push(failure(name, "Member must not be null", "Value null"));
      continue;
    }
    const typed = ofType(name, constraint, value);
    for (const violated of violations(constraint, typed)) failures.push(failure(name, violated));
    input[name] = typed;
  }
  if (failures.length > 0) throw ServiceError.validation(phrase(failures));
  return input as Input<O>;
}

function parse(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    // The parser's own message quotes the body, which may hold a name or an e-mail address.
    throw ServiceError.serialization("The request body is not JSON in UTF-8.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw ServiceError.serialization("The request body is not a JSON object.");
  }
  return value as Record<string, unknown>;
}

function ofType(name: string, constraint: Constraint, value: unknown): string | number {
  if (constraint.type === "integer") {
    if (typeof value === "number" && Number.isInteger(value)) return value;
    throw ServiceError.serialization(`The member '${name}' is not an integer.`);
  }
  if (typeof value !== "string") {
    throw ServiceError.serialization(`The member '${name}' is not a string.`);
  }
  // A store keeps UTF-8, which has no form for half a character.
  if (loneSurrogate.test(value)) {
    throw ServiceError.serialization(`The member '${name}' is not valid Unicode.`);
  }
  return value;
}

function violations(constraint: Constraint, value: string | number): readonly string[] {
  const violated: string[] = [];
  const measure = typeof value === "number" ? value : codePoints(value);
  const measured = constraint.type === "integer" ? "value" : "length";
  if (measure < constraint.min) {
    violated.push(`Member must have ${measured} greater than or equal to ${constraint.min}`);
  }
  if (measure > constraint.max) {
    violated.push(`Member must have ${measured} less than or equal to ${constraint.max}`);
  }
  if (constraint.type === "string" && !constraint.pattern.test(value as string)) {
    violated.push(`Member must satisfy regular expression pattern: ${constraint.pattern.source}`);
  }
  return violated;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

/**
 * AWS's words for a failed constraint. Never the value: it may be a name, an
 * address or a private key.
 */
function failure(member: string, constraint: string, subject = "Value"): string {
  return `${subject} at '${member}' failed to satisfy constraint: ${constraint}`;
}

function phrase(failures: readonly string[]): string {
  const noun = failures.length === 1 ? "error" : "errors";
  return `${failures.length} validation ${noun} detected: ${failures.join("; ")}`;
}
