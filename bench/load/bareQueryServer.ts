// The floor of a PostgreSQL store: one bare query for each request, by the same client, pool and
// statement. Argument: the database's address.
import postgres from "postgres";
import { type Input, serveJson } from "./jsonServer";

const [address = ""] = process.argv.slice(2);
const sql = postgres(address, { max: 8, fetch_types: false });
const region = "us-east-1";

const select = ({ userArn }: Input) => sql`
  SELECT user_arn, display_name, email_address, ssh_public_key, created_at, modified_at
  FROM codestar_profiles WHERE region = ${region} AND user_arn = ${userArn}`;

const update = ({ userArn, displayName, emailAddress, sshPublicKey }: Input) => sql`
  UPDATE codestar_profiles SET display_name = ${displayName}, email_address = ${emailAddress},
    ssh_public_key = ${sshPublicKey}, modified_at = ${Date.now()}
  WHERE region = ${region} AND user_arn = ${userArn}
  RETURNING user_arn, display_name, email_address, ssh_public_key, created_at, modified_at`;

serveJson(async (input, headers) => {
  const writes = String(headers["x-amz-target"]).endsWith(".UpdateUserProfile");
  const [row] = await (writes ? update(input) : select(input));
  return row;
});
