import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openStore } from "../../service/store/open";
import { type ProfileStore, StoreUnavailableError } from "../../service/store/store";
import { type KeySource, NoAnswer } from "./keyText";

/** Reads the store on this machine itself, without a service. */
export async function findInStore(
  { endpoint, region }: KeySource,
  userArn: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = endpoint.startsWith("file://")
    ? fileURLToPath(endpoint)
    : endpoint.slice("file:".length);
  // Opening would make a store of it, and then nobody had a key.
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new NoAnswer("is not there", false);
  if (stats.size === 0) throw new NoAnswer("is empty, so it is no store", false);
  return Promise.race([read(endpoint, region, userArn), aborted(signal)]);
}

async function read(endpoint: string, region: string, userArn: string) {
  let store: ProfileStore | undefined;
  try {
    store = await openStore(endpoint);
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
