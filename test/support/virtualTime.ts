interface Timer {
  readonly at: number;
  readonly run: () => void;
}

const longest = 4 * 60 * 60_000;

/**
 * So long the work may wait for something that is not a timer, such as a file of settings, in
 * milliseconds of real time: a busy machine reads slowly.
 */
const patience = 10_000;

/**
 * Does the work with virtual time, which stands still while anything can be done and then
 * goes on to the next timer at once; answers how many milliseconds of it passed.
 * `setTimeout` and `Date.now` show it.
 */
export async function inVirtualTime(work: () => Promise<unknown>): Promise<number> {
  const real = { setTimeout: globalThis.setTimeout, now: Date.now };
  const begin = 1_800_000_000_000;
  let now = begin;
  const timers: Timer[] = [];
  Date.now = () => now;
  globalThis.setTimeout = ((
    callback: (...args: unknown[]) => void,
    delay = 0,
    ...args: unknown[]
  ) => {
    timers.push({ at: now + Math.max(1, delay), run: () => callback(...args) });
    return { ref() {}, unref() {} };
  }) as unknown as typeof setTimeout;
  try {
    let settled = false;
    const done = work().finally(() => {
      settled = true;
    });
    // The error is the caller's, once real time is back.
    done.catch(() => {});
    for (;;) {
      const since = performance.now();
      do {
        for (let turns = 0; turns < 3; turns++)
          await new Promise((resolve) => setImmediate(resolve));
      } while (!settled && timers.length === 0 && performance.now() - since < patience);
      if (settled) break;
      timers.sort((a, b) => a.at - b.at);
      const next = timers.shift();
      if (next === undefined) throw new Error("the work waits for something that is not a timer");
      now = Math.max(now, next.at);
      if (now - begin > longest) throw new Error("the work goes on for hours");
      next.run();
    }
    await done;
    return now - begin;
  } finally {
    globalThis.setTimeout = real.setTimeout;
    Date.now = real.now;
  }
}
