/** Milliseconds between two looks at the parent. */
const interval = 500;

/**
 * Settles when npm, which started this process, is gone. npm passes SIGTERM on to the shell that it
 * started the command with, and the shell ends without passing it on: the command would run on,
 * unseen. Never settles for a process that npm did not start.
 */
export function orphaned(): Promise<void> {
  return new Promise((resolve) => {
    if (process.env.npm_command === undefined) return;
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, interval);
    timer.unref();
  });
}
