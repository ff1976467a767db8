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
import { UsageError } from "../arguments";
import { declare, type Options, type Values } from "../command";
import { onHangUp } from "./hangUp";
import { orphaned } from "./orphan";

const logLevels = ["debug", "info", "warn", "error", "fatal", "silent"] as const;

const options = {
  store: {
    value: "URL",
    required: storeForms,
    description: `where the profiles are: ${storeForms}`,
  },
  host: {
    value: "HOST",
    default: "127.0.0.1",
    description: "where to listen (127.0.0.1); other than loopback only with --principals",
  },
  port: { value: "PORT", default: "4600", description: "4600; 0 for any free one" },
  region: {
    value: "REGION",
    default: "us-east-1",
    description: "the region of requests that are not signed for one (us-east-1)",
  },
  regions: {
    value: "LIST",
    description: "the regions whose profiles are kept, with commas between; any when not given",
  },
  principals: {
    value: "FILE",
    description:
      "verify signatures against the keys in this file (codestar-profiles principal add)",
  },
  "tls-cert": { value: "FILE", description: "speak HTTPS with this certificate, in PEM …" },
  "tls-key": { value: "FILE", description: "… and this key" },
  audit: {
    value: "FILE",
    description: "record every write in this file of JSON lines (codestar-profiles audit)",
  },
  metrics: {
    value: "ADDRESS",
    description: `\
serve /metrics, /health and /livez at this host:port too, over plain HTTP to
whoever reaches it; without it /metrics is at the service's own address, with
--principals nowhere`,
  },
  "log-level": {
    value: "LEVEL",
    choices: logLevels,
    default: "info",
    description: "the least to log: debug (reads too), info, warn, error, fatal or silent (info)",
  },
  faults: {
    value: "LIST",
    description:
      "for tests of clients, on loopback only: latency=50ms,limit=10,error=0.01,drop=0.01",
  },
} as const satisfies Options;

export const command = declare({
  synopsis: ["--store URL [options]"],
  about: `\
Serves the user profile API of AWS CodeStar over HTTP until it is sent SIGINT or SIGTERM; then it
answers the requests under way and exits with 0. A second signal ends it at once.`,
  options,
  notes: `\
Standard error carries the log, in JSON lines. SIGHUP reads the principals, the certificate and its
key, and opens the audit file anew.

Exit status: 0 stopped by a signal, 1 could not serve, 2 wrong arguments.`,
  run: ({ values }) => run(settingsOf(values)),
});

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

async function run(settings: Settings): Promise<number> {
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

/**
 * What SIGHUP asks for: files that may have been changed or moved are opened anew, each
 * whatever becomes of the others.
 */
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

/** @throws UsageError */
function settingsOf(values: Values<typeof options>): Settings {
  const { store, host, region, principals, audit, "log-level": logLevel } = values;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError("The option --port takes a number from 0 to 65535.");
  if (!isRegion(region)) {
    throw new UsageError(
      "The option --region takes a name such as us-east-1: lower-case letters, digits and -.",
    );
  }
  const regions = values.regions?.split(",");
  if (regions?.every(isRegion) === false) {
    throw new UsageError(
      "The option --regions takes names such as us-east-1, with commas between.",
    );
  }
  if (regions?.includes(region) === false) {
    throw new UsageError(`The option --regions lacks ${region}, the region of --region.`);
  }
  const { "tls-cert": certFile, "tls-key": keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError("The options --tls-cert and --tls-key need each other.");
  }
  return {
    store,
    host,
    port,
    region,
    regions,
    principals,
    audit,
    logLevel,
    metrics: values.metrics === undefined ? undefined : addressOf(values.metrics),
    faults: values.faults === undefined ? undefined : faultsOf(values.faults),
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
  };
}

function faultsOf(list: string): Faults {
  try {
    return parseFaults(list);
  } catch (error) {
    throw new UsageError(`The option --faults: ${(error as Error).message}.`);
  }
}

function addressOf(text: string): { host: string; port: number } {
  const [, six, other, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = six ?? other;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new UsageError(
    "The option --metrics takes a host and a port, such as 127.0.0.1:9464 or [::1]:9464.",
  );
}
