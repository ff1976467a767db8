// The benchmark of the profile service: every server under the same load.
import { join } from "node:path";
import { run } from "../../running/children.mjs";
import { machine } from "../machine";
import { count, type Verdict, verdictTable } from "../report/format";
import { temporaryFolder } from "../temporary";
import {
  Contenders,
  conclude,
  connections,
  contest,
  type Entries,
  few,
  figures,
  judgeFailures,
  judgeRatio,
  load,
  medianOf,
  Servers,
} from "./contest";
import { motoVersion, startMoto } from "./moto";
import { plot } from "./plot";
import * as requests from "./requests";
import type { Committed } from "./sqliteServer";

const full = { rounds: 5, milliseconds: 3000, many: 1_000_000 };
const short = { rounds: 2, milliseconds: 700, many: 50_000 };

/** Answers the exit status. */
export async function runServiceBenchmark(quick: boolean): Promise<number> {
  const { rounds, milliseconds, many } = quick ? short : full;
  const begun = Date.now();
  const { folder, remove } = temporaryFolder();
  const servers = new Servers();
  const start = servers.start.bind(servers);
  try {
    const client = await start("client");
    const doNothing = await start("doNothingServer");
    const open = await start("sqliteServer", join(folder, "open.db"), String(few));
    const signed = await start("sqliteServer", join(folder, "signed.db"), String(few), "signed");
    const dynalite = await start("dynaliteServer", String(few), join(folder, "dynalite"));
    const forgetful = await start("dynaliteServer", String(few));
    const large = await start("sqliteServer", join(folder, "large.db"), String(many));
    const moto = await startMoto();
    if (!("missing" in moto)) servers.add(moto);
    const note =
      "missing" in moto
        ? `Not compared with moto's server: ${moto.missing}.`
        : `moto's server is ${motoVersion}.`;

    const contenders = new Contenders();
    const enter = contenders.enter.bind(contenders);
    const describe = requests.describe(few);
    enter("doNothing", "`node:http` that parses and answers JSON", [doNothing], describe);
    enter("describe", "**Describe**", [open], describe);
    enter("signed", "**Describe, signed**", [signed], await requests.signedDescribe(few));
    enter("getItem", "dynalite GetItem", [dynalite], requests.getItem(few));
    enter("getItemMemory", "dynalite GetItem, in memory", [forgetful], requests.getItem(few));
    if (!("missing" in moto)) {
      enter("getParameter", "moto's server, GetParameter", [moto], requests.getParameter());
    }
    enter("update", "**Update, durable**", [open], requests.update(few));
    enter("putItem", "dynalite PutItem, not synced", [dynalite], requests.putItem(few));
    enter("putItemMemory", "dynalite PutItem, in memory", [forgetful], requests.putItem(few));
    // One after another: the time of a request by itself, not of a queue.
    enter("describeFew", "Describe, 1,000 profiles", [open], describe, 1);
    enter("describeMany", "Describe, large store", [large], requests.describe(many), 1);
    enter("listFew", "page of 100, 1,000 profiles", [open], await requests.list(open.port, few), 1);
    enter(
      "listMany",
      "page of 100, large store",
      [large],
      await requests.list(large.port, many),
      1,
    );

    const entries = await contest(contenders, rounds, async (contender, id) => {
      // What one server has left to be written would make the next one wait for the disk.
      if (process.platform !== "win32") await run("sync", []);
      await open.ask();
      const outcome = await load([client], contender, milliseconds);
      const { transactions, writes } = await open.ask<Committed>();
      return {
        ...outcome,
        ...(id === "update" && { writesPerTransaction: writes / transactions }),
      };
    });
    const minutes = Math.round((Date.now() - begun) / 6000) / 10;
    return write(entries, { quick, minutes, many, note });
  } finally {
    await servers.stop();
    remove();
  }
}

interface About {
  readonly quick: boolean;
  readonly minutes: number;
  /** How many profiles the large store holds. */
  readonly many: number;
  readonly note: string;
}

function write(entries: Entries, about: About): number {
  const verdicts = judge(entries, about.many);
  const files = {
    "results.md": markdown(entries, verdicts, about),
    "plot.svg": plot(underLoad(entries)),
  };
  return conclude("service", about.quick, files, verdicts);
}

/** What the benchmark holds the service to. */
function judge(entries: Entries, many: number): Verdict[] {
  const throughput = (what: string, id: string, least: number, base: string, named: string) => {
    const target = `at least ${Number(least.toFixed(2))} × ${named}`;
    return judgeRatio(entries, what, [id, base], ["perSecond", least], target);
  };
  const time = (what: string, id: string, base: string) => {
    const target = "at most 1.5 × its time at 1,000";
    return judgeRatio(
      entries,
      `${what}, ${count(many)} profiles`,
      [id, base],
      ["p50", 1.5],
      target,
    );
  };
  const together = medianOf(entries.get("update"), "writesPerTransaction") ?? 0;
  return [
    ...throughput("Describe", "describe", 0.6, "doNothing", "the do-nothing server"),
    ...throughput("Describe", "describe", 1.5, "getItem", "dynalite's GetItem"),
    ...throughput("Describe", "describe", 10, "getParameter", "moto's GetParameter"),
    ...throughput("Describe, signed", "signed", 2 / 3, "describe", "unsigned"),
    ...throughput("Update, durable", "update", 2, "putItem", "dynalite's PutItem, not synced"),
    {
      what: "Acknowledged writes to one transaction",
      target: "at least 8",
      measured: together.toFixed(1),
      met: together >= 8,
    },
    ...time("Describe", "describeMany", "describeFew"),
    ...time("A page of 100", "listMany", "listFew"),
    judgeFailures(entries),
  ];
}

const those = (entries: Entries, wanted: (connections: number) => boolean): Entries =>
  new Map([...entries].filter(([, entry]) => wanted(entry.connections)));
const underLoad = (entries: Entries) => those(entries, (together) => together > 1);
const alone = (entries: Entries) => those(entries, (together) => together === 1);

function markdown(entries: Entries, verdicts: readonly Verdict[], about: About): string {
  const { quick, minutes, many, note } = about;
  const date = new Date().toISOString().slice(0, 10);
  const rows = (shown: Entries) =>
    figures(shown, {
      title: "writes per transaction",
      first: false,
      of: (entry) => medianOf(entry, "writesPerTransaction")?.toFixed(1) ?? "",
    });
  return `${[
    "# Benchmark of the profile service",
    `\`npm run bench:service${quick ? " -- --quick" : ""}\` wrote this in ${minutes} minutes. Measured on ${date} on a machine ` +
      `with ${machine.cores} cores and ${machine.memoryGigabytes} GB of memory, ${machine.system}, Node.js ${machine.node}. Figures are medians of rounds ` +
      "in alternation; read them as ratios. Servers and the load are processes of their own on the same machine and share its " +
      "cores; the profile service has its profiles in an SQLite file and syncs every commit; dynalite has its items in LevelDB files, which it does not sync, and once more in memory; moto in memory.",
    ...(quick
      ? ["This was a short run: it shows that the benchmark works, not what the service reaches."]
      : []),
    note,
    "## Targets",
    verdictTable(verdicts),
    "![Requests per second](plot.svg)",
    `## ${connections} connections`,
    rows(underLoad(entries)),
    "## One connection",
    `The large store holds ${count(many)} profiles.`,
    rows(alone(entries)),
  ].join("\n\n")}\n`;
}
