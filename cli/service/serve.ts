import { once } from "node:events";
import { stat } from "node:fs/promises";
import { type Logger, pino } from "pino";
import { isRegion } from "../../service/api/region";
import { type AuditFile, openAuditFile } from "../../service/audit/file";
import { type Faults, parseFaults } from "../../service/http/faults";
import { type LogStream, standardStream } from "../../service/http/logStream";
import type { Measure } from "../../service/http/metrics";
import { logResponse, refusalLogger } from "../../service/http/requestLog";
import { type RunningServer, startServer } from "../../service/http/server";
import { authentication } from "../../service/identity/authentication";
import { openPrincipalsFile, type PrincipalsFile } from "../../service/identity/principalsFile";
import { isOpenToOthers } from "../../service/identity/secretFile";
import { filePathOf, storeForms } from "../../service/store/open";
import { lastBackup } from "../../service/store/sqlite/lastBackup";
import { readArguments } from "../arguments";
import { onHangUp } from "./hangUp";
import { orphaned } from "./orphan";

export const usage = `Usage: codestar-profiles serve --store URL [options]

Serves the user profile API of AWS CodeStar over HTTP until it is sent SIGINT or SIGTERM; then it
answers the requests under way and exits with 0. A second signal ends it at once.

  --store URL        where the profiles are: ${storeForms}
  --host HOST        where to listen (127.0.0.1); other than loopback only with --principals
  --port PORT        4600; 0 for any free one
  --region REGION    the region of requests that are not signed for one (us-east-1)
  --regions LIST     the regions whose profiles are kept, with commas between; any when not given
  --principals FILE  verify signatures against the keys in this file (codestar-profiles principal add)
  --tls-cert FILE    speak HTTPS with this certificate, in PEM …
  --tls-key FILE     … and this key
  --audit FILE       record every write in this file of JSON lines (codestar-profiles audit)
  --metrics ADDRESS  serve /metrics, /health and /livez at this host:port too, over plain HTTP to
                     whoever reaches it; without it /metrics is at the service's own address, with
                     --principals nowhere
  --log-level LEVEL  the least to log: debug (reads too), info, warn, error, fatal or silent (info)
  --faults LIST      for tests of clients, on loopback only: latency=50ms,limit=10,error=0.01,drop=0.01
  -h, --help

Standard error carries the log, in JSON lines. SIGHUP reads the principals, the certificate and its
key, and opens the audit file anew.

Exit status: 0 stopped by a signal, 1 could not serve, 2 wrong arguments.
`;

interface Settings {
  readonly store: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly regions: readonly string[] | undefined;
  readonly principals: string | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly audit: string | undefined;
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  readonly logLevel: string;
  readonly faults: Faults | undefined;
}

const logLevels = ["debug", "info", "warn", "error", "fatal", "silent"];

export const choices = { "--log-level": logLevels };

/** `codestar-profiles serve`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const settings = readSettings(argv);
  if (settings === "help") {
    process.stdout.write(usage);
    return 0;
  }
  if (typeof settings === "string") {
    process.stderr.write(`${settings}\n\n${usage}`);
    return 2;
  }
  const out = standardStream(process.stdout);
  const lines = standardStream(process.stderr, (dropped) =>
    log.warn({ dropped }, "log lines were dropped: they could not be written"),
  );
  const log: Logger = pino(
    { level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    lines,
  );
  const principals = settings.principals
    ? await openPrincipals(settings.principals, log)
    : undefined;
  try {
    const audit = settings.audit ? await openAuditFile(settings.audit) : undefined;
    try {
      const measures = measuresOf(settings, lines, principals);
      await serve(settings, { out, log, principals, audit, measures });
      return 0;
    } finally {
      await audit?.close();
    }
  } finally {
    principals?.close();
    await Promise.all([out.flush(lastLines), lines.flush(lastLines)]);
  }
}

/** Milliseconds that the end waits for what is not written yet; nobody may be reading. */
const lastLines = 1_000;

interface Equipment {
  /** Standard output; like the log it must not hold up the service, or end it. */
  readonly out: LogStream;
  readonly log: Logger;
  readonly principals: PrincipalsFile | undefined;
  readonly audit: AuditFile | undefined;
  readonly measures: readonly Measure[];
}

/** What the metrics tell of the things around the server. */
function measuresOf(
  { store }: Settings,
  log: LogStream,
  principals: PrincipalsFile | undefined,
): readonly Measure[] {
  const measures: Measure[] = [
    {
      name: "codestar_profiles_log_lines_dropped_total",
      help: "Log lines that could not be written: the disk was full, or the reader too slow.",
      type: "counter",
      read: () => log.dropped,
    },
  ];
  if (principals !== undefined) {
    measures.push({
      name: "codestar_profiles_principals_usable",
      help: "1 while the principals in force are those of the file; 0 while it cannot be used, and removed keys may still be good.",
      type: "gauge",
      read: () => (principals.usable ? 1 : 0),
    });
  }
  if (store.startsWith("file:")) {
    const path = filePathOf(store);
    measures.push({
      name: "codestar_profiles_last_backup_timestamp_seconds",
      help: "When codestar-profiles backup last copied the store, in seconds since 1970; 0 when it never did.",
      type: "gauge",
      read: async () => (await lastBackup(path)) / 1000,
    });
  }
  return measures;
}

async function serve(settings: Settings, equipment: Equipment): Promise<void> {
  const { store, host, port, region, regions, tls, metrics, faults } = settings;
  const { out, log, principals, audit, measures } = equipment;
  // Listened for before the server is there: a signal during the start stops it too.
  const signal = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), orphaned()]);
  const server = await startServer({
    store,
    host,
    port,
    region,
    regions,
    audit,
    measures,
    onResponse: (response, duration, request) => logResponse(log, response, duration, request),
    onRefused: refusalLogger(log),
    onConditionChange: (condition, reason) =>
      log[condition === "ok" ? "info" : "error"]({ condition, reason }, "health"),
    ...(tls && { tls }),
    ...(metrics && { metrics }),
    ...(faults && { faults }),
    ...(principals && {
      authenticate: authentication({ credentials: principals, clock: Date.now }),
    }),
  });
  out.write(
    `Profile service at ${server.url} (store ${store}, region ${region}, authentication ${principals ? "on" : "off"})\n`,
  );
  const { url, metricsUrl } = server;
  log.info({ url, metricsUrl, store, region, authentication: principals !== undefined }, "started");
  if (faults) log.warn({ faults }, "injecting faults");
  await warnOfOpenFiles(settings, log);
  onHangUp(() => void reread(equipment, server));
  await signal;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(1));
  out.write("Stopping: answering the requests under way\n");
  log.info("stopping");
  await server.stop();
  log.info("stopped");
}

/** What SIGHUP asks for: files that may have been changed or moved are opened anew, each whatever becomes of the others. */
async function reread({ log, principals, audit }: Equipment, server: RunningServer): Promise<void> {
  const outcomes = await Promise.allSettled([
    principals?.reload(),
    audit?.reopen(),
    server.reloadCertificate(),
  ]);
  const failures = outcomes.filter((outcome) => outcome.status === "rejected");
  for (const { reason } of failures) {
    log.error({ reason: reason instanceof Error ? reason.message : String(reason) }, "SIGHUP");
  }
  log.info("files opened anew, as SIGHUP asks for");
}

/** The files of the store and the audit trail hold names, e-mail addresses and who did what. */
async function warnOfOpenFiles({ store, audit }: Settings, log: Logger): Promise<void> {
  if (process.platform === "win32") return;
  const files = [
    ...(store.startsWith("file:") ? [filePathOf(store)] : []),
    ...(audit ? [audit] : []),
  ];
  for (const path of files) {
    const status = await stat(path).catch(() => undefined);
    if (status?.isFile() && isOpenToOthers(status.mode)) {
      log.warn({ path }, "other users may read or change this file: run chmod 600 on it");
    }
  }
}

function openPrincipals(path: string, log: Logger): Promise<PrincipalsFile> {
  return openPrincipalsFile({
    path,
    onReload: (outcome) => {
      const { keys } = outcome;
      if ("refused" in outcome) {
        const reason = outcome.refused.message;
        log.error({ path, reason, keys }, "principals refused, those known before stay in force");
      } else log.info({ path, keys }, "principals read again");
    },
  });
}

/** The settings, or what to tell the user instead. */
function readSettings(argv: readonly string[]): Settings | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (err) {
    return (err as Error).message;
  }
  if (values.help) return "help";
  if (values.store === undefined) return `The option --store is missing: ${storeForms}.`;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) return "The option --port takes a number from 0 to 65535.";
  if (!isRegion(values.region)) {
    return "The option --region takes a name such as us-east-1: lower-case letters, digits and -.";
  }
  const regions = values.regions?.split(",");
  if (regions?.every(isRegion) === false) {
    return "The option --regions takes names such as us-east-1, with commas between.";
  }
  if (regions?.includes(values.region) === false) {
    return `The option --regions lacks ${values.region}, the region of --region.`;
  }
  const { "tls-cert": certFile, "tls-key": keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    return "The options --tls-cert and --tls-key need each other.";
  }
  if (!logLevels.includes(values["log-level"])) {
    return `The option --log-level takes one of ${logLevels.join(", ")}.`;
  }
  const metrics = values.metrics === undefined ? undefined : addressOf(values.metrics);
  if (metrics === "wrong") {
    return "The option --metrics takes a host and a port, such as 127.0.0.1:9464 or [::1]:9464.";
  }
  let faults: Faults | undefined;
  try {
    faults = values.faults === undefined ? undefined : parseFaults(values.faults);
  } catch (err) {
    return `The option --faults: ${(err as Error).message}.`;
  }
  return {
    store: values.store,
    audit: values.audit,
    metrics,
    logLevel: values["log-level"],
    faults,
    host: values.host,
    port,
    region: values.region,
    regions,
    principals: values.principals,
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
  };
}

function addressOf(text: string): { host: string; port: number } | "wrong" {
  const [, six, other, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = six ?? other;
  const port = Number(digits);
  return host !== undefined && port <= 65_535 ? { host, port } : "wrong";
}

function parse(argv: readonly string[]) {
  return readArguments(
    argv,
    {
      store: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "4600" },
      region: { type: "string", default: "us-east-1" },
      regions: { type: "string" },
      principals: { type: "string" },
      "tls-cert": { type: "string" },
      "tls-key": { type: "string" },
      audit: { type: "string" },
      metrics: { type: "string" },
      "log-level": { type: "string", default: "info" },
      faults: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
    { onlyOptions: true },
  ).values;
}
