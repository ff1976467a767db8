// The benchmark of the PostgreSQL store: our service beside a bare query behind the same HTTP server, and two servers on one
// database beside one. The database syncs every commit.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { median } from "../median.mjs";
import { startProcess } from "../processes.mjs";
import { count, table, verdictTable } from "../report/format.mjs";
import { arnOf, profileOf } from "../service/profiles.mjs";
import * as requests from "../service/requests.mjs";

const require = createRequire(import.meta.url);
require("ts-node/register/transpile-only");
/**
 * What the tests start servers with.
 *
 * @typedef {{ remove(): void }} Programs
 * @typedef {{ port: number; start(): Promise<void>; stop(): Promise<void> }} Database
 * @typedef {object} Support
 * @property {() => Promise<Programs | { missing: string }>} obtainPostgres
 * @property {{ create(programs: Programs, settings: string): Promise<Database> }} PostgresServer
 */
const support = "../../test/support/postgresServer.ts";
/** @type {Support} */
const { obtainPostgres, PostgresServer } = require(support);
/** @type {typeof import("../../service/store/postgres/table.js")} */
const { createPostgresTable } = require("../../dist/service/store/postgres/table.js");

const connections = 32;
const few = 1000;
const full = { rounds: 5, milliseconds: 2000, many: 1_000_000 };
const short = { rounds: 1, milliseconds: 500, many: 20_000 };

/**
 * @typedef {{ title: string; ports: readonly number[]; requests: readonly string[]; connections: number }} Contender
 * @typedef {{ perSecond: number; p50: number; p99: number; failures: number }} Sample
 */

/** @param {{ quick: boolean }} options @returns {Promise<number>} The exit status. */
export async function runPostgresBenchmark({ quick }) {
  const { rounds, milliseconds, many } = quick ? short : full;
  const programs = await obtainPostgres();
  if ("missing" in programs) {
    console.error(`No PostgreSQL to measure: ${programs.missing}.`);
    return 1;
  }
  /** @type {{ stop(): unknown }[]} */
  const started = [];
  try {
    const database = await PostgresServer.create(programs, "max_connections = 100");
    await database.start();
    started.push(database);
    const address = `postgres://postgres@127.0.0.1:${database.port}/postgres?sslmode=disable`;
    await createPostgresTable(address);
    await fill(address, many);
    const start = async (/** @type {string} */ script, /** @type {string[]} */ ...args) => {
      const process = await startProcess(script, args);
      started.push(process);
      return process;
    };
    const clients = [await start("service/client.mjs"), await start("service/client.mjs")];
    const bare = await start("postgres/bareQueryServer.mjs", address);
    const one = await start("postgres/profileServer.mjs", address, "us-east-1");
    const two = await start("postgres/profileServer.mjs", address, "us-east-1");
    const large = await start("postgres/profileServer.mjs", address, "us-west-2");
    const describe = requests.describe(few);
    const update = requests.update(few);
    const both = [one.port, two.port];
    /** @type {Record<string, Contender>} */
    const contenders = {
      bareDescribe: load("a bare `SELECT`", [bare.port], describe),
      describe: load("**Describe**", [one.port], describe),
      describeTwo: load("**Describe, two servers**", both, describe),
      bareUpdate: load("a bare `UPDATE`", [bare.port], update),
      update: load("**Update, durable**", [one.port], update),
      updateTwo: load("**Update, durable, two servers**", both, update),
      listFew: load(
        "page of 100, 1,000 profiles",
        [one.port],
        await requests.list(one.port, few),
        1,
      ),
      listMany: load(
        `page of 100, ${count(many)} profiles`,
        [large.port],
        await requests.list(large.port, many),
        1,
      ),
    };
    /** @type {Record<string, Sample[]>} */
    const samples = Object.fromEntries(Object.keys(contenders).map((id) => [id, []]));
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const order = Object.entries(contenders);
      for (const [id, contender] of round % 2 === 0 ? order : order.reverse()) {
        const sample = await measure(clients, contender, milliseconds);
        if (round > 0) samples[id]?.push(sample);
      }
      if (round > 0) console.error(`Round ${round} of ${rounds} is done.`);
    }
    return write(contenders, samples, quick);
  } finally {
    for (const process of started.reverse()) await process.stop();
    programs.remove();
  }
}

/** @param {string} title @param {readonly number[]} ports @param {readonly string[]} texts @returns {Contender} */
function load(title, ports, texts, together = connections) {
  return { title, ports, requests: texts, connections: together };
}

/** Each server has a client of its own, with its share of the connections. @param {readonly import("../processes.mjs").Process[]} clients @param {Contender} contender @param {number} milliseconds @returns {Promise<Sample>} */
async function measure(clients, { ports, requests: texts, connections: together }, milliseconds) {
  /** @type {Sample[]} */
  const outcomes = await Promise.all(
    ports.map((port, index) =>
      clients[index]?.ask({
        port,
        requests: texts,
        connections: together / ports.length,
        milliseconds,
      }),
    ),
  );
  const sum = (/** @type {"perSecond" | "failures"} */ figure) =>
    outcomes.reduce((all, outcome) => all + outcome[figure], 0);
  return {
    perSecond: sum("perSecond"),
    failures: sum("failures"),
    p50: Math.max(...outcomes.map(({ p50 }) => p50)),
    p99: Math.max(...outcomes.map(({ p99 }) => p99)),
  };
}

/** A few profiles in one region, many in another. @param {string} address @param {number} many */
async function fill(address, many) {
  const sql = postgres(address.replace(/\?.*/, ""), { max: 1, onnotice: () => {} });
  try {
    const { displayName, emailAddress, sshPublicKey } = profileOf(arnOf(0));
    const arn = arnOf(0).slice(0, -7);
    for (const [region, last] of /** @type {const} */ ([
      ["us-east-1", few - 1],
      ["us-west-2", many - 1],
    ])) {
      await sql`
        INSERT INTO codestar_profiles
        SELECT ${region}, ${arn} || lpad(n::text, 7, '0'), ${displayName}, ${emailAddress}, ${sshPublicKey},
          1572552308607, 1572552308607, gen_random_uuid()
        FROM generate_series(0, ${last}::int) AS n`;
    }
    await sql`VACUUM ANALYZE codestar_profiles`;
    await sql`CHECKPOINT`;
  } finally {
    await sql.end();
  }
}

/** @param {Readonly<Record<string, Contender>>} contenders @param {Readonly<Record<string, Sample[]>>} samples @param {boolean} quick */
function write(contenders, samples, quick) {
  const of = (/** @type {string} */ id, /** @type {keyof Sample} */ figure) =>
    median((samples[id] ?? []).map((sample) => sample[figure]));
  /** @param {string} what @param {string} id @param {string} base @param {number} bound @param {"perSecond" | "p50"} figure @param {string} target */
  const ratio = (what, id, base, bound, figure, target) => {
    const measured = of(id, figure) / of(base, figure);
    const met = figure === "p50" ? measured <= bound : measured >= bound;
    return { what, target, measured: `${measured.toFixed(2)} ×`, met };
  };
  const failures = Object.values(samples)
    .flat()
    .reduce((all, sample) => all + sample.failures, 0);
  const verdicts = [
    ratio(
      "Describe",
      "describe",
      "bareDescribe",
      0.6,
      "perSecond",
      "at least 0.6 × a bare `SELECT`",
    ),
    ratio("Update", "update", "bareUpdate", 0.6, "perSecond", "at least 0.6 × a bare `UPDATE`"),
    ratio(
      "Describe, two servers",
      "describeTwo",
      "describe",
      1,
      "perSecond",
      "at least one server",
    ),
    ratio("Update, two servers", "updateTwo", "update", 1, "perSecond", "at least one server"),
    ratio("A page of many", "listMany", "listFew", 1.5, "p50", "at most 1.5 × its time at 1,000"),
    { what: "Failed requests", target: "none", measured: String(failures), met: failures === 0 },
  ];
  const text = `${[
    "# The profile service on PostgreSQL",
    `\`npm run bench:service -- postgres\` wrote this on ${new Date().toISOString().slice(0, 10)}, on a machine with ` +
      `${availableParallelism()} cores and ${Math.round(totalmem() / 2 ** 30)} GB of memory, ${type()} ${process.arch}, Node.js ` +
      `${process.versions.node}. Figures are medians of rounds in alternation; read them as ratios. Database, servers and load ` +
      "are processes of their own on the same machine and share its cores; the database syncs every commit. The floor is one " +
      "bare query through the same client and as many connections to the database, behind `node:http`.",
    ...(quick ? ["This was a short run: it shows that the benchmark works, no more."] : []),
    verdictTable(verdicts),
    table(
      ["", "connections", "requests per second", "p50", "p99"],
      Object.entries(contenders).map(([id, { title, connections: together }]) => [
        title,
        String(together),
        count(Math.round(of(id, "perSecond"))),
        `${of(id, "p50").toFixed(2)} ms`,
        `${of(id, "p99").toFixed(2)} ms`,
      ]),
    ),
  ].join("\n\n")}\n`;
  const folder = fileURLToPath(
    new URL(`../results/postgres${quick ? "-quick" : ""}`, import.meta.url),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.md"), text);
  process.stdout.write(text);
  return quick || verdicts.every(({ met }) => met) ? 0 : 1;
}
