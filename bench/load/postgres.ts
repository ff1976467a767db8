// The benchmark of the PostgreSQL store: our service beside a bare query behind the same HTTP
// server, and two servers on one database beside one. The database syncs every commit.
import postgres from "postgres";
import { createPostgresTable } from "../../dist/service/store/postgres/table";
import { obtainPostgres, PostgresServer } from "../../test/support/postgresServer";
import { machine } from "../machine";
import { count, type Verdict, verdictTable } from "../report/format";
import {
  Contenders,
  conclude,
  contest,
  type Entries,
  few,
  figures,
  judgeFailures,
  judgeRatio,
  load,
  Servers,
} from "./contest";
import { arnOf, profileOf } from "./profiles";
import * as requests from "./requests";

const full = { rounds: 5, milliseconds: 2000, many: 1_000_000 };
const short = { rounds: 1, milliseconds: 500, many: 20_000 };

/** Answers the exit status. */
export async function runPostgresBenchmark(quick: boolean): Promise<number> {
  const { rounds, milliseconds, many } = quick ? short : full;
  const programs = await obtainPostgres();
  if ("missing" in programs) {
    console.error(`No PostgreSQL to measure: ${programs.missing}.`);
    return 1;
  }
  const servers = new Servers();
  const start = servers.start.bind(servers);
  servers.add({ stop: () => programs.remove() });
  try {
    const database = await PostgresServer.create(programs, "max_connections = 100");
    servers.add(database);
    await database.start();
    const address = `postgres://postgres@127.0.0.1:${database.port}/postgres?sslmode=disable`;
    await createPostgresTable(address);
    await fill(address, many);
    const clients = [await start("client"), await start("client")];
    const bare = await start("bareQueryServer", address);
    const one = await start("postgresServer", address, "us-east-1");
    const two = await start("postgresServer", address, "us-east-1");
    const large = await start("postgresServer", address, "us-west-2");
    const contenders = new Contenders();
    const enter = contenders.enter.bind(contenders);
    const describe = requests.describe(few);
    const update = requests.update(few);
    enter("bareDescribe", "a bare `SELECT`", [bare], describe);
    enter("describe", "**Describe**", [one], describe);
    enter("describeTwo", "**Describe, two servers**", [one, two], describe);
    enter("bareUpdate", "a bare `UPDATE`", [bare], update);
    enter("update", "**Update, durable**", [one], update);
    enter("updateTwo", "**Update, durable, two servers**", [one, two], update);
    enter("listFew", "page of 100, 1,000 profiles", [one], await requests.list(one.port, few), 1);
    const page = `page of 100, ${count(many)} profiles`;
    enter("listMany", page, [large], await requests.list(large.port, many), 1);
    const entries = await contest(contenders, rounds, (contender) =>
      load(clients, contender, milliseconds),
    );
    return write(entries, quick);
  } finally {
    await servers.stop();
  }
}

/** A few profiles in one region, many in another. */
async function fill(address: string, many: number): Promise<void> {
  const sql = postgres(address.replace(/\?.*/, ""), { max: 1, onnotice: () => {} });
  const { displayName, emailAddress, sshPublicKey } = profileOf(arnOf(0));
  const arn = arnOf(0).slice(0, -7);
  const insert = (region: string, last: number) => sql`
    INSERT INTO codestar_profiles
    SELECT ${region}, ${arn} || lpad(n::text, 7, '0'), ${displayName}, ${emailAddress}, ${sshPublicKey},
      1572552308607, 1572552308607, gen_random_uuid()
    FROM generate_series(0, ${last}::int) AS n`;
  try {
    await insert("us-east-1", few - 1);
    await insert("us-west-2", many - 1);
    await sql`VACUUM ANALYZE codestar_profiles`;
    await sql`CHECKPOINT`;
  } finally {
    await sql.end();
  }
}

function write(entries: Entries, quick: boolean): number {
  const rate = (what: string, id: string, base: string, least: number, target: string) =>
    judgeRatio(entries, what, [id, base], ["perSecond", least], target);
  const page = "at most 1.5 × its time at 1,000";
  const verdicts: Verdict[] = [
    ...rate("Describe", "describe", "bareDescribe", 0.6, "at least 0.6 × a bare `SELECT`"),
    ...rate("Update", "update", "bareUpdate", 0.6, "at least 0.6 × a bare `UPDATE`"),
    ...rate("Describe, two servers", "describeTwo", "describe", 1, "at least one server"),
    ...rate("Update, two servers", "updateTwo", "update", 1, "at least one server"),
    ...judgeRatio(entries, "A page of many", ["listMany", "listFew"], ["p50", 1.5], page),
    judgeFailures(entries),
  ];
  const text = `${[
    "# The profile service on PostgreSQL",
    `\`npm run bench:service -- postgres\` wrote this on ${new Date().toISOString().slice(0, 10)}, on a machine with ` +
      `${machine.cores} cores and ${machine.memoryGigabytes} GB of memory, ${machine.system}, Node.js ` +
      `${machine.node}. Figures are medians of rounds in alternation; read them as ratios. Database, servers and load ` +
      "are processes of their own on the same machine and share its cores; the database syncs every commit. The floor is one " +
      "bare query through the same client and as many connections to the database, behind `node:http`.",
    ...(quick ? ["This was a short run: it shows that the benchmark works, no more."] : []),
    verdictTable(verdicts),
    figures(entries, {
      title: "connections",
      first: true,
      of: (entry) => String(entry.connections),
    }),
  ].join("\n\n")}\n`;
  return conclude("postgres", quick, { "results.md": text }, verdicts);
}
