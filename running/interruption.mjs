// Tidying up when the user presses Ctrl-C. Without a clean-up to run, Node's own
// behaviour (die at once) stays.

/** @typedef {() => void | Promise<void>} Cleanup */

/** @type {Set<Cleanup>} */
const cleanups = new Set();
const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
let interrupted = false;

/** Whether this process is on its way out. */
export function isInterrupted() {
  return interrupted;
}

/**
 * Runs `cleanup` when the process is told to stop, newest first; afterwards the
 * process ends by that signal.
 *
 * @param {Cleanup} cleanup
 * @returns {() => void} Forgets the clean-up again.
 */
export function onInterrupt(cleanup) {
  if (cleanups.size === 0) for (const signal of signals) process.on(signal, stop);
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0 && !interrupted) removeHandlers();
  };
}

function removeHandlers() {
  for (const signal of signals) process.off(signal, stop);
}

/** @param {NodeJS.Signals} signal */
async function stop(signal) {
  // A terminal and npm both pass Ctrl-C on: the second one must not cut the clean-up short.
  if (interrupted) return;
  interrupted = true;
  // The terminal may be gone; what children still print must not end the clean-up.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  for (const cleanup of [...cleanups].reverse()) {
    try {
      await cleanup();
    } catch {
      // What cannot be tidied must not keep the rest from being tidied.
    }
  }
  removeHandlers();
  if (process.platform === "win32") process.exit(130);
  process.kill(process.pid, signal);
}
