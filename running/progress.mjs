// Signs of life while something long happens.

/**
 * @typedef {object} Progress
 * @property {(detail: string) => void} update Says what is being worked on now.
 * @property {() => number} stop Takes the line away; returns the seconds that have passed.
 */

/** Seconds between two lines where the output is not a terminal. */
const linesApart = 15;

/**
 * One line that keeps itself up to date on a terminal, a line every 15 seconds elsewhere (a log, a
 * pipe). Written to standard error.
 *
 * @param {string} title
 * @param {NodeJS.WriteStream} [stream]
 * @returns {Progress}
 */
export function startProgress(title, stream = process.stderr) {
  const begun = Date.now();
  let detail = "";
  const line = () => {
    const text = `${title} · ${duration(seconds())}${detail === "" ? "" : ` · ${detail}`}`;
    return stream.isTTY ? text.slice(0, (stream.columns || 80) - 1) : text;
  };
  const seconds = () => (Date.now() - begun) / 1000;
  const show = () => stream.write(stream.isTTY ? `\r\u001b[K${line()}` : `${line()}\n`);

  const timer = setInterval(show, stream.isTTY ? 250 : linesApart * 1000);
  timer.unref();
  if (stream.isTTY) show();
  else stream.write(`${title}\n`);
  return {
    update: (next) => {
      detail = next;
    },
    stop: () => {
      clearInterval(timer);
      if (stream.isTTY) stream.write("\r\u001b[K");
      return seconds();
    },
  };
}

/**
 * `7.2 s` under a minute, `3:05 min` from there on.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}
