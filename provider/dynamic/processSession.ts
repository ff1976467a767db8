import { otherProcesses } from "../lifecycle/otherProcesses";
import { createSession } from "../lifecycle/session";

/**
 * The session of this process. The host of dynamic providers belongs to one operation of the
 * engine, and both provider modules that it loads share it.
 */
export const processSession = createSession({
  variables: process.env,
  folder: process.cwd(),
  others: otherProcesses(process.argv),
});
