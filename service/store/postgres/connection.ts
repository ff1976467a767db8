import type { Sql } from "postgres";
import { CodeStarError } from "../../../profile/codeStarError";
import { StoreUnavailableError } from "../store";
import { nameOf, type PostgresAddress, type PostgresHost, tlsOf } from "./address";

/** How long calls may take, in milliseconds. */
export interface PostgresLimits {
  /**
   * One try, from sending it to its answer. Past it the server counts as gone, and
   * its connections are closed.
   */
  readonly answer: number;
  /** All tries of one call. */
  readonly patience: number;
}

/**
 * A primary that dies is found within its own `patience`, and a client of the service waits
 * longer than that for an answer.
 */
export const defaultLimits: PostgresLimits = { answer: 3_000, patience: 10_000 };

/**
 * Ends a statement that waits for a lock or runs away before the client gives
 * up on the whole connection.
 */
const statementTimeout = 2_000;
const firstPause = 25;
const longestPause = 500;

/** Statements on whatever server takes writes now. */
export interface PostgresConnection {
  /**
   * Runs the work until it is answered: again after a failure that may pass, within `patience`. The
   * work is told which try it is, from 1. Rejects with a sentence.
   */
  run<T>(work: (sql: Sql, attempt: number) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

type Client = typeof import("postgres");

export async function connectPostgres(
  address: PostgresAddress,
  limits: PostgresLimits = defaultLimits,
): Promise<PostgresConnection> {
  const client = loadClient();
  let pool: Promise<Sql> | undefined;

  /** One pool at a time, to the server that takes writes; a search that failed is made again. */
  function current(): Promise<Sql> {
    if (pool === undefined) {
      const found = findServer(client, address).then((host) => openPool(client, address, host));
      found.catch(() => {
        if (pool === found) pool = undefined;
      });
      pool = found;
    }
    return pool;
  }

  /**
   * The server is gone, or takes writes no longer: close what is left of its
   * connections, and look again.
   */
  function leave(left: Promise<Sql>): void {
    if (left !== pool) return;
    pool = undefined;
    left.then((sql) => sql.end({ timeout: 0 })).catch(() => {});
  }

  return {
    async run(work) {
      const deadline = performance.now() + limits.patience;
      for (let attempt = 1; ; attempt++) {
        const used = current();
        try {
          return await within(
            limits.answer,
            used.then((sql) => work(sql, attempt)),
          );
        } catch (error) {
          const { failure, again, elsewhere } = judge(address, error);
          if (elsewhere) leave(used);
          const pause = Math.min(longestPause, firstPause * 2 ** (attempt - 1));
          if (!again || performance.now() + pause >= deadline) throw failure;
          await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
        }
      }
    },
    async close() {
      const left = pool;
      pool = undefined;
      await left?.then(
        (sql) => sql.end({ timeout: limits.answer / 1_000 }),
        () => {},
      );
    },
  };
}

/**
 * The host that takes writes: all are asked at once, so that one that is cut off holds up
 * nobody. The client's own walk through several hosts waits for each of its connections
 * to time out at such a host.
 */
async function findServer(client: Client, address: PostgresAddress): Promise<PostgresHost> {
  const [only, another] = address.hosts;
  if (only !== undefined && another === undefined) return only;
  const probes = address.hosts.map((host) => openPool(client, address, host, 1));
  try {
    return await Promise.any(
      probes.map(async (probe, n) => {
        const [row] = await probe`SHOW transaction_read_only`;
        if (address.targetSessionAttrs !== "any" && row?.transaction_read_only !== "off") {
          throw Object.assign(new CodeStarError("a standby"), { code: readOnly });
        }
        return address.hosts[n]!;
      }),
    );
  } catch (error) {
    throw telling((error as AggregateError).errors);
  } finally {
    for (const probe of probes) probe.end({ timeout: 0 }).catch(() => {});
  }
}

/**
 * Of the errors of all hosts, the one that says most: a refusal rather than a
 * server that does not answer.
 */
function telling(errors: readonly unknown[]): unknown {
  const passing = (error: unknown) => {
    const code = codeOf(error) ?? "";
    return lost.has(code) || elsewhere.has(code);
  };
  return errors.find((error) => !passing(error)) ?? errors[0];
}

function openPool(
  client: Client,
  address: PostgresAddress,
  { host, port }: PostgresHost,
  max = address.maxConnections,
): Sql {
  return client({
    host,
    port,
    ...(address.database !== undefined && { database: address.database }),
    ...(address.user !== undefined && { username: address.user }),
    // An empty one, or the client would take the environment's, which the address
    // has been read from already.
    password: address.password ?? "",
    ssl: tlsOf(address),
    max,
    prepare: address.preparedStatements,
    // Seconds.
    connect_timeout: 2,
    idle_timeout: 60,
    backoff: () => 0.1,
    fetch_types: false,
    connection: { application_name: "codestar-profiles", statement_timeout: statementTimeout },
    onnotice: () => {},
  } as Parameters<Client>[0] & object) as Sql;
}

/** Loads the client, which is optional, only now. */
function loadClient(): Client {
  try {
    return require("postgres") as Client;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new CodeStarError(
      "A postgres: store needs the client for PostgreSQL: npm install postgres",
    );
  }
}

class NoAnswer extends CodeStarError {
  readonly code = "no answer";
}

function within<T>(limit: number, answered: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer()), limit);
    answered.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

interface Judgement {
  readonly failure: Error;
  /** Whether the same call may succeed soon. */
  readonly again: boolean;
  /** Whether another server must be looked for. */
  readonly elsewhere: boolean;
}

/** SQLSTATEs that ask for the same transaction again: serialization failure, deadlock. */
const conflicts = new Set(["40001", "40P01"]);
/**
 * SQLSTATEs of a server with too much to do: connections, memory, a statement or
 * a lock that took too long.
 */
const overloads = new Set(["53000", "53200", "53300", "53400", "55P03", "57014"]);
/**
 * SQLSTATEs of a server that goes, comes, or is a standby: read-only
 * transaction, shutdown, starting up.
 */
const readOnly = "25006";
const elsewhere = new Set([readOnly, "57P01", "57P02", "57P03"]);
/** What Node.js and the client call a connection that was not made, or was lost. */
const lost = new Set([
  "no answer",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * What refuses for good, in words; PostgreSQL's own text is left out, for it may quote a profile.
 */
const refusals: Readonly<Record<string, string>> = {
  "28000": "the server refused the user; see the user in the store's URL, or PGUSER",
  "28P01": "the server refused the password; see the store's URL, or PGPASSWORD",
  "3D000": "there is no such database",
  "42501": "the user may not use the table codestar_profiles",
  "42P01":
    "there is no table codestar_profiles; create it: codestar-profiles table create postgres://…",
  "53100": "the server's disk is full",
};

function judge(address: PostgresAddress, error: unknown): Judgement {
  const store = nameOf(address);
  const code = codeOf(error);
  if (code === undefined) {
    return { failure: asError(error), again: false, elsewhere: false };
  }
  const unavailable = (words: string, reason: "throttled" | "unreachable") =>
    new StoreUnavailableError(`${store}: ${words}`, reason);
  if (conflicts.has(code) || overloads.has(code)) {
    const failure = unavailable(`the server has too much to do (${code})`, "throttled");
    return { failure, again: conflicts.has(code) || code === "53300", elsewhere: false };
  }
  if (lost.has(code) || elsewhere.has(code) || code.startsWith("08")) {
    const failure = unavailable(`no server that takes writes answers (${code})`, "unreachable");
    return { failure, again: true, elsewhere: true };
  }
  const words = refusals[code];
  if (words !== undefined) {
    return { failure: unavailable(words, "unreachable"), again: false, elsewhere: false };
  }
  const refused = isSqlState(code)
    ? new CodeStarError(`${store}: the server refused the statement (SQLSTATE ${code})`)
    : unavailable(`not reached (${code})`, "unreachable");
  return { failure: refused, again: false, elsewhere: false };
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code);
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new CodeStarError(String(error));
}
