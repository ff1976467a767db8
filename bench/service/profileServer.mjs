// The profile service over HTTP on an SQLite file, in a process of its own; tells how many writes went into how many
// transactions. Arguments: the file, how many profiles it is to hold, and `signed` for a server with authentication.
import { createRequire } from "node:module";
import { authentication, startServer } from "pulumi-codestar/service";
import { arnOf, profileOf } from "./profiles.mjs";
import { principal } from "./requests.mjs";

const require = createRequire(import.meta.url);
/** @type {typeof import("../../service/store/sqlite/store.js")} */
const { openSqliteStore } = require("../../dist/service/store/sqlite/store.js");
/** @type {typeof import("../../service/identity/principalsDocument.js")} */
const {
  credentialsOf,
  parsePrincipals,
} = require("../../dist/service/identity/principalsDocument.js");

const [file = "", count = "0", mode] = process.argv.slice(2);
let transactions = 0;
let writes = 0;
const store = await openSqliteStore(file, {
  onCommit: (together) => {
    transactions++;
    writes += together;
  },
});
await fill(Number(count));
const server = await startServer({
  store,
  ...(mode === "signed" && {
    authenticate: authentication({
      credentials: /** @type {Map<string, any>} */ (
        credentialsOf(parsePrincipals(JSON.stringify({ principals: [principal] }), ""))
      ),
      clock: Date.now,
    }),
  }),
});

/** Straight into the file, in one transaction. @param {number} many */
async function fill(many) {
  const Database = require("libsql");
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

/** What was committed since the last time. */
process.on("message", (/** @type {any} */ { id }) => {
  process.send?.({ id, answer: { transactions, writes } });
  transactions = 0;
  writes = 0;
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true, port: server.port });
