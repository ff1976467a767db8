import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CodeStarError } from "../profile/codeStarError";

/**
 * Where profiles are kept: AWS's own address (absent), an HTTP service, or a store run in process.
 */
export type Endpoint =
  | { readonly kind: "http"; readonly url: string; readonly loopback: boolean }
  | {
      readonly kind: "store";
      readonly url: string;
      /** How messages call it, when the URL may hold a password. */
      readonly name?: string;
    };

/** The stack's configuration, read once per process. */
export interface Settings {
  readonly endpoint?: Endpoint;
  /**
   * Whether live profiles are read before they are written; `codestar:drift` or
   * CODESTAR_DRIFT, on by default.
   */
  readonly drift: boolean;
  /**
   * Whether DSA keys and RSA keys under 2048 bits pass; `codestar:allowWeakKeys`, false by default.
   */
  readonly allowWeakKeys: boolean;
  /**
   * `codestar:region`, `aws:region`, AWS_REGION or AWS_DEFAULT_REGION; when absent
   * the SDK's own chain decides.
   */
  readonly region?: string;
  /** `codestar:profile` or `aws:profile`; when absent the SDK's own chain decides. */
  readonly profile?: string;
  /** The setting that names `profile` where it is not `aws:profile`. */
  readonly profileSetting?: "codestar:profile";
}

const codestarKeys = [
  "codestar:endpoint",
  "codestar:drift",
  "codestar:allowWeakKeys",
  "codestar:region",
  "codestar:profile",
];

/** A setting that is malformed or misspelt; the message is one sentence that names it. */
export class SettingError extends CodeStarError {
  override name = "SettingError";
}

/**
 * Reads the settings.
 * @param get answers a key of the stack's configuration.
 * @param projectFolder where a relative `file:` path starts.
 * @param called how messages call a key.
 * @throws SettingError
 */
export function readSettings(
  get: (key: string) => unknown,
  environment: NodeJS.ProcessEnv,
  projectFolder: string,
  called: Called = (key) => key,
): Settings {
  const url = text(get, "codestar:endpoint");
  const endpoint = url === undefined ? undefined : readEndpoint(url, projectFolder, called);
  const region =
    readRegion(get, "codestar:region", called) ||
    readRegion(get, "aws:region", called) ||
    environment.AWS_REGION ||
    environment.AWS_DEFAULT_REGION ||
    "";
  const drift = text(get, "codestar:drift");
  const own = text(get, "codestar:profile");
  const profile = own ?? text(get, "aws:profile");
  return {
    ...(endpoint && { endpoint }),
    drift: choice(
      drift ?? environment.CODESTAR_DRIFT?.trim(),
      drift === undefined ? "CODESTAR_DRIFT" : "codestar:drift",
      { on: true, off: false },
      true,
    ),
    allowWeakKeys: choice(
      text(get, "codestar:allowWeakKeys"),
      "codestar:allowWeakKeys",
      { true: true, false: false },
      false,
    ),
    ...(region && { region }),
    ...(profile && { profile }),
    ...(own && { profileSetting: "codestar:profile" as const }),
  };
}

/**
 * @throws SettingError when a `codestar:` key is not one of ours, for a
 * misspelt setting would be silent.
 */
export function refuseUnknownSettings(keys: Iterable<string>): void {
  for (const key of keys) {
    if (key.startsWith("codestar:") && !codestarKeys.includes(key)) {
      throw new SettingError(
        `${key} is not a setting of pulumi-codestar; its settings are ${codestarKeys.join(", ")}`,
      );
    }
  }
}

/**
 * What tells the profiles of one service from those of another; empty for AWS's
 * own. Holds no credentials.
 */
export function serviceOf(settings: Settings): string {
  return settings.endpoint === undefined ? "" : endpointName(settings).replace(/\/+$/, "");
}

/** How messages name the service, without any credentials. */
export function endpointName(settings: Settings): string {
  const { endpoint } = settings;
  if (endpoint === undefined) return "AWS CodeStar";
  return (endpoint.kind === "store" && endpoint.name) || endpoint.url;
}

function text(get: (key: string) => unknown, key: string): string | undefined {
  const value = get(key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "string") throw new SettingError(`${key} must be text`);
  return value.trim() || undefined;
}

function choice<T>(
  value: string | undefined,
  key: string,
  choices: Record<string, T>,
  absent: T,
): T {
  if (value === undefined || value === "") return absent;
  const chosen = Object.hasOwn(choices, value) ? choices[value] : undefined;
  if (chosen === undefined) {
    throw new SettingError(
      `${key} is ${JSON.stringify(value)}, but must be one of ${Object.keys(choices).join(", ")}`,
    );
  }
  return chosen;
}

function readRegion(
  get: (key: string) => unknown,
  key: string,
  called: Called,
): string | undefined {
  const value = text(get, key);
  if (value === undefined || /^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(value)) return value;
  throw new SettingError(
    `${called(key)} is ${JSON.stringify(value)}, but must be the name of an AWS region, for example us-east-1`,
  );
}

const loopbackHosts = new Set(["localhost", "[::1]"]);
const relativeFile = "write for example file:profiles.db";
const examples =
  "https://profiles.example.com, file:profiles.db, postgres://host/database or dynamodb://profiles";

type Called = (key: string) => string;

function readEndpoint(value: string, projectFolder: string, called: Called): Endpoint {
  const name = called("codestar:endpoint");
  if (/^https?:\/\//.test(value)) return readAddress(value, called);
  if (value.startsWith("file:")) {
    return { kind: "store", url: `file:${resolve(projectFolder, pathOf(value, name))}` };
  }
  if (/^dynamodb:\/\/[\w.-]{3,255}(\?.*)?$/.test(value)) return { kind: "store", url: value };
  if (/^postgres(?:ql)?:\/\//.test(value)) {
    const shown = value.replace(/^([a-z]+:\/\/)[^/?#]*@/, "$1").replace(/[?#].*$/, "");
    return { kind: "store", url: value, name: shown };
  }
  if (value.startsWith("memory:")) {
    throw new SettingError(
      `${name} memory: would be forgotten between preview and update; write for example file:profiles.db`,
    );
  }
  throw new SettingError(
    `${name} is not an address or store that can be used; write for example ${examples}`,
  );
}

function pathOf(url: string, name: string): string {
  try {
    if (url.startsWith("file:///")) return fileURLToPath(url);
  } catch {
    throw new SettingError(`${name} is not a valid file: address; ${relativeFile}`);
  }
  const path = url.slice("file:".length);
  if (path !== "" && !path.startsWith("//")) return path;
  throw new SettingError(`${name} names no file; ${relativeFile}`);
}

function readAddress(value: string, called: Called): Endpoint {
  const name = called("codestar:endpoint");
  if (!URL.canParse(value)) {
    throw new SettingError(`${name} is not a valid address; write for example ${examples}`);
  }
  const url = new URL(value);
  if (url.username || url.password) {
    throw new SettingError(
      `${name} must not carry a user name or password; credentials come from the AWS SDK's own chain or ${called("aws:profile")}`,
    );
  }
  if (url.search || url.hash) {
    throw new SettingError(`${name} must be an address without \`?\` and \`#\``);
  }
  const loopback = loopbackHosts.has(url.hostname) || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
  return { kind: "http", url: value, loopback };
}
