import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import { freePort } from "./freePort";
import { skipUnless } from "./skip";

/**
 * PostgreSQL refuses to run as root; then its processes and files belong to this user,
 * `nobody` on most systems.
 */
const otherUser = 65_534;
const startLimit = 30_000;

/** Why there is no PostgreSQL here, or what starts servers. */
export async function obtainPostgres(): Promise<PostgresPrograms | { missing: string }> {
  const path = pathToFileURL(join(__dirname, "../../tools/postgres.mjs")).href;
  const { obtainPostgres: obtain } = (await import(path)) as {
    obtainPostgres(): Promise<{ folder?: string; missing?: string }>;
  };
  const { folder, missing } = await obtain();
  if (folder === undefined) return { missing: missing ?? "no reason given" };
  return new PostgresPrograms(folder);
}

/** What starts servers; skips the test, or those of the suite, where there is no PostgreSQL. */
export async function requirePostgres(context: Mocha.Context): Promise<PostgresPrograms> {
  const obtained = await obtainPostgres();
  if ("missing" in obtained) {
    skipUnless(context, false, obtained.missing);
    throw new Error(obtained.missing);
  }
  return obtained;
}

/** A copy of the programs that another user may run, and a place for data. */
export class PostgresPrograms {
  readonly folder: string;
  readonly #bin: string;
  readonly #user = process.getuid?.() === 0 ? { uid: otherUser, gid: otherUser } : {};
  #servers = 0;

  constructor(programs: string) {
    this.folder = fs.mkdtempSync(join(tmpdir(), "codestar-postgres-"));
    fs.chmodSync(this.folder, 0o755);
    fs.cpSync(programs, join(this.folder, "native"), { recursive: true, verbatimSymlinks: true });
    this.#bin = join(this.folder, "native", "bin");
    fs.mkdirSync(this.#data());
    if (this.#user.uid !== undefined) fs.chownSync(this.#data(), otherUser, otherUser);
  }

  /** Runs one of the programs to its end. */
  call(program: "initdb" | "pg_ctl", ...args: string[]): void {
    const outcome = spawnSync(join(this.#bin, program), args, {
      ...this.#user,
      cwd: this.#data(),
      encoding: "utf8",
      timeout: startLimit,
      env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
    });
    if (outcome.status !== 0) {
      throw new Error(`${program}: ${outcome.stderr || outcome.stdout || outcome.error?.message}`);
    }
  }

  /** The server's own process; the signals that tests send reach its children through it. */
  start(data: string): ChildProcess {
    return spawn(join(this.#bin, "postgres"), ["-D", data], {
      ...this.#user,
      cwd: this.#data(),
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
    });
  }

  /** A new place for a server's data, which does not exist yet. */
  place(): string {
    this.#servers += 1;
    return join(this.#data(), `server-${this.#servers}`);
  }

  /** A copy of a stopped server's data. */
  copy(data: string): string {
    const place = this.place();
    const outcome = spawnSync("cp", ["-a", data, place], { encoding: "utf8" });
    if (outcome.status !== 0) throw new Error(outcome.stderr);
    return place;
  }

  write(data: string, name: string, text: string): void {
    const file = join(data, name);
    fs.appendFileSync(file, text, { mode: 0o600 });
    if (this.#user.uid !== undefined) fs.chownSync(file, otherUser, otherUser);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #data(): string {
    return join(this.folder, "data");
  }
}

/** One server on this machine's loopback address. */
export class PostgresServer {
  readonly port: number;
  readonly #programs: PostgresPrograms;
  readonly #data: string;
  #process: ChildProcess | undefined;
  #log = "";

  private constructor(programs: PostgresPrograms, data: string, port: number) {
    this.#programs = programs;
    this.#data = data;
    this.port = port;
  }

  static async create(
    programs: PostgresPrograms,
    settings = "",
    files: Readonly<Record<string, string>> = {},
  ): Promise<PostgresServer> {
    const data = programs.place();
    const options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N"];
    programs.call("initdb", "-D", data, ...options);
    const server = new PostgresServer(programs, data, await freePort());
    for (const [name, text] of Object.entries(files)) server.writeFile(name, text);
    const common = `listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nport = ${server.port}\n`;
    programs.write(data, "postgresql.auto.conf", `${common}${settings}\n`);
    return server;
  }

  /** A second server that begins with the data of this stopped one. */
  async copy(settings = ""): Promise<PostgresServer> {
    const data = this.#programs.copy(this.#data);
    const server = new PostgresServer(this.#programs, data, await freePort());
    this.#programs.write(data, "postgresql.auto.conf", `port = ${server.port}\n${settings}`);
    return server;
  }

  /** A standby of this stopped server, which from its start on follows it. */
  async standby(name: string): Promise<PostgresServer> {
    const server = await this.copy(
      "synchronous_standby_names = ''\n" +
        `primary_conninfo = 'host=127.0.0.1 port=${this.port} user=postgres application_name=${name}'\n`,
    );
    this.#programs.write(server.#data, "standby.signal", "");
    return server;
  }

  /** Settles when the server takes connections. */
  async start(): Promise<void> {
    const child = this.#programs.start(this.#data);
    this.#process = child;
    this.#log = "";
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`PostgreSQL: ${this.#log}`)),
        startLimit,
      ).unref();
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        this.#log = `${this.#log}${text}`.slice(-20_000);
        if (this.#log.includes("ready to accept")) {
          clearTimeout(timer);
          resolve();
        }
      });
      child.once("exit", () => reject(new Error(`PostgreSQL ended: ${this.#log}`)));
    });
    await ready;
  }

  /** At once, as a machine that loses its power. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** The way of `pg_ctl stop -m fast`. */
  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  /** Replaces a file among the server's data. */
  writeFile(name: string, text: string): void {
    fs.rmSync(join(this.#data, name), { force: true });
    this.#programs.write(this.#data, name, text);
  }

  async query(text: string): Promise<void> {
    const sql = this.#client();
    try {
      await sql.unsafe(text);
    } finally {
      await sql.end();
    }
  }

  /** Runs the statement, and does the work while its transaction is open. */
  async hold(text: string, work: () => Promise<void>): Promise<void> {
    const sql = this.#client();
    try {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(text);
        await work();
      });
    } finally {
      await sql.end();
    }
  }

  #client() {
    const options = { host: "127.0.0.1", port: this.port, user: "postgres", max: 1 };
    return postgres({ ...options, database: "postgres", onnotice: () => {} });
  }

  promote(): void {
    this.#programs.call("pg_ctl", "promote", "-D", this.#data, "-w");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    // The children of a killed server see that it is gone, and end.
    child.kill(signal);
    await ended;
  }
}
