import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { CodeStarError } from "../../../profile/codeStarError";

/** One server of those that a URL names. */
export interface PostgresHost {
  readonly host: string;
  readonly port: number;
}

/** TLS as libpq's `sslmode` has it: see PostgreSQL's manual, "SSL Support". */
export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

/**
 * Where a PostgreSQL store is: what its URL says, and libpq's environment where the URL is silent.
 */
export interface PostgresAddress {
  /** Tried in this order. */
  readonly hosts: readonly PostgresHost[];
  /** Absent: the name of the user. */
  readonly database?: string;
  /** Absent: the user of the operating system. */
  readonly user?: string;
  readonly password?: string;
  readonly sslMode: SslMode;
  /** A file of PEM certificates; absent: those that Node.js trusts. */
  readonly sslRootCert?: string;
  /** `read-write` connects only to a server that takes writes; `any` to the first that answers. */
  readonly targetSessionAttrs: "read-write" | "any";
  /**
   * Whether statements are prepared; a pooler that shares connections between
   * transactions may not bear it.
   */
  readonly preparedStatements: boolean;
  /** At most this many connections. */
  readonly maxConnections: number;
}

export const postgresForm =
  "postgres://user@host:5432/database, several hosts being separated by commas";

const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
const defaultPort = 5432;
/**
 * Enough to keep a small database busy, few enough that ten servers stay
 * below PostgreSQL's own 100.
 */
const defaultConnections = 8;

type Environment = Readonly<Record<string, string | undefined>>;

export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:/.test(url);
}

/**
 * Reads `postgres://[user[:password]@][host[:port],…][/database][?…]` or `postgresql://…`. Where
 * the URL is silent libpq's variables count: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE,
 * PGSSLMODE, PGSSLROOTCERT and PGTARGETSESSIONATTRS. Throws a sentence that repeats nothing of the
 * URL but the names of its settings, since it may hold a password.
 */
export function parsePostgresUrl(url: string, environment: Environment): PostgresAddress {
  const parts =
    /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^/?#]*))?(?:\?([^#]*))?$/.exec(url);
  if (parts === null) throw new CodeStarError(`A PostgreSQL store's URL is ${postgresForm}`);
  const [, userinfo = "", hostList = "", path = "", query = ""] = parts;
  const [name = "", ...secret] = userinfo.split(":");
  const settings = readSettings(query, environment);
  const user = decode(name) || environment.PGUSER;
  const password = secret.length > 0 ? decode(secret.join(":")) : environment.PGPASSWORD;
  const database = decode(path) || environment.PGDATABASE;
  return {
    hosts: readHosts(hostList, environment),
    ...(database && { database }),
    ...(user && { user }),
    ...(password && { password }),
    ...settings,
  };
}

/** The store in messages: its hosts and its database, and nothing of its credentials. */
export function nameOf({ hosts, database }: PostgresAddress): string {
  const list = hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  return `postgres://${list}${database === undefined ? "" : `/${database}`}`;
}

/** The TLS settings that stand for a mode, as the client takes them. */
export function tlsOf({
  sslMode,
  sslRootCert,
}: Pick<PostgresAddress, "sslMode" | "sslRootCert">):
  | false
  | "allow"
  | "prefer"
  | ConnectionOptions {
  if (sslMode === "disable") return false;
  if (sslMode === "allow" || sslMode === "prefer") return sslMode;
  const trusted = sslRootCert === undefined ? {} : { ca: readCertificates(sslRootCert) };
  // As in libpq, `require` verifies the chain once it is told whom to trust.
  if (sslMode === "require" && sslRootCert === undefined) return { rejectUnauthorized: false };
  if (sslMode === "verify-full") return { ...trusted, rejectUnauthorized: true };
  return { ...trusted, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

function readSettings(
  query: string,
  environment: Environment,
): Omit<PostgresAddress, "hosts" | "database" | "user" | "password"> {
  const given = new Map(new URLSearchParams(query));
  const take = (name: string, variable?: string) => {
    const value = given.get(name) ?? (variable === undefined ? undefined : environment[variable]);
    given.delete(name);
    return value || undefined;
  };
  const sslMode = take("sslmode", "PGSSLMODE") ?? "prefer";
  const sslRootCert = take("sslrootcert", "PGSSLROOTCERT");
  const attributes = take("target_session_attrs", "PGTARGETSESSIONATTRS") ?? "read-write";
  const prepared = take("prepared_statements") ?? "true";
  const connections = take("max_connections") ?? String(defaultConnections);
  const [stray] = given.keys();
  if (stray !== undefined) {
    throw new CodeStarError(
      `A PostgreSQL store's URL has no setting ${JSON.stringify(stray)}; it has sslmode, sslrootcert, ` +
        "target_session_attrs, prepared_statements and max_connections",
    );
  }
  if (!isOneOf(sslModes, sslMode)) {
    throw new CodeStarError(`The sslmode of a PostgreSQL store is one of ${sslModes.join(", ")}`);
  }
  // A standby would refuse writes, and what it reads may be old.
  if (!isOneOf(["read-write", "primary", "any"] as const, attributes)) {
    throw new CodeStarError(
      "The target_session_attrs of a PostgreSQL store is read-write, primary or any",
    );
  }
  if (!isOneOf(["true", "false"] as const, prepared)) {
    throw new CodeStarError("The prepared_statements of a PostgreSQL store is true or false");
  }
  if (!/^[1-9]\d{0,2}$/.test(connections)) {
    throw new CodeStarError("The max_connections of a PostgreSQL store is a number, 1 to 999");
  }
  return {
    sslMode,
    ...(sslRootCert && { sslRootCert }),
    targetSessionAttrs: attributes === "any" ? "any" : "read-write",
    preparedStatements: prepared === "true",
    maxConnections: Number(connections),
  };
}

function readHosts(list: string, environment: Environment): PostgresHost[] {
  const named = list || environment.PGHOST || "localhost";
  const ports = (environment.PGPORT ?? "").split(",");
  return named.split(",").map((text, n) => {
    const [, bracketed, plain, given] =
      /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
    const host = bracketed ?? (plain && decode(plain));
    const port = Number(given ?? (ports[n] || ports[0] || defaultPort));
    if (!host || host.startsWith("/") || !(port >= 1 && port <= 65_535)) {
      throw new CodeStarError(
        `A PostgreSQL store's URL is ${postgresForm}: each host is a name or an address, with a port or without`,
      );
    }
    return { host, port };
  });
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CodeStarError(
      `The sslrootcert ${path} of a PostgreSQL store cannot be read (${code})`,
    );
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CodeStarError(
      "A PostgreSQL store's URL holds a % that encodes nothing; write %25 for a % of a name or password",
    );
  }
}

function isOneOf<T extends string>(list: readonly T[], text: string): text is T {
  return (list as readonly string[]).includes(text);
}
