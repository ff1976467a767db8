// The profile service over HTTP on an SQLite file, in a process of its own; tells how many writes
// went into how many transactions. Arguments: the file, how many profiles it is to hold, and
// `signed` for a server with authentication.
import Database from "libsql";
import { authentication, startServer } from "pulumi-codestar/service";
import { openSqliteStore } from "../../dist/service/store/sqlite/store";
import { serve } from "../processes";
import { arnOf, profileOf } from "./profiles";
import { credential } from "./requests";

export interface Committed {
  readonly writes: number;
  readonly transactions: number;
}

const [file = "", count = "0", mode] = process.argv.slice(2);
let committed = { writes: 0, transactions: 0 };

async function start(): Promise<void> {
  const store = await openSqliteStore(file, {
    onCommit: (together) => {
      committed.transactions++;
      committed.writes += together;
    },
  });
  fill(Number(count));
  const credentials = new Map([[credential.accessKeyId, credential]]);
  const authenticate = authentication({ credentials, clock: Date.now });
  const { port } = await startServer({ store, ...(mode === "signed" && { authenticate }) });
  serve(port, (): Committed => {
    const sinceLastTime = committed;
    committed = { writes: 0, transactions: 0 };
    return sinceLastTime;
  });
}

/** Straight into the file, in one transaction. */
function fill(many: number): void {
  const database = new Database(file);
  const insert = database.prepare("INSERT INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?)");
  const now = Date.now();
  database.exec("BEGIN");
  for (let n = 0; n < many; n++) {
    const { userArn, displayName, emailAddress, sshPublicKey } = profileOf(arnOf(n));
    insert.run("us-east-1", userArn, displayName, emailAddress, sshPublicKey, now, now);
  }
  database.exec("COMMIT");
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}

void start();
