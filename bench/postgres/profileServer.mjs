// The profile service over HTTP on a PostgreSQL store, in a process of its own. Arguments: the store's address, and the
// region of its profiles.
import { startServer } from "pulumi-codestar/service";

const [store = "", region = ""] = process.argv.slice(2);
const server = await startServer({ store, region });
process.on("disconnect", () => process.exit());
process.send?.({ ready: true, port: server.port });
