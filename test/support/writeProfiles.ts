/**
 * A process of its own that writes to a store: `writeProfiles.ts URL NAME COUNT`. Creates profiles
 * NAME-0, NAME-1, … with as many calls under way as a server has connections, printing each user's
 * name once it has been acknowledged; COUNT is a number, or `forever`. Each call also sets its own
 * member of one profile that all such processes share.
 */
import { openStore } from "../../service/store/open";
import { arnOf, storedProfile } from "./profiles";

const [url = "", name = "", count = ""] = process.argv.slice(2);
const atOnce = 16;

async function main() {
  const store = await openStore(url);
  const shared = arnOf("shared");
  const end = count === "forever" ? Number.POSITIVE_INFINITY : Number(count);
  let next = 0;

  async function write() {
    while (next < end) {
      const user = `${name}-${next++}`;
      const created = await store.create("us-east-1", storedProfile({ userArn: arnOf(user) }));
      if (!created) throw new Error(`${user} was there already`);
      await store.create("us-east-1", storedProfile({ userArn: shared }));
      const member = name === "b" ? "displayName" : "sshPublicKey";
      const updated = await store.update("us-east-1", shared, { [member]: user }, Date.now());
      if (updated === undefined) throw new Error("the shared profile is gone");
      process.stdout.write(`${user}\n`);
    }
  }

  await Promise.all(Array.from({ length: atOnce }, write));
  await store.close();
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
