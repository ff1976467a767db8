import { closeSync, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { CodeStarError } from "../../profile/codeStarError";
import type { Credentials } from "./keySource";

/** The options, by the names that they have in the configuration file. */
export interface GivenSettings {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  readonly userArnTemplate?: string | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
  readonly ca?: string | undefined;
  readonly cacheFolder?: string | undefined;
  /** Seconds. */
  readonly cacheMaxAge?: number | undefined;
  readonly syslog?: boolean | undefined;
  /** In the file only: arguments can be seen by everyone on the machine. */
  readonly credentials?: Credentials | undefined;
}

/** The message is a sentence that names the setting and holds no secret. */
export class SettingsError extends CodeStarError {
  override name = "SettingsError";
}

const types: Readonly<Record<keyof GivenSettings, "string" | "number" | "boolean" | "object">> = {
  endpoint: "string",
  region: "string",
  account: "string",
  userArnTemplate: "string",
  timeout: "number",
  ca: "string",
  cacheFolder: "string",
  cacheMaxAge: "number",
  syslog: "boolean",
  credentials: "object",
};

/**
 * Reads the configuration file; nothing when it is not there and not required.
 * @throws SettingsError
 */
export function readConfig(path: string, required: boolean): GivenSettings {
  let text: string;
  let stats: Stats;
  try {
    // Read and judged through one descriptor: it cannot be another file in between.
    const descriptor = openSync(path, "r");
    try {
      stats = fstatSync(descriptor);
      text = readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !required) return {};
    throw new SettingsError(`The configuration ${path} cannot be read (${code}).`);
  }
  refuseForeign(path, stats);
  const config = parse(path, text);
  for (const [name, value] of Object.entries(config)) {
    const type = Object.hasOwn(types, name) ? types[name as keyof GivenSettings] : undefined;
    if (type === undefined) {
      throw new SettingsError(`The configuration ${path} has a member that is not known.`);
    }
    if (typeof value !== type || value === null) {
      throw new SettingsError(`In ${path}, "${name}" must be of type ${type}.`);
    }
  }
  if (config.credentials !== undefined) {
    checkCredentials(path, config.credentials);
    refuseReadable(path, stats);
  }
  return config as GivenSettings;
}

/** Whoever can write the file decides who may log in. */
function refuseForeign(path: string, { uid, mode }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  if (uid !== 0 && uid !== own) {
    throw new SettingsError(`The configuration ${path} must belong to root; it does not.`);
  }
  if ((mode & 0o022) !== 0) {
    throw new SettingsError(
      `The configuration ${path} may be written by others than its owner; run: chmod go-w ${path}`,
    );
  }
}

function refuseReadable(path: string, { mode }: Stats): void {
  if (process.getuid !== undefined && (mode & 0o004) !== 0) {
    throw new SettingsError(
      `The configuration ${path} holds credentials and may be read by everyone; run: chmod o-r ${path}`,
    );
  }
}

function parse(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // The parser's own message quotes the text, which may be a secret.
  }
  throw new SettingsError(`The configuration ${path} is not a JSON object.`);
}

function checkCredentials(path: string, credentials: unknown): void {
  const { accessKeyId, secretAccessKey, sessionToken, ...others } = credentials as Record<
    string,
    unknown
  >;
  const whole =
    isFilled(accessKeyId) &&
    isFilled(secretAccessKey) &&
    (sessionToken === undefined || isFilled(sessionToken)) &&
    Object.keys(others).length === 0;
  if (!whole) {
    throw new SettingsError(
      `In ${path}, "credentials" has "accessKeyId", "secretAccessKey" and, where there is one, "sessionToken".`,
    );
  }
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
