import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./freePort";

export interface SshServer {
  /** What the server has logged since the start, a line each. */
  readonly log: readonly string[];
  /** Logs in with a private key and runs a command; `out` is what that printed. */
  login(user: string, keyFile: string, command: string): Promise<Login>;
  stop(): Promise<void>;
}

export interface Login {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** sshd wants it there, empty; the system's own service makes it at its start. */
const separation = "/run/sshd";

/**
 * A real sshd on a free port of 127.0.0.1 that takes keys from the command and from nowhere else.
 * @param folder root's own, for its files.
 */
export async function startSshServer(
  sshd: string,
  folder: string,
  command: readonly string[],
  commandUser: string,
): Promise<SshServer> {
  const madeSeparation = !existsSync(separation);
  mkdirSync(separation, { recursive: true, mode: 0o755 });
  const port = await freePort();
  const hostKey = join(folder, "host_key");
  await makeSshKey(hostKey);
  const knownHosts = join(folder, "known_hosts");
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, "utf8")}`);
  const config = join(folder, "sshd_config");
  writeFileSync(
    config,
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${hostKey}`,
      "PidFile none",
      "UsePAM no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
      "AuthorizedKeysFile none",
      `AuthorizedKeysCommand ${command.join(" ")}`,
      `AuthorizedKeysCommandUser ${commandUser}`,
      "LogLevel VERBOSE",
      "",
    ].join("\n"),
  );
  const server = spawn(sshd, ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
  const log: string[] = [];
  await listening(server, log);

  return {
    log,
    login: (user, keyFile, run) =>
      new Promise((resolve) => {
        const options = [
          "BatchMode=yes",
          "IdentitiesOnly=yes",
          "IdentityAgent=none",
          "PreferredAuthentications=publickey",
          "StrictHostKeyChecking=yes",
          `UserKnownHostsFile=${knownHosts}`,
          "GlobalKnownHostsFile=/dev/null",
          "ConnectTimeout=10",
        ].flatMap((option) => ["-o", option]);
        const args = ["-F", "/dev/null", "-p", String(port), "-i", keyFile, ...options];
        execFile("ssh", [...args, `${user}@127.0.0.1`, run], (error, out, err) => {
          resolve({ status: error === null ? 0 : Number(error.code), out, err });
        });
      }),
    async stop() {
      if (server.exitCode === null) {
        server.kill("SIGTERM");
        await once(server, "exit");
      }
      if (madeSeparation) rmdirSync(separation);
    },
  };
}

/**
 * A new pair without a passphrase: the private key in `file`, the public one in
 * `file.pub`, whose text is answered.
 */
export async function makeSshKey(file: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const args = ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file];
    execFile("ssh-keygen", args, (error) => (error ? reject(error) : resolve()));
  });
  chmodSync(file, 0o600);
  return readFileSync(`${file}.pub`, "utf8").trim();
}

/**
 * Whether sshd would run a program: it and every folder above it are root's, and
 * nobody else can write them.
 */
export function isSafeForSshd(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = statSync(at);
    if (uid !== 0 || (mode & 0o022) !== 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function listening(server: ChildProcess, log: string[]): Promise<void> {
  const lines = createInterface({ input: server.stderr! });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`sshd ended with ${code}: ${log.join("\n")}`)));
    lines.on("line", (line) => {
      log.push(line);
      if (line.startsWith("Server listening on")) resolve();
    });
  });
}
