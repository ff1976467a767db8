/** @typedef {"plain" | "latency" | "limited"} ServiceId */

/** The services that the variants meet: the real one, and the real one made slow. */
export const services = {
  plain: { title: "plain", pace: {} },
  latency: { title: "50 ms latency", pace: { latency: 50 } },
  limited: { title: "50 ms latency, 10 calls a second", pace: { latency: 50, callsPerSecond: 10 } },
};
