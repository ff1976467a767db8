// The floor of a PostgreSQL store: the HTTP server of the do-nothing contender with one bare query behind it, by the same
// client, pool and statement. Argument: the database's address.
import { createServer } from "node:http";
import postgres from "postgres";

const [address = ""] = process.argv.slice(2);
const sql = postgres(address, { max: 8, fetch_types: false });
const region = "us-east-1";

/** @param {{ userArn: string }} input */
const select = ({ userArn }) => sql`
  SELECT user_arn, display_name, email_address, ssh_public_key, created_at, modified_at
  FROM codestar_profiles WHERE region = ${region} AND user_arn = ${userArn}`;

/** @param {{ userArn: string; displayName: string; emailAddress: string; sshPublicKey: string }} input */
const update = ({ userArn, displayName, emailAddress, sshPublicKey }) => sql`
  UPDATE codestar_profiles SET display_name = ${displayName}, email_address = ${emailAddress},
    ssh_public_key = ${sshPublicKey}, modified_at = ${Date.now()}
  WHERE region = ${region} AND user_arn = ${userArn}
  RETURNING user_arn, display_name, email_address, ssh_public_key, created_at, modified_at`;

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const input = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const writes = String(request.headers["x-amz-target"]).endsWith(".UpdateUserProfile");
    const [row] = await (writes ? update(input) : select(input));
    const body = JSON.stringify(row);
    response.writeHead(row === undefined ? 500 : 200, {
      "content-type": "application/x-amz-json-1.1",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  process.send?.({ ready: true, port });
});
process.on("disconnect", () => process.exit());
