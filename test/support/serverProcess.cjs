// A profile server in a process of its own, that starts fast (what is in dist, and no command line
// around it) and answers questions about itself: for tests that kill it, or watch its memory.
const { startServer } = require("../../dist/service/http/server.js");
const { authentication } = require("../../dist/service/identity/authentication.js");
const {
  credentialsOf,
  parsePrincipals,
} = require("../../dist/service/identity/principalsDocument.js");

const { store, principals, limits } = JSON.parse(process.argv[2]);

function checkIntegrity() {
  const Database = require("libsql");
  const database = new Database(store.slice("file:".length));
  const [{ integrity_check: outcome }] = database.pragma("integrity_check");
  database.close();
  return outcome;
}

const questions = {
  /** Bytes in use after a full collection. */
  memory() {
    for (let round = 0; round < 3; round++) global.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { used: heapUsed + external, rss };
  },
  integrity: checkIntegrity,
};

process.on("message", ({ id, question }) => {
  process.send({ id, answer: questions[question]() });
});
process.on("disconnect", () => process.exit());

async function main() {
  const server = await startServer({
    store,
    ...(limits && { limits }),
    ...(principals && {
      authenticate: authentication({
        credentials: credentialsOf(parsePrincipals(JSON.stringify(principals), "principals")),
        clock: Date.now,
      }),
    }),
  });
  process.send({ url: server.url });
}

void main();
