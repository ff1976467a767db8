// What a script without Pulumi does: one call after another through the AWS SDK.
// Arguments: the operation, and the file of the people.
import { readFileSync } from "node:fs";
import codestar from "@aws-sdk/client-codestar";

const [operation, file] = process.argv.slice(2);
/** @type {import("../people.js").Person[]} */
const people = JSON.parse(readFileSync(file ?? "", "utf8"));
const client = new codestar.CodeStarClient({});

for (const { userArn, displayName, emailAddress, sshPublicKey } of people) {
  const profile = { userArn, displayName, emailAddress, sshPublicKey };
  if (operation === "up") await client.send(new codestar.CreateUserProfileCommand(profile));
  else if (operation === "destroy") {
    await client.send(new codestar.DeleteUserProfileCommand({ userArn }));
  } else {
    const live = await client.send(new codestar.DescribeUserProfileCommand({ userArn }));
    const same =
      live.displayName === displayName &&
      live.emailAddress === emailAddress &&
      live.sshPublicKey === sshPublicKey;
    if (same) continue;
    console.log(`${userArn} differs`);
    if (operation === "repair") await client.send(new codestar.UpdateUserProfileCommand(profile));
  }
}
