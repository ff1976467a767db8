// The profile service over HTTP on a PostgreSQL store, in a process of its own. Arguments: the
// store's address, and the region of its profiles.
import { startServer } from "pulumi-codestar/service";
import { serve } from "../processes";

const [store = "", region = ""] = process.argv.slice(2);
void startServer({ store, region }).then(({ port }) => serve(port));
