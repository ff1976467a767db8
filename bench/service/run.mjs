// The benchmark of the profile service: every server under the same load, in alternation.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../running/children.mjs";
import { median } from "../median.mjs";
import { startProcess } from "../processes.mjs";
import { temporaryFolder } from "../temporary.mjs";
import { motoVersion, startMoto } from "./moto.mjs";
import { plot } from "./plot.mjs";
import { markdown } from "./report.mjs";
import * as requests from "./requests.mjs";
import { judge } from "./targets.mjs";

/**
 * @typedef {"doNothing" | "describe" | "signedDescribe" | "getItem" | "getItemMemory" | "getParameter" | "update" | "putItem" |
 *   "putItemMemory" |
 *   "describeFew" | "describeMany" | "listFew" | "listMany"} ContenderId
 *
 * @typedef {object} Contender
 * @property {ContenderId} id
 * @property {number} port
 * @property {readonly string[]} requests
 * @property {number} connections
 *
 * @typedef {object} Sample
 * @property {ContenderId} id
 * @property {number} round
 * @property {number} perSecond
 * @property {number} p50 In milliseconds.
 * @property {number} p99 In milliseconds.
 * @property {number} failures
 * @property {number} [writesPerTransaction]
 *
 * @typedef {object} Results
 * @property {string} date
 * @property {boolean} quick
 * @property {number} minutes
 * @property {{ cores: number; memoryGigabytes: number; system: string; node: string }} machine
 * @property {number} connections
 * @property {number} many How many profiles the large store holds.
 * @property {readonly Sample[]} samples
 * @property {readonly string[]} notes
 */

const connections = 32;
const few = 1000;
const full = { rounds: 5, milliseconds: 3000, many: 1_000_000 };
const short = { rounds: 2, milliseconds: 700, many: 50_000 };

/** @param {{ quick: boolean }} options @returns {Promise<number>} The exit status. */
export async function runServiceBenchmark({ quick }) {
  const { rounds, milliseconds, many } = quick ? short : full;
  const begun = Date.now();
  const { folder, remove } = temporaryFolder();
  /** @type {{ stop(): void }[]} */
  const started = [];
  /** @type {string[]} */
  const notes = [];
  const start = async (/** @type {string} */ script, /** @type {string[]} */ ...args) => {
    const process = await startProcess(`service/${script}`, args);
    started.push(process);
    return process;
  };
  try {
    const client = await start("client.mjs");
    const doNothing = await start("doNothingServer.mjs");
    const open = await start("profileServer.mjs", join(folder, "open.db"), String(few));
    const signed = await start(
      "profileServer.mjs",
      join(folder, "signed.db"),
      String(few),
      "signed",
    );
    const dynalite = await start("dynaliteServer.mjs", String(few), join(folder, "dynalite"));
    const forgetful = await start("dynaliteServer.mjs", String(few));
    const large = await start("profileServer.mjs", join(folder, "large.db"), String(many));
    const moto = await startMoto();
    if ("missing" in moto) notes.push(`Not compared with moto's server: ${moto.missing}.`);
    else started.push(moto);

    const describe = requests.describe(few);
    /** @type {Contender[]} */
    const contenders = [
      { id: "doNothing", port: doNothing.port, requests: describe, connections },
      { id: "describe", port: open.port, requests: describe, connections },
      {
        id: "signedDescribe",
        port: signed.port,
        requests: await requests.signedDescribe(few),
        connections,
      },
      { id: "getItem", port: dynalite.port, requests: requests.getItem(few), connections },
      { id: "getItemMemory", port: forgetful.port, requests: requests.getItem(few), connections },
      ...("missing" in moto
        ? []
        : [
            {
              id: /** @type {const} */ ("getParameter"),
              port: moto.port,
              requests: [requests.systemsManager("GetParameter", { Name: requests.parameter })],
              connections,
            },
          ]),
      { id: "update", port: open.port, requests: requests.update(few), connections },
      { id: "putItem", port: dynalite.port, requests: requests.putItem(few), connections },
      { id: "putItemMemory", port: forgetful.port, requests: requests.putItem(few), connections },
      // One after another: the time of a request by itself, not of a queue.
      { id: "describeFew", port: open.port, requests: describe, connections: 1 },
      { id: "describeMany", port: large.port, requests: requests.describe(many), connections: 1 },
      {
        id: "listFew",
        port: open.port,
        requests: await requests.list(open.port, few),
        connections: 1,
      },
      {
        id: "listMany",
        port: large.port,
        requests: await requests.list(large.port, many),
        connections: 1,
      },
    ];
    /** @param {Contender} contender @param {number} time */
    const load = async ({ port, requests, connections }, time) => {
      // What one server has left to be written would make the next one wait for the disk.
      if (process.platform !== "win32") await run("sync", []);
      return client.ask({ port, requests, connections, milliseconds: time });
    };

    for (const contender of contenders) await load(contender, milliseconds);
    /** @type {Sample[]} */
    const samples = [];
    for (let round = 0; round < rounds; round++) {
      // Forth and back, so that a machine that grows slower does so for all.
      const order = round % 2 === 0 ? contenders : [...contenders].reverse();
      for (const contender of order) {
        await open.ask();
        const { perSecond, p50, p99, failures } = await load(contender, milliseconds);
        const { transactions, writes } = await open.ask();
        samples.push({
          id: contender.id,
          round,
          perSecond,
          p50,
          p99,
          failures,
          ...(contender.id === "update" && { writesPerTransaction: writes / transactions }),
        });
      }
      console.error(`Round ${round + 1} of ${rounds} is done.`);
    }
    /** @type {Results} */
    const results = {
      date: new Date().toISOString().slice(0, 10),
      quick,
      minutes: Math.round((Date.now() - begun) / 6000) / 10,
      machine: {
        cores: availableParallelism(),
        memoryGigabytes: Math.round(totalmem() / 2 ** 30),
        system: `${type()} ${process.arch}`,
        node: process.versions.node,
      },
      connections,
      many,
      samples,
      notes: notes.length > 0 ? notes : [`moto's server is ${motoVersion}.`],
    };
    return write(results);
  } finally {
    for (const { stop } of started.reverse()) stop();
    remove();
  }
}

/** The median over the rounds. @param {Results} results @param {ContenderId} id @param {"perSecond" | "p50" | "p99" | "writesPerTransaction"} figure */
export function medianOf({ samples }, id, figure) {
  const values = samples.flatMap((sample) => (sample.id === id ? (sample[figure] ?? []) : []));
  return values.length === 0 ? undefined : median(values);
}

/** @param {Results} results */
function write(results) {
  const folder = fileURLToPath(
    new URL(`../results/service${results.quick ? "-quick" : ""}`, import.meta.url),
  );
  mkdirSync(folder, { recursive: true });
  const verdicts = judge(results);
  const text = markdown(results, verdicts);
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, "results.md"), text);
  writeFileSync(join(folder, "plot.svg"), plot(results));
  process.stdout.write(text);
  // A short run is too short to be judged by its times.
  return results.quick || verdicts.every(({ met }) => met) ? 0 : 1;
}
