import type { Session } from "../lifecycle/session";
import type { Values } from "./server";

/**
 * Values without marks of the dynamic form, which begin with `_` in a state that it
 * wrote, and without nulls.
 */
export function unmarked(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => !name.startsWith("_") && value !== null),
  );
}

/** The mark of a secret value, part of the protocol. */
const [signature, secretSignature] = [
  "4dabf18193072939515e22adb298388d",
  "1b47061264138c4ac30d75fd1eb44270",
];

export function secret(value: unknown): Values {
  return { [signature]: secretSignature, value };
}

/** Settings arrive with secret ones marked: their values in clear. */
export function revealed(settings: Values): Values {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, isSecret(value) ? value.value : value]),
  );
}

function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && (value as Values | null)?.[signature] === secretSignature;
}

/** Makes what fails a sentence of the session. */
export async function phrased<T>(
  session: Session,
  doing: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw session.failure(doing, error);
  }
}
