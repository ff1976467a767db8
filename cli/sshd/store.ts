import { statSync } from "node:fs";
import { filePathOf, openStore } from "../../service/store/open";
import { isPostgresUrl } from "../../service/store/postgres/address";
import { openPostgresStore } from "../../service/store/postgres/store";
import { type ProfileStore, StoreUnavailableError } from "../../service/store/store";
import { type KeySource, NoAnswer } from "./keySource";

/** Reads the store on this machine itself, without a service. */
export async function findInStore(
  { endpoint, region }: KeySource,
  userArn: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (endpoint.startsWith("file:")) refuseNoStore(filePathOf(endpoint));
  return Promise.race([read(endpoint, region, userArn), aborted(signal)]);
}

/**
 * Opening would make a store of a file that is missing or empty, and every user
 * would seem to have no key.
 */
function refuseNoStore(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new NoAnswer("is not there", false);
  if (stats.size === 0) throw new NoAnswer("is empty, so it is no store", false);
}

async function read(endpoint: string, region: string, userArn: string) {
  let store: ProfileStore | undefined;
  try {
    store = isPostgresUrl(endpoint)
      ? // Here as for every other setting of this command no environment variable counts.
        await openPostgresStore(endpoint, { environment: {} })
      : await openStore(endpoint, { mustExist: true });
    return (await store.find(region, userArn))?.sshPublicKey;
  } catch (error) {
    throw new NoAnswer(
      `cannot be read: ${(error as Error).message}`,
      error instanceof StoreUnavailableError,
    );
  } finally {
    await store?.close();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () =>
      reject(new NoAnswer("did not answer in time: another process holds it", true));
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}
