// How many calls reading live profiles takes, and repairing them.
import { createRequire } from "node:module";
import { duration, startProgress } from "../running/progress.mjs";
import { measure } from "./measure.mjs";
import { others, people } from "./people.mjs";
import { withoutCheckpoints } from "./stage.mjs";
import { variants } from "./variants.mjs";

const { createDirectory } = /** @type {typeof import("../dist/client/directory.js")} */ (
  createRequire(import.meta.url)("../dist/client/directory.js")
);

/**
 * @typedef {object} ReadCount
 * @property {"directory" | "preview"} by
 * @property {number} n Profiles that are declared.
 * @property {number} t Profiles in the account.
 * @property {string} [placement] Where the declared ones stand in the list.
 * @property {number} reads
 * @property {number} bound
 *
 * @typedef {object} RepairCount
 * @property {number} n
 * @property {number} drifted
 * @property {number} writes
 */

/** The promise. An empty account has one page too. @param {number} n @param {number} t */
export const readBound = (n, t) => 2 * Math.min(n, Math.max(1, Math.ceil(t / 100))) + 2;

/** @param {readonly number[]} ns @param {number} n */
const accountsFor = (ns, n) => [...new Set([n, ...ns])].filter((t) => t >= n).sort((a, b) => a - b);

/**
 * The directory by itself, on lists in which the declared profiles come first, last, or evenly spread, and on one that
 * holds none of them.
 *
 * @param {readonly number[]} ns
 * @param {readonly number[]} ts
 * @returns {Promise<ReadCount[]>}
 */
export async function countDirectoryReads(ns, ts) {
  /** @type {ReadCount[]} */
  const counts = [];
  for (const n of ns) {
    for (const t of accountsFor(ts, n)) {
      /** @type {Record<string, number[]>} */
      const placements = {
        first: Array.from({ length: n }, (_, i) => i),
        last: Array.from({ length: n }, (_, i) => t - n + i),
        spread: Array.from({ length: n }, (_, i) => Math.floor((i * t) / n)),
        none: Array.from({ length: n }, (_, i) => t + i),
      };
      for (const [placement, indices] of Object.entries(placements)) {
        const reads = await countReads(t, indices);
        counts.push({ by: "directory", n, t, placement, reads, bound: readBound(n, t) });
      }
    }
  }
  return counts;
}

/** @param {number} t @param {readonly number[]} indices */
async function countReads(t, indices) {
  let reads = 0;
  const profile = (/** @type {number} */ index) => ({
    userArn: String(index),
    displayName: "",
    emailAddress: "",
    sshPublicKey: "",
  });
  const directory = createDirectory(
    {
      async describe(userArn) {
        reads++;
        return Number(userArn) < t ? profile(Number(userArn)) : undefined;
      },
      async list(nextToken) {
        reads++;
        const start = Number(nextToken ?? 0);
        const end = Math.min(start + 100, t);
        const profiles = Array.from({ length: end - start }, (_, i) => profile(start + i));
        return { profiles, ...(end < t && { nextToken: String(end) }) };
      },
      sweepFault: () => "other",
    },
    Date.now,
  );
  for (const index of indices) {
    const found = await directory.find(String(index));
    if ((found === undefined) !== index >= t) throw new Error(`profile ${index} of ${t} is wrong`);
  }
  return reads;
}

/**
 * Real no-op previews of stacks of `n` in accounts of `t`, and real repairs.
 *
 * @param {object} grid
 * @param {readonly (readonly [n: number, ts: readonly number[]])[]} grid.previews
 * @param {readonly [n: number, drifted: readonly number[]]} grid.repairs One of the `n` of the previews.
 * @param {import("./service.mjs").Service} service
 * @param {(line: string) => void} log
 */
export async function countCalls({ previews, repairs }, service, log) {
  /** @type {ReadCount[]} */
  const reads = [];
  /** @type {RepairCount[]} */
  const writes = [];
  const { region, open } = variants.ours;
  await service.pace({});
  const progress = startProgress("Read calls by stack and account");
  for (const [n, ts] of previews) {
    const everyone = people(n);
    await service.fill(region, []);
    const subject = await open({ people: everyone, url: service.url, region });
    try {
      await expectDone(subject.command("up", { env: withoutCheckpoints }));
      for (const t of accountsFor(ts, n)) {
        progress.update(`preview of ${n} in ${t}`);
        await service.fill(region, [...everyone, ...others(t - n)]);
        const { reads: made } = await expectDone(subject.command("preview"));
        reads.push({ by: "preview", n, t, placement: "last", reads: made, bound: readBound(n, t) });
      }
      for (const drifted of repairs[0] === n ? repairs[1] : []) {
        progress.update(`repair of ${drifted} in ${n}`);
        await service.drift(
          region,
          everyone.slice(0, drifted).map(({ userArn }) => userArn),
        );
        const { writes: made } = await expectDone(subject.command("repair"));
        writes.push({ n, drifted, writes: made });
      }
    } finally {
      subject.remove();
    }
  }
  log(`Read calls by stack and account (${duration(progress.stop())})`);
  for (const { n, t, reads: made, bound } of reads) {
    log(`  preview of ${n} in an account of ${t}: ${made} reads, at most ${bound}`);
  }
  for (const { n, drifted, writes: made } of writes) {
    log(`  repair of ${drifted} drifted of ${n}: ${made} writes`);
  }
  return { reads, writes };

  /** @param {import("./measure.mjs").Command} command */
  async function expectDone(command) {
    const measured = await measure(command, service);
    if (measured.outcome !== "done") throw new Error(measured.output);
    return measured;
  }
}
