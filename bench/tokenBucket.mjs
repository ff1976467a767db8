/**
 * Lets through so many calls a second, and at once as many as a second would bring.
 *
 * @param {number} perSecond
 * @param {() => number} [now] In milliseconds.
 * @returns {() => boolean} Whether one more call may pass.
 */
export function tokenBucket(perSecond, now = () => performance.now()) {
  let tokens = perSecond;
  let last = now();
  return () => {
    const time = now();
    tokens = Math.min(perSecond, tokens + ((time - last) / 1000) * perSecond);
    last = time;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
